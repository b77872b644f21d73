"""Exports of ProQuest: articles separated by rules, each with fields above and below its full text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rag.loading.exports.entries import ExportEntry, ExportLine, day_in_line, join_words

ORIGIN = "fields of ProQuest"

_RULE = re.compile(r"^_{20,}$|^\*{20,}$|^-{40,}$")
_FIELD = re.compile(
    r"^(?P<name>author|title|publication title|publication info|publication date|publication year|publication subject|"
    r"publisher|place of publication|country of publication|full text|abstract|links|subject|location|people|company|"
    r"company ?/ ?organization|classification|pages|number of pages|first page|volume|issue|year|section|issn|isbn|"
    r"source type|source attribution|language of publication|language|document type|document feature|"
    r"proquest document id|document url|url|copyright|last updated|database|column|dateline|credit|"
    r"identifier ?/ ?keyword|business indexing term|supplement|edition)\s*:\s*(?P<value>.*)$",
    re.IGNORECASE,
)


def articles_between_rules(lines: Sequence[ExportLine]) -> list[ExportEntry]:
    """Return the articles between rules that state their publication and its date."""
    parts = [part for part in _parts(lines) if _is_article(part)]
    # printed pages may have lost a rule: fields of one article would be taken for those of another
    return [] if any(map(_is_of_several, parts)) else [_entry(part) for part in parts]


def _parts(lines: Sequence[ExportLine]) -> list[list[ExportLine]]:
    parts: list[list[ExportLine]] = [[]]
    for line in lines:
        if _RULE.match(line.text):
            parts.append([])
        else:
            parts[-1].append(line)
    return [part for part in parts if part]


def _is_article(part: Sequence[ExportLine]) -> bool:
    names = {match["name"].lower() for line in part if (match := _FIELD.match(line.text))}
    return (
        "full text" in names
        and "publication title" in names
        and bool(names & {"publication date", "proquest document id"})
    )


def _is_of_several(part: Sequence[ExportLine]) -> bool:
    names = [match["name"].lower() for line in part if line.starts_paragraph and (match := _FIELD.match(line.text))]
    return any(names.count(name) > 1 for name in ("full text", "publication title"))


def _entry(part: Sequence[ExportLine]) -> ExportEntry:  # noqa: C901 - a branch for each field
    metadata: dict[str, Any] = {}
    words: list[tuple[int, int]] = []
    # a line above all fields is the headline
    head = [line for line in part[:1] if not _FIELD.match(line.text)]
    words += [(line.start, line.end) for line in head]
    in_text = False
    fields: list[list[ExportLine]] = []
    for line in part[len(head) :]:
        match = _FIELD.match(line.text)
        # a paragraph of the text may begin like a field
        is_field = match and (not in_text or (line.starts_paragraph and match["name"].lower() in _FIELDS_AFTER_TEXT))
        if is_field or not fields:
            fields.append([])
        fields[-1].append(line)
        if match and is_field:
            in_text = match["name"].lower() == "full text"
    for field in fields:
        match = _FIELD.match(field[0].text)
        if match is None:
            continue
        name, value = match["name"].lower(), " ".join(filter(None, [match["value"], join_words(field[1:])]))
        if name == "title":
            metadata["title"] = value
        elif name == "author":
            metadata["author"] = value
        elif name == "publication title":
            metadata["source"] = value.partition(";")[0]
        elif name == "publication date":
            metadata["published"] = day_in_line(value)
        elif name == "document url" and value.startswith("http"):
            metadata["url"] = value.split()[0]
        if name == "full text" and value:
            start = field[0].end - len(match["value"]) if match["value"] else field[1].start
            words.append((start, field[-1].end))
    if "title" not in metadata and head:
        metadata["title"] = head[0].text
    return ExportEntry(part[0].start, tuple(words), metadata)


_FIELDS_AFTER_TEXT = frozenset(
    (
        "subject", "location", "people", "company", "company / organization", "classification", "title", "pages",
        "publication title", "publication year", "publication date", "identifier / keyword", "business indexing term",
        "credit", "copyright", "proquest document id", "document url",
    )
)  # fmt: skip
"""Fields that may follow a full text."""
