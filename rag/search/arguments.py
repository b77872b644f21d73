"""The arguments of a question asked from Python → a checked number of citations, and a `Filter`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from rag.errors import QuestionError
from rag.search.filters import make_filter
from rag.types import NO_FILTER, Filter

Day = str | date | None
Names = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


@dataclass(frozen=True)
class FilterArguments:
    """What `Archive.ask` takes to narrow the archive; a plain string is one value."""

    since: Day = None
    until: Day = None
    source: Names = ()
    language: Names = ()
    author: Names = ()
    path: Names = ()
    include: Names = ()

    def to_filter(self, filter: Filter | None = None) -> Filter:
        """Return the filter, or the one that was given in place of these arguments.

        Raises:
            TypeError: a value has the wrong type.
            QuestionError: a value cannot be used, or a filter was given besides these arguments.
        """
        if filter is not None:
            if not isinstance(filter, Filter):
                raise TypeError(
                    f"filter must be a Filter, not {_type(filter)}: give since=… and the like by themselves."
                )
            if self != FilterArguments():
                raise QuestionError("Give either a filter or since, until, source and the like, not both.")
            return filter
        if self == FilterArguments():
            return NO_FILTER
        return make_filter(
            _day("since", self.since),
            _day("until", self.until),
            sources=_names("source", self.source),
            languages=_names("language", self.language),
            authors=_names("author", self.author),
            paths=_names("path", self.path),
            include=_names("include", self.include),
        )


def check_question(question: object, k: object, *, name: str = "k") -> None:
    """Check the types of a question and of the number of citations, which has a name.

    Raises:
        TypeError: the question is not a string, or the number not a whole one.
        QuestionError: the number is below 1.
    """
    if not isinstance(question, str):
        raise TypeError(f"The question must be a string, not {_type(question)}.")
    if not isinstance(k, int) or isinstance(k, bool):
        raise TypeError(f"{name} must be a whole number, not {_type(k)}.")
    if k < 1:
        raise QuestionError(f"{name} must be at least 1, not {k}: it is the number of passages to return.")


def _day(name: str, value: Day) -> str | None:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str):
        return value
    raise TypeError(f"{name} must be a date or a string such as '2024-03', not {_type(value)}.")


def _names(name: str, values: Names) -> tuple[str, ...]:
    if isinstance(values, str | os.PathLike):
        return (os.fspath(values),)
    if isinstance(values, Iterable):
        listed = tuple(values)
        if all(isinstance(value, str | os.PathLike) for value in listed):
            return tuple(os.fspath(value) for value in listed)
    raise TypeError(f"{name} must be a string or a list of strings, not {values!r}.")


def _type(value: object) -> str:
    return type(value).__name__
