"""How fast does a warm server answer eight programs at once, and one; and a new process for each question?

    python -m benchmarks.api_speed DATA [NAME]

DATA holds retrieval sets in BEIR layout; NAME is one of them, qam_de/dev by default, whose 19,925 documents are
passages. Five citations, re-ranked, over HTTP on this computer, each client with a connection and questions of its own.
Writes benchmarks/results/api_speed.json: milliseconds, questions a second, and seconds until a server can be asked.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.latency import machine, percentiles
from rag.client import Client
from rag.config import Config
from rag.evaluation.questions.beir import read_beir
from rag.evaluation.runs.scratch_archives import archive_of_set

RESULT = Path(__file__).parent / "results" / "api_speed.json"
CLIENTS = 8
QUESTIONS_EACH = 40
WARM_UP = 20
PROCESSES = 10
PROGRAM = [sys.executable, "-m", "rag"]


def main(data: Path, name: str = "qam_de/dev") -> None:
    with archive_of_set(data / name, Config(), None) as archive:
        folder, passages = archive.folder, archive.status().passages
    questions = [question.question for question in read_beir(data / name).queries]
    result: dict[str, object] = {
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "set": name,
        "passages": passages,
    }
    for command in ("ui", "serve"):
        with serving(folder, command) as (_, seconds):
            result[f"seconds_to_start_{command}"] = round(seconds, 2)
    with serving(folder, "serve") as (address, _):
        ask_all(address, questions[:WARM_UP])
        one = ask_all(address, questions[WARM_UP : WARM_UP + QUESTIONS_EACH])
        result["one_client"] = percentiles(one)
        result["clients"] = CLIENTS
        result["all_clients"] = asked_at_once(address, questions)
        result["process_with_server"] = round(median(processes(questions, "--server", address)), 1)
    result["process_with_archive"] = round(median(processes(questions, "--archive", str(folder))), 1)
    result["times_faster"] = round(result["process_with_archive"] / median(one), 1)  # type: ignore[operator]
    print(json.dumps(result, indent=2))
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


@contextmanager
def serving(folder: Path, command: str) -> Iterator[tuple[str, float]]:
    """Serve an archive; give the address, and the seconds until it could be asked."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address, start = f"http://127.0.0.1:{port}", time.perf_counter()
    words = [*PROGRAM, command, "--archive", str(folder), "--port", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    assert "is running" in process.stdout.readline()
    seconds = time.perf_counter() - start
    yield address, seconds
    process.terminate()
    process.wait(30)


def ask_all(address: str, questions: Sequence[str]) -> list[float]:
    """Ask one question after the other; return the milliseconds of each."""
    durations = []
    with Client(address) as client:
        for question in questions:
            start = time.perf_counter()
            client.ask(question)
            durations.append((time.perf_counter() - start) * 1000)
    return durations


def asked_at_once(address: str, questions: Sequence[str]) -> dict[str, float]:
    """Ask with several clients at once; return percentiles, and questions a second."""
    shares = [questions[number::CLIENTS][:QUESTIONS_EACH] for number in range(CLIENTS)]
    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        durations = [duration for share in pool.map(ask_all, [address] * CLIENTS, shares) for duration in share]
    seconds = time.perf_counter() - start
    return {**percentiles(durations), "questions_per_second": round(len(durations) / seconds, 1)}


def processes(questions: Sequence[str], *options: str) -> list[float]:
    """Ask each question in a process of its own; return the milliseconds of each."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FUNDSTELLE_")}
    durations = []
    for question in questions[:PROCESSES]:
        start = time.perf_counter()
        words = [*PROGRAM, "ask", *options, "--json", "--", question]
        subprocess.run(words, env=environment, check=True, stdout=subprocess.DEVNULL)
        durations.append((time.perf_counter() - start) * 1000)
    return durations


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
