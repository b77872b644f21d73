"""What a person says that an article's headline, outlet, author or day is → the values of corrections, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from rag.errors import CorrectionError
from rag.types import CORRECTABLE, CorrectableFact

_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})", re.ASCII)
_MAX_CHARACTERS = 500
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def correction_values(facts: Mapping[str, object], *, may_be_empty: bool = False) -> dict[CorrectableFact, str | None]:
    """Return the values of the facts that were given; an empty text says that a fact is unknown.

    Args:
        facts: by field; None where nothing is said.
        may_be_empty: whether it may be that nothing is said of any.

    Raises:
        TypeError: a value has the wrong type.
        CorrectionError: nothing is said, or a value cannot be used.
    """
    values = {field: _value(field, facts[field]) for field in CORRECTABLE if facts.get(field) is not None}
    if not values and not may_be_empty:
        raise CorrectionError("Nothing is corrected: give a headline, an outlet, an author or a day.", "nothing")
    return values


def fields_taken_back(facts: Mapping[str, object], fields: Iterable[str]) -> tuple[CorrectableFact, ...]:
    """Return the names of facts whose corrections are taken back while others are corrected.

    Args:
        facts: what is corrected, by field.

    Raises:
        CorrectionError: a fact cannot be corrected, or is corrected and taken back at once.
    """
    names = tuple(fields)
    if both := [field for field in names if facts.get(field) is not None]:
        raise CorrectionError(f"The {both[0]} is both corrected and taken back: do one of them.", "both", both[0])
    return checked_fields(names) if names else ()


def checked_fields(fields: tuple[str, ...]) -> tuple[CorrectableFact, ...]:
    """Return the names of facts, all of them if none is named.

    Raises:
        CorrectionError: a fact of this name cannot be corrected.
    """
    if unknown := [field for field in fields if field not in CORRECTABLE]:
        message = f"{unknown[0]!r} cannot be corrected by hand: choose among {', '.join(CORRECTABLE)}."
        raise CorrectionError(message, "field", unknown[0])
    return tuple(field for field in CORRECTABLE if field in fields or not fields)


def _value(field: CorrectableFact, value: object) -> str | None:
    if field == "published" and isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if not isinstance(value, str):
        raise TypeError(f"{field} must be a string, not {type(value).__name__}.")
    text = " ".join(_UNPRINTABLE.sub("", value).split())
    if len(text) > _MAX_CHARACTERS:
        message = f"The {field} has {len(text)} characters, but at most {_MAX_CHARACTERS} fit: shorten it."
        raise CorrectionError(message, "long", _MAX_CHARACTERS)
    return _day(text) if field == "published" and text else text or None


def _day(text: str) -> str:
    german = _GERMAN_DAY.fullmatch(text)
    try:
        if german:
            day, month, year = map(int, german.groups())
            return date(year, month, day).isoformat()
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise CorrectionError(f"There is no day {text!r}: write 2024-03-01 or 1.3.2024.", "day", text) from error
