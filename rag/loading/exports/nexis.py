"""Exports of LexisNexis: the classic format with "1 of 50 DOCUMENTS", and that of Nexis Uni, Advance and Lexis+."""

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
# the fields above and below an article, in the languages of the interface
_FIELDS_ABOVE: dict[str, str] = {
    "headline": "headline|überschrift|schlagzeile|titel|titre|titular|titolo|kop",
    "author": "byline|autor|autorin|autoren|verfasser|auteur|auteurs|autores|autore",
    "length": "length|länge|longueur|longitud|lunghezza|lengte",
    "place": "dateline|ort|ortsangabe|lieu|datumlinie",
    "section": "section|rubrik|ressort|rubrique|sección|sezione|sectie|series|serie|edition|ausgabe|édition",
    "lead": "highlight|vorspann|lead|chapeau",
    "body": "body|rumpf|textkörper|corps|cuerpo|corpo",
}
_FIELDS_BELOW = (
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
    rf"^(?:(?P<below>{_FIELDS_BELOW})|"
    + "|".join(f"(?P<{name}>{words})" for name, words in _FIELDS_ABOVE.items())
    + r")\s*:\s*(?P<value>.*)$",
    re.IGNORECASE,
)
_CERTAINLY_BELOW = re.compile(
    r"^(?:load-date|update|lade-?datum|date de chargement|language|sprache|langue|publication-type|"
    r"journal[- ]code)\s*:",
    re.IGNORECASE,
)
_HEADING_BELOW = re.compile(
    r"^(?:classification|klassifizierung|klassifikation|klassifizierungen|clasificación|notes)$", re.I
)
_EDITION = re.compile(
    r"\bedition\b|\bausgabe\b|\bédition\b|\bedición\b|^(?:late|early|first|final|national|metro|main)\b[\w ]*[;,-]|"
    r"^final$",
    re.IGNORECASE,
)
_MAX_LINES_ABOVE, _MAX_HEADLINE_LINES = 15, 3
_MONTH_AND_YEAR = re.compile(r"^[^\W\d_]+\.?,?\s+(?:19|20)\d\d\b")


def is_count(text: str) -> bool:
    """Return whether a line is the one above each article of the classic format: 1 of 50 DOCUMENTS."""
    return _COUNT.match(text) is not None


def classic_articles(lines: Sequence[ExportLine]) -> list[ExportEntry]:
    """Return the articles of an export in the classic format."""
    parts = split_before(lines, lambda line: is_count(line.text))
    parts_with_fields = sum(any(map(_field, part)) for part in parts)
    return [_classic_entry(part) for part in parts] if parts and 2 * parts_with_fields >= len(parts) else []


def modern_articles(lines: Sequence[ExportLine]) -> list[ExportEntry]:
    """Return the articles of an export in the format in which each one ends with "End of Document"."""
    ends = [number for number, line in enumerate(lines) if _END.match(line.text)]
    starts = [0, *(end + 1 for end in ends)]
    entries = [_modern_entry(lines[start:end], not start) for start, end in zip(starts, ends, strict=False)]
    return [entry for entry in entries if entry] if all(entries) else []


def _field(line: ExportLine) -> re.Match[str] | None:
    return _FIELD.match(line.text)


def _classic_entry(part: Sequence[ExportLine]) -> ExportEntry:
    paragraphs = group_paragraphs(part[1:])
    dates = (number for number, paragraph in enumerate(paragraphs[:_MAX_LINES_ABOVE]) if any(map(_is_day, paragraph)))
    date_end = next(dates, 0) + 1
    fields = (number for number, paragraph in enumerate(paragraphs) if _field(paragraph[0]))
    first = next(fields, min(date_end + 1, len(paragraphs)))
    lines_above = [
        line for paragraph in paragraphs[: min(date_end, first)] for line in paragraph if not RIGHTS.match(line.text)
    ]
    day = next((number for number, line in enumerate(lines_above) if _is_day(line)), len(lines_above))
    titles = [line for paragraph in paragraphs[date_end:first] for line in paragraph if not _is_edition(paragraph)]
    # without an empty line between them, the headline follows the date
    titles = titles or [line for line in lines_above[day + 1 :] if not _EDITION.search(line.text)]
    metadata: dict[str, Any] = {
        "source": lines_above[0].text if lines_above and day else None,
        "published": day_in_line(lines_above[day].text) if day < len(lines_above) else None,
        "title": join_words(group_paragraphs(titles)[0]) if titles else None,
    }
    # printed pages may have the headline in the line of the date
    words = [*map(_line_span, titles or lines_above[day : day + 1])]
    body = first + _fields_above(paragraphs[first:], metadata, words)
    words += page_spans(_without_fields_below(paragraphs[body : _end_of_body(paragraphs, body)]))
    return ExportEntry(part[0].start, tuple(words), metadata)


def _is_day(line: ExportLine) -> bool:
    return bool(
        not _field(line)
        and not RIGHTS.match(line.text)
        and (begins_with_day(line.text) or _MONTH_AND_YEAR.match(line.text))
    )


