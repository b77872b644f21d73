"""Days, months, years and periods that a text states: "im Oktober 1998", "between 1998 and 2001", "the 1990s"."""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Literal

from rag.text.numbers import DIGITS
from rag.text.words import fold, normalize_word
from rag.types import Article, Span

# in these languages the names of months have one form, in the others they have endings
_PLAIN = ["en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "ro", "ca", "id"]
_INFLECTED = ["pl", "ru", "uk", "cs", "sk", "hr", "sl", "bg", "sr", "fi", "hu", "tr", "el", "et", "lv", "lt"]
# the short names of others are words: sie, paz, set, out, ago
_ABBREVIATING = ["en", "de", "nl", "fr"]
_MORE_MONTHS = {"sept": 9, "mrz": 3, "märz": 3, "jänner": 1, "janner": 1, "feber": 2, "мае": 5}
# in these languages long endings replace prepositions
_AGGLUTINATIVE = ["fi", "hu", "tr", "et"]
_ENDINGS = re.compile(r"[aeiouy]?|[eio]m|i[eu]|owi|[аеиіоуыьюя]?|[еоє]м|ові")
# letters: of a name at least; of a long name at least; of an ending at most
_MIN_LETTERS, _LONG_NAME, _MAX_ENDING = 3, 7, 4
# a bare number is taken for a year between these
_FIRST_YEAR, _LAST_YEAR = 1500, 2099
_EARLIEST_YEAR = 1000
# 1998/99 is a time, 1950-99 is not one that a question means
_MAX_SEASON_YEARS = 20
# a time is stated within so many characters of its year
_REACH = 64
_YEAR_OR_DECADE, _WHITE = re.compile(r"\d0|\d{4}"), re.compile(r"\s")
# words next to a year of which is remembered whether they are months; few are, in an archive
_MAX_REMEMBERED = 4096
# events of a day are reported on the next days
_REPORTED_WITHIN = timedelta(days=2)

_YEAR = r"(?:1\d{3}|20\d\d)"
_ALONE = r"(?<![\w.,:/'’$€£#+])(?<!(?<!\d{4})-)"
_END = r"(?![\w%€$£]|[.,:/'’]\d|-\d{1,2}\b)"
_OF = r"(?:de\s|del\s|of\s|του\s|d[’'])?"
_PATTERNS = {
    "day": re.compile(
        rf"{_ALONE}(?P<year>{_YEAR})-(?P<month>\d\d?)-(?P<day>\d\d?){_END}"
    ),
    "german_day": re.compile(rf"{_ALONE}(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>{_YEAR})(?!\d)"),
    "han_day": re.compile(r"(?P<year>\d{4})[年년]\s?(?P<month>\d\d?)[月월](?:\s?(?P<day>\d\d?)[日일])?"),
    "vietnamese": re.compile(
        rf"(?:ng[aà]y\s(?P<day>\d\d?)\s)?th[aá]ng\s(?P<month>\d\d?)(?:\sn[aă]m|,|/)?\s?(?P<year>{_YEAR}){_END}", re.I
    ),
    "months": re.compile(
        rf"\b(?P<name>[^\W\d_]+)\.?(?:\s?[–—-]\s?|\s[^\W\d_]{{1,7}}\s)(?P<end_name>[^\W\d_]+)\.?,?\s{_OF}(?P<year>{_YEAR}){_END}"
    ),
    "worded_day": re.compile(
        rf"{_ALONE}(?P<day>\d\d?)(?:\.|st|nd|rd|th|er|º|-го)?\s{_OF}(?P<name>[^\W\d_]+)\.?,?\s{_OF}(?P<year>{_YEAR}){_END}"
    ),
    "american_day": re.compile(
        rf"\b(?P<name>[^\W\d_]+)\.?\s(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s(?P<year>{_YEAR}){_END}"
    ),
    "hungarian_day": re.compile(rf"{_ALONE}(?P<year>{_YEAR})\.?\s(?:m\.\s)?(?P<name>[^\W\d_]+)(?:\s(?P<day>\d\d?))?\b"),
    "worded_month": re.compile(rf"\b(?P<name>[^\W\d_]+)\.?,?\s{_OF}(?P<year>{_YEAR}){_END}"),
    "month": re.compile(rf"{_ALONE}(?P<year>{_YEAR})-(?P<month>0[1-9]|1[0-2]){_END}"),
    "other_month": re.compile(rf"{_ALONE}(?P<month>\d\d?)[/.](?P<year>{_YEAR}){_END}"),
    "slashes": re.compile(rf"{_ALONE}\d\d?/\d\d?/(?P<year>{_YEAR}){_END}"),
    "decade": re.compile(
        r"(?<![\w.,])(?P<decade>(?:1\d|20)\d)0(?:[’']?s\b|er\b|-(?:х|ті|ті|е|те)\b)|"
        r"(?<![\w.,])[’']?(?P<short>[1-9])0(?:er[ -]Jahren?\b|[’']?s\b)|"
        r"\b(?:années|años|anni|anos|jaren|lata|lat|лет)\s[’']?(?:19)?(?P<short_behind>[1-9])0\b"
    ),
    "season": re.compile(rf"{_ALONE}(?P<year>{_YEAR})[/–-](?P<end>\d\d){_END}"),
    "han_year": re.compile(r"(?P<year>\d{4})[年년]"),
    "year": re.compile(rf"{_ALONE}(?P<year>{_YEAR})(?!\d|[.,]\d|[^\W\d_]|[%€$£])"),
}  # fmt: skip
# 2002 Euro are not a year, nor are 2000 years
_QUANTITY = re.compile(
    r"\s?(?:%|€|\$|£|(?:EUR|Euros?|USD|Dollars?|US-Dollar|Mark|DM|Franken|CHF|Pfund|pounds|złotych|zł|Prozent|percent|"
    r"per cent|km|Kilometern?|kilometers|kilometres|Metern?|m|kg|Tonnen|tonnes|tons|Liter|Hektar|Grad|Watt|Volt|PS|"
    r"Menschen|Personen|people|persons|Einwohner\w*|inhabitants|Jahren?|years|ans|años|anni|lat|Tagen?|days|Stunden|"
    r"hours|Stimmen|votes|Seiten|pages|Mitarbeiter\w*|employees|Soldaten|soldiers|Stück|Mal)\b)"
)
_TO = re.compile(
    r"\s?(?:[–—-]|bis(?:\szum)?|to|until|till|through|à|au|a|al|hasta|até|tot|do|по|до|til|till)\s?(?:the\s|im\s|zum\s)?",
    re.IGNORECASE,
)
_AND = re.compile(r"\s(?:und|and|et|y|e|en|i|a|и|і|та|og|och|ve)\s(?:dem\s|the\s)?", re.IGNORECASE)
_BETWEEN = re.compile(
    r"(?:zwischen|between|entre|tra|fra|tussen|między|між|между|mezi|mellan|mellem|mellom)\s(?:dem\s|the\s|il\s)?$",
    re.IGNORECASE,
)
_BEFORE_IT = r"\s(?:dem\s|the\s|Jahr\s|the year\s|le\s|el\s|o\s)*(?:Jahre?\s)?$"
_SINCE = re.compile(
    r"\b(?:seit|ab|since|from|starting in|depuis|dès|desde|dal|sinds|vanaf|od|с|від|з|sedan|siden)" + _BEFORE_IT, re.I
)
_LATER = re.compile(r"\b(?:nach|after|après|después de|dopo il|após|na|po|после|після|efter)" + _BEFORE_IT, re.I)
_UNTIL = re.compile(
    r"\b(?:bis|until|till|up to|jusqu[’']en|jusqu[’']à|hasta|fino al|até|tot|do|до|tills?|indtil)" + _BEFORE_IT, re.I
)
_EARLIER = re.compile(r"\b(?:vor|before|avant|antes de|prima del|voor|przed|перед|före|før)" + _BEFORE_IT, re.I)


@dataclass(frozen=True, slots=True)
class Period:
    """A time that a text states: its first and last day, inclusive, and its span in the text."""

    first: date
    last: date
    span: Span

    @property
    def days(self) -> int:
        """The number of days of the period."""
        return (self.last - self.first).days + 1

    def contains(self, day: date) -> bool:
        """Whether an article of this day is of the period; of a period of one day, also one of the next two days."""
        is_reported_later = self.days == 1 and self.last < date.max - _REPORTED_WITHIN
        return self.first <= day <= (self.last + _REPORTED_WITHIN if is_reported_later else self.last)

    def overlap(self, period: Period) -> float:
        """Return how far a period lies in this one, in [0, 1]: the square root of its share of days."""
        common = (min(self.last, period.last) - max(self.first, period.first)).days + 1
        return math.sqrt(max(0, common) / period.days)


def periods_in(text: str) -> list[Period]:
    """Return the times that a text states, in its order, without those relative to today, such as "last winter"."""
    text = text.translate(DIGITS)
    periods: list[Period] = []
    for start, end in _parts_with_years(text):
        for name, pattern in _PATTERNS.items():
            for match in pattern.finditer(text, start, end):
                if any(match.start() < known.span[1] and known.span[0] < match.end() for known in periods):
                    continue
                period = _period(name, match, text)
                if period:
                    periods.append(period)
    return _merged(sorted(periods, key=lambda period: period.span), text)


def _parts_with_years(text: str) -> Iterator[Span]:
    """Yield the parts of a text that may state a time: the surroundings of years and decades, up to white space."""
    start = end = 0
    for number in _YEAR_OR_DECADE.finditer(text):
        if number.start() - _REACH > end:
            if end:
                yield start, end
            start = number.start() - _REACH
        if number.end() + _REACH > end:
            white = _WHITE.search(text, number.end() + _REACH)
            end = white.start() if white else len(text)
    if end:
        yield start, end


def nearness(periods: Sequence[Period], article: Article, text: str) -> float:
    """Return how well an article and a text of it fit the times of a question, in [0, 1].

    It fits if it was published then, or as far as a time that it states lies in one of them.
    """
    if article.published and any(period.contains(article.published) for period in periods):
        return 1.0
    in_text = periods_in(text)
    return max((period.overlap(mention) for period in periods for mention in in_text), default=0.0)


def _period(name: str, match: re.Match[str], text: str) -> Period | None:
    groups = match.groupdict()
    if name == "decade":
        tens = int(groups["decade"] or f"19{groups['short'] or groups['short_behind']}")
        return Period(date(tens * 10, 1, 1), date(tens * 10 + 9, 12, 31), match.span())
    year = int(groups["year"])
    is_quantity = name == "year" and (year < _FIRST_YEAR or _QUANTITY.match(text, match.end()))
    days = None if is_quantity or not _EARLIEST_YEAR <= year <= _LAST_YEAR else _days(name, groups, year)
    return Period(*days, match.span()) if days else None


def _days(name: str, groups: Mapping[str, str | None], year: int) -> tuple[date, date] | None:
    """Return the first and the last day of a match of a pattern; None if there is no such day or month."""
    full_year = date(year, 1, 1), date(year, 12, 31)
    if name in ("year", "han_year", "slashes"):
        return full_year
    if name == "season":
        end = year - year % 100 + int(groups["end"] or 0)
        return (full_year[0], date(end, 12, 31)) if year < end <= year + _MAX_SEASON_YEARS else None
    first = _month(groups["name"] or "") if "name" in groups else int(groups["month"] or 0)
    last = _month(groups["end_name"] or "") if "end_name" in groups else first
    with suppress(ValueError):
        # no such day is a ValueError
        if first and last and first <= last:
            day = groups.get("day")
            begin = date(year, first, int(day or 1))
            return (begin, begin) if day else (begin, date(year, last, monthrange(year, last)[1]))
    return None


def _merged(periods: Sequence[Period], text: str) -> list[Period]:
    """Return periods with "from 1998 to 2001" as a single one, and with open ends ("since 1998")."""
    merged: list[Period] = []
    for period in periods:
        previous = merged[-1] if merged else None
        gap = text[previous.span[1] : period.span[0]] if previous else ""
        if (
            previous
            and previous.first <= period.last
            and (_TO.fullmatch(gap) or (_AND.fullmatch(gap) and _BETWEEN.search(text[: previous.span[0]])))
        ):
            merged[-1] = Period(previous.first, period.last, (previous.span[0], period.span[1]))
        else:
            merged.append(period)
    # "from" before a period with an end leaves it closed
    return [
        _with_open_end(period, text[max(0, period.span[0] - _REACH) : period.span[0]]) if period in periods else period
        for period in merged
    ]


def _with_open_end(period: Period, preceding: str) -> Period:
    one_day = timedelta(days=1)
    if _SINCE.search(preceding):
        return replace(period, last=date.max)
    if _LATER.search(preceding):
        return replace(period, first=period.last + one_day, last=date.max)
    if _UNTIL.search(preceding):
        return replace(period, first=date.min)
    if _EARLIER.search(preceding):
        return replace(period, first=date.min, last=period.first - one_day)
    return period


@lru_cache(_MAX_REMEMBERED)
def _month(name: str) -> int | None:
    """Return the month of a name, written with its accents or, in ASCII, without any; marché is not March."""
    plain, inflected, agglutinative = _month_names()
    spelling = fold if name.isascii() else normalize_word
    word = spelling(name)
    if word in plain:
        return plain[word]
    if name[:1].isupper() and name.isascii():
        return None
    for month, number in agglutinative:
        if word.startswith(month) and len(word) <= len(month) + _MAX_ENDING:
            return number
    for month, number in inflected:
        # października → październiku; of long names two letters may be an ending: janvāris → janvārī
        for stem in (month, month[:-1], *([month[:-2]] if len(month) >= _LONG_NAME else ())):
            if word.startswith(stem) and _ENDINGS.fullmatch(fold(word[len(stem) :])):
                return number
    return None


@cache
def _month_names() -> tuple[dict[str, int], tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """Return the names of months, those that have endings, and those with longer ones, the longest first.

    Each is there as it is written, in lower case, and folded.
    """
    # takes 0.3 s, and few questions have a word next to a year
    plain = {name: number for language in (*_PLAIN, *_INFLECTED) for name, number in _names(language, "wide")}
    plain = {name: number for language in _ABBREVIATING for name, number in _names(language, "abbreviated")} | plain
    inflected, agglutinative = (
        {name: number for language in languages for name, number in _names(language, "wide") if len(name) > _MAX_ENDING}
        for languages in ([language for language in _INFLECTED if language not in _AGGLUTINATIVE], _AGGLUTINATIVE)
    )
    return plain | _MORE_MONTHS, _longest_first(inflected), _longest_first(agglutinative)


def _longest_first(months: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(months.items(), key=lambda month: (-len(month[0]), month)))


def _names(language: str, width: Literal["wide", "abbreviated"]) -> Iterator[tuple[str, int]]:
    from babel.dates import get_month_names

    for context in ("format", "stand-alone"):
        for number, name in get_month_names(width, context, language).items():
            for spelled in {fold(name.rstrip(".")), normalize_word(name.rstrip("."))}:
                if len(spelled) >= _MIN_LETTERS and not spelled.isdigit():
                    yield spelled, int(number)
