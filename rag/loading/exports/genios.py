"""Print-outs of WISO and Genios: fields such as "Quelle:" and "Dokumentnummer:" below or above each article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from rag.loading.exports.entries import ExportEntry, ExportLine, author_in, day_in_line, page_spans

ORIGIN = "fields of Genios"

_NAMES = (
    "quelle|autor(?:in|en)?|verfasser|rubrik|ressort|ausgabe|seite|issn|dokumentnummer|dokument-nr\\.?|dokumentennummer|"
    "dauerhafte adresse des dokuments|alle rechte vorbehalten|schlagw(?:ort|örter)|datum|erscheinungsdatum|"
    "erscheinungstag|branche|firma|firmen|land|länder|region|personen?|ort|deskriptor(?:en)?|klassifikation|"
    "unternehmen|zusatzinformationen|textlänge|wörter|zeichen|url|copyright|heft|jahrgang|titel|untertitel|dachzeile|"
    "serie|spitzmarke"
)
_FIELD = re.compile(rf"^(?P<name>{_NAMES})\s*(?::|\|)\s*(?:\|\s*)?(?P<value>.*)$", re.IGNORECASE)
_OWNER = re.compile(r"^(?:©|\(c\)|copyright)\s*(?:\d{4}\s+)?(?:by\s+)?.*(?:genios|gbi|wiso)", re.IGNORECASE)
_ADDRESS = re.compile(r"^https?://\S+$")
_CERTAIN_FIELDS = (
    "dokumentnummer",
    "dauerhafte adresse des dokuments",
    "dokumentennummer",
    "dokument-nr",
    "alle rechte vorbehalten",
)
_SOURCE_AND_DATE = re.compile(
    r"^[\"„»«]?(?P<outlet>.+?)[\"“«»]?(?:,?\s*(?:Heft|Nr\.|Ausgabe)\s*[\w/.-]+)?,?\s+(?:vom|v\.)\s+(?P<day>\d{1,2}\.\s*(?:\d{1,2}\.|\w+)\s*\d{4})",
)
_SOURCE_LINE = re.compile(r"^[^:]{2,60}\s+vom\s+\d{1,2}\.\s*(?:\d{1,2}\.|\w+)\s*\d{4}\b.{0,80}$")
_MAX_TITLE_CHARACTERS, _MAX_SOURCE_CHARACTERS, _MAX_LINES_ABOVE, _MIN_FIELDS = 200, 500, 3, 2


def printed_articles(lines: Sequence[ExportLine]) -> list[ExportEntry]:
    """Return the articles of a print-out, found by runs of fields below or above each of them."""
    runs = _runs(lines)
    if not runs:
        return []
    last = runs[-1][-1]
    if last >= len(lines) - 2:
        starts = [0, *(run[-1] + 1 for run in runs[:-1])]
        return [_entry(lines[start : run[-1] + 1], start, run) for start, run in zip(starts, runs, strict=True)]
    lines_above = runs[0][0]
    if lines_above > _MAX_LINES_ABOVE:
        return []
    starts = [run[0] - lines_above for run in runs]
    ends = [*starts[1:], len(lines)]
    return [_entry(lines[start:end], start, run) for start, end, run in zip(starts, ends, runs, strict=True)]


_VALUE = ""
"""The name noted for a line that is the value of the field above it."""


@dataclass(slots=True)
class _FieldRun:
    """Consecutive lines that are fields or their values: the numbers of the lines, and the names of the fields."""

    lines: list[int] = dataclass_field(default_factory=list)
    names: set[str] = dataclass_field(default_factory=set)


def _runs(lines: Sequence[ExportLine]) -> list[list[int]]:
    """The line numbers of each run of fields that belongs to such a print-out."""
    runs: list[_FieldRun] = []
    for number, line in enumerate(lines):
        field, is_owner = _FIELD.match(line.text), _OWNER.match(line.text) is not None
        follows = bool(runs) and runs[-1].lines[-1] == number - 1
        if not (field or is_owner or (follows and _is_field_value(lines, number))):
            continue
        if not follows:
            runs.append(_FieldRun())
        runs[-1].lines.append(number)
        runs[-1].names.add(field["name"].lower().rstrip(".") if field else "©" if is_owner else _VALUE)
    likely = [run for run in runs if len(run.names - {_VALUE}) >= _MIN_FIELDS]
    return [run.lines for run in likely if _is_certain(run, is_repeated=len(likely) > 1)]


def _is_certain(run: _FieldRun, is_repeated: bool) -> bool:
    """Whether a run has fields that no other texts have, or common ones in several runs."""
    has_common = len(run.names) > _MIN_FIELDS and "quelle" in run.names
    return not run.names.isdisjoint((*_CERTAIN_FIELDS, "©")) or (is_repeated and has_common)


def _is_field_value(lines: Sequence[ExportLine], number: int) -> bool:
    """Whether a line is the value of the field above it: a URL, or any line if that field has no value beside it."""
    field = _FIELD.match(lines[number - 1].text)
    return bool(_ADDRESS.match(lines[number].text) or (field and not field["value"]))


def _entry(part: Sequence[ExportLine], start: int, run: Sequence[int]) -> ExportEntry:  # noqa: C901 - a branch for each field
    field_lines = [number - start for number in run]
    metadata: dict[str, Any] = {}
    for number in field_lines:
        field = _FIELD.match(part[number].text)
        if not field:
            continue
        value = field["value"] or (part[number + 1].text if number + 1 in field_lines else "")
        name = field["name"].lower()
        if name == "quelle" and (source_match := _SOURCE_AND_DATE.match(value[:_MAX_SOURCE_CHARACTERS])):
            metadata |= {
                "source": source_match["outlet"].strip(' ,"„“»«'),
                "published": day_in_line(source_match["day"]),
            }
        elif name == "quelle":
            metadata.setdefault("source", value.partition(",")[0].strip())
            metadata.setdefault("published", day_in_line(value))
        elif name in ("datum", "erscheinungsdatum", "erscheinungstag"):
            metadata["published"] = metadata.get("published") or day_in_line(value)
        elif name.startswith("autor") or name == "verfasser":
            metadata["author"] = author_in(value)
        elif name == "titel":
            metadata["title"] = value
        elif name in ("url", "dauerhafte adresse des dokuments") and _ADDRESS.match(value):
            metadata["url"] = value
    other_lines = [line for number, line in enumerate(part) if number not in {*field_lines}]
    article_lines: list[ExportLine] = []
    for line in other_lines:
        field = _FIELD.match(line.text)
        if field and field["name"].lower().startswith(("autor", "verfasser")) and "author" not in metadata:
            metadata["author"] = author_in(field["value"])
        is_source_line = line is other_lines[0] and _SOURCE_LINE.match(line.text)
        if is_source_line and (source_match := _SOURCE_AND_DATE.match(line.text[:_MAX_SOURCE_CHARACTERS])):
            metadata.setdefault("source", source_match["outlet"])
            metadata.setdefault("published", day_in_line(source_match["day"]))
            continue
        article_lines.append(line)
    words = [span for paragraph in _grouped(part, article_lines) for span in page_spans(paragraph)]
    if "title" not in metadata and article_lines and len(article_lines[0].text) <= _MAX_TITLE_CHARACTERS:
        metadata["title"] = article_lines[0].text
    return ExportEntry(part[0].start, tuple(words), metadata)


def _grouped(part: Sequence[ExportLine], article_lines: Sequence[ExportLine]) -> list[list[ExportLine]]:
    """The article's own lines, in groups separated by fields."""
    groups: list[list[ExportLine]] = []
    starts = {line.start for line in article_lines}
    is_previous_own = False
    for line in part:
        if line.start in starts:
            groups += [] if is_previous_own else [[]]
            groups[-1].append(line)
        is_previous_own = line.start in starts
    return groups
