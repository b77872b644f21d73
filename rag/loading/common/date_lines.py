"""Dates in plain text, and the line that dates it: "Stand: 12.01.2022 03:55 Uhr", "March 3, 2021", "le 4 mai 2020"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache

from rag.loading.common.date_cues import is_unrelated_date

# month names are recognised in these languages
_LANGUAGES = (
    "de", "en", "fr", "es", "it", "pt", "nl", "pl", "tr", "uk", "ru", "cs", "sk", "sv", "da", "nb", "fi", "hu", "ro",
    "hr", "sl", "el", "bg",
)  # fmt: skip
_EXTRA_MONTHS = {"sept": 9, "mrz": 3, "jänner": 1, "feber": 2}
_MONTHS_PER_YEAR, _MIN_MONTH_LETTERS = 12, 3
# a line of at least 160 characters is a paragraph; a line with a date stamp has at most 140
_MIN_PARAGRAPH_CHARACTERS, _MAX_STAMP_CHARACTERS = 160, 140
# the article begins at most 15 lines below its stamp; only the first 1000 lines of a text are searched
_MAX_LINES_ABOVE_ARTICLE, _MAX_LINES = 15, 1000
_FIRST_YEAR = 1700

_NUMERIC = re.compile(
    r"(?<![\d.,/-])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?![\d/-]|\.\d)|"
    r"(?<![\d-])(?P<iso_year>\d{4})-(?P<iso_month>\d{2})-(?P<iso_day>\d{2})(?![\d-])|"
    r"(?P<ja_year>\d{4})年\s?(?P<ja_month>\d{1,2})月\s?(?P<ja_day>\d{1,2})日|"
    r"(?<![\d/])(?P<one>\d{1,2})/(?P<other>\d{1,2})/(?P<slash_year>\d{4})(?![\d/])"
)
# any word may be the month: month names are loaded only when something looks like a day
_WORDED = re.compile(
    r"\b(?P<a_day>\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s?(?:de\s|d[’'])?(?P<a_name>[^\W\d_]+)\.?,?\s?(?:de\s|del\s)?"
    r"(?P<a_year>\d{4})\b|"
    r"\b(?P<b_name>[^\W\d_]+)\.?\s(?P<b_day>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<b_year>\d{4})\b",
    re.IGNORECASE,
)
_PUBLICATION_CUE = re.compile(
    r"\b(?:stand|veröffentlicht|publiziert|erschienen|erstellt|gepostet|geschrieben|datum|"
    r"verfasst|published|posted|created|date|publié|le|publicado|pubblicato|"
    r"gepubliceerd|opublikowano|dodano|yayınlanma|опубликовано|опубліковано|"
    r"uhr|von|by|par|por|am|on|vom)\b",
    re.IGNORECASE,
)
# the day of an update is second best to the day of publication
_UPDATE_CUE = re.compile(
    r"\b(?:aktualisiert|geändert|updated|modified|mis à jour|actualizado|aggiornato|güncelleme|aktualizacja)\b",
    re.IGNORECASE,
)
_LIST_MARKER = re.compile(r"^\s*(?:[*•+·#-]|\d+[.)])\s")


def date_stamp(lines: Sequence[str]) -> tuple[date, int] | None:
    """Return the day stated on a line of its own and the number of that line, or None.

    Of several days the likeliest wins: next to a word like "Stand" or "published" and few others, right above the
    article, and not among comments or in a list. Future days are ignored, as are days of births, events, downloads
    and the like, and days in a headline.
    """
    today = datetime.now(UTC).date()
    paragraphs = [number for number, line in enumerate(lines[:_MAX_LINES]) if len(line) >= _MIN_PARAGRAPH_CHARACTERS]
    # a single star before a day marks a birth, several mark a list
    is_list = sum(line.startswith("* ") for line in lines[:_MAX_LINES]) > 1
    best: tuple[float, int, date] | None = None
    for number, line in enumerate(lines[:_MAX_LINES]):
        if len(line) > _MAX_STAMP_CHARACTERS:
            continue
        day, text_before, text_after = next(days_in(line), (None, "", ""))
        text_before = text_before.removeprefix("* ") if is_list else text_before
        if day is None or day.year < _FIRST_YEAR or day > today or is_unrelated_date(text_before, text_after):
            continue
        paragraphs_above = sum(paragraph < number for paragraph in paragraphs[: _MAX_LINES_ABOVE_ARTICLE + 1])
        lines_between = next((paragraph - number - 1 for paragraph in paragraphs if paragraph > number), None)
        is_near = lines_between is not None and lines_between < _MAX_LINES_ABOVE_ARTICLE
        nearness = 1.0 - 0.05 * lines_between if lines_between is not None and is_near else -0.5
        score = _stamp_score(line, f"{text_before} {text_after}") - 0.2 * paragraphs_above + nearness
        if score > 0 and (best is None or score > best[0]):
            best = (score, number, day)
    return (best[2], best[1]) if best else None


def _stamp_score(line: str, context: str) -> float:
    """Return how likely a line is a date stamp (higher is likelier), by its text without the date (`context`)."""
    brevity = 1.0 - 0.1 * len(re.findall(r"[^\W\d_]+", context))
    cue = max(1.0 * bool(_PUBLICATION_CUE.search(context)), 0.8 * bool(_UPDATE_CUE.search(context)))
    return brevity + cue - 0.8 * bool(_LIST_MARKER.match(line))


def dates_in(text: str) -> Iterator[tuple[date, str]]:
    """Yield each date in a text that has day, month and year, in text order, with the text around it."""
    yield from ((day, f"{text_before} {text_after}") for day, text_before, text_after in days_in(text))


def days_in(text: str) -> Iterator[tuple[date, str, str]]:
    """Yield each date in a text that has day, month and year, in text order, with the text before and after it.

    3/4/2021 is the third of April in most languages and the fourth of March in another: ambiguous dates are skipped.
    """
    matches = [*_NUMERIC.finditer(text), *_WORDED.finditer(text)]
    for match in sorted(matches, key=re.Match.start):
        parts = {name.rpartition("_")[2]: value for name, value in match.groupdict().items() if value}
        if "one" in parts:
            day, month = sorted((int(parts["one"]), int(parts["other"])), reverse=True)
            if day <= _MONTHS_PER_YEAR and day != month:
                continue
        else:
            name = parts.get("name", "").casefold()
            day, month = int(parts["day"]), _months().get(name, 0) if name else int(parts["month"])
        try:
            yield date(int(parts["year"]), month, day), text[: match.start()], text[match.end() :]
        except ValueError:
            # 31.02., 99.99. and "12 pieces 2020" are not days
            continue


@cache
def _months() -> dict[str, int]:
    # this takes 0.17 s, and most texts have nothing that looks like a date with a month name
    from babel.dates import get_month_names

    months: dict[str, int] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    plain = unicodedata.normalize("NFC", name).casefold().rstrip(".")
                    if len(plain) >= _MIN_MONTH_LETTERS and not plain.isdigit():
                        months.setdefault(plain, int(number))
    return months | _EXTRA_MONTHS
