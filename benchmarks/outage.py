"""How long do questions fail when a server of the archive is killed, and what is said meanwhile?

    python -m benchmarks.outage postgresql://… QUESTIONS.jsonl NAME PROCESS COMMAND

Kills the process (`kill -9`) while one question follows another, and starts it again with the command five seconds
later. Adds to benchmarks/results/million.json what was measured, under a name.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import date
from itertools import cycle
from typing import Any

from benchmarks.latency import commit, machine
from benchmarks.million import RESULT, read_questions
from rag.archive import Archive
from rag.errors import FundstelleError

DOWN_SECONDS, MOST_SECONDS = 5.0, 600.0


def outage(address: str, file: str, process: str, command: str) -> dict[str, Any]:
    """Kill a server while questions run, and start it again; return how long answers fail, and what is said."""
    said: Counter[str] = Counter()
    answers: list[float] = []
    failures: list[tuple[float, float]] = []
    stop = threading.Event()
    asked = read_questions(file)
    with Archive.open(address, create=False) as archive:
        archive.warm_up()

        def ask() -> None:
            for question in cycle(asked):
                if stop.is_set():
                    return
                start = time.monotonic()
                try:
                    archive.ask(question, fast=True)
                    answers.append(time.monotonic())
                except FundstelleError as error:
                    failures.append((start, time.monotonic()))
                    said[str(error)] += 1
                    time.sleep(0.1)

        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(DOWN_SECONDS)
        os.kill(int(process), signal.SIGKILL)
        killed = time.monotonic()
        time.sleep(DOWN_SECONDS)
        # it outlives this program, and holds none of its pipes
        nowhere = subprocess.DEVNULL
        subprocess.Popen(shlex.split(command), start_new_session=True, stdout=nowhere, stderr=nowhere)
        started = time.monotonic()
        while not answers[-1:] > [started] and time.monotonic() - started < MOST_SECONDS:
            time.sleep(0.1)
        time.sleep(DOWN_SECONDS)
        stop.set()
        thread.join()
    return {
        "answers before": sum(answer < killed for answer in answers),
        "answers after": sum(answer > started for answer in answers),
        "first answer after the start, s": round(min(answer for answer in answers if answer > started) - started, 1),
        "longest failure, s": round(max((end - start for start, end in failures), default=0.0), 1),
        "said": dict(said),
    }


def main(address: str, file: str, name: str, process: str, command: str) -> None:
    """Measure, and write the result."""
    figures = {"commit": commit(), "date": date.today().isoformat(), "machine": machine()}
    figures |= outage(address, file, process, command)
    print(json.dumps(figures, indent=1))
    result = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    RESULT.write_text(json.dumps(result | {f"outage of {name}": figures}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
