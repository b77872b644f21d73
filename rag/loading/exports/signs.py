"""Signs that a text holds several articles, though it is in no form that is known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.loading.exports.entries import RIGHTS, ExportLine, begins_with_day

_LEAST, _LINE, _NEAR = 3, 120, 3
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
"""A line of its own that leads to the rest of an article."""
_TICKER = re.compile(r"^\W*\+\+\+ .+ \+\+\+$")
_ADDRESS = re.compile(r"<?https?://\S+")


def is_newsletter(text: str) -> bool:
    """Tell whether a mail has several items, each with a link to the rest, or with a headline as of a ticker."""
    short = [_ADDRESS.sub("", line).strip() for line in text.split("\n")]
    return any(sum(sign.match(line) is not None for line in short) >= _LEAST for sign in (READ_MORE, _TICKER))


def seems_to_hold_several(lines: Sequence[ExportLine]) -> bool:
    """Tell whether fields of an article come again and again, or bylines and days as of articles."""
    short = [line.text for line in lines if len(line.text) <= _LINE]
    counts = [sum(sign.match(text) is not None for text in short) for sign in _SIGNS]
    counts.append(sum(RIGHTS.match(text) is not None and any(map(str.isdigit, text)) for text in short))
    # what comes twice may be said of one article; two kinds of signs that come as often are said of as many
    often = [count for count in counts if count >= _LEAST]
    twice = [count for count in counts if count == _LEAST - 1]
    if often and len(often) + len(twice) > 1:
        return True
    return _headed(lines) >= _LEAST


def _headed(lines: Sequence[ExportLine]) -> int:
    """How many times a byline and a day stand near each other above a paragraph."""
    marks = [
        (
            bool(_BYLINE.match(line.text)),
            len(line.text) <= _LINE // 2 and begins_with_day(line.text),
            len(line.text) > _LINE,
        )
        for line in lines
    ]
    count, last = 0, -_NEAR
    for number, (is_byline, _, _) in enumerate(marks):
        near = marks[max(0, number - _NEAR) : number + _NEAR + 1]
        below = marks[number + 1 : number + 2 * _NEAR]
        if is_byline and number - last >= _NEAR and any(day for _, day, _ in near) and any(full for *_, full in below):
            count, last = count + 1, number
    return count
