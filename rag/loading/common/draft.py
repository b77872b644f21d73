"""What a loader finds in a file, before it is normalised."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rag.types import TextKind


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text, with the white space that ends it; the blocks of a text follow on each other.

    `page` is the number of the page that it stands on, from 1, where there are pages.
    """

    text: str
    kind: TextKind = "article"
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The text in blocks, and what the file itself says about it; what it does not say is None.

    `origins` says of each field that is known where in the file it stands, in a word or two. `name` tells the article
    from others in the same file: the path of a member, the id or line of a row; it is empty where a file is an article.
    `unread_day` is what is stated as the day and cannot be read as one.
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
        """The article's own words, without what is set aside."""
        return "".join(block.text for block in self.blocks if block.kind == "article")


@dataclass(frozen=True, slots=True)
class Flaw:
    """A part of a file that could not be taken, and one sentence that says why and what to do."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A part of a file that was not read beside what was, and one sentence that says so."""

    name: str
    text: str


def paragraph_blocks(texts: Sequence[str], kind: TextKind = "article", page: int | None = None) -> tuple[Block, ...]:
    """Return a block for each paragraph, with an empty line after it."""
    return tuple(Block(f"{text}\n\n", kind, page) for text in texts)


def parse_day(value: str) -> date | None:
    """Return the day of an ISO 8601 date or time, or of a date as 14.01.2022; None for anything else."""
    words = value.strip()
    german = re.fullmatch(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})", words)
    try:
        return date(int(german[3]), int(german[2]), int(german[1])) if german else date.fromisoformat(words[:10])
    except ValueError:
        return None
