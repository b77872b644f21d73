"""Filters as typed → a `Filter`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from rag.errors import FilterError
from rag.types import Filter, TextKind

_DAY = re.compile(r"(?P<year>\d{4})(-(?P<month>\d\d?)(-(?P<day>\d\d?))?)?", re.ASCII)
_GERMAN_DAY = re.compile(r"(?P<day>\d\d?)\.\s*(?P<month>\d\d?)\.\s*(?P<year>\d{4})", re.ASCII)
_INCLUDED: dict[str, TextKind] = {"comments": "comment"}
_KINDS: dict[str, TextKind] = {"article": "article", "comment": "comment"}
_LANGUAGE = re.compile(r"([a-z]{2,3})([-_].*)?", re.ASCII | re.IGNORECASE)


def make_filter(
    since: str | None = None,
    until: str | None = None,
    *,
    sources: Sequence[str] = (),
    languages: Sequence[str] = (),
    authors: Sequence[str] = (),
    paths: Sequence[str] = (),
    include: Sequence[str] = (),
    kinds: Sequence[str] = (),
    exact_sources: Sequence[str] = (),
    exact_authors: Sequence[str] = (),
) -> Filter:
    """Return the filter that was typed; for days, see `parse_day`.

    Args:
        include: what is searched besides the articles' own words: "comments".
        kinds: what is searched, "article" or "comment" or both, in place of `include`.
        exact_sources: whole names; `sources` are parts of names.
        exact_authors: whole names; `authors` are parts of names.

    Raises:
        FilterError: a day or a language cannot be read, the days are in the wrong order, a value is blank, or there
            is nothing of that name to include.
    """
    if unknown := [kind for kind in include if kind not in _INCLUDED]:
        raise FilterError(f"There is no {unknown[0]!r} to include: choose among {', '.join(_INCLUDED)}.")
    if unknown := [kind for kind in kinds if kind not in _KINDS]:
        raise FilterError(f"There is no kind {unknown[0]!r}: choose among {', '.join(_KINDS)}.")
    first = None if since is None else parse_day(since, end=False)
    last = None if until is None else parse_day(until, end=True)
    if first and last and first > last:
        raise FilterError(f"The time from {first} to {last} is empty: give the earlier day first.")
    return Filter(
        since=first,
        until=last,
        sources=tuple(_filled(source, "source") for source in sources),
        languages=tuple(_language(language) for language in languages),
        authors=tuple(_filled(author, "author") for author in authors),
        paths=tuple(_filled(path, "path") for path in paths),
        kinds=tuple(_KINDS[kind] for kind in dict.fromkeys(kinds))
        or ("article", *(_INCLUDED[kind] for kind in dict.fromkeys(include))),
        exact_sources=tuple(_filled(source, "source") for source in exact_sources),
        exact_authors=tuple(_filled(author, "author") for author in exact_authors),
    )


def parse_day(text: str, end: bool) -> date:
    """Return the day that was typed; of a month or a year, the first day or, at the `end` of a time, the last.

    Raises:
        FilterError: it is not a day, month or year, or there is no such day.
    """
    match = _DAY.fullmatch(text.strip()) or _GERMAN_DAY.fullmatch(text.strip())
    if match:
        year = int(match["year"])
        month = int(match["month"] or (12 if end else 1))
        # no such month or day is a ValueError
        with suppress(ValueError):
            return date(year, month, int(match["day"] or (monthrange(year, month)[1] if end else 1)))
    raise FilterError(f"There is no day {text!r}: write 2024-03-01, 1.3.2024, 2024-03 or 2024.")


def _language(text: str) -> str:
    match = _LANGUAGE.fullmatch(text.strip())
    if match is None:
        raise FilterError(f"There is no language {text!r}: write its code of two or three letters, such as de or en.")
    return match[1].lower()


def _filled(text: str, field: str) -> str:
    """Return the text without white space around it; it must have a letter or digit, in a path any sign."""
    text = text.strip()
    if not any(character.isalnum() for character in text) and not (field == "path" and text):
        raise FilterError(f"The {field} {text!r} names nothing: give a part of it, or leave it out.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FilterError(f"The {field} is not valid UTF-8: type it again.") from error
    return text
