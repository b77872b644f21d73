"""A process that gets too little memory for OpenVINO."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

from embeddings.encoders.openvino_encoder import compiled_graph
from embeddings.encoders.self_test import FILE

_ENCODER = """
import resource, sys
from pathlib import Path
from embeddings.encoders.openvino_encoder import CompiledEncoder

def limit(room):
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + room, resource.RLIM_INFINITY))

def attempt(do):
    try:
        return do()
    except Exception as error:
        print(type(error).__name__)

folder = Path(sys.argv[1])
for room in (200_000_000, 700_000_000):
    limit(room)
    attempt(lambda: CompiledEncoder(folder))
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(*(path.name for path in folder.glob("self-test*")))
encoder = CompiledEncoder(folder)
# of each length, for which OpenVINO prepares itself
texts = ["Wort " * length for length in range(10, 500, 10)]
limit(0)
attempt(lambda: encoder.encode_passages(texts))
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
attempt(lambda: print(len(encoder.encode_passages(texts))))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit of addresses has no effect")
def test_too_little_memory_is_no_fault_of_the_processor(tmp_path: Path) -> None:
    """It is a MemoryError, while the graph is opened and while it runs, and nothing is noted of the processor.

    Where OpenVINO was tried nevertheless with 700 MB, the tokenizer ended the process. When there is memory again, it
    goes on, unless a kernel stays broken, which is a MemoryError, too.
    """
    graph = compiled_graph()
    folder = tmp_path / graph.name
    shutil.copytree(graph, folder, ignore=shutil.ignore_patterns(FILE))
    run = subprocess.run(
        [sys.executable, "-c", _ENCODER, folder], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    *before, after = run.stdout.splitlines()
    assert before == ["MemoryError", "MemoryError", "", "MemoryError"]
    assert after in ("49", "MemoryError")
