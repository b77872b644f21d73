"""The days in a column of dates, in every usual form; which of two numbers is the day, the column as a whole tells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rag.loading.common.dates import certain_day
from rag.loading.tables.month_names import month_of

DayOrder = Literal["day first", "month first"]

_DAYS = 31
_SHORT, _LONG = 2, 4
_YEARS = range(1500, 2200)
# a time of day, and whatever stands behind it: a zone, "Uhr"
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
_OF = r"(?:(?:de|del|d['’]|of|the|den|o)\s+|d['’])?"
_WORDED = tuple(
    re.compile(rf"{form}(?:\s*(?:г\.?|р\.?|r\.?|年|года|року|a\.?d\.?|e\.?v\.?))?[.,]?", re.IGNORECASE)
    for form in (
        rf"{_DAY}[\s,]*{_OF}{_WORD}[.,]?\s*{_OF}{_YEAR}",
        rf"{_DAY}[-/]{_WORD}[-/]{_YEAR}",
        rf"{_WORD}[\s.,]+(?:the\s+)?{_DAY}(?:,\s*|\s+){_OF}{_YEAR}",
        rf"(?P<year>\d{{4}})[.,]?[\s-]+(?:m\.\s+)?{_OF}{_WORD}[\s.-]+{_DAY}(?:\s*d\.)?",
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
    """How the dates of a column are read: which number comes first where both can be the day, and the language."""

    order: DayOrder | None = None
    language: str = ""

    def day(self, value: str) -> date | None:
        """Return the day that a date names; None if it is no whole day, or can be two."""
        words = " ".join(value.split())
        if program := _PROGRAMS.fullmatch(words):
            return _day(program[3], month_of(program[1], "en"), program[2])
        if day := certain_day(words):
            return day
        bare = _without_time(words)
        if east := _EAST.fullmatch(bare):
            return _day(*east.groups())
        if numbers := _numbers(words):
            days = _days(numbers)
            return days.get(self.order) if len(set(days.values())) > 1 else next(iter(days.values()), None)
        return self._worded(bare) or self._worded(_WEEKDAY.sub("", bare, count=1))

    def _worded(self, words: str) -> date | None:
        for form in _WORDED:
            found = form.fullmatch(words)
            if found and (month := month_of(found["month"], self.language)):
                return _day(_whole_year(found["year"].strip("'’")), month, found["day"])
        return None


def infer_day_reading(values: Iterable[str], language: str) -> DayReading:
    """Return how the dates of a column are to be read.

    Where some have a day above 12 on one side, all are read so; where others have it on the other side, none that can
    be two. Where none has, they are read as the language (BCP-47, with its region if that is known) is written.
    """
    orders = set().union(*map(_shown, values))
    order = order_in_locale(language) if not orders else orders.pop() if len(orders) == 1 else None
    return DayReading(order, language)


def is_ambiguous(values: Iterable[str]) -> bool:
    """Tell whether the days of some dates can be their months, and no date shows which it is."""
    known = list(values)
    two = any(len(set(_days(numbers).values())) > 1 for numbers in map(_numbers, known) if numbers)
    return two and not any(map(_shown, known))


def order_in_locale(language: str) -> DayOrder | None:
    """Return which comes first where a language is written, by the Common Locale Data Repository.

    None where the year does, and for English without a region, which is written in both ways.
    """
    from babel import Locale, UnknownLocaleError

    if language.lower() in ("", "en"):
        return None
    try:
        pattern = Locale.parse(language, sep="-").date_formats["short"].pattern.lstrip("\u200f")
    except (UnknownLocaleError, ValueError, TypeError):
        # de-IO, of a page in German with an address in the Indian Ocean
        return order_in_locale(language.partition("-")[0]) if "-" in language else None
    return "day first" if pattern.startswith("d") else "month first" if pattern.startswith("M") else None


def _shown(value: str) -> set[DayOrder]:
    """The order that a date shows by its day above 12, if any."""
    numbers = _numbers(value)
    # with dots the day comes first in any case
    days = _days(numbers) if numbers and numbers[1] != "." and len(numbers[0]) <= _SHORT else {}
    return {order for order in days if order} if len(days) == 1 else set()


def _without_time(words: str) -> str:
    return _TIME.sub("", words, count=1).strip(" ,;|")


def _numbers(value: str) -> tuple[str, str, str, str] | None:
    """The first number of a date that is all numbers, its separator, and the other numbers."""
    bare = _without_time(" ".join(value.split()))
    found = _NUMBERS.fullmatch(bare) or _NUMBERS.fullmatch(_WEEKDAY.sub("", bare, count=1))
    return (found[1], found[2], found[3], found[4]) if found else None


def _days(numbers: tuple[str, str, str, str]) -> dict[DayOrder | None, date]:
    """The days that a date in numbers can be, by the order that makes it so; None where the order is plain."""
    first, mark, second, third = numbers
    if len(first) > _SHORT or (len(third) == _SHORT and int(first) > _DAYS):
        day = _day(_whole_year(first), second, third) if len(third) <= _SHORT else None
        return {None: day} if day else {}
    if len(third) not in (_SHORT, _LONG) or (len(third) == _SHORT and mark not in "./" and int(third) <= _DAYS):
        # 04-10-06 is a day of 2004 or of 2006
        return {}
    year = _whole_year(third)
    orders: dict[DayOrder | None, date | None] = {"day first": _day(year, second, first)}
    if mark != "." or not orders["day first"]:
        orders["month first"] = _day(year, first, second)
    return {order: day for order, day in orders.items() if day}


def _whole_year(digits: str) -> str | int:
    """A year of two digits is the last one that ended so."""
    if len(digits) > _SHORT:
        return digits
    this = date.today().year
    return this - (this - int(digits)) % 100


def _day(year: str | int, month: str | int | None, day: str | int) -> date | None:
    try:
        found = date(int(year), int(month or 0), int(day))
    except ValueError:
        return None
    return found if found.year in _YEARS else None
