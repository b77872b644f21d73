"""Print-outs of WISO and Genios: fields such as "Quelle:" and "Dokumentnummer:" below, or above, each article."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_CERTAIN = (
    "dokumentnummer",
    "dauerhafte adresse des dokuments",
    "dokumentennummer",
    "dokument-nr",
    "alle rechte vorbehalten",
)
_VOM = re.compile(
    r"^[\"„»«]?(?P<outlet>.+?)[\"“«»]?(?:,?\s*(?:Heft|Nr\.|Ausgabe)\s*[\w/.-]+)?,?\s+(?:vom|v\.)\s+(?P<day>\d{1,2}\.\s*(?:\d{1,2}\.|\w+)\s*\d{4})",
)
_HEAD = re.compile(r"^[^:]{2,60}\s+vom\s+\d{1,2}\.\s*(?:\d{1,2}\.|\w+)\s*\d{4}\b.{0,80}$")
_TITLE, _LINES_ABOVE, _FIELDS = 200, 3, 2


def printed_articles(lines: Sequence[ExportLine]) -> list[ExportEntry]:
    """Return the articles of a print-out with fields."""
    runs = _runs(lines)
    if not runs:
        return []
    last = runs[-1][-1]
    if last >= len(lines) - 2:
        starts = [0, *(run[-1] + 1 for run in runs[:-1])]
        return [_entry(lines[start : run[-1] + 1], start, run) for start, run in zip(starts, runs, strict=True)]
    above = runs[0][0]
    if above > _LINES_ABOVE:
        return []
    starts = [run[0] - above for run in runs]
    ends = [*starts[1:], len(lines)]
    return [_entry(lines[start:end], start, run) for start, end, run in zip(starts, ends, runs, strict=True)]


def _runs(lines: Sequence[ExportLine]) -> list[list[int]]:
    """The numbers of lines that are fields, or belong to one, run by run; only runs that are of such a print-out."""
    runs: list[list[int]] = []
    names: list[set[str]] = []
    for number, line in enumerate(lines):
        field = _FIELD.match(line.text)
        if not (field or _OWNER.match(line.text) or (runs and runs[-1][-1] == number - 1 and _goes_on(lines, number))):
            continue
        if not runs or runs[-1][-1] != number - 1:
            runs.append([])
            names.append(set())
        runs[-1].append(number)
        names[-1].add(field["name"].lower().rstrip(".") if field else "©" if _OWNER.match(line.text) else "")
    likely = [(run, known) for run, known in zip(runs, names, strict=True) if len(known - {""}) >= _FIELDS]
    # fields that other texts have, too, are certain where they come again
    certain = [
        known & {*_CERTAIN, "©"} or (likely[1:] and len(known) > _FIELDS and "quelle" in known) for _, known in likely
    ]
    return [run for (run, _), is_certain in zip(likely, certain, strict=True) if is_certain]


def _goes_on(lines: Sequence[ExportLine], number: int) -> bool:
    """Whether a line is the value of the field above it: an address, or what a field without a value has below."""
    field = _FIELD.match(lines[number - 1].text)
    return bool(_ADDRESS.match(lines[number].text) or (field and not field["value"]))


def _entry(part: Sequence[ExportLine], start: int, run: Sequence[int]) -> ExportEntry:
    inside = [number - start for number in run]
    facts: dict[str, Any] = {}
    for number in inside:
        field = _FIELD.match(part[number].text)
        if not field:
            continue
        value = field["value"] or (part[number + 1].text if number + 1 in inside else "")
        name = field["name"].lower()
        if name == "quelle" and (stated := _VOM.match(value)):
            facts |= {"source": stated["outlet"].strip(' ,"„“»«'), "published": day_in_line(stated["day"])}
        elif name == "quelle":
            facts.setdefault("source", value.partition(",")[0].strip())
            facts.setdefault("published", day_in_line(value))
        elif name in ("datum", "erscheinungsdatum", "erscheinungstag"):
            facts["published"] = facts.get("published") or day_in_line(value)
        elif name.startswith("autor") or name == "verfasser":
            facts["author"] = author_in(value)
        elif name == "titel":
            facts["title"] = value
        elif name in ("url", "dauerhafte adresse des dokuments") and _ADDRESS.match(value):
            facts["url"] = value
    rest = [line for number, line in enumerate(part) if number not in {*inside}]
    own: list[ExportLine] = []
    for line in rest:
        field = _FIELD.match(line.text)
        if field and field["name"].lower().startswith(("autor", "verfasser")) and "author" not in facts:
            facts["author"] = author_in(field["value"])
        if line is rest[0] and _HEAD.match(line.text) and (stated := _VOM.match(line.text)):
            facts.setdefault("source", stated["outlet"])
            facts.setdefault("published", day_in_line(stated["day"]))
            continue
        own.append(line)
    words = [span for paragraph in _together(part, own) for span in page_spans(paragraph)]
    if "title" not in facts and own and len(own[0].text) <= _TITLE:
        facts["title"] = own[0].text
    return ExportEntry(part[0].start, tuple(words), facts)


def _together(part: Sequence[ExportLine], own: Sequence[ExportLine]) -> list[list[ExportLine]]:
    """The article's own lines, in parts between which fields stand."""
    found: list[list[ExportLine]] = []
    starts = {line.start for line in own}
    before = False
    for line in part:
        if line.start in starts:
            found += [] if before else [[]]
            found[-1].append(line)
        before = line.start in starts
    return found
