"""A worker process: its handle in the parent, and the loop that it runs."""

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
from enum import IntEnum, auto
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

from rag.errors import Shortage
from rag.loading.common.guard import INTERRUPTIONS, load_error, result_or_error


class Message(IntEnum):
    """What a worker sends, with the result where there is one."""

    READY = auto()
    """It has started."""
    RESULT = auto()
    """The result of a task."""
    LAST_RESULT = auto()
    """The result of a task, from a worker that has grown too large for another one."""
    OUT_OF_MEMORY = auto()
    """Memory ran out."""
    SHORTAGE = auto()
    """What the computer has too little of."""


@dataclass(eq=False, slots=True)
class Task:
    """An argument, and the state of its call."""

    argument: Any
    result: Any = None
    is_assigned: bool = False
    is_finished: bool = False


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
    """A process that calls a function for one task after another; it starts immediately."""

    def __init__(self, function: Callable[[Any], Any] | None, memory: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, function, memory), daemon=True)
        with _interrupts_blocked(), _main_module_hidden():
            self.process.start()
        theirs.close()
        self.task: Task | None = None
        self.ready = False
        self.deadline = math.inf

    def assign(self, task: Task, seconds: float) -> None:
        """Send a task to the process; it may take at most `seconds`."""
        task.is_assigned, self.task = True, task
        if self.ready:
            self.start_clock(seconds)
        try:
            self.pipe.send(task.argument)
        except (BrokenPipeError, ConnectionResetError):
            # a dead process is noticed when its result is awaited
            pass
        except INTERRUPTIONS:
            raise
        except BaseException as error:
            # the argument cannot be pickled; nothing of it was sent
            self.finish(load_error(error))

    def start_clock(self, seconds: float) -> None:
        """Set the deadline from now on: the time a process takes to start does not count."""
        self.ready = True
        self.deadline = time.monotonic() + seconds

    def finish(self, result: Any) -> None:
        """Record the result of its task."""
        if self.task:
            self.task.result, self.task.is_finished = result, True
        self.task, self.deadline = None, math.inf

    def end(self) -> None:
        """Kill the process, whatever it is doing."""
        self.process.kill()
        self.process.join()
        self.pipe.close()

    @property
    def ending(self) -> str:
        """How the process ended, such as SIGSEGV."""
        code = self.process.exitcode or 0
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block Ctrl-C: processes started meanwhile never receive it, this one receives it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    # starting the tracker later would unblock interrupts
    resource_tracker.ensure_running()
    previous_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous_mask)


def _serve(pipe: Connection, function: Callable[[Any], Any], memory: int) -> None:
    """Send the result for each argument received, until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # the error says what libraries would log
    logging.getLogger().addHandler(logging.NullHandler())
    start = _memory()
    _limit_memory(start + memory)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        pipe.send((Message.READY, None))
        while True:
            try:
                message = _pickled_result(function, pipe.recv(), max_memory=start + memory // 2)
            except MemoryError:
                message = pickle.dumps((Message.OUT_OF_MEMORY, None))
            except Shortage as error:
                message = pickle.dumps((Message.SHORTAGE, error))
            pipe.send_bytes(message)


def _pickled_result(function: Callable[[Any], Any], argument: Any, max_memory: int) -> bytes:
    """The message with the result; it is the last one of a process with more than `max_memory` bytes of data.

    Raises:
        MemoryError: memory ran out.
        TooManyOpenFiles: no further file can be opened.
    """
    try:
        result = result_or_error(function, argument)
        message = Message.LAST_RESULT if _memory() > max_memory else Message.RESULT
        return pickle.dumps((message, result))
    except (MemoryError, Shortage):
        raise
    except BaseException as error:
        # the result cannot be pickled
        return pickle.dumps((Message.RESULT, load_error(error)))


def _memory() -> int:
    """The size of this process's data, in bytes; 0 where the system does not report it."""
    try:
        import resource

        return int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    except (ImportError, OSError):
        return 0


def _limit_memory(size: int) -> None:
    """Limit this process's data to a size in bytes, where the system can do that."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (size, resource.getrlimit(resource.RLIMIT_DATA)[1]))
