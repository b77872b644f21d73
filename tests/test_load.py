"""People at work on a served archive, each in the way of the others: benchmarks/load.py runs this for half an hour."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from paths import QUESTIONS

from benchmarks.load import Served, Usage, serving
from benchmarks.load_person import Log, Person
from rag.archive import Archive

PEOPLE = 4
_SECONDS = 30
# threads that wait for work, and connections to the database that stay open, come and go by a few
_SLACK = 6


@pytest.mark.slow
def test_a_server_is_left_as_it_was(sample: Archive, tmp_path: Path) -> None:
    """Each of four people does everything, twice: no request fails, and the second time leaves nothing behind."""
    shutil.copytree(sample.folder, tmp_path / "archive")
    log = Log()
    with serving(tmp_path, PEOPLE) as server:
        for number in range(PEOPLE):
            _person(server, number, log).do_everything()
        before = server.usage()
        threads = [threading.Thread(target=_person(server, number, log).do_everything) for number in range(PEOPLE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        after = _settled(server, before)
    assert log.failures == []
    assert {"ask", "open an article", "save to a dossier", "upload", "evaluate", "change a setting"} <= set(
        log.milliseconds
    )
    assert after.temporary_files == 0
    assert after.processes <= before.processes
    assert after.threads <= before.threads + _SLACK
    assert after.handles <= before.handles + 3 * _SLACK


def _person(server: Served, number: int, log: Log) -> Person:
    return Person(server.address, f"person{number}", [row["question"] for row in QUESTIONS[:40]], log, pause=0)


def _settled(server: Served, before: Usage) -> Usage:
    """Return what the server uses when it has come down to what it used, or after some seconds."""
    until = time.monotonic() + _SECONDS
    while True:
        usage = replace(server.usage(), minute=0)
        counts = (usage.processes, usage.threads, usage.handles, usage.temporary_files)
        if time.monotonic() > until or counts <= (before.processes, before.threads, before.handles, 0):
            return usage
        time.sleep(0.5)
