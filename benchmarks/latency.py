"""How long does a question wait?

    python -m benchmarks.latency

Builds an archive of seeds/articles in a temporary folder. Warm: the median and the 95th percentile of a question
in a running process, dense search alone, over all sample questions. Cold: the median of `fundstelle ask` in a
process of its own, from start to exit, over ten runs. Writes benchmarks/results/latency.json.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rag.archive import Archive

ROOT = Path(__file__).parent.parent
COLD_RUNS = 10
WARM_ROUNDS = 5


def warm(archive: Archive, questions: list[str]) -> list[float]:
    """Return milliseconds, one for each question, the median of a few rounds."""
    archive.warm_up()
    rounds = []
    for _ in range(WARM_ROUNDS):
        taken = []
        for question in questions:
            started = time.perf_counter()
            archive.ask(question)
            taken.append((time.perf_counter() - started) * 1000)
        rounds.append(taken)
    return [statistics.median(of_one) for of_one in zip(*rounds, strict=True)]


def cold(folder: Path, question: str) -> list[float]:
    """Return milliseconds of whole processes; the first run, which fills the page cache, is not counted."""
    command = [sys.executable, "-c", "from rag.cli import main; main()", "ask", question, "--archive", str(folder)]
    taken = []
    for _ in range(COLD_RUNS + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append((time.perf_counter() - started) * 1000)
    return taken[1:]


def machine() -> str:
    """Return the processor's name and the number of cores."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores"


def main() -> None:
    rows = [json.loads(line) for line in (ROOT / "seeds" / "questions.jsonl").read_text("utf-8").splitlines()]
    questions = [row["question"] for row in rows]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "archive"
        with Archive.open(folder) as archive:
            report = archive.index([ROOT / "seeds" / "articles"])
            passages = archive.status().passages
            warm_ms = sorted(warm(archive, questions))
        cold_ms = cold(folder, questions[0])
    result = {
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip(),
        "passages": passages,
        "index_passages_per_second": round(passages / report.seconds, 1),
        "warm_ms": {"p50": round(statistics.median(warm_ms), 1), "p95": round(warm_ms[int(len(warm_ms) * 0.95)], 1)},
        "cold_ms": {
            "median": round(statistics.median(cold_ms)),
            "min": round(min(cold_ms)),
            "max": round(max(cold_ms)),
        },
    }
    text = json.dumps(result, indent=2)
    (ROOT / "benchmarks" / "results" / "latency.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
