"""How many questions a server is asked at a time, and whether it wants another one."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rag.errors import TooManyQuestions

MOST_SECONDS = 2.0
"""A question that would wait longer than this for those before it is refused."""
# so many at once are never too many: a question of a large archive may take longer than that
_WELCOME = 8
# the share of the last question in the mean of all
_NEWEST = 0.1


@dataclass(slots=True)
class Question:
    """A request that is being answered.

    Attributes:
        count: how many questions it has.
        is_answered: whether it was, so that it tells how long an answer takes.
    """

    count: int = 1
    is_answered: bool = False


class Load:
    """The questions of a server. Safe to use from several threads.

    How long a question takes is the time between one answer and the next, or the beginning of the work, as a moving
    mean. So it is what the server really answers, however many questions it works on at once.

    Args:
        clock: the seconds since some moment.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.is_ending = False
        """Whether the server is about to end, so that it is to get no more requests."""
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting = 0
        self._since = 0.0
        self._mean = 0.0

    @property
    def wait(self) -> float:
        """How many seconds the questions that are here take, those that are being answered among them."""
        return self._waiting * self._mean

    def check(self) -> None:
        """Check that another question is answered soon.

        Raises:
            TooManyQuestions: it would wait too long.
        """
        waiting, wait = self._waiting, self.wait
        if waiting >= _WELCOME and wait > MOST_SECONDS:
            seconds = math.ceil(wait - MOST_SECONDS)
            raise TooManyQuestions(
                f"{waiting} questions wait for this server already: ask again in {seconds} "
                f"{'second' if seconds == 1 else 'seconds'}.",
                seconds,
            )

    @contextmanager
    def question(self) -> Iterator[Question]:
        """Count a question while it is answered.

        Raises:
            TooManyQuestions: it would wait too long.
        """
        with self._lock:
            self.check()
            if not self._waiting:
                self._since = self._clock()
            self._waiting += 1
        question = Question()
        try:
            yield question
        finally:
            with self._lock:
                self._waiting -= 1
                if question.is_answered:
                    self._note(question.count)

    def _note(self, count: int) -> None:
        now = self._clock()
        seconds, self._since = (now - self._since) / count, now
        self._mean = self._mean + _NEWEST * (seconds - self._mean) if self._mean else seconds
