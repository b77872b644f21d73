"""Dates in a column, in all usual forms; the column as a whole shows whether the day or the month comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rag.loading.common.dates import certain_day
from rag.loading.tables.month_names import month_of

DayOrder = Literal["day first", "month first"]

_MAX_DAY = 31
# what is longer is no date
_MAX_CHARACTERS = 100
_TWO_DIGITS, _FOUR_DIGITS = 2, 4
_YEARS = range(1500, 2200)
# a time of day and what follows it: a zone, "Uhr"
_TIME = re.compile(
    r"(?:,|\s+(?:um|at|à|a las|alle|kl\.?|@|-|–|,))?(?:\s+|T)"
    r"\d{1,2}(?::\d\d|[.h]\d\d(?![.\d])|\s*(?:[ap]\.?m\.?|uhr|h)\b).*",
    re.IGNORECASE | re.DOTALL,
)
_NUMBERS = re.compile(r"(\d{1,4})\s?([/.\-\u2010-\u2013])\s?(\d{1,2})\s?\2\s?(\d{1,4})\.?")
_EAST = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
_WORD = r"(?P<month>[^\W\d_][^\d\s,/-]*)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|re|º|ª|°|\.|-(?:го|е))?"
_YEAR = r"(?P<year>\d{4}|['’]?\d\d)"
_PREPOSITION = r"(?:(?:de|del|d['’]|of|the|den|o)\s+|d['’])?"
_WORDED = tuple(
    re.compile(rf"{form}(?:\s*(?:г\.?|р\.?|r\.?|年|года|року|a\.?d\.?|e\.?v\.?))?[.,]?", re.IGNORECASE)
    for form in (
        rf"{_DAY}[\s,]*{_PREPOSITION}{_WORD}[.,]?\s*{_PREPOSITION}{_YEAR}",
        rf"{_DAY}[-/]{_WORD}[-/]{_YEAR}",
        rf"{_WORD}[\s.,]+(?:the\s+)?{_DAY}(?:,\s*|\s+){_PREPOSITION}{_YEAR}",
        rf"(?P<year>\d{{4}})[.,]?[\s-]+(?:m\.\s+)?{_PREPOSITION}{_WORD}[\s.-]+{_DAY}(?:\s*d\.)?",
        rf"(?P<year>\d{{4}})\.\s+gada\s+{_DAY}\s+{_WORD}",
    )
)
# Tue Oct 06 10:22:11 +0000 1998, Tue Oct  6 10:22:11 CEST 1998; Tue Oct 06 1998 10:22:11 GMT+0200
_PROGRAMS = re.compile(
    r"[A-Za-z]{3}\s+([A-Za-z]{3})\s+(\d{1,2})\s+\d\d:\d\d:\d\d(?:\s+[A-Z]{1,5}|\s+[+-]\d{4})?\s+(\d{4})"
)
_WEEKDAY = re.compile(
    r"[^\W\d_]+\.?,\s*|[^\W\d_]{2,4}\.?\s+(?=[^\W\d_]+\.?\s+\d)|[^\W\d_]+(?:[- ][^\W\d_]+)?\.?\s+(?=\d)"
)


@dataclass(frozen=True, slots=True)
class DayReading:
    """How the dates of a column are read: the order of ambiguous numbers, and the language."""

    order: DayOrder | None = None
    language: str = ""

    def day(self, value: str) -> date | None:
        """Return the day of a date; None if it is incomplete or ambiguous."""
        words = " ".join(value.split())
        if len(words) > _MAX_CHARACTERS:
            return None
        if program := _PROGRAMS.fullmatch(words):
            return _day(program[3], month_of(program[1], "en"), program[2])
        if day := certain_day(words):
            return day
        bare = _without_time(words)
        if east := _EAST.fullmatch(bare):
            return _day(*east.groups())
        if numbers := _numbers(words):
            days = _possible_days(numbers)
            return days.get(self.order) if len(set(days.values())) > 1 else next(iter(days.values()), None)
        return self._worded(bare) or self._worded(_WEEKDAY.sub("", bare, count=1))

    def _worded(self, words: str) -> date | None:
        for form in _WORDED:
            match = form.fullmatch(words)
            if match and (month := month_of(match["month"], self.language)):
                return _day(_whole_year(match["year"].strip("'’")), month, match["day"])
        return None


def infer_day_reading(values: Iterable[str], language: str) -> DayReading:
    """Return how the dates of a column are to be read.

    If dates with a day above 12 prove one order, all dates are read in it; if they contradict each other, ambiguous
    dates stay unread. Without such dates, the order is that of the language (BCP-47, with its region if known).
    """
    orders = set().union(*map(_proven_orders, values))
    order = order_in_locale(language) if not orders else orders.pop() if len(orders) == 1 else None
    return DayReading(order, language)


def is_ambiguous(values: Iterable[str]) -> bool:
    """Return whether day and month can be swapped in some dates, and no date proves the order."""
    dates = list(values)
    has_ambiguous = any(len(set(_possible_days(numbers).values())) > 1 for numbers in map(_numbers, dates) if numbers)
    return has_ambiguous and not any(map(_proven_orders, dates))


def order_in_locale(language: str) -> DayOrder | None:
    """Return whether day or month comes first in a language, by the Common Locale Data Repository.

    None where the year comes first, and for English without a region, where both orders are used.
    """
    from babel import Locale, UnknownLocaleError

    if language.lower() in ("", "en"):
        return None
    try:
        pattern = Locale.parse(language, sep="-").date_formats["short"].pattern.lstrip("\u200f")
    except (UnknownLocaleError, ValueError, TypeError):
        # de-IO: a German page under a domain of the British Indian Ocean Territory
        return order_in_locale(language.partition("-")[0]) if "-" in language else None
    return "day first" if pattern.startswith("d") else "month first" if pattern.startswith("M") else None


def _proven_orders(value: str) -> set[DayOrder]:
    """The order that a date proves by a day above 12, if any."""
    numbers = _numbers(value)
    # with dots the day always comes first
    days = _possible_days(numbers) if numbers and numbers[1] != "." and len(numbers[0]) <= _TWO_DIGITS else {}
    return {order for order in days if order} if len(days) == 1 else set()


def _without_time(words: str) -> str:
    return _TIME.sub("", words, count=1).strip(" ,;|")


def _numbers(value: str) -> tuple[str, str, str, str] | None:
    """The first number of a date in numbers, its separator, and the other two numbers."""
    words = " ".join(value.split())
    if len(words) > _MAX_CHARACTERS:
        return None
    bare = _without_time(words)
    match = _NUMBERS.fullmatch(bare) or _NUMBERS.fullmatch(_WEEKDAY.sub("", bare, count=1))
    return (match[1], match[2], match[3], match[4]) if match else None


def _possible_days(numbers: tuple[str, str, str, str]) -> dict[DayOrder | None, date]:
    """The days that a date in numbers can be, by order; the order is None where it is certain."""
    first, mark, second, third = numbers
    if len(first) > _TWO_DIGITS or (len(third) == _TWO_DIGITS and int(first) > _MAX_DAY):
        day = _day(_whole_year(first), second, third) if len(third) <= _TWO_DIGITS else None
        return {None: day} if day else {}
    if len(third) not in (_TWO_DIGITS, _FOUR_DIGITS) or (
        len(third) == _TWO_DIGITS and mark not in "./" and int(third) <= _MAX_DAY
    ):
        # 04-10-06 is a day of 2004 or of 2006
        return {}
    year = _whole_year(third)
    orders: dict[DayOrder | None, date | None] = {"day first": _day(year, second, first)}
    if mark != "." or not orders["day first"]:
        orders["month first"] = _day(year, first, second)
    return {order: day for order, day in orders.items() if day}


def _whole_year(digits: str) -> str | int:
    """The year; one of two digits is the most recent year that ends in them."""
    if len(digits) > _TWO_DIGITS:
        return digits
    this_year = date.today().year
    return this_year - (this_year - int(digits)) % 100


def _day(year: str | int, month: str | int | None, day: str | int) -> date | None:
    try:
        match = date(int(year), int(month or 0), int(day))
    except ValueError:
        return None
    return match if match.year in _YEARS else None
