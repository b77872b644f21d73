"""Worker processes for work that can hang, crash or eat memory: whatever a file does to one, the others go on."""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Any, TypeVar

from rag.errors import LoadError
from rag.loading.common.guard import INTERRUPTIONS, load_error, result_or_error
from rag.loading.isolation.process import NO_MEMORY, READY, TIRED, Task, Worker

A = TypeVar("A")
R = TypeVar("R")

SECONDS = 60.0
MEMORY = 600_000_000
_AHEAD = 3
"""How many arguments for each worker are taken before their turn, so that a slow one does not stop the others."""
_INSTEAD = "save the article in another format."


class Workers:
    """Calls a function in processes of their own; none is started before it is needed. Use it in a with block.

    A call may take `seconds`, and a process `memory` bytes above what it has at its start, where the system can limit
    it.
    """

    def __init__(self, processes: int | None = None, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._most = processes or os.cpu_count() or 1
        self._seconds = seconds
        self._memory = memory
        self._function: Callable[[Any], Any] | None = None
        self._workers: list[Worker] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes, whatever they are doing."""
        while self._workers:
            self._workers.pop().end()

    def map(
        self, function: Callable[[A], R], arguments: Iterable[A], harmless: Callable[[A], bool] = lambda _: False
    ) -> Iterator[tuple[A, R | LoadError]]:
        """Yield each argument and what the function makes of it, in their order; a few are taken ahead.

        A LoadError of the function comes back instead of a result, and so does any other end that it takes. The
        function, the arguments and the results must be picklable. What is `harmless` is done right here.

        Raises:
            RuntimeError: a process cannot be started.
        """
        if function is not self._function:
            self.close()
            self._function = function
        source = iter(arguments)
        begun: deque[Task] = deque()
        try:
            while True:
                while len(begun) < self._most * _AHEAD and (task := next(map(Task, source), None)):
                    begun.append(task)
                    if harmless(task.argument):
                        task.given = task.done = True
                        task.result = _done_here(function, task.argument)
                    self._hand_out(begun)
                if not begun:
                    return
                self._hand_out(begun)
                while not begun[0].done:
                    self._wait()
                    self._hand_out(begun)
                task = begun.popleft()
                yield task.argument, task.result
        finally:
            for worker in [worker for worker in self._workers if worker.task]:
                self._remove(worker)

    def _hand_out(self, begun: Iterable[Task]) -> None:
        """Give tasks that wait to workers that are idle, or to new ones."""
        for task in begun:
            if task.given:
                continue
            for worker in [worker for worker in self._workers if not worker.process.is_alive() and not worker.task]:
                self._remove(worker)
            idle = next((worker for worker in self._workers if not worker.task), None)
            if not idle:
                if len(self._workers) == self._most:
                    return
                idle = Worker(self._function, self._memory)
                self._workers.append(idle)
            idle.give(task, self._seconds)

    def _wait(self) -> None:
        """Take what workers have done by now, or wait until one has, or has been at it for too long."""
        busy = [worker for worker in self._workers if worker.task]
        left = min(worker.deadline for worker in busy) - time.monotonic()
        heard = wait([worker.pipe for worker in busy], None if left == math.inf else max(0.0, left))
        for worker in busy:
            if worker.pipe in heard:
                self._hear(worker)
            elif worker.deadline <= time.monotonic():
                self._remove(worker)
                worker.finish(LoadError(f"It takes longer than {self._seconds:g} seconds to read: {_INSTEAD}"))

    def _hear(self, worker: Worker) -> None:
        try:
            kind, result = worker.pipe.recv()
        except (EOFError, OSError):
            self._remove(worker)
            if not worker.ready:
                raise RuntimeError(f"A worker process cannot start: it ended with {worker.ending}.") from None
            worker.finish(LoadError(f"It makes the reader crash ({worker.ending}): {_INSTEAD}"))
            return
        except INTERRUPTIONS:
            raise
        except BaseException as error:
            # a result that cannot be unpacked
            self._remove(worker)
            worker.finish(load_error(error))
            return
        if kind == READY:
            worker.begin(self._seconds)
            return
        if kind in (TIRED, NO_MEMORY):
            self._remove(worker)
        worker.finish(load_error(MemoryError()) if kind == NO_MEMORY else result)

    def _remove(self, worker: Worker) -> None:
        worker.end()
        self._workers.remove(worker)


def _done_here(function: Callable[[A], R], argument: A) -> R | LoadError:
    """What a function makes of an argument, in this process."""
    try:
        return result_or_error(function, argument)
    except MemoryError as error:
        return load_error(error)
