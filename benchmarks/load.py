"""Does a server stay as it is while twenty people use it for an hour?

    python -m benchmarks.load [MINUTES]

Makes an archive of the sample articles and 300 others, serves it by `fundstelle ui` with accounts, and lets twenty
people sign in, ask, open articles, save to dossiers, upload and remove articles, check drafts, evaluate, change
settings and sign out, by turns and at random, with two seconds between two deeds. Writes benchmarks/results/load.json:
requests by kind with refusals and percentiles, all failures, and each minute what the server uses: memory, threads,
processes, handles and temporary files.

A program of our own, since locust would bring nineteen packages, and gevent, which replaces the threads and sockets of
the process that also watches the server.
"""

from __future__ import annotations

import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

import psutil

from benchmarks.latency import commit, machine, percentiles
from benchmarks.load_person import PASSWORD, Log, Person
from rag.access.account_file import AccountFile
from rag.access.accounts import Account
from rag.access.passwords import hash_password
from rag.access.roles import Role
from rag.archive import Archive

ROOT = Path(__file__).parent.parent
RESULT = Path(__file__).parent / "results" / "load.json"
PEOPLE = 20
ARTICLES = 300
PAUSE = 2.0
WARM_UP_MINUTES = 10
"""After these, memory is to stay as it is."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a server uses at a moment, with the processes that read files for it; `resident_mb` is its own alone."""

    minute: float
    resident_mb: float
    readers_mb: float
    threads: int
    processes: int
    handles: int
    temporary_files: int


class Served:
    """A server in a process of its own."""

    def __init__(self, folder: Path, address: str, process: psutil.Process) -> None:
        self.address, self._folder, self._process = address, folder, process
        self._begin = time.monotonic()

    def usage(self) -> Usage:
        """Return what it uses now."""
        family = [self._process, *self._process.children(recursive=True)]
        memory: list[int] = []
        threads = handles = 0
        for process in family:
            try:
                with process.oneshot():
                    memory.append(process.memory_info().rss)
                    threads += process.num_threads()
                    handles += process.num_fds()
            except psutil.NoSuchProcess:
                continue  # it ended meanwhile
        return Usage(
            minute=round((time.monotonic() - self._begin) / 60, 2),
            resident_mb=round(memory[0] / 2**20, 1),
            readers_mb=round(sum(memory[1:]) / 2**20, 1),
            threads=threads,
            processes=len(memory),
            handles=handles,
            temporary_files=len(temporary_files(self._folder)),
        )


def main(minutes: float = 30) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make_archive(folder, ARTICLES)
        with serving(folder, PEOPLE) as server:
            log = Log()
            usages = used(server, folder, log, minutes)
    result = {
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "people": PEOPLE,
        "minutes": minutes,
        **outcome(log, usages),
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in result.items() if name != "kinds"}, indent=2))


def outcome(log: Log, usages: list[Usage]) -> dict[str, object]:
    """Return what is to be known of a run."""
    warm = [usage.resident_mb for usage in usages if usage.minute >= WARM_UP_MINUTES]
    growth = None
    if len(warm) >= 6:
        begin, end = mean(warm[:3]), mean(warm[-3:])
        growth = round(100 * (end - begin) / begin, 1)
    return {
        "requests": sum(map(len, log.milliseconds.values())),
        "refusals": sum(log.refusals.values()),
        "failed": len(log.failures),
        "failures": log.failures[:50],
        "memory_growth_percent": growth,
        "kinds": {
            kind: {"requests": len(times), "refusals": log.refusals[kind], **percentiles(times)}
            for kind, times in sorted(log.milliseconds.items())
        },
        "by_minute": [asdict(usage) for usage in usages],
    }


def used(server: Served, folder: Path, log: Log, minutes: float, pause: float = PAUSE) -> list[Usage]:
    """Let all who have an account use a server; return its usage by minute, and at the end, when all have left."""
    questions = [
        json.loads(line)["question"] for line in (ROOT / "seeds" / "questions.jsonl").read_text("utf-8").splitlines()
    ]
    stop = threading.Event()
    names = AccountFile(folder / "accounts").accounts()
    people = [Person(server.address, name, questions, log, pause) for name in names]
    threads = [threading.Thread(target=person.work, args=(stop,)) for person in people]
    for thread in threads:
        thread.start()
    usages = [server.usage()]
    until = time.monotonic() + 60 * minutes
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(60, left))
        usages.append(server.usage())
        print(usages[-1], len(log.failures), flush=True)
    stop.set()
    for thread in threads:
        thread.join()
    return [*usages, server.usage()]


def make_archive(folder: Path, count: int) -> None:
    """Make an archive in folder/archive, of the sample articles and others."""
    articles = folder / "articles"
    articles.mkdir()
    chance = random.Random(count)  # noqa: S311
    for number in range(count):
        sentences = [
            f"Die Besichtigung {number} der Schleuse {chance.randrange(9999)} fand im Jahr {1900 + number % 120} statt"
            f", und {chance.randrange(2, 400)} Menschen kamen."
            for _ in range(chance.randint(4, 10))
        ]
        text = " ".join(sentences)
        (articles / f"{number}.md").write_text(f"---\ntitle: Schleuse {number}\n---\n{text}\n", encoding="utf-8")
    with Archive.open(folder / "archive") as archive:
        archive.index([ROOT / "seeds" / "articles", articles] if count else [ROOT / "seeds" / "articles"])


@contextmanager
def serving(folder: Path, people: int) -> Iterator[Served]:
    """Serve folder/archive by `fundstelle ui`, with so many accounts and a folder for temporary files of its own."""
    password = hash_password(PASSWORD)

    def add(accounts: dict[str, Account]) -> None:
        accounts.update({name: Account(name, Role.ADMIN, password) for name in (f"person{n}" for n in range(people))})

    AccountFile(folder / "accounts").change(add)
    (folder / "tmp").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    words = [sys.executable, "-m", "rag", "ui", "--archive", "archive", "--auth", "accounts", "--port", port]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FUNDSTELLE_")}
    environment |= {"TMPDIR": str(folder / "tmp"), "PYTHONPATH": str(ROOT)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout
    try:
        address = re.search(r"http://\S+\d", process.stdout.readline())
        assert address, (folder / "log").read_text("utf-8")
        yield Served(folder, address[0], psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(60)


def temporary_files(folder: Path) -> list[Path]:
    """Return the temporary files of the server, and those of uploads that have not come in."""
    return [path for place in ("tmp", "archive/inbox/.parts") for path in (folder / place).rglob("*") if path.is_file()]


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
