"""Exports of LexisNexis: the classic form with "1 of 50 DOCUMENTS", and that of Nexis Uni, Nexis Advance and Lexis+."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rag.loading.exports.entries import (
    RIGHTS,
    ExportEntry,
    ExportLine,
    author_in,
    begins_with_day,
    day_in_line,
    group_paragraphs,
    join_words,
    page_spans,
    split_before,
)

ORIGIN = "header of Nexis"

_COUNT = re.compile(
    r"^(?:focus\s*-\s*)?(?:(?:document|dokument|documento|documenten?)\s+\d[\d.,]*\s+(?:of|von|de|di|van|sur)\s+\d[\d.,]*|"
    r"\d[\d.,]*\s+(?:of|von|de|di|van|sur)\s+\d[\d.,]*\s+(?:documents?|dokumente?n?|documentos|documenti|documenten))$",
    re.IGNORECASE,
)
_END = re.compile(
    r"^(?:end of document|ende des dokuments|fin du document|fin del? documento|fim do documento|fine del documento|"
    r"einde van (?:het )?document)\.?$",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"^(?:body|text|rumpf|hauptteil|textkörper|haupttext|corps|corps du texte|cuerpo|corpo|hoofdtekst)\s*:?$", re.I
)
# the fields above and below an article, in the languages of the interface; those below may follow on each other alone
_ABOVE: dict[str, str] = {
    "headline": "headline|überschrift|schlagzeile|titel|titre|titular|titolo|kop",
    "author": "byline|autor|autorin|autoren|verfasser|auteur|auteurs|autores|autore",
    "length": "length|länge|longueur|longitud|lunghezza|lengte",
    "place": "dateline|ort|ortsangabe|lieu|datumlinie",
    "section": "section|rubrik|ressort|rubrique|sección|sezione|sectie|series|serie|edition|ausgabe|édition",
    "lead": "highlight|vorspann|lead|chapeau",
    "body": "body|rumpf|textkörper|corps|cuerpo|corpo",
}
_BELOW = (
    "load-date|update|ladedatum|lade-datum|aktualisiert am|date-chargement|date de chargement|fecha de carga|laaddatum|"
    "language|sprache|langue|idioma|taal|lingua|publication-type|publikationstyp|publikations-typ|type de publication|"
    "type-publication|tipo de publicación|zeitungstyp|journal[- ]code|zeitungs[- ]?code|zeitschriften-?code|"
    "code-journal|subject|betreff|schlagw(?:ort|örter)|themen?|thema|sujet|materia|organization|organisation|company|firma|firmen|unternehmen|société|ticker|"
    "industry|branche|secteur|geographic|geographie|geografie|géographie|person|personen|people|name|city|state|"
    "country|countries|land|graphic|grafik|graphique|gráfico|url|document-type|doc-type|dokumenttyp|type|distribution|"
    "acc-no|issn|ebs-data-id|classification|klassifizierung|klassifikation|klassifizierungen|clasificación|notes|"
    "pub-type|copyright|wordcount|mediatype"
)
_FIELD = re.compile(
    rf"^(?:(?P<below>{_BELOW})|"
    + "|".join(f"(?P<{name}>{words})" for name, words in _ABOVE.items())
    + r")\s*:\s*(?P<value>.*)$",
    re.IGNORECASE,
)
_CERTAINLY_BELOW = re.compile(
    r"^(?:load-date|update|lade-?datum|date de chargement|language|sprache|langue|publication-type|"
    r"journal[- ]code)\s*:",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^(?:classification|klassifizierung|klassifikation|klassifizierungen|clasificación|notes)$", re.I
)
_EDITION = re.compile(
    r"\bedition\b|\bausgabe\b|\bédition\b|\bedición\b|^(?:late|early|first|final|national|metro|main)\b[\w ]*[;,-]|"
    r"^final$",
    re.IGNORECASE,
)
_LINES_ABOVE, _LINES_OF_A_HEADLINE = 15, 3
_MONTH_AND_YEAR = re.compile(r"^[^\W\d_]+\.?,?\s+(?:19|20)\d\d\b")


def is_count(text: str) -> bool:
    """Tell whether a line is the one above each article of the classic form: 1 of 50 DOCUMENTS."""
    return _COUNT.match(text) is not None


def classic_articles(lines: Sequence[ExportLine]) -> list[ExportEntry]:
    """Return the articles of an export in the classic form."""
    parts = split_before(lines, lambda line: is_count(line.text))
    stated = sum(any(map(_field, part)) for part in parts)
    return [_classic(part) for part in parts] if parts and 2 * stated >= len(parts) else []


def modern_articles(lines: Sequence[ExportLine]) -> list[ExportEntry]:
    """Return the articles of an export in the form in which each one ends with "End of Document"."""
    ends = [number for number, line in enumerate(lines) if _END.match(line.text)]
    starts = [0, *(end + 1 for end in ends)]
    entries = [_modern(lines[start:end], not start) for start, end in zip(starts, ends, strict=False)]
    return [entry for entry in entries if entry] if all(entries) else []


def _field(line: ExportLine) -> re.Match[str] | None:
    return _FIELD.match(line.text)


def _classic(part: Sequence[ExportLine]) -> ExportEntry:
    paragraphs = group_paragraphs(part[1:])
    dated = next((number for number, one in enumerate(paragraphs[:_LINES_ABOVE]) if any(map(_is_day, one))), None)
    below = dated + 1 if dated is not None else 1
    fields = (number for number, paragraph in enumerate(paragraphs) if _field(paragraph[0]))
    first = next(fields, min(below + 1, len(paragraphs)))
    above = [line for paragraph in paragraphs[: min(below, first)] for line in paragraph if not RIGHTS.match(line.text)]
    day = next((number for number, line in enumerate(above) if _is_day(line)), len(above))
    titles = [line for paragraph in paragraphs[below:first] for line in paragraph if not _is_edition(paragraph)]
    # where no empty line parts them, the headline follows the day
    titles = titles or [line for line in above[day + 1 :] if not _EDITION.search(line.text)]
    facts: dict[str, Any] = {
        "source": above[0].text if above and day else None,
        "published": day_in_line(above[day].text) if day < len(above) else None,
        "title": join_words(group_paragraphs(titles)[0]) if titles else None,
    }
    # printed pages may have the headline in the line of the day
    words = [*map(_whole, titles or above[day : day + 1])]
    body = first + _fields_above(paragraphs[first:], facts, words)
    words += page_spans(_own(paragraphs[body : _end_of_body(paragraphs, body)]))
    return ExportEntry(part[0].start, tuple(words), facts)


def _is_day(line: ExportLine) -> bool:
    return bool(
        not _field(line)
        and not RIGHTS.match(line.text)
        and (begins_with_day(line.text) or _MONTH_AND_YEAR.match(line.text))
    )


def _is_edition(paragraph: Sequence[ExportLine]) -> bool:
    return bool(_EDITION.search(paragraph[0].text) or RIGHTS.match(paragraph[0].text))


def _whole(line: ExportLine) -> tuple[int, int]:
    return line.start, line.end


def _fields_above(
    paragraphs: Sequence[Sequence[ExportLine]], facts: dict[str, Any], words: list[tuple[int, int]]
) -> int:
    """Note what the fields above an article say, and return how many paragraphs they are.

    Headline, author and lead are words of the article; lines below a field in its paragraph belong to it.
    """
    for number, paragraph in enumerate(paragraphs):
        found = _field(paragraph[0])
        if not found or found["below"]:
            return number
        # several fields may stand in one paragraph, a line each
        for field in split_before(paragraph, lambda line: _field(line) is not None):
            if (named := _field(field[0])) is None:
                continue
            kind = named.lastgroup if named.lastgroup != "value" else None
            kind = next((name for name in _ABOVE if named[name]), kind)
            value = " ".join(filter(None, [named["value"], join_words(field[1:])]))
            if kind == "headline":
                facts["title"] = value
            elif kind == "author":
                facts["author"] = author_in(value)
            elif kind == "place":
                facts["place"] = value.partition(",")[0]
            if kind in ("headline", "author", "lead", "body") and value:
                start = field[0].end - len(named["value"]) if named["value"] else field[1].start
                words.append((start, field[-1].end))
            if kind == "body":
                return number + 1
    return len(paragraphs)


def _end_of_body(paragraphs: Sequence[Sequence[ExportLine]], body: int) -> int:
    """The number of the first paragraph behind an article: from there on, there are fields and rights alone."""
    end = len(paragraphs)
    while end > body and _is_below(paragraphs[end - 1]):
        end -= 1
    return end


def _own(paragraphs: Sequence[Sequence[ExportLine]]) -> list[ExportLine]:
    """The lines of these paragraphs without fields right below the last one, which no empty line parts from it."""
    lines = [line for paragraph in paragraphs for line in paragraph]
    while lines and _CERTAINLY_BELOW.match(lines[-1].text):
        lines.pop()
    return lines


def _is_below(paragraph: Sequence[ExportLine]) -> bool:
    found = _field(paragraph[0])
    return bool(
        (found and (found["below"] or found["length"] or found["section"]))
        or RIGHTS.match(paragraph[0].text)
        or _HEADING.match(paragraph[0].text)
        or _END.match(paragraph[0].text)
    )


def _modern(part: Sequence[ExportLine], is_first: bool) -> ExportEntry | None:
    body = next((number for number, line in enumerate(part) if _BODY.match(line.text)), None)
    if body is None:
        # without that label an article begins below its fields
        fields = [
            number
            for number, line in enumerate(part[: 4 * _LINES_ABOVE])
            if (found := _field(line)) and not found["below"]
        ]
        if not fields:
            return None
        body = fields[-1] + 1
        part = [*part[:body], replace(part[body - 1], text=""), *part[body:]]
    top = _top(part, body)
    if top is None:
        return None
    day, first_field = top
    facts: dict[str, Any] = {"published": day_in_line(part[day].text)}
    outlet = day - 1
    above = part[: max(outlet, 0)]
    # a list of all articles stands before the first one: only what is nearest is its headline
    title = group_paragraphs(above)[-1] if is_first and above else above
    if is_first and title[_LINES_OF_A_HEADLINE:]:
        title = title[-1:]
    facts["source"] = part[outlet].text if outlet >= 0 else None
    facts["title"] = join_words(title) or None
    words = [*map(_whole, title)]
    _fields_above(_fields_alone(part[first_field:body]), facts, words)
    paragraphs = group_paragraphs(part[body + 1 :])
    words += page_spans(_own(paragraphs[: _end_of_body(paragraphs, 0)]))
    return ExportEntry((title or part[max(outlet, 0) :])[0].start, tuple(words), facts)


def _fields_alone(lines: Sequence[ExportLine]) -> list[list[ExportLine]]:
    """Fields that may have rights and editions between them, each with the lines that go on from it."""
    return split_before([line for line in lines if not RIGHTS.match(line.text)], lambda line: _field(line) is not None)


def _top(part: Sequence[ExportLine], body: int) -> tuple[int, int] | None:
    """The numbers of the line with the day, and of the first line behind it that is rights or a field."""
    first = body
    while first > 0 and body - first < _LINES_ABOVE:
        line = part[first - 1]
        if begins_with_day(line.text) and not _field(line):
            return first - 1, first
        first -= 1
    # a magazine may state a month alone
    return next(
        ((number, number + 1) for number in range(body - 1, first - 1, -1) if _MONTH_AND_YEAR.match(part[number].text)),
        None,
    )
