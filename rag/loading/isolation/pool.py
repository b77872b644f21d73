"""A pool of worker processes: if a file makes one hang, crash or run out of memory, the others go on."""

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
from rag.loading.isolation.process import Message, Task, Worker

A = TypeVar("A")
R = TypeVar("R")

SECONDS = 60.0
"""The longest time a call may take."""
MEMORY = 600_000_000
"""How much a worker process may grow above its size at the start, in bytes."""
_TASKS_AHEAD = 3
"""At most this many tasks per worker are read ahead, so that a slow one does not hold up the others."""
_HINT = "save the article in another format."


class Workers:
    """Calls a function in worker processes, started when they are needed. Use it in a with block.

    Args:
        processes: the largest number of workers; by default one per processor.
        seconds: the longest time a call may take.
        memory: the bytes by which a worker may grow, where the system can limit it.
    """

    def __init__(self, processes: int | None = None, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._max_workers = processes or os.cpu_count() or 1
        self._seconds = seconds
        self._memory = memory
        self._function: Callable[[Any], Any] | None = None
        self._workers: list[Worker] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill all workers, whatever they are doing."""
        while self._workers:
            self._workers.pop().end()

    def map(
        self, function: Callable[[A], R], arguments: Iterable[A], harmless: Callable[[A], bool] = lambda _: False
    ) -> Iterator[tuple[A, R | LoadError]]:
        """Yield each argument with its result, in order; a few arguments are read ahead.

        If a call raises, times out or kills its process, a LoadError takes the place of the result. The function, the
        arguments and the results must be picklable. Arguments that are `harmless` are handled in this process.

        Raises:
            RuntimeError: a process cannot be started.
            TooManyOpenFiles: no further file can be opened, here or in a worker.
        """
        if function is not self._function:
            self.close()
            self._function = function
        source = iter(arguments)
        queue: deque[Task] = deque()
        try:
            while True:
                while len(queue) < self._max_workers * _TASKS_AHEAD and (task := next(map(Task, source), None)):
                    queue.append(task)
                    if harmless(task.argument):
                        task.is_assigned = task.is_finished = True
                        task.result = _call_here(function, task.argument)
                    self._assign(queue)
                if not queue:
                    return
                self._assign(queue)
                while not queue[0].is_finished:
                    self._wait()
                    self._assign(queue)
                task = queue.popleft()
                yield task.argument, task.result
        finally:
            for worker in [worker for worker in self._workers if worker.task]:
                self._remove(worker)

    def _assign(self, queue: Iterable[Task]) -> None:
        """Assign waiting tasks to idle workers, or to new ones."""
        for task in queue:
            if task.is_assigned:
                continue
            for worker in [worker for worker in self._workers if not worker.process.is_alive() and not worker.task]:
                self._remove(worker)
            idle = next((worker for worker in self._workers if not worker.task), None)
            if not idle:
                if len(self._workers) == self._max_workers:
                    return
                idle = Worker(self._function, self._memory)
                self._workers.append(idle)
            idle.assign(task, self._seconds)

    def _wait(self) -> None:
        """Receive messages of workers, after waiting until there is one or a deadline has passed."""
        busy = [worker for worker in self._workers if worker.task]
        seconds_left = min(worker.deadline for worker in busy) - time.monotonic()
        ready = wait([worker.pipe for worker in busy], None if seconds_left == math.inf else max(0.0, seconds_left))
        for worker in busy:
            if worker.pipe in ready:
                self._receive(worker)
            elif worker.deadline <= time.monotonic():
                self._remove(worker)
                worker.finish(LoadError(f"It takes longer than {self._seconds:g} seconds to read: {_HINT}"))

    def _receive(self, worker: Worker) -> None:
        try:
            message, result = worker.pipe.recv()
        except (EOFError, OSError):
            self._remove(worker)
            if not worker.ready:
                raise RuntimeError(f"A worker process cannot start: it ended with {worker.ending}.") from None
            worker.finish(LoadError(f"It makes the reader crash ({worker.ending}): {_HINT}"))
            return
        except INTERRUPTIONS:
            raise
        except BaseException as error:
            # the result cannot be unpickled
            self._remove(worker)
            worker.finish(load_error(error))
            return
        if message == Message.READY:
            worker.start_clock(self._seconds)
            return
        if message == Message.SHORTAGE:
            raise result
        if message in (Message.LAST_RESULT, Message.OUT_OF_MEMORY):
            self._remove(worker)
        worker.finish(load_error(MemoryError()) if message == Message.OUT_OF_MEMORY else result)

    def _remove(self, worker: Worker) -> None:
        worker.end()
        self._workers.remove(worker)


def _call_here(function: Callable[[A], R], argument: A) -> R | LoadError:
    """The result of a function, called in this process, or the LoadError that it ended with."""
    try:
        return result_or_error(function, argument)
    except MemoryError as error:
        return load_error(error)
