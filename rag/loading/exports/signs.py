"""Signs that a text contains several articles, though it is in no known export format."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.loading.exports.entries import RIGHTS, ExportLine, begins_with_day

# a sign counts from three occurrences on, in lines of at most 120 characters; a byline and a date belong together if
# they are at most three lines apart
_MIN_SIGNS, _MAX_LINE_CHARACTERS, _MAX_DISTANCE = 3, 120, 3
_SIGNS = (
    re.compile(r"^(?:length|länge|longueur|wörter|words|wordcount)\s*:\s*\d", re.IGNORECASE),
    re.compile(r"^\d[\d.,]*\s+(?:words|wörter|mots|palabras)$", re.IGNORECASE),
    re.compile(r"^(?:headline|überschrift|titel|title|titre|hd)\s*[:|]\s*\S", re.IGNORECASE),
    re.compile(r"^(?:byline|autor|author|auteur)\s*:\s*\S", re.IGNORECASE),
    re.compile(r"^(?:quelle|source|outlet|publication(?: title)?|medium)\s*:\s*\S", re.IGNORECASE),
    re.compile(r"^(?:document|dokument|documento)\s+\S*\d{6}\S*$", re.IGNORECASE),
    re.compile(r"^(?:end of document|ende des dokuments|fin du document)\.?$", re.IGNORECASE),
    re.compile(r"^(?:article|artikel)\s+\d+(?:\s+(?:of|von|de)\s+\d+)?$", re.IGNORECASE),
    re.compile(r"^[^:.]{2,60}\s+vom\s+\d{1,2}\.\s*\w+\.?\s*\d{4}\b.{0,60}$"),
)
_BYLINE = re.compile(r"^(?:by|von|par|por)\s+[A-ZÄÖÜ]\S+\s+[A-ZÄÖÜ]\S+", re.IGNORECASE)

READ_MORE = re.compile(
    r"^\W*(?:weiterlesen|mehr lesen|(?:hier |jetzt )?weiter lesen|zum artikel|mehr dazu|ganzen artikel lesen|"
    r"read (?:more|on)|continue reading|more|full story|mehr|lire (?:la suite|plus)|leer más|"
    r"seguir leyendo|continua a leggere|"
    r"leggi tutto|lees (?:meer|verder)|czytaj (?:więcej|dalej)|devamını oku|читать далее|weiter)\b.{0,80}$",
    re.IGNORECASE,
)
"""A line that links to the rest of an article."""
_TICKER = re.compile(r"^\W*\+\+\+ .+ \+\+\+$")
_ADDRESS = re.compile(r"<?https?://\S+")


def is_newsletter(text: str) -> bool:
    """Return whether a mail has several items, each with a link to the full article, or a ticker headline."""
    short_lines = [_ADDRESS.sub("", line).strip() for line in text.split("\n")]
    return any(sum(sign.match(line) is not None for line in short_lines) >= _MIN_SIGNS for sign in (READ_MORE, _TICKER))


def seems_to_hold_several(lines: Sequence[ExportLine]) -> bool:
    """Return whether fields of an article, or bylines with dates, occur repeatedly."""
    short_lines = [line.text for line in lines if len(line.text) <= _MAX_LINE_CHARACTERS]
    counts = [sum(sign.match(text) is not None for text in short_lines) for sign in _SIGNS]
    counts.append(sum(RIGHTS.match(text) is not None and any(map(str.isdigit, text)) for text in short_lines))
    # two occurrences may belong to one article; several signs that occur about as often mark that many articles
    frequent = [count for count in counts if count >= _MIN_SIGNS]
    less_frequent = [count for count in counts if count == _MIN_SIGNS - 1]
    if frequent and len(frequent) + len(less_frequent) > 1:
        return True
    return _count_headers(lines) >= _MIN_SIGNS


def _count_headers(lines: Sequence[ExportLine]) -> int:
    """How often a byline and a date occur near each other above a paragraph."""
    marks = [
        (
            bool(_BYLINE.match(line.text)),
            len(line.text) <= _MAX_LINE_CHARACTERS // 2 and begins_with_day(line.text),
            len(line.text) > _MAX_LINE_CHARACTERS,
        )
        for line in lines
    ]
    count, last = 0, -_MAX_DISTANCE
    for number, (is_byline, _, _) in enumerate(marks):
        neighbours = marks[max(0, number - _MAX_DISTANCE) : number + _MAX_DISTANCE + 1]
        lines_below = marks[number + 1 : number + 2 * _MAX_DISTANCE]
        if (
            is_byline
            and number - last >= _MAX_DISTANCE
            and any(day for _, day, _ in neighbours)
            and any(full for *_, full in lines_below)
        ):
            count, last = count + 1, number
    return count
