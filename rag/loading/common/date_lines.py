"""The day that a plain text states as its own: "Stand: 12.01.2022 03:55 Uhr", "March 3, 2021", "le 4 mai 2020"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache

from rag.loading.common.date_cues import is_of_something_else

# the names of months in these languages are known
_LANGUAGES = (
    "de", "en", "fr", "es", "it", "pt", "nl", "pl", "tr", "uk", "ru", "cs", "sk", "sv", "da", "nb", "fi", "hu", "ro",
    "hr", "sl", "el", "bg",
)  # fmt: skip
_MORE_MONTHS = {"sept": 9, "mrz": 3, "jänner": 1, "feber": 2}
_MONTHS, _LEAST_LETTERS = 12, 3
# a line of so many characters is a paragraph, and no line with a stamp
_PARAGRAPH, _STAMP = 160, 140
# so many lines below a stamp the article begins at most, and so many lines of a text are looked at
_ABOVE, _LOOKED_AT = 15, 1000
_FIRST_YEAR = 1700

_NUMERIC = re.compile(
    r"(?<![\d.,/-])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?![\d/-]|\.\d)|"
    r"(?<![\d-])(?P<iso_year>\d{4})-(?P<iso_month>\d{2})-(?P<iso_day>\d{2})(?![\d-])|"
    r"(?P<ja_year>\d{4})年\s?(?P<ja_month>\d{1,2})月\s?(?P<ja_day>\d{1,2})日|"
    r"(?<![\d/])(?P<one>\d{1,2})/(?P<other>\d{1,2})/(?P<slash_year>\d{4})(?![\d/])"
)
# a name of any kind, since those of the months are loaded for what looks like a day alone
_WORDED = re.compile(
    r"\b(?P<a_day>\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s?(?:de\s|d[’'])?(?P<a_name>[^\W\d_]+)\.?,?\s?(?:de\s|del\s)?"
    r"(?P<a_year>\d{4})\b|"
    r"\b(?P<b_name>[^\W\d_]+)\.?\s(?P<b_day>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<b_year>\d{4})\b",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(?:stand|veröffentlicht|publiziert|erschienen|erstellt|gepostet|geschrieben|datum|"
    r"verfasst|published|posted|created|date|publié|le|publicado|pubblicato|"
    r"gepubliceerd|opublikowano|dodano|yayınlanma|опубликовано|опубліковано|"
    r"uhr|von|by|par|por|am|on|vom)\b",
    re.IGNORECASE,
)
# the day of a change is but next to that of publication
_CHANGED = re.compile(
    r"\b(?:aktualisiert|geändert|updated|modified|mis à jour|actualizado|aggiornato|güncelleme|aktualizacja)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(r"^\s*(?:[*•+·#-]|\d+[.)])\s")


def date_stamp(lines: Sequence[str]) -> tuple[date, int] | None:
    """Return the day that a line of its own states, if any does, and the number of the line.

    Of several days it is the likeliest: with a word like "Stand" or "published" beside it and few others, with the
    article right below, and not among comments or in a list. Days to come are none, and neither are those of births,
    events, downloads and the like, or those in a headline.
    """
    today = datetime.now(UTC).date()
    paragraphs = [number for number, line in enumerate(lines[:_LOOKED_AT]) if len(line) >= _PARAGRAPH]
    # one star before a day is of a birth, several are of a list
    is_list = sum(line.startswith("* ") for line in lines[:_LOOKED_AT]) > 1
    best: tuple[float, int, date] | None = None
    for number, line in enumerate(lines[:_LOOKED_AT]):
        day, before, after = next(days_in(line), (None, "", "")) if len(line) <= _STAMP else (None, "", "")
        before = before.removeprefix("* ") if is_list else before
        if day is None or day.year < _FIRST_YEAR or day > today or is_of_something_else(before, after):
            continue
        rest = f"{before} {after}"
        above = sum(one < number for one in paragraphs[: _ABOVE + 1])
        below = next((one - number - 1 for one in paragraphs if one > number), None)
        worth = (
            _worth(line, rest) - 0.2 * above + (1.0 - 0.05 * below if below is not None and below < _ABOVE else -0.5)
        )
        if worth > 0 and (best is None or worth > best[0]):
            best = (worth, number, day)
    return (best[2], best[1]) if best else None


def _worth(line: str, rest: str) -> float:
    """Return how likely a line with a date and this rest is a stamp, by its own words."""
    worth = 1.0 - 0.1 * len(re.findall(r"[^\W\d_]+", rest))
    return (
        worth + max(1.0 * bool(_CUE.search(rest)), 0.8 * bool(_CHANGED.search(rest))) - 0.8 * bool(_LISTED.match(line))
    )


def dates_in(text: str) -> Iterator[tuple[date, str]]:
    """Yield the days that a text states with day, month and year, in its order, each with the text around it."""
    yield from ((day, f"{before} {after}") for day, before, after in days_in(text))


def days_in(text: str) -> Iterator[tuple[date, str, str]]:
    """Yield the days that a text states with day, month and year, each with the text before and the text after it.

    3/4/2021 is the third of April in most languages and the fourth of March in another: where both can be, it is none.
    """
    found = [*_NUMERIC.finditer(text), *_WORDED.finditer(text)]
    for match in sorted(found, key=re.Match.start):
        stated = {name.rpartition("_")[2]: value for name, value in match.groupdict().items() if value}
        if "one" in stated:
            day, month = sorted((int(stated["one"]), int(stated["other"])), reverse=True)
            if day <= _MONTHS and day != month:
                continue
        else:
            name = stated.get("name", "").casefold()
            day, month = int(stated["day"]), _months().get(name, 0) if name else int(stated["month"])
        try:
            yield date(int(stated["year"]), month, day), text[: match.start()], text[match.end() :]
        except ValueError:
            # 31.02., 99.99. or 12 pieces 2020 are no day
            continue


@cache
def _months() -> dict[str, int]:
    # takes a sixth of a second, and most texts have nothing that looks like a day with a name
    from babel.dates import get_month_names

    found: dict[str, int] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    plain = unicodedata.normalize("NFC", name).casefold().rstrip(".")
                    if len(plain) >= _LEAST_LETTERS and not plain.isdigit():
                        found.setdefault(plain, int(number))
    return found | _MORE_MONTHS
