"""Micro-batching: concurrent calls of a function of many items become one call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Call(Generic[Item, Result]):
    def __init__(self, item: Item) -> None:
        self.item = item
        self.results: list[Result] = []
        self.error: BaseException | None = None


class MicroBatcher(Generic[Item, Result]):
    """Calls a function of many items for a single item, batched with all items that arrived while it was busy.

    Concurrent threads wait less if the function is faster for many items at once than for each in turn. A single thread
    does not wait at all. Thread-safe.
    """

    def __init__(self, function: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self._function = function
        self._queue: list[_Call[Item, Result]] = []
        self._queue_lock = threading.Lock()
        self._run_lock = threading.Lock()

    def __call__(self, item: Item) -> Result:
        """Return the function's result for this item; an error is raised in every thread of the batch."""
        call = _Call[Item, Result](item)
        with self._queue_lock:
            self._queue.append(call)
        with self._run_lock:
            if not call.results and call.error is None:
                self._run()
        if call.error is not None:
            raise call.error
        return call.results[0]

    def _run(self) -> None:
        with self._queue_lock:
            calls, self._queue = self._queue, []
        try:
            results = self._function([call.item for call in calls])
            for call, result in zip(calls, results, strict=True):
                call.results.append(result)
        except BaseException as error:
            for call in calls:
                call.error = error
