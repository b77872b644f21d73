"""Calls that come at the same time, made as one."""

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


class Together(Generic[Item, Result]):
    """Calls a function of many items for one: alone at once, or with all that have come while it was busy.

    Several threads that ask at the same time wait less so, where the function takes less time for many items than for
    each by itself; one that asks alone does not wait.
    """

    def __init__(self, function: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self._function = function
        self._waiting: list[_Call[Item, Result]] = []
        self._changing = threading.Lock()
        self._busy = threading.Lock()

    def __call__(self, item: Item) -> Result:
        """Return the function's result for this item; what the function raises is raised in every thread it was for."""
        call = _Call[Item, Result](item)
        with self._changing:
            self._waiting.append(call)
        with self._busy:
            if not call.results and call.error is None:
                self._run()
        if call.error is not None:
            raise call.error
        return call.results[0]

    def _run(self) -> None:
        with self._changing:
            calls, self._waiting = self._waiting, []
        try:
            results = self._function([call.item for call in calls])
            for call, result in zip(calls, results, strict=True):
                call.results.append(result)
        except BaseException as error:
            for call in calls:
                call.error = error
