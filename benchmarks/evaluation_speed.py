"""How long does an evaluation take?

    python -m benchmarks.evaluation_speed DATA

DATA is a folder with qam_de/dev in BEIR layout: 510 questions to 19,925 documents. Each figure is that of the whole
command in a process of its own, `fundstelle eval --beir DATA/qam_de/dev`, from start to exit; the documents were read
into their archive before. Writes benchmarks/results/evaluation_speed.json: seconds with `--fast` and re-ranked, of each
the median of three runs.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.latency import commit, machine

RESULT = Path(__file__).parent / "results" / "evaluation_speed.json"
RUNS = 3


def seconds(folder: Path, *options: str) -> float:
    """Return how many seconds an evaluation takes."""
    command = [sys.executable, "-c", "from rag.cli.app import main; main()", "eval", "--beir", str(folder), *options]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main(data: Path) -> None:
    folder = data / "qam_de" / "dev"
    result: dict[str, object] = {"machine": machine(), "date": datetime.now(UTC).date().isoformat(), "commit": commit()}
    print(f"the first time, with reading the documents: {seconds(folder, '--fast'):.0f} s")
    for name, options in (("fast", ("--fast",)), ("re-ranked", ())):
        durations = [seconds(folder, *options) for _ in range(RUNS)]
        result[name] = {
            "median": round(statistics.median(durations), 1),
            "all": [round(duration, 1) for duration in durations],
        }
        print(f"{name:<10} {statistics.median(durations):6.1f} s")
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
