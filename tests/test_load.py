"""People at work on a served archive, each in the way of the others: benchmarks/load.py runs this for half an hour."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest
from paths import QUESTIONS

from benchmarks.load import Served, Usage, serving
from benchmarks.load_person import Log, Person
from rag.archive import Archive

PEOPLE = 2
_SECONDS = 20
# threads that wait for work, and connections to the database that stay open, come and go by a few
_SLACK = 6


@pytest.mark.slow
def test_a_server_is_left_as_it_was(sample: Archive, tmp_path: Path) -> None:
    """One person does everything, then two at once: no request fails, and nothing of them stays behind."""
    shutil.copytree(sample.folder, tmp_path / "archive")
    log = Log()
    with serving(tmp_path, PEOPLE) as server:
        _person(server, 0, log).do_everything()
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
    assert _is_as_before(after, before), (before, after)


def _is_as_before(usage: Usage, before: Usage) -> bool:
    # a process beside it is the one by which Python keeps count of those that read files
    return (
        usage.processes <= 2
        and usage.threads <= before.threads + _SLACK
        and usage.handles <= before.handles + 3 * _SLACK
        and usage.temporary_files == 0
    )


def _person(server: Served, number: int, log: Log) -> Person:
    return Person(server.address, f"person{number}", [row["question"] for row in QUESTIONS[:4]], log, pause=0)


def _settled(server: Served, before: Usage) -> Usage:
    """Return what the server uses when it has come down to what it used before, or after some seconds."""
    until = time.monotonic() + _SECONDS
    while True:
        usage = server.usage()
        if _is_as_before(usage, before) or time.monotonic() > until:
            return usage
        time.sleep(0.5)
