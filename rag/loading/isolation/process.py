"""A worker process, as it is seen from outside and from inside."""

from __future__ import annotations

import logging
import math
import multiprocessing
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

from rag.loading.common.guard import INTERRUPTIONS, load_error, result_or_error

READY, RESULT, TIRED, NO_MEMORY = range(4)
"""What a worker says: that it has started, a result, a last one since it has grown large, or that memory ran out."""


@dataclass(eq=False, slots=True)
class Task:
    """An argument, and what became of it."""

    argument: Any
    result: Any = None
    given: bool = False
    done: bool = False


@contextmanager
def _main_module_hidden() -> Iterator[None]:
    """Keep a new process from importing the caller's script, which would run it again.

    multiprocessing imports `__main__` for the sake of functions that are defined there. None of ours is, and a short
    script that opens an archive has no guard (`if __name__ == "__main__"`).
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


class Worker:
    """A process that calls a function for one task after another; it is started at once."""

    def __init__(self, function: Callable[[Any], Any] | None, memory: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, function, memory), daemon=True)
        with _interrupts_held(), _main_module_hidden():
            self.process.start()
        theirs.close()
        self.task: Task | None = None
        self.ready = False
        self.deadline = math.inf

    def give(self, task: Task, seconds: float) -> None:
        """Set it to a task, which may take so many seconds."""
        task.given, self.task = True, task
        if self.ready:
            self.begin(seconds)
        try:
            self.pipe.send(task.argument)
        except (BrokenPipeError, ConnectionResetError):
            # that a process is dead is noticed when its answer is awaited
            pass
        except INTERRUPTIONS:
            raise
        except BaseException as error:
            # an argument that cannot be sent; nothing of it was
            self.finish(load_error(error))

    def begin(self, seconds: float) -> None:
        """Count the seconds from now: those that a process takes to start are not the task's."""
        self.ready = True
        self.deadline = time.monotonic() + seconds

    def finish(self, result: Any) -> None:
        """Note the result of its task."""
        if self.task:
            self.task.result, self.task.done = result, True
        self.task, self.deadline = None, math.inf

    def end(self) -> None:
        """End it, whatever it is doing."""
        self.process.kill()
        self.process.join()
        self.pipe.close()

    @property
    def ending(self) -> str:
        """How a process ended that is no more, such as SIGSEGV."""
        code = self.process.exitcode or 0
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back: a process that starts meanwhile never gets it, this one gets it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    # its own start lets interrupts through
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, function: Callable[[Any], Any], memory: int) -> None:
    """Answer each argument, until the other end is closed because nobody waits for answers any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # what libraries have to say is said by the error
    logging.getLogger().addHandler(logging.NullHandler())
    start = _memory()
    _limit(start + memory)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        pipe.send((READY, None))
        while True:
            try:
                answer = _answer(function, pipe.recv(), start + memory // 2)
            except MemoryError:
                answer = pickle.dumps((NO_MEMORY, None))
            pipe.send_bytes(answer)


def _answer(function: Callable[[Any], Any], argument: Any, large: int) -> bytes:
    """The result, ready to be sent; that memory ran out is raised."""
    try:
        result = result_or_error(function, argument)
        return pickle.dumps((TIRED if _memory() > large else RESULT, result))
    except MemoryError:
        raise
    except BaseException as error:
        # a result that cannot be sent
        return pickle.dumps((RESULT, load_error(error)))


def _memory() -> int:
    """The bytes that this process has for data, or 0 where the system does not tell."""
    try:
        import resource

        return int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    except (ImportError, OSError):
        return 0


def _limit(size: int) -> None:
    """Let this process have so many bytes for data, where the system can limit that."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (size, resource.getrlimit(resource.RLIMIT_DATA)[1]))
