"""Days in the words of a page, as "Montag, 3. April 2023" or "Apr 3, 2023 10:15"."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_LANGUAGES = ("de", "en", "fr", "es", "it", "nl", "pl", "pt")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/.])(\d\d)\2(\d\d)(?!\d)")
_HAN = re.compile(r"((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:19|20)\d\d)(?!\d)")
# where it is all of a line: the order is certain with dots
_SHORT = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d\d)")
_WORDED = re.compile(
    r"(?<![\d.:])\d{1,2}(?:(?:st|nd|rd|th|er|º)?\s+|\.\s*)(?:de\s+)?[^\W\d]{3,12}\.?,?\s+(?:de[l]?\s+)?(?:19|20)\d\d(?!\d)"
    r"|[^\W\d]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d(?!\d)"
)
_MONTHS = 12
_MONTH_FIRST = ("us", "ph", "pr")
_DAY_FIRST = (
    "de", "at", "ch", "li", "lu", "fr", "be", "nl", "it", "es", "pt", "uk", "gb", "ie", "au", "nz", "in", "za",
    "pl", "cz", "sk", "dk", "no", "fi", "gr", "tr", "ru", "ua", "ro", "bg", "hr", "si", "br", "ar", "mx", "cl",
    "pe", "uy", "bo", "ve", "ec", "py", "cr", "il", "eg", "ke", "ng", "gh", "ug", "tz", "pk", "bd", "lk", "sg",
    "my", "id", "th", "vn", "hk",
)  # fmt: skip
_AMERICAN_TIME = re.compile(r"\d\s*(?:[ap]\.?m\.?)?,?\s*(?:E[SD]?T|C[SD]T|M[SD]T|P[SD]?T|AKS?T|HST)\b", re.IGNORECASE)
_OTHER_TIME = re.compile(r"\b(?:GMT|BST|CES?T|EES?T|WES?T|IST|AE[SD]T|NZ[SD]T|SAST|MES?Z|Uhr)\b")


def day_in(text: str, language: str | None = None, host: str = "") -> date | None:
    """Return the first day that a text names; None without any, or if it can be read in two ways.

    Language is a BCP-47 tag or None; host is the name of the machine that the page is from. In what order 4/3/2023 is
    to be read is told by the language with its country, by the host's country, and by the zone of a time in the text;
    where two of these differ, it is not known.
    """
    spoken = (language or "").lower()[:2]
    if found := _ISO.search(text):
        return _day(found[1], found[3], found[4])
    if found := _HAN.search(text):
        return _day(*found.groups())
    if found := _SHORT.fullmatch(text.strip()):
        return _day(_whole_year(int(found[3])), found[2], found[1])
    if found := _NUMBERS.search(text):
        first, second = found[1], found[3]
        order = "day" if found[2] == "." or int(first) > _MONTHS or first == second else None
        order = order or ("month" if int(second) > _MONTHS else _order(language or "", host, text))
        day, month = (first, second) if order == "day" else (second, first)
        return _day(found[4], month, day) if order else None
    return next((day for found in _WORDED.finditer(text[:500]) if (day := _worded(found[0], spoken))), None)


def _whole_year(of_century: int) -> str:
    """The last year that ends so and is not to come."""
    this = datetime.now(UTC).year
    return str(this - (this - of_century) % 100)


def _order(language: str, host: str, text: str) -> str | None:
    """What a date in numbers begins with, day or month, if all signs of it agree."""
    spoken, _, region = language.lower().replace("_", "-").partition("-")
    country = host.rpartition(".")[2].lower()
    signs = {
        "month" if region in _MONTH_FIRST else "day" if region in _DAY_FIRST or spoken not in ("", "en") else None,
        "month" if country in (*_MONTH_FIRST, "gov", "mil", "edu") else "day" if country in _DAY_FIRST else None,
        "month" if _AMERICAN_TIME.search(text) else "day" if _OTHER_TIME.search(text) else None,
    } - {None}
    return signs.pop() if len(signs) == 1 else None


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
