"""The common parts of all export formats: lines, and the entries that readers find in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from rag.loading.common.date_lines import dates_in
from rag.loading.common.draft import Block, Draft
from rag.types import Span, TextKind

RIGHTS = re.compile(
    r"^(?:©|\(c\)|copyright\b)|^(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|"
    r"todos los derechos reservados|tutti i diritti riservati|alle rechten voorbehouden)\b",
    re.IGNORECASE,
)
"""A line with a notice of rights."""
_PAGE_NUMBER = re.compile(r"^(?:page|seite|página|pagina)\s+\d+(?:\s+(?:of|von|de|sur|di|van)\s+\d+)?$", re.IGNORECASE)
_BYLINE_WORD = re.compile(r"^(?:by|von|par|por|di|door|autor(?:in|en)?:|author:)\s+", re.IGNORECASE)
_PREPOSITIONS, _MAX_DATE_WORDS = ("de", "del", "den", "le", "el"), 4
_INDENTATION = re.compile(r"^[ \t\u00a0]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ExportLine:
    """A line that is not empty, without white space around it; `start` and `end` are its offsets in the text.

    `starts_paragraph` is whether an empty line precedes it, `starts_page` whether a page number does.
    """

    text: str
    start: int
    end: int
    starts_paragraph: bool
    starts_page: bool = False


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where in a text a page begins, and its number."""

    offset: int
    number: int


@dataclass(frozen=True, slots=True)
class ExportEntry:
    """An article in an export: its offset in the text, the spans of its own words, and its metadata by field."""

    start: int
    words: tuple[Span, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)


ExportReader = Callable[[Sequence[ExportLine]], list[ExportEntry]]
"""Finds the articles in the lines of an export in one format; none if the text is in another format."""


def lines_of(text: str) -> list[ExportLine]:
    """Return the lines of a text, without empty ones and page numbers."""
    lines: list[ExportLine] = []
    starts_paragraph, starts_page, offset = True, False, 0
    for raw_line in text.split("\n"):
        words = raw_line.strip()
        if not words:
            starts_paragraph = True
        elif _PAGE_NUMBER.match(words):
            starts_page = True
        else:
            start = offset + len(raw_line) - len(raw_line.lstrip())
            lines.append(ExportLine(words, start, start + len(words), starts_paragraph, starts_page))
            starts_paragraph = starts_page = False
        offset += len(raw_line) + 1
    return lines


def group_paragraphs(lines: Sequence[ExportLine]) -> list[list[ExportLine]]:
    """Return the lines in paragraphs, which are separated by empty lines."""
    paragraphs: list[list[ExportLine]] = []
    for line in lines:
        if line.starts_paragraph or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(line)
    return paragraphs


def page_spans(lines: Sequence[ExportLine]) -> tuple[Span, ...]:
    """Return the spans of consecutive lines, one per page."""
    page_starts = [0, *(number for number, line in enumerate(lines) if number and line.starts_page), len(lines)]
    return tuple((lines[start].start, lines[end - 1].end) for start, end in pairwise(page_starts) if start < end)


def join_words(lines: Iterable[ExportLine]) -> str:
    """Return the text of some lines as one line."""
    return " ".join(line.text for line in lines)


def day_in_line(text: str) -> date | None:
    """Return the first complete date in a header line; None if there is none, or it is in the future."""
    day = next((day for day, _ in dates_in(text)), None)
    return day if day and day <= datetime.now(UTC).date() else None


def begins_with_day(text: str) -> bool:
    """Return whether a line begins with a date, after a day of the week or not, as no headline does."""
    words = [word for word in text.split() if word.lower() not in _PREPOSITIONS]
    return day_in_line(" ".join(words[:_MAX_DATE_WORDS])) is not None


def author_in(text: str) -> str:
    """Return the names in a byline, without the word "by" in any language."""
    return _BYLINE_WORD.sub("", text).strip(" ,;")


def split_before(lines: Sequence[ExportLine], is_first: Callable[[ExportLine], bool]) -> list[list[ExportLine]]:
    """Return the lines in parts that begin where `is_first` is true; lines before the first part are dropped."""
    parts: list[list[ExportLine]] = []
    for line in lines:
        if is_first(line):
            parts.append([])
        if parts:
            parts[-1].append(line)
    return parts


def drafts_from_entries(
    text: str, entries: Sequence[ExportEntry], origin: str, pages: Sequence[PageStart] = ()
) -> list[Draft]:
    """Return a draft for each entry; together they contain the whole text.

    Everything but an article's own words is boilerplate: fields, notices of rights, and what the export has before its
    first article and after its last one.

    Args:
        pages: where the pages of the text begin, if it has pages.
    """
    starts = [0, *(text.rfind("\n", 0, entry.start) + 1 for entry in entries[1:]), len(text)]
    return [
        _draft(text, entry, (start, end), pages, origin=origin, name=f"article {number}" if entries[1:] else "")
        for number, (entry, start, end) in enumerate(zip(entries, starts, starts[1:], strict=False), 1)
    ]


def _draft(text: str, entry: ExportEntry, span: Span, pages: Sequence[PageStart], *, origin: str, name: str) -> Draft:
    blocks: list[Block] = []

    def add(start: int, end: int, kind: TextKind) -> None:
        page_breaks = [page.offset for page in pages if start < page.offset < end]
        for first, last in pairwise([start, *page_breaks, end]):
            words = _INDENTATION.sub("", text[first:last])
            number = next((page.number for page in reversed(pages) if page.offset <= first), None)
            if blocks and ((blocks[-1].kind, blocks[-1].page) == (kind, number) or not words.strip()):
                blocks[-1] = replace(blocks[-1], text=blocks[-1].text + words)
            elif words:
                blocks.append(Block(words, kind, number))

    offset = span[0]
    for start, end in sorted(entry.words):
        add(offset, start, "boilerplate")
        add(start, end, "article")
        offset = end
    add(offset, span[1], "boilerplate")
    metadata = {field: value for field, value in entry.metadata.items() if value}
    return Draft(tuple(blocks), origins=dict.fromkeys(metadata, origin), name=name, **metadata)
