"""Days in the words of a page, as "Montag, 3. April 2023" or "Apr 3, 2023 10:15"."""

from __future__ import annotations

import re
from datetime import date

_LANGUAGES = ("de", "en", "fr", "es", "it", "nl", "pl", "pt")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/.])(\d\d)\2(\d\d)(?!\d)")
_HAN = re.compile(r"((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:19|20)\d\d)(?!\d)")
_WORDED = re.compile(
    r"(?<![\d.:])\d{1,2}(?:(?:st|nd|rd|th|er|º)?\s+|\.\s*)(?:de\s+)?[^\W\d]{3,12}\.?,?\s+(?:de[l]?\s+)?(?:19|20)\d\d(?!\d)"
    r"|[^\W\d]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d(?!\d)"
)
_MONTHS = 12


def day_in(text: str, language: str | None = None) -> date | None:
    """Return the first day that a text names; None without any, or if it can be read in two ways.

    Language is a BCP-47 tag or None.
    """
    spoken = (language or "").lower()[:2]
    if found := _ISO.search(text):
        return _day(found[1], found[3], found[4])
    if found := _HAN.search(text):
        return _day(*found.groups())
    if found := _NUMBERS.search(text):
        first, second = found[1], found[3]
        if found[2] != "/" or spoken not in ("", "en") or int(first) > _MONTHS or first == second:
            return _day(found[4], second, first)
        # 4/3/2023 is in April or in March, 4/13/2023 in April
        return _day(found[4], first, second) if int(second) > _MONTHS else None
    return next((day for found in _WORDED.finditer(text[:500]) if (day := _worded(found[0], spoken))), None)


def _worded(text: str, language: str) -> date | None:
    from dateparser import parse

    for languages in ([language], [*_LANGUAGES]) if language not in ("", *_LANGUAGES) else ([*_LANGUAGES],):
        try:
            found = parse(text, languages=languages, settings={"STRICT_PARSING": True, "PARSERS": ["absolute-time"]})
        except ValueError:  # it does not know the language
            continue
        if found:
            return date(found.year, found.month, found.day)
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
