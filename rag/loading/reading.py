"""A file → its articles, in steps of which each can be taken in a process of its own."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from rag.errors import LoadError
from rag.loading.articles import article_of
from rag.loading.collections.containers import LeftAside, Member, members
from rag.loading.collections.unpacking import USUAL, Limits, unpacked
from rag.loading.collections.warc import Page, draft_of_page, pages
from rag.loading.companion import with_companion
from rag.loading.draft import Draft, Flaw
from rag.loading.files import DOCUMENTS, MAX_BYTES, MAX_DOCUMENT_BYTES, kind_at, opened, read_file
from rag.loading.kinds import HEAD_BYTES, kind_of
from rag.loading.loaders import LOADERS, drafts_of
from rag.loading.tables.columns import Columns, texts_of
from rag.loading.tables.lines import whole
from rag.loading.tables.rows import READERS, Row, Table, draft_of, open_table
from rag.types import Article

VERSION = 6
"""Raised whenever the same bytes are read or marked otherwise than before; stored articles are then loaded anew."""

# the most rows of a table, and letters in them, that are taken together
_ROWS = 200
_LETTERS = 1_000_000
_HARMLESS = {"text": 100_000, "markdown": 20_000}
"""The size, in bytes, up to which a text needs no process of its own; Markdown can be made to be slow to read."""


@dataclass(frozen=True, slots=True)
class TableColumns:
    """Which column of a table holds which field; `name` is the table's place in the file, or empty."""

    name: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a table that is a file."""

    columns: Columns
    rows: tuple[Row | Flaw, ...]


Content = Member | Page | Rows | TableColumns | LeftAside | Flaw
_Found = TypeVar("_Found", bound=Member | Page | LeftAside | Flaw)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file, to be read by itself: a member, a page, some rows; the last one has no content.

    `sha256` is that of the file's bytes; `columns` are those of tables, where they are not to be guessed.
    """

    path: str
    sha256: str
    content: Content | None = None
    columns: Columns | None = None


def is_harmless(piece: Piece) -> bool:
    """Tell whether a part can be read right here: a small text, or something that has been read."""
    content = piece.content
    if isinstance(content, Member):
        return len(content.raw) <= _HARMLESS.get(content.kind, 0)
    if isinstance(content, Rows):
        # HTML can make its reader do anything
        return not any("<" in text for row in content.rows for text in _texts(row))
    return not isinstance(content, Page)


def pieces(path: Path, sha256: str, limits: Limits = USUAL, columns: Columns | None = None) -> Iterator[Piece]:
    """Yield the parts of a file, one at a time in memory, and one without content after the last.

    Args:
        columns: of tables, where they are not to be guessed.

    Raises:
        LoadError: the file as a whole cannot be read.
    """
    for content in _contents(path, limits, columns):
        yield Piece(path.as_posix(), sha256, content, columns)
    yield Piece(path.as_posix(), sha256)


def articles_in(piece: Piece) -> list[Article | TableColumns | Flaw]:
    """Return the articles in a part of a file, what tells their columns if it is a table, and what cannot be taken.

    Raises:
        LoadError: nothing of it can be read.
    """
    found: list[Article | TableColumns | Flaw] = []
    for draft in _drafts(piece.content, piece.columns):
        if isinstance(draft, TableColumns | Flaw):
            found.append(draft)
            continue
        try:
            # what is noted of a file of many articles would be wrong of some
            whole = draft if draft.name else with_companion(draft, Path(piece.path))
            found.append(article_of(whole, f"{piece.path}{draft.name}", piece.sha256))
        except LoadError as error:
            found.append(Flaw(draft.name, str(error)))
    return found


def load(path: Path, raw: bytes) -> Article:
    """Return the one article in a file at an absolute path, given the file's bytes.

    Raises:
        LoadError: it holds no article that can be read, or more than one; the message says why.
    """
    kind = kind_of(path.name, raw[:HEAD_BYTES])
    if kind not in LOADERS:
        raise LoadError("It is no file that holds one article.")
    return article_of(with_companion(LOADERS[kind](raw), path), path.as_posix(), hashlib.sha256(raw).hexdigest())


