"""Dates in the words of a page, as "Montag, 3. April 2023" or "Apr 3, 2023 10:15"."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_LANGUAGES = ("de", "en", "fr", "es", "it", "nl", "pl", "pt")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/.])(\d\d)\2(\d\d)(?!\d)")
_HAN = re.compile(r"((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:19|20)\d\d)(?!\d)")
# only where it is the whole line: with dots, the order is certain
_TWO_DIGIT_YEAR = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d\d)")
_WORDED = re.compile(
    r"(?<![\d.:])\d{1,2}(?:(?:st|nd|rd|th|er|º)?\s+|\.\s*)(?:de\s+)?[^\W\d]{3,12}\.?,?\s+(?:de[l]?\s+)?(?:19|20)\d\d(?!\d)"
    r"|[^\W\d]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d(?!\d)"
)
_MONTHS = 12
_MAX_PHRASE_OFFSET = 500  # characters of a text that are searched for dates in words
_MONTH_FIRST_COUNTRIES = ("us", "ph", "pr")
_DAY_FIRST_COUNTRIES = (
    "de", "at", "ch", "li", "lu", "fr", "be", "nl", "it", "es", "pt", "uk", "gb", "ie", "au", "nz", "in", "za",
    "pl", "cz", "sk", "dk", "no", "fi", "gr", "tr", "ru", "ua", "ro", "bg", "hr", "si", "br", "ar", "mx", "cl",
    "pe", "uy", "bo", "ve", "ec", "py", "cr", "il", "eg", "ke", "ng", "gh", "ug", "tz", "pk", "bd", "lk", "sg",
    "my", "id", "th", "vn", "hk",
)  # fmt: skip
_AMERICAN_TIME = re.compile(r"\d\s*(?:[ap]\.?m\.?)?,?\s*(?:E[SD]?T|C[SD]T|M[SD]T|P[SD]?T|AKS?T|HST)\b", re.IGNORECASE)
_OTHER_TIME = re.compile(r"\b(?:GMT|BST|CES?T|EES?T|WES?T|IST|AE[SD]T|NZ[SD]T|SAST|MES?Z|Uhr)\b")


def day_in(text: str, language: str | None = None, host: str = "") -> date | None:
    """Return the first date in a text; None if there is none, or if it is ambiguous.

    Language is a BCP-47 tag or None; host is the host name of the page. Whether 4/3/2023 begins with the day or the
    month follows from the country of the language, the country of the host, and the time zone of a time in the text;
    where two of these disagree, the date is ambiguous.
    """
    language_code = (language or "").lower()[:2]
    if iso := _ISO.search(text):
        return _day(iso[1], iso[3], iso[4])
    if han := _HAN.search(text):
        return _day(*han.groups())
    if short := _TWO_DIGIT_YEAR.fullmatch(text.strip()):
        return _day(_full_year(int(short[3])), short[2], short[1])
    if numeric := _NUMBERS.search(text):
        first, second = numeric[1], numeric[3]
        order = "day" if numeric[2] == "." or int(first) > _MONTHS or first == second else None
        order = order or ("month" if int(second) > _MONTHS else _order(language or "", host, text))
        day, month = (first, second) if order == "day" else (second, first)
        return _day(numeric[4], month, day) if order else None
    phrases = _WORDED.finditer(text[:_MAX_PHRASE_OFFSET])
    return next((day for phrase in phrases if (day := _worded(phrase[0], language_code))), None)


def _full_year(two_digits: int) -> str:
    """The latest year with these last digits that is not in the future."""
    current = datetime.now(UTC).year
    return str(current - (current - two_digits) % 100)


def _order(language: str, host: str, text: str) -> str | None:
    """What a numeric date begins with, day or month, if all signs agree."""
    language_code, _, region = language.lower().replace("_", "-").partition("-")
    country = host.rpartition(".")[2].lower()
    signs: set[str] = set()
    if region in _MONTH_FIRST_COUNTRIES:
        signs.add("month")
    elif region in _DAY_FIRST_COUNTRIES or language_code not in ("", "en"):
        signs.add("day")
    if country in (*_MONTH_FIRST_COUNTRIES, "gov", "mil", "edu"):
        signs.add("month")
    elif country in _DAY_FIRST_COUNTRIES:
        signs.add("day")
    if _AMERICAN_TIME.search(text):
        signs.add("month")
    elif _OTHER_TIME.search(text):
        signs.add("day")
    return signs.pop() if len(signs) == 1 else None


def _worded(text: str, language: str) -> date | None:
    from dateparser import parse

    for languages in ([language], [*_LANGUAGES]) if language not in ("", *_LANGUAGES) else ([*_LANGUAGES],):
        try:
            moment = parse(text, languages=languages, settings={"STRICT_PARSING": True, "PARSERS": ["absolute-time"]})
        except ValueError:  # the language is not supported
            continue
        if moment:
            return date(moment.year, moment.month, moment.day)
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
