"""Bylines and datelines of plain texts: "Von Helga Schmidt, ARD-Studio Brüssel", "Brüssel taz | …"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

# a byline is at most six lines away from the date, or from the beginning of the article
_MAX_LINES_FROM_DATE = 6
_MAX_BYLINE_CHARACTERS = 140
_MIN_PARAGRAPH_CHARACTERS = 160

_NO_NAME = (
    "Foto|Fotos|Photo|Bild|Erstellt|Lesezeit|Lesedauer|Stand|Redaktion|Uhr|Veröffentlicht|Aktualisiert|Updated|"
    "Published|Posted|Kommentare|Comments|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Januar|Februar|"
    "März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
)
_NAME = rf"(?!\p{{L}}+-Studio)(?!(?:{_NO_NAME})\b)\p{{Lu}}[\p{{L}}’'.-]+"
_PERSON = rf"{_NAME}(?:\s(?:von|van|de|der|den|di|da|del|la|le|zu|el|al|bin))*(?:\s{_NAME}){{1,3}}"
# what follows a comma may be a desk or a city; it is a person if an "and" ends the list
_NAMES = rf"{_PERSON}(?:(?:,\s{_PERSON}){{0,4}},?\s(?:u\.|und|and|et|y|e|i|&)\s{_PERSON})?"
_BYLINE = regex.compile(
    rf"(?:^|(?<=[|·–—,:]\s)|(?<=\d\s))(?:(?:geschrieben|verfasst|veröffentlicht|written|posted|published)\s+(?:von|by)|"
    rf"Von|VON|By|BY|Par|Por|Di|Door|Autor(?:in)?(?:\sdes\s\p{{L}}+)?:|Author:|Text:|Ein\s\p{{L}}+\svon)\s+"
    rf"(?P<names>{_NAMES})(?=\s*(?:[|·–—:/(),;\d@\[]|$|am\s|on\s|in\s|für\s|le\s|{_NO_NAME}))"
)
_STUDIO = regex.compile(rf",\s*(?P<outlet>\p{{Lu}}[\p{{L}}]*)-Studio\s+(?P<place>{_NAME})")
_DATELINE = regex.compile(
    r"^(?P<place>\p{Lu}[\p{L}’'./ -]{1,40}?)(?:,\s[^()|\n]{3,20})?\s*"
    r"(?:\((?P<agency>\p{Lu}?[\p{L}/ -]{1,20})\)\s*[-–—.:|]|\s(?P<outlet>\p{L}{2,12})\s\|)"
)


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote a text, where, and for which outlet; None where it is not stated."""

    author: str | None = None
    outlet: str | None = None
    location: str | None = None


def find_byline(lines: Sequence[str], date_line: int | None) -> Byline:
    """Return what a line of its own says of the author.

    Args:
        date_line: the number of the line with the date, if there is one; lines near it are searched first, then those
            above the article.
    """
    paragraphs = (number for number, line in enumerate(lines) if len(line) >= _MIN_PARAGRAPH_CHARACTERS)
    first_paragraph = next(paragraphs, len(lines))
    lines_near_date: Iterable[int] = ()
    if date_line is not None:
        lines_near_date = range(max(0, date_line - _MAX_LINES_FROM_DATE), date_line + _MAX_LINES_FROM_DATE + 1)
    for number in dict.fromkeys([*lines_near_date, *range(first_paragraph + _MAX_LINES_FROM_DATE)]):
        line = lines[number].strip() if number < len(lines) else ""
        if len(line) <= _MAX_BYLINE_CHARACTERS and (match := _BYLINE.search(line)):
            studio = _STUDIO.match(line, match.end())
            return Byline(match["names"], *(studio["outlet"], studio["place"]) if studio else (None, None))
    return Byline()


def find_dateline(paragraphs: Sequence[str]) -> Byline:
    """Return what precedes the first sentence of an article: "Berlin (dpa) –", "Brüssel taz |"."""
    for paragraph in paragraphs:
        if match := _DATELINE.match(paragraph.strip()):
            return Byline(None, match["agency"] or match["outlet"], match["place"])
    return Byline()
