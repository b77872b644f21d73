"""What the library shows of an archive: all articles, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

from rag.types.answer import NO_FILTER, Filter

SortFact = Literal["title", "source", "author", "published", "language", "passages", "added", "state"]
SORT_FACTS: tuple[SortFact, ...] = get_args(SortFact)
"""The facts by which articles are sorted."""
StoredState = Literal["complete", "incomplete", "duplicate"]
"""Whether all of an article was read; of articles with the same text, all but the original are duplicates."""
ArticleState = Literal["complete", "incomplete", "duplicate", "damaged", "missing", "changed"]
"""The same, or that it was damaged on the disk, or that its file is missing, or changed since it was read."""
ARTICLE_STATES: tuple[ArticleState, ...] = get_args(ArticleState)
FILE_STATES: tuple[ArticleState, ...] = ("missing", "changed")
"""The states that are not stored, and known only when the files are looked at."""


MAX_LOOKED_AT = 20_000
"""So many files are looked at for a state that is not stored."""


@dataclass(frozen=True, slots=True)
class LibraryQuery:
    """Which articles, in which order.

    Attributes:
        search: words, or parts of them, that the headline, the outlet or the author contains.
        filter: `kinds` other than the article's own words ask for articles that have readers' comments.
        state: only articles in this state; for one of `FILE_STATES`, of the first `MAX_LOOKED_AT` articles.
        page: from 1.
        size: the number of articles of a page.
    """

    search: str = ""
    filter: Filter = NO_FILTER
    state: ArticleState | None = None
    sort: SortFact = "added"
    descending: bool = True
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """An article in the library, without its text. Of a damaged one, only the path is known.

    Attributes:
        label: the headline, or the file's name if there is none.
        file: the path of the file that it came from.
        passages: how many it has; a duplicate has none of its own.
        added: when it first came in; None if an earlier version indexed it.
        same_as: the id of the article whose text it has.
        unread: the parts of it that could not be read.
        corrected: the facts that were corrected by hand.
    """

    id: str
    label: str
    source: str | None
    author: str | None
    published: date | None
    language: str
    passages: int
    added: datetime | None
    state: ArticleState
    path: str
    file: str
    same_as: str | None = None
    unread: str = ""
    corrected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """A page of the library.

    Attributes:
        total: the number of all articles that the query asks for; None if they are more than are counted, or not all
            files were looked at.
        has_next: whether there is a further page.
    """

    rows: tuple[LibraryRow, ...]
    total: int | None
    has_next: bool


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """How many articles there are by month (2024-03), outlet, author and language; `undated` have no day.

    Months in order; the rest the most frequent first. Duplicates count.
    """

    months: Mapping[str, int] = field(hash=False)
    undated: int
    sources: Mapping[str, int] = field(hash=False)
    authors: Mapping[str, int] = field(hash=False)
    languages: Mapping[str, int] = field(hash=False)