def _is_edition(paragraph: Sequence[ExportLine]) -> bool:
    return bool(_EDITION.search(paragraph[0].text) or RIGHTS.match(paragraph[0].text))


def _line_span(line: ExportLine) -> tuple[int, int]:
    return line.start, line.end


def _fields_above(
    paragraphs: Sequence[Sequence[ExportLine]], metadata: dict[str, Any], words: list[tuple[int, int]]
) -> int:
    """Read the fields above an article into `metadata` and `words`, and return how many paragraphs they are.

    Headline, author and lead are the article's own words; lines below a field in its paragraph belong to it.
    """
    for number, paragraph in enumerate(paragraphs):
        field_match = _field(paragraph[0])
        if not field_match or field_match["below"]:
            return number
        # a paragraph may have several fields, one per line
        for field in split_before(paragraph, lambda line: _field(line) is not None):
            if (field_match := _field(field[0])) is None:
                continue
            kind = field_match.lastgroup if field_match.lastgroup != "value" else None
            kind = next((name for name in _FIELDS_ABOVE if field_match[name]), kind)
            value = " ".join(filter(None, [field_match["value"], join_words(field[1:])]))
            if kind == "headline":
                metadata["title"] = value
            elif kind == "author":
                metadata["author"] = author_in(value)
            elif kind == "place":
                metadata["place"] = value.partition(",")[0]
            if kind in ("headline", "author", "lead", "body") and value:
                start = field[0].end - len(field_match["value"]) if field_match["value"] else field[1].start
                words.append((start, field[-1].end))
            if kind == "body":
                return number + 1
    return len(paragraphs)


def _end_of_body(paragraphs: Sequence[Sequence[ExportLine]], body: int) -> int:
    """The number of the first paragraph after an article: from there on, there are only fields and rights."""
    end = len(paragraphs)
    while end > body and _is_below(paragraphs[end - 1]):
        end -= 1
    return end


def _without_fields_below(paragraphs: Sequence[Sequence[ExportLine]]) -> list[ExportLine]:
    """The lines of these paragraphs, without fields directly below the last one."""
    lines = [line for paragraph in paragraphs for line in paragraph]
    while lines and _CERTAINLY_BELOW.match(lines[-1].text):
        lines.pop()
    return lines


def _is_below(paragraph: Sequence[ExportLine]) -> bool:
    field_match = _field(paragraph[0])
    return bool(
        (field_match and (field_match["below"] or field_match["length"] or field_match["section"]))
        or RIGHTS.match(paragraph[0].text)
        or _HEADING_BELOW.match(paragraph[0].text)
        or _END.match(paragraph[0].text)
    )


def _modern_entry(part: Sequence[ExportLine], is_first: bool) -> ExportEntry | None:
    body = next((number for number, line in enumerate(part) if _BODY.match(line.text)), None)
    if body is None:
        # without a label "Body", the text begins after the fields
        fields = [
            number
            for number, line in enumerate(part[: 4 * _MAX_LINES_ABOVE])
            if (field_match := _field(line)) and not field_match["below"]
        ]
        if not fields:
            return None
        body = fields[-1] + 1
        part = [*part[:body], replace(part[body - 1], text=""), *part[body:]]
    header = _header_start(part, body)
    if header is None:
        return None
    day, first_field = header
    metadata: dict[str, Any] = {"published": day_in_line(part[day].text)}
    outlet = day - 1
    lines_above = part[: max(outlet, 0)]
    # a table of contents precedes the first article: only the nearest paragraph is its headline
    title = group_paragraphs(lines_above)[-1] if is_first and lines_above else lines_above
    if is_first and title[_MAX_HEADLINE_LINES:]:
        title = title[-1:]
    metadata["source"] = part[outlet].text if outlet >= 0 else None
    metadata["title"] = join_words(title) or None
    words = [*map(_line_span, title)]
    _fields_above(_grouped_fields(part[first_field:body]), metadata, words)
    paragraphs = group_paragraphs(part[body + 1 :])
    words += page_spans(_without_fields_below(paragraphs[: _end_of_body(paragraphs, 0)]))
    return ExportEntry((title or part[max(outlet, 0) :])[0].start, tuple(words), metadata)


def _grouped_fields(lines: Sequence[ExportLine]) -> list[list[ExportLine]]:
    """The fields, each with its continuation lines; notices of rights between them are dropped."""
    return split_before([line for line in lines if not RIGHTS.match(line.text)], lambda line: _field(line) is not None)


def _header_start(part: Sequence[ExportLine], body: int) -> tuple[int, int] | None:
    """The numbers of the line with the date, and of the line after it; None if there is no date."""
    first = body
    while first > 0 and body - first < _MAX_LINES_ABOVE:
        line = part[first - 1]
        if begins_with_day(line.text) and not _field(line):
            return first - 1, first
        first -= 1
    # a magazine may state only a month
    return next(
        ((number, number + 1) for number in range(body - 1, first - 1, -1) if _MONTH_AND_YEAR.match(part[number].text)),
        None,
    )
