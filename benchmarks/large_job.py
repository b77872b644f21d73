"""Does indexing stay as quick and as small in a job of many hours, and is its progress true?

    python -m benchmarks.large_job [ARTICLES]

Writes so many text files (20,000 if no number is given), each with an article of about five passages whose words are
drawn from those of the sample articles in the same language, and indexes them in a process of its own. For each tenth
of the files: passages by seconds of the processor and of the clock, and the memory of the process with that of its
readers. Progress: the share of the files that are done against the share of the time until the command ends, where
both differ most. Then: the same folder again without a change, and the processor's time of `--watch` in a quiet minute.
Writes benchmarks/results/large_job.json.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.growth import CLI
from benchmarks.latency import commit, machine
from benchmarks.page_speed import SAMPLE, with_drawn_words
from rag.archive import Archive
from rag.types import Progress

RESULT = Path(__file__).parent / "results" / "large_job.json"
ARTICLES, PASSAGES_OF_ARTICLE, FILES_OF_FOLDER, STEPS = 20_000, 5, 500, 10
QUIET_SECONDS = 60.0


def write_files(folder: Path, articles: int) -> None:
    """Write the text files."""
    with tempfile.TemporaryDirectory() as scratch, Archive.open(Path(scratch)) as sample:
        sample.index(SAMPLE)
        passages = [passage for article in sample.articles() for passage in sample.passages(article.id)]
    texts: dict[str, list[str]] = {}
    for passage in passages:
        texts.setdefault(passage.language, []).append(passage.text)
    words = {language: " ".join(of_language).split() for language, of_language in texts.items()}
    languages = [passage.language for passage in passages]
    draw = random.Random(1)  # noqa: S311
    for number in range(articles):
        language = draw.choice(languages)
        paragraphs = (draw.choice(texts[language]) for _ in range(PASSAGES_OF_ARTICLE))
        file = folder / f"{number // FILES_OF_FOLDER:04d}" / f"{number:07d}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n\n".join(with_drawn_words(text, words[language], draw) for text in paragraphs), "utf-8")


def index(archive_folder: Path, files: Path) -> None:
    """Index the files, and print a line of JSON after each tenth of them; the last one when all is done."""
    process, start = psutil.Process(), time.perf_counter()
    printed = 0

    def measure(progress: Progress, *, is_end: bool = False) -> None:
        nonlocal printed
        step = progress.articles * STEPS // progress.articles_total
        if step == printed and not is_end:
            return
        printed = step
        readers = process.children(recursive=True)
        processor = process.cpu_times()
        line = {
            "files": progress.articles,
            "passages": progress.passages,
            "seconds": round(time.perf_counter() - start, 1),
            "processor_seconds": round(processor.user + processor.system, 1),
            "memory_mb": round(process.memory_info().rss / 1e6),
            "readers_mb": round(sum(reader.memory_info().rss for reader in readers) / 1e6),
        }
        print(json.dumps(line), flush=True)

    latest = Progress(0, 1, 0, 0.0)

    def note(progress: Progress) -> None:
        nonlocal latest
        latest = progress
        measure(progress)

    with Archive.open(archive_folder) as archive:
        archive.index(files, on_progress=note)
        measure(latest, is_end=True)


def watching(archive_folder: Path, files: Path) -> float:
    """Return the share of a core that `--watch` takes while nothing happens."""
    command = [*CLI, "index", str(files), "--watch", "--archive", str(archive_folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as watch:
        # its report: the first look at the folder is over
        if watch.stdout is None or not watch.stdout.readline():
            raise SystemExit("The folder is not watched.")
        time.sleep(QUIET_SECONDS / 10)
        process = psutil.Process(watch.pid)
        before = process.cpu_times()
        time.sleep(QUIET_SECONDS)
        after = process.cpu_times()
        watch.terminate()
    return (after.user + after.system - before.user - before.system) / QUIET_SECONDS


def rates(steps: Sequence[dict[str, float]], clock: str) -> list[float]:
    """Return the passages a second of each tenth of the files."""
    pairs = zip([{"passages": 0, clock: 0}, *steps], steps, strict=False)
    return [round((now["passages"] - before["passages"]) / (now[clock] - before[clock]), 1) for before, now in pairs]


def main() -> None:
    """Measure, and write the result."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES
    with tempfile.TemporaryDirectory() as scratch:
        files, archive_folder = Path(scratch) / "files", Path(scratch) / "archive"
        write_files(files, articles)
        steps = []
        command = [sys.executable, "-m", "benchmarks.large_job", str(archive_folder), str(files)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as job:
            for line in job.stdout or ():
                steps.append(json.loads(line))
                print(line, end="", flush=True)
        if job.returncode:
            raise SystemExit("Indexing failed.")
        end = steps.pop()
        false_share = max(abs(step["files"] / articles - step["seconds"] / end["seconds"]) for step in steps)
        again = []
        for _ in range(3):
            start = time.perf_counter()
            command = [*CLI, "index", str(files), "--archive", str(archive_folder)]
            subprocess.run(command, check=True, capture_output=True)
            again.append(time.perf_counter() - start)
        result = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": commit(),
            "machine": machine(),
            "articles": articles,
            "end": end,
            "steps": steps,
            "passages_a_second": rates(steps, "seconds"),
            "passages_a_processor_second": rates(steps, "processor_seconds"),
            "seconds_after_the_last_file": round(end["seconds"] - steps[-1]["seconds"], 1),
            "progress_off_by_at_most": round(false_share, 3),
            "indexed_again_seconds": round(sorted(again)[1], 2),
            "watching_share_of_a_core": round(watching(archive_folder, files), 4),
        }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in result.items() if name != "steps"}, indent=2))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        index(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        main()
