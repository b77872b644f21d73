"""Whatever fails or is killed, at whichever system call: the next run completes the archive."""

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
# of a failure, and of a kill, which may come too late
OUTCOMES = (("done", "sentence"), ("killed", "done"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux" or not shutil.which("cc"), reason="needs Linux and a C compiler"),
]


@pytest.mark.parametrize(
    ("failures", "kills"),
    [(8, 3), pytest.param(240, 0, marks=pytest.mark.heavy), pytest.param(0, 500, marks=pytest.mark.heavy)],
)
def test_a_system_call_that_fails_or_a_kill(tmp_path: Path, failures: int, kills: int) -> None:
    """While indexing, asking, correcting, saving ...: done all the same, or one sentence; then as if undisturbed.

    After a kill the archive opens without a warning, in a state that it had without the kill, with all that was
    committed; a backup and a restored archive are whole or not there. Half of the kills are at a system call that
    concerns the archive, which a write does by half; half are at any time. Before, each job is refused in a sentence
    on a disk without locks, and done, with the same outcome, by a clock that is five years late.
    """
    library, folder = tmp_path / "failing_calls.so", tmp_path / "archives"
    folder.mkdir()
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, TESTS / "failing_calls.c", "-ldl"], check=True)
    seed = int(os.environ.get("FUNDSTELLE_SEED", secrets.randbelow(1 << 30)))
    sys.stdout.write(f"FUNDSTELLE_SEED={seed}\n")
    environment = {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
    command = [sys.executable, "-m", "failing_calls", folder, seed, failures, kills]
    output = tmp_path / "results.jsonl"
    with output.open("w") as file:
        run = subprocess.run(list(map(str, command)), env=environment, stdout=file, stderr=subprocess.PIPE, check=False)
    assert not run.returncode, run.stderr.decode()
    results = [json.loads(line) for line in output.read_text().splitlines()]
    conditions = [result for result in results if result["code"] in ("no locks", "late clock")]
    results = results[len(conditions) :]
    assert {(each["code"], each["outcome"], each["again"]) for each in conditions} == {
        ("no locks", "sentence", "done"),
        ("late clock", "done", "done"),
    }
    assert all("keeps no locks" in each["message"] for each in conditions if each["outcome"] == "sentence")
    assert sum(result["code"] != "SIGKILL" or result["outcome"] == "killed" for result in results) == failures + kills
    sys.stdout.write(f"{Counter((result['job'], result['outcome']) for result in results)}\n")
    bad = [result for result in results if result["outcome"] not in OUTCOMES[result["code"] == "SIGKILL"]]
    bad += [result for result in results if result["fault"] or result["again"] != "done"]
    assert not bad, "\n".join(map(str, bad))
    sentences = [result["message"] for result in results if result["outcome"] == "sentence"]
    assert all(": " in sentence and sentence.endswith(".") and "\n" not in sentence for sentence in sentences), (
        sentences
    )
