"""Worker processes of the loaders that one test hands to the next: each takes a second of computing to start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rag.loading.isolation import pool
from rag.loading.isolation.process import Worker

_idle: list[ReusedWorker] = []


class ReusedWorker(Worker):
    """A worker that stays when its pool closes, unless it has a task, which is to be stopped."""

    def __init__(self, function: Callable[[Any], Any] | None, memory: int) -> None:
        super().__init__(function, memory)
        self.purpose = function, memory

    def end(self) -> None:
        """Wait for the next pool of the same purpose."""
        if self.task is None and self.process.is_alive():
            _idle.append(self)
        else:
            super().end()


def worker(function: Callable[[Any], Any] | None, memory: int) -> Worker:
    """Return an idle worker of this purpose, or a new one."""
    for idle in [idle for idle in _idle if idle.purpose == (function, memory)]:
        _idle.remove(idle)
        if idle.process.is_alive():
            return idle
    return ReusedWorker(function, memory)


@contextmanager
def workers_reused() -> Iterator[None]:
    """Let all pools of this process take workers that earlier ones have started."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "Worker", worker)
        yield
    while _idle:
        Worker.end(_idle.pop())
