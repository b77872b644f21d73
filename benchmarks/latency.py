"""How long does a question wait in the sample archive?

    python -m benchmarks.latency

Builds an archive of seeds/articles in a temporary folder. Warm: the median and the 95th percentile of a question
in a running process, over all sample questions. Cold: the median of `fundstelle ask` in a process of its own, from
start to exit, over ten runs. Both re-ranked and with `--fast`. Beside it, cold, `fundstelle --help` and the usual
pipeline of benchmarks/usual_pipeline.py with the same model and passages. Writes benchmarks/results/latency.json.
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
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from embeddings.encoders.bundled import bundled_model
from rag.archive import Archive

ROOT = Path(__file__).parent.parent
COLD_RUNS = 10
WARM_ROUNDS = 5


def warm(archive: Archive, questions: list[str], *, fast: bool) -> dict[str, float]:
    """Return milliseconds over all questions, of each the median of a few rounds."""
    archive.warm_up()
    rounds = []
    for _ in range(WARM_ROUNDS):
        durations = []
        for question in questions:
            start = time.perf_counter()
            archive.ask(question, fast=fast)
            durations.append((time.perf_counter() - start) * 1000)
        rounds.append(durations)
    return percentiles([statistics.median(of_one) for of_one in zip(*rounds, strict=True)])


def percentiles(durations: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile."""
    p95 = sorted(durations)[int(len(durations) * 0.95)]
    return {"p50": round(statistics.median(durations), 2), "p95": round(p95, 2)}


def cold(*commands: Sequence[str]) -> list[dict[str, float]]:
    """Return milliseconds of whole processes, one after the other in each of ten rounds.

    The first round, which fills the page cache, is not counted.
    """
    durations: list[list[float]] = [[] for _ in commands]
    for _ in range(COLD_RUNS + 1):
        for command, of_command in zip(commands, durations, strict=True):
            start = time.perf_counter()
            subprocess.run([sys.executable, *command], check=True, capture_output=True)
            of_command.append((time.perf_counter() - start) * 1000)
    return [
        {"median": round(statistics.median(times[1:])), "min": round(min(times[1:])), "max": round(max(times[1:]))}
        for times in durations
    ]


def write_usual(archive: Archive, folder: Path) -> None:
    """Write what the usual pipeline reads: the archive's passages and a flat FAISS index of their vectors."""
    import faiss

    texts = [passage.text for article in archive.articles() for passage in archive.passages(article.id)]
    vectors = archive.encoder.encode_passages(texts)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(folder / "index.faiss"))
    (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")


def machine() -> str:
    """Return the processor's name and the number of cores."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores"


def commit() -> str:
    """Return the short name of the commit that is measured."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def main() -> None:
    rows = [json.loads(line) for line in (ROOT / "seeds" / "questions.jsonl").read_text("utf-8").splitlines()]
    questions = [row["question"] for row in rows]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "archive"
        with Archive.open(folder) as archive:
            report = archive.index([ROOT / "seeds" / "articles"])
            passages = archive.status().passages
            warm_ms = {"re-ranked": warm(archive, questions, fast=False), "fast": warm(archive, questions, fast=True)}
            write_usual(archive, Path(temporary))
        fundstelle = ["-c", "from rag.cli.app import main; main()"]
        ask = [*fundstelle, "ask", questions[0], "--archive", str(folder)]
        usual = [str(ROOT / "benchmarks" / "usual_pipeline.py"), str(bundled_model()), temporary, questions[0]]
        names = ("re-ranked", "fast", "--help", "usual pipeline")
        cold_ms = dict(zip(names, cold(ask, [*ask, "--fast"], [*fundstelle, "--help"], usual), strict=True))
    result = {
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "passages": passages,
        "index_passages_per_second": round(passages / report.seconds, 1),
        "warm_ms": warm_ms,
        "cold_ms": cold_ms,
    }
    text = json.dumps(result, indent=2)
    (ROOT / "benchmarks" / "results" / "latency.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
