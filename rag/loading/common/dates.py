"""Dates as programs write them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta
from email.utils import parsedate_to_datetime

from rag.loading.common.draft import iso_or_german_day

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d*)(T.*)?")
# seconds since 1970 have nine or ten digits from 1973 on, milliseconds twelve or thirteen
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(\.\d*)?")
_PLAUSIBLE_YEARS = range(1900, 2100)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?=$|\D)")
_GERMAN = re.compile(r"\d{1,2}\.\s*\d{1,2}\.\s*\d{4}(?=$|[\s,T])")
# the parser of mail dates fills in missing parts, so it is given complete dates only
_MAIL_DATE = re.compile(r"([A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{1,2}:\d\d.*")


def certain_day(value: str) -> date | None:
    """Return the day of a date in ISO 8601, as 14.01.2022, as in a mail, or in seconds or milliseconds since 1970.

    None for ambiguous dates, such as 03/04/2022, and incomplete ones, such as 2022-01. A time of day
    keeps the day of its own time zone; seconds since 1970 are taken as UTC.
    """
    text = value.strip()
    digits_date = _COMPACT.fullmatch(text)
    day = iso_or_german_day("-".join(digits_date.groups()[:3])) if digits_date else None
    if day and digits_date and len(digits_date[4]) in (0, 6):
        return day
    if _EPOCH.fullmatch(text):
        # 2022011412 may be an hour of 2022 or a second of 2034
        return None if day and day.year in _PLAUSIBLE_YEARS else _day_since_1970(int(text.partition(".")[0]))
    if prefix := _ISO.match(text) or _GERMAN.match(text):
        return iso_or_german_day(prefix[0])
    if _MAIL_DATE.fullmatch(text):
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            return parsedate_to_datetime(text).date()
    return None


def _day_since_1970(number: int) -> date:
    seconds = number if number < 10**11 else number // 1000
    return date(1970, 1, 1) + timedelta(seconds=seconds)
