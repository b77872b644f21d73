"""Whichever system call fails, and however: one sentence, and the next run completes the archive."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux" or not shutil.which("cc"), reason="needs Linux and a C compiler"),
]


@pytest.mark.parametrize("count", [15, pytest.param(240, marks=pytest.mark.heavy)])
def test_a_system_call_that_fails(tmp_path: Path, count: int) -> None:
    """While indexing, asking, forgetting, correcting: done all the same, or one sentence; then as if undisturbed."""
    library, folder = tmp_path / "failing_calls.so", tmp_path / "archives"
    folder.mkdir()
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, TESTS / "failing_calls.c", "-ldl"], check=True)
    seed = int(os.environ.get("FUNDSTELLE_SEED", secrets.randbelow(1 << 30)))
    sys.stdout.write(f"FUNDSTELLE_SEED={seed}\n")
    environment = {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
    command = [sys.executable, "-m", "failing_calls", str(folder), str(seed), str(count)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert not run.returncode, run.stderr
    results = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(results) == count
    sys.stdout.write(f"{Counter((result['job'], result['outcome']) for result in results)}\n")
    bad = [result for result in results if result["outcome"] not in ("done", "sentence") or not result["same"]]
    assert not bad, "\n".join(map(str, bad))
    sentences = [result["message"] for result in results if result["outcome"] == "sentence"]
    assert all(": " in sentence and sentence.endswith(".") and "\n" not in sentence for sentence in sentences), (
        sentences
    )
