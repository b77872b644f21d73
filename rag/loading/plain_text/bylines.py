"""Who wrote a plain text, where, and for whom: "Von Helga Schmidt, ARD-Studio Brüssel", "Brüssel taz | …"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

# a byline stands so near to the stamp, or to the beginning of the article
_NEAR = 6
_LINE = 140
_PARAGRAPH = 160

_NO_NAME = (
    "Foto|Fotos|Photo|Bild|Erstellt|Lesezeit|Lesedauer|Stand|Redaktion|Uhr|Veröffentlicht|Aktualisiert|Updated|"
    "Published|Posted|Kommentare|Comments|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Januar|Februar|"
    "März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
)
_NAME = rf"(?!\p{{L}}+-Studio)(?!(?:{_NO_NAME})\b)\p{{Lu}}[\p{{L}}’'.-]+"
_PERSON = rf"{_NAME}(?:\s(?:von|van|de|der|den|di|da|del|la|le|zu|el|al|bin))*(?:\s{_NAME}){{1,3}}"
# what follows a comma may be a desk or a city; it is a person where an "and" ends the list
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
    """Who wrote a text, where, and for which outlet; what is not said is None."""

    author: str | None = None
    outlet: str | None = None
    place: str | None = None


def find_byline(lines: Sequence[str], near: int | None) -> Byline:
    """Return what a line of its own says of the author.

    Args:
        near: the number of the line with the date, if there is one. Else the first lines down to the article count.
    """
    paragraph = next((number for number, line in enumerate(lines) if len(line) >= _PARAGRAPH), len(lines))
    around: Iterable[int] = range(0) if near is None else range(max(0, near - _NEAR), near + _NEAR + 1)
    for number in dict.fromkeys([*around, *range(paragraph + _NEAR)]):
        line = lines[number].strip() if number < len(lines) else ""
        if len(line) <= _LINE and (found := _BYLINE.search(line)):
            studio = _STUDIO.match(line, found.end())
            return Byline(found["names"], *(studio["outlet"], studio["place"]) if studio else (None, None))
    return Byline()


def find_dateline(paragraphs: Sequence[str]) -> Byline:
    """Return what stands before the first sentence of an article: "Berlin (dpa) –", "Brüssel taz |"."""
    for paragraph in paragraphs:
        if found := _DATELINE.match(paragraph.strip()):
            return Byline(None, found["agency"] or found["outlet"], found["place"])
    return Byline()
