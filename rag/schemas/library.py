"""The list of articles as JSON, page by page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from rag.schemas.article import CorrectableFact
from rag.schemas.base import ArticleId, Count, Schema

ArticleState = Literal["complete", "incomplete", "duplicate", "damaged", "missing", "changed"]


class LibraryRowModel(Schema):
    """An article in the library, without its text."""

    id: ArticleId
    label: str
    """The headline, or the file's name if there is none."""
    source: str | None
    author: str | None
    published: date | None
    language: str
    passages: Count
    """A duplicate has none of its own."""
    added: datetime | None
    """When it first came in; `null` if an earlier version indexed it."""
    state: ArticleState
    """Whether all of it was read, it duplicates another, it was damaged on the disk, or its file is missing or changed
    since. Of a damaged one, only the path is known."""
    path: str
    file: str
    """The file that it came from."""
    same_as: ArticleId | None
    """The article whose text it has."""
    unread: str
    """The parts of it that could not be read."""
    corrected: tuple[CorrectableFact, ...]
    """The facts that were corrected by hand."""


class LibraryCountsModel(Schema):
    """How many articles there are by month (2024-03), outlet, author and language, duplicates included."""

    months: dict[str, Count]
    """In order."""
    undated: Count
    """Those without a day."""
    sources: dict[str, Count]
    """The most frequent first."""
    authors: dict[str, Count]
    """The most frequent first."""
    languages: dict[str, Count]
    """The most frequent first."""


class ArticlePageModel(Schema):
    """A page of the list of articles."""

    articles: tuple[LibraryRowModel, ...]
    total: Count | None
    """All that the query asks for; `null` if they are more than are counted."""
    next: str | None
    """The cursor of the following page; `null` on the last one."""
    facets: LibraryCountsModel | None = None
    """What these articles could be narrowed to, if asked for."""
