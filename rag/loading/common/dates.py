"""The day of a date as programs write it."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta
from email.utils import parsedate_to_datetime

from rag.loading.common.draft import parse_day

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d*)(T.*)?")
# seconds since 1970 have nine or ten digits from 1973 on, milliseconds twelve or thirteen
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(\.\d*)?")
_OURS = range(1900, 2100)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?=$|\D)")
_GERMAN = re.compile(r"\d{1,2}\.\s*\d{1,2}\.\s*\d{4}(?=$|[\s,T])")
# the reader of mail dates fills in what is missing, so only what is whole is given to it
_MAIL = re.compile(r"([A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{1,2}:\d\d.*")


def certain_day(value: str) -> date | None:
    """Return the day of a date in ISO 8601, as 14.01.2022, as in a mail, or in seconds or milliseconds since 1970.

    What can be read as two days, such as 03/04/2022, or is no whole day, such as 2022-01, is None. A time of day
    keeps the day of its own time zone; seconds since 1970 are taken as UTC.
    """
    words = value.strip()
    compact = _COMPACT.fullmatch(words)
    day = parse_day("-".join(compact.groups()[:3])) if compact else None
    if day and compact and len(compact[4]) in (0, 6):
        return day
    if _EPOCH.fullmatch(words):
        # 2022011412 may be an hour of 2022 as well as a second of 2034
        return None if day and day.year in _OURS else _day_since_1970(int(words.partition(".")[0]))
    if start := _ISO.match(words) or _GERMAN.match(words):
        return parse_day(start[0])
    if _MAIL.fullmatch(words):
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            return parsedate_to_datetime(words).date()
    return None


def _day_since_1970(number: int) -> date:
    seconds = number if number < 10**11 else number // 1000
    return date(1970, 1, 1) + timedelta(seconds=seconds)
