"""What the readers of export formats have in common: lines, and the articles found in them."""

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
"""A line that says whose the rights are."""
_PAGE_NUMBER = re.compile(r"^(?:page|seite|página|pagina)\s+\d+(?:\s+(?:of|von|de|sur|di|van)\s+\d+)?$", re.IGNORECASE)
_BY = re.compile(r"^(?:by|von|par|por|di|door|autor(?:in|en)?:|author:)\s+", re.IGNORECASE)
_OF, _WORDS_OF_A_DAY = ("de", "del", "den", "le", "el"), 4
_INDENTATION = re.compile(r"^[ \t\u00a0]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ExportLine:
    """A line that is not empty, without white space around it; `start` and `end` are its place in the text.

    `apart` says whether an empty line is above it, `turns` whether the number of a page is.
    """

    text: str
    start: int
    end: int
    apart: bool
    turns: bool = False


@dataclass(frozen=True, slots=True)
class ExportEntry:
    """An article in an export: where it begins, where its own words stand, and what is stated of it."""

    start: int
    words: tuple[Span, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


ExportReader = Callable[[Sequence[ExportLine]], list[ExportEntry]]
"""Finds the articles in the lines of an export of one format; none if they are of another one."""


def lines_of(text: str) -> list[ExportLine]:
    """Return the lines of a text that are not empty; numbers of pages are none."""
    found: list[ExportLine] = []
    apart, turns, at = True, False, 0
    for whole in text.split("\n"):
        words = whole.strip()
        if not words:
            apart = True
        elif _PAGE_NUMBER.match(words):
            turns = True
        else:
            start = at + len(whole) - len(whole.lstrip())
            found.append(ExportLine(words, start, start + len(words), apart, turns))
            apart = turns = False
        at += len(whole) + 1
    return found


def group_paragraphs(lines: Sequence[ExportLine]) -> list[list[ExportLine]]:
    """Return the lines by paragraphs, which empty lines part."""
    found: list[list[ExportLine]] = []
    for line in lines:
        if line.apart or not found:
            found.append([])
        found[-1].append(line)
    return found


def page_spans(lines: Sequence[ExportLine]) -> tuple[Span, ...]:
    """Return the places of lines that follow on each other, page by page."""
    turns = [0, *(number for number, line in enumerate(lines) if number and line.turns), len(lines)]
    return tuple((lines[start].start, lines[end - 1].end) for start, end in pairwise(turns) if start < end)


def join_words(lines: Iterable[ExportLine]) -> str:
    """Return the words of lines as one line."""
    return " ".join(line.text for line in lines)


def day_in_line(text: str) -> date | None:
    """Return the first day that a line of a header states with day, month and year; days to come are none."""
    day = next((day for day, _ in dates_in(text)), None)
    return day if day and day <= datetime.now(UTC).date() else None


def begins_with_day(text: str) -> bool:
    """Tell whether a line begins with a day, or with a day of the week and a day, as no headline does."""
    return (
        day_in_line(" ".join([word for word in text.split() if word.lower() not in _OF][:_WORDS_OF_A_DAY])) is not None
    )


def author_in(text: str) -> str:
    """Return the names in a byline, without the word before them."""
    return _BY.sub("", text).strip(" ,;")


def split_before(lines: Sequence[ExportLine], is_first: Callable[[ExportLine], bool]) -> list[list[ExportLine]]:
    """Return the lines in parts that begin with such a line; what stands before the first one is in no part."""
    parts: list[list[ExportLine]] = []
    for line in lines:
        if is_first(line):
            parts.append([])
        if parts:
            parts[-1].append(line)
    return parts


def drafts_from_entries(
    text: str, entries: Sequence[ExportEntry], origin: str, pages: Sequence[tuple[int, int]] = ()
) -> list[Draft]:
    """Return a draft for each entry; together they hold all of the text.

    `pages` says where in the text pages begin, each with its number.

    What is none of an article's own words is set aside: fields, notices of rights, and what the export has before its
    first article and behind its last one.
    """
    starts = [0, *(text.rfind("\n", 0, entry.start) + 1 for entry in entries[1:]), len(text)]
    return [
        _draft(text, entry, (start, end), pages, origin, f"article {number}" if entries[1:] else "")
        for number, (entry, start, end) in enumerate(zip(entries, starts, starts[1:], strict=False), 1)
    ]


def _draft(
    text: str, entry: ExportEntry, whole: Span, pages: Sequence[tuple[int, int]], origin: str, name: str
) -> Draft:
    blocks: list[Block] = []

    def add(start: int, end: int, kind: TextKind) -> None:
        inside = [at for at, _ in pages if start < at < end]
        for first, last in pairwise([start, *inside, end]):
            words = _INDENTATION.sub("", text[first:last])
            page = next((number for at, number in reversed(pages) if at <= first), None)
            if blocks and ((blocks[-1].kind, blocks[-1].page) == (kind, page) or not words.strip()):
                blocks[-1] = replace(blocks[-1], text=blocks[-1].text + words)
            elif words:
                blocks.append(Block(words, kind, page))

    at = whole[0]
    for start, end in sorted(entry.words):
        add(at, start, "boilerplate")
        add(start, end, "article")
        at = end
    add(at, whole[1], "boilerplate")
    facts = {name: value for name, value in entry.facts.items() if value}
    return Draft(tuple(blocks), origins=dict.fromkeys(facts, origin), name=name, **facts)
