"""Drafts: what a loader reads from a file, before it is normalised."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rag.types import TextKind


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text, with its trailing white space; the blocks of a text add up to it.

    `page` is its page number, from 1, where there are pages.
    """

    text: str
    kind: TextKind = "article"
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The text in blocks, and the metadata that the file itself states; what it does not state is None.

    `origins` says for each known field where in the file it came from, in a word or two. `name` identifies the article
    within its file: the path of a member, the id or line of a row; it is empty where the file is a single article.
    `place` is that of the dateline. `unread_day` is a stated date that could not be parsed.
    `unread` names the parts of the file that were not read, one sentence each.
    """

    blocks: tuple[Block, ...]
    title: str | None = None
    source: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    language: str | None = None
    place: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    unread_day: str = ""
    unread: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The article's own words, without boilerplate, teasers and comments."""
        return "".join(block.text for block in self.blocks if block.kind == "article")


@dataclass(frozen=True, slots=True)
class Flaw:
    """A part of a file that could not be read, and one sentence that says why and what to do."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A note on a part of a file that was skipped while the rest was read, in one sentence."""

    name: str
    text: str


def paragraph_blocks(texts: Sequence[str], kind: TextKind = "article", page: int | None = None) -> tuple[Block, ...]:
    """Return a block for each paragraph, followed by an empty line."""
    return tuple(Block(f"{text}\n\n", kind, page) for text in texts)


def iso_or_german_day(value: str) -> date | None:
    """Return the day of an ISO 8601 date or time, or of a date such as 14.01.2022; None for anything else."""
    words = value.strip()
    german = re.fullmatch(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})", words)
    try:
        return date(int(german[3]), int(german[2]), int(german[1])) if german else date.fromisoformat(words[:10])
    except ValueError:
        return None