def _contents(path: Path, limits: Limits, columns: Columns | None) -> Iterator[Content]:
    kind = kind_at(path)
    if kind == "gz":
        yield from _unpacked(path, limits, columns)
    elif kind == "zip":
        yield from (_called(one, "/") for one in members(path, path.name, limits))
    elif kind == "json":
        with opened(path) as file:
            yield Member("", kind, whole(file))
    elif kind in READERS:
        with opened(path) as file:
            yield from _in_rows(open_table(file, kind, columns))
    elif kind == "warc":
        with opened(path) as file:
            yield from (_called(one, "#") for one in pages(file))
    elif kind is None:
        raise LoadError("It is of no kind that can be read.")
    else:
        yield Member("", kind, read_file(path, MAX_DOCUMENT_BYTES if kind in DOCUMENTS else MAX_BYTES))


def _unpacked(path: Path, limits: Limits, columns: Columns | None) -> Iterator[Content]:
    """Yield what a .gz file holds; a table in it may be larger than memory."""
    with opened(path) as file:
        stream = unpacked(file, limits)
        kind = kind_of(path.stem, stream.peek(HEAD_BYTES)[:HEAD_BYTES])
        if kind in READERS and kind != "json":
            yield from _in_rows(open_table(stream, kind, columns))
            return
    for one in members(path, path.name, limits):
        # what is alone in there is called by the name of the file
        yield replace(one, name="") if isinstance(one, Member) and one.name == path.stem else _called(one, "/")


def _called(one: _Found, mark: str) -> _Found:
    """Call a flaw as the article would be called that is not there: /member, #page."""
    return replace(one, name=f"{mark}{one.name}") if isinstance(one, Flaw) and one.name else one


def _in_rows(table: Table) -> Iterator[TableColumns | Rows]:
    """Yield the columns, then the rows in parts that are not too large."""
    yield TableColumns("", table.columns)
    taken: list[Row | Flaw] = []
    letters = 0
    try:
        for row in table.rows:
            taken.append(row if isinstance(row, Flaw) else _needed(row, table.columns))
            letters += sum(map(len, _texts(taken[-1])))
            if len(taken) == _ROWS or letters > _LETTERS:
                yield Rows(table.columns, tuple(taken))
                taken, letters = [], 0
    except LoadError:
        # the rows before the damage are whole
        yield Rows(table.columns, tuple(taken))
        raise
    if taken:
        yield Rows(table.columns, tuple(taken))


def _needed(row: Row, columns: Columns) -> Row:
    return replace(row, cells={name: row.cells[name] for name in columns.values() if name in row.cells})


def _texts(row: Row | Flaw) -> list[str]:
    return [] if isinstance(row, Flaw) else [text for cell in row.cells.values() for text in texts_of(cell)]


def _drafts(content: Content | None, columns: Columns | None) -> Iterator[Draft | TableColumns | Flaw]:
    """Yield what is in a part, called by its place in the file: /member, #row."""
    if content is None or isinstance(content, LeftAside):
        return
    if isinstance(content, TableColumns | Flaw):
        yield content
    elif isinstance(content, Rows):
        for row in content.rows:
            yield _in_row(row, content.columns, "")
    elif isinstance(content, Page):
        page = draft_of_page(content)
        yield replace(page, name=f"#{page.name}")
    else:
        above = f"/{content.name}" if content.name else ""
        if content.kind in READERS:
            table = open_table(io.BytesIO(content.raw), content.kind, columns)
            yield TableColumns(above, table.columns)
            yield from (_in_row(row, table.columns, above) for row in table.rows)
            return
        for draft in drafts_of(content.kind, content.raw):
            yield replace(draft, name=f"{above}#{draft.name}" if draft.name else above)


def _in_row(row: Row | Flaw, columns: Columns, above: str) -> Draft | Flaw:
    draft = row if isinstance(row, Flaw) else draft_of(row, columns)
    return replace(draft, name=f"{above}#{draft.name}")
