"""Whatever a file does to a worker process, it costs one line and nothing else."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from misbehaving import act
from paths import ROOT

from rag.errors import LoadError, TooManyOpenFiles
from rag.loading.isolation import pool
from rag.loading.isolation.pool import Workers
from rag.loading.isolation.process import Worker

TESTS = ROOT / "tests"


@pytest.fixture(autouse=True)
def new_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about processes that start and end: none is taken from an earlier test."""
    monkeypatch.setattr(pool, "Worker", Worker)


def children() -> set[int]:
    """The processes that this one has started and that still run."""
    return {process.pid or 0 for process in multiprocessing.active_children()}


def test_order() -> None:
    """Results come in the order of the arguments, though the first takes longest, from processes of their own."""
    words = ["sleep 0.5", *map(str, range(10))]
    with Workers(2) as workers:
        results = list(workers.map(act, words))
    assert [argument for argument, _ in results] == words
    assert [result[0] for _, result in results if isinstance(result, tuple)] == words
    processes = {result[1] for _, result in results if isinstance(result, tuple)}
    assert len(processes) == 2
    assert os.getpid() not in processes


def test_nothing_starts_before_it_is_needed() -> None:
    """No process is there before the first argument, one for one argument, and none afterwards."""
    earlier = children()
    with Workers(4) as workers:
        assert list(workers.map(act, [])) == []
        assert children() == earlier
        assert len(list(workers.map(act, ["a"]))) == 1
        assert len(children() - earlier) == 1
    assert children() == earlier


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("kill", r"It makes the reader crash \(SIGKILL\): save the article in another format."),
        ("segfault", r"It makes the reader crash \(SIGSEGV\): save"),
        ("sleep 600", "It takes longer than 3 seconds to read: save the article in another format."),
        ("spin", "It takes longer than 3 seconds to read: save"),
        ("allocate 900", "It needs too much memory to read: save the article in another format."),
        ("refuse", "It is encrypted: save a copy without password."),
        ("fail", r"It cannot be read \(KeyError: 'what a library forgot'\): save the article in another format."),
        ("exit", r"It cannot be read \(SystemExit: 3\): save"),
        ("unpicklable", "It cannot be read .*pickle local object"),
    ],
)
def test_one_that_misbehaves(what: str, reason: str) -> None:
    """It is one error in its place, and those before and behind it have results."""
    # the others have a minute, since what a computer does besides makes them slow, too
    seconds = 3 if what in ("sleep 600", "spin") else 60
    with Workers(2, seconds=seconds, memory=600_000_000) as workers:
        results = [result for _, result in workers.map(act, ["a", "b", what, "c", "d", "e"])]
    with pytest.raises(LoadError, match=reason):
        raise results.pop(2)  # type: ignore[misc]
    assert [result[0] for result in results if isinstance(result, tuple)] == ["a", "b", "c", "d", "e"]


def test_memory_that_is_not_given_back() -> None:
    """A process that has grown is replaced before the next file suffers from it."""
    with Workers(1, memory=400_000_000) as workers:
        results = [result for _, result in workers.map(act, ["leak 150"] * 6)]
    assert not [result for result in results if isinstance(result, LoadError)]
    assert len({result[1] for result in results if isinstance(result, tuple)}) == 3


def test_too_many_open_files_are_no_fault_of_a_file() -> None:
    """The reading ends, with what the computer has too little of; the next one goes on in another process."""
    with Workers(1) as workers:
        with pytest.raises(TooManyOpenFiles, match="Too many files are open: end other programs"):
            list(workers.map(act, ["open 100000", "a"]))
        assert len(list(workers.map(act, ["a"]))) == 1


def test_memory_stays_flat() -> None:
    """A few arguments are taken ahead, and no more results are held than those."""
    read_ahead = 0

    def words() -> Iterator[str]:
        nonlocal read_ahead
        for _ in range(40):
            read_ahead += 1
            yield "large 10"

    ahead = []
    tracemalloc.start()
    with Workers(2) as workers:
        for number, _ in enumerate(workers.map(act, words()), 1):
            ahead.append(read_ahead - number)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    assert len(ahead) == 40
    assert max(ahead) <= 6
    assert peak < 100


def test_it_can_be_left_and_used_again() -> None:
    """A call that is not gone through to its end leaves no process at work, and nothing that the next could mistake."""
    earlier = children()
    with Workers(2) as workers:
        for argument, _ in workers.map(act, ["a", "b", "sleep 600", "c"]):
            if argument == "b":
                break
        assert len(children() - earlier) <= 1
        assert [argument for argument, _ in workers.map(act, ["d", "e"])] == ["d", "e"]
        assert [result for _, result in workers.map(str.upper, ["f"])] == ["F"]


def test_a_process_that_was_killed_while_idle() -> None:
    """The next file is not blamed for it."""
    with Workers(1) as workers:
        ((_, (_, process)),) = workers.map(act, ["a"])  # type: ignore[misc]
        os.kill(process, signal.SIGKILL)
        time.sleep(0.2)
        ((_, result),) = workers.map(act, ["b"])
        assert isinstance(result, tuple)


def gone_within(group: int, seconds: float) -> bool:
    """Whether no process of a group is left after a while; one that looks after the others ends last."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


# a process in the background may have been told to ignore Ctrl-C
SCRIPT = """
import signal

from misbehaving import act
from rag.loading.isolation.pool import Workers

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Workers(2) as workers:
        for argument, result in workers.map(act, ["a", "sleep 60", "spin", "b"]):
            print(result[1], flush=True)
"""


def test_interrupted(tmp_path: Path) -> None:
    """Ctrl-C ends this process at once and all others with it; none of those says a word."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    with subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as process:
        assert process.stdout and process.stderr
        worker = int(process.stdout.readline())
        # as a terminal does it: the signal goes to all of them
        os.killpg(process.pid, signal.SIGINT)
        stderr = process.stderr.read()
        assert process.wait() == -signal.SIGINT
    assert stderr.count("Traceback") == 1
    assert stderr.strip().endswith("KeyboardInterrupt")
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
    assert gone_within(process.pid, seconds=120)


def test_a_script_without_a_guard_runs_once(tmp_path: Path) -> None:
    """Workers do not import the script that indexes, as multiprocessing would have them do."""
    script = tmp_path / "script.py"
    script.write_text(
        "from rag.loading.isolation.pool import Workers\n"
        "print('started')\n"
        "with Workers(1) as workers:\n"
        "    print(*workers.map(len, ['abc']))\n",
        "utf-8",
    )
    for command in ([script], ["-"]):
        done = subprocess.run(
            [sys.executable, *command], input=script.read_text("utf-8"), capture_output=True, text=True, check=False
        )
        assert (done.stdout, done.returncode) == ("started\n('abc', 3)\n", 0), done.stderr
