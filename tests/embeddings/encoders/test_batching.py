"""Calls that come at the same time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from embeddings.encoders.batching import MicroBatcher


class Held:
    """Doubles numbers; the first call waits until it is let go. It notes what each call was given."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append(list(numbers))
        self.begun.set()
        assert self.let_go.wait(10)
        if 13 in numbers:
            raise ValueError("13")
        return [2 * number for number in numbers]


def waiting(batcher: MicroBatcher[int, int], count: int) -> None:
    """Wait until so many calls wait."""
    for _ in range(1000):
        if len(batcher._queue) == count:
            return
        threading.Event().wait(0.01)
    raise AssertionError("They never came.")


def while_busy(
    pool: ThreadPoolExecutor, held: Held, batcher: MicroBatcher[int, int], numbers: Sequence[int]
) -> tuple[Future[int], list[Future[int]]]:
    """Call for 1, for some numbers while that runs, and then let all go."""
    first = pool.submit(batcher, 1)
    assert held.begun.wait(10)
    others = [pool.submit(batcher, number) for number in numbers]
    waiting(batcher, len(numbers))
    held.let_go.set()
    return first, others


def test_calls_that_wait_are_made_as_one() -> None:
    """While one call runs, five come; they are made batcher, and each gets the result of its own number."""
    held = Held()
    batcher = MicroBatcher(held)
    with ThreadPoolExecutor(6) as pool:
        first, others = while_busy(pool, held, batcher, range(2, 7))
        assert [one.result() for one in (first, *others)] == [2, 4, 6, 8, 10, 12]
    assert held.calls[0] == [1]
    assert sorted(held.calls[1]) == [2, 3, 4, 5, 6]
    assert len(held.calls) == 2


def test_an_error_is_raised_for_all_that_it_was_for() -> None:
    """Two that were asked batcher with 13 fail with it; the call before and the one after do not."""
    held = Held()
    batcher = MicroBatcher(held)
    with ThreadPoolExecutor(3) as pool:
        first, failing = while_busy(pool, held, batcher, (2, 13))
        assert first.result() == 2
        for one in failing:
            with pytest.raises(ValueError, match="13"):
                one.result()
    assert batcher(4) == 8


def test_many_threads_get_what_is_theirs() -> None:
    """Of 2,000 calls by 16 threads each returns the square of its own number."""
    batcher = MicroBatcher(lambda numbers: [number**2 for number in numbers])
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(batcher, range(2_000))) == [number**2 for number in range(2_000)]
