"""A file → its articles, in steps of which each can be taken in a process of its own."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TypeVar

from rag.errors import LoadError
from rag.loading.common.draft import Draft, Flaw, Remark
from rag.loading.common.file_types import ARCHIVE_KINDS, CONVERSION_HINTS, HEAD_BYTES, kind_of
from rag.loading.common.files import DOCUMENT_KINDS, MAX_BYTES, MAX_DOCUMENT_BYTES, kind_at, open_file, read_file
from rag.loading.common.guard import INTERRUPTIONS, load_error, result_or_error
from rag.loading.common.safe_names import UniqueNames, safe_name
from rag.loading.common.sidecar import with_sidecar
from rag.loading.containers.archives import Member, Skipped, archive_members, mail_members
from rag.loading.containers.limits import DEFAULT_LIMITS, Limits, limited_gunzip
from rag.loading.containers.warc import WarcPage, draft_of_page, warc_pages
from rag.loading.documents.mail import Attachment, load_mail
from rag.loading.exports.signs import is_newsletter
from rag.loading.exports.split import mark_as_several
from rag.loading.finish import article_from_draft
from rag.loading.registry import LOADERS, drafts_of
from rag.loading.tables.columns import Columns, cell_texts
from rag.loading.tables.line_reader import read_whole
from rag.loading.tables.spreadsheet_reader import sheets
from rag.loading.tables.table import TABLE_READERS, Row, Table, draft_from_row, open_table
from rag.loading.tables.table_dates import DayReading
from rag.types import Article

READER_VERSION = 8
"""Raised whenever the same bytes are read or marked otherwise than before; stored articles are then loaded anew."""

# the most rows of a table, and letters in them, that are taken together
_ROWS = 200
_LETTERS = 1_000_000
_DAY_LETTERS = 40
_MAILS = 5
"""How deep mails and what is attached to them may lie in each other."""
_HARMLESS = {"text": 100_000, "markdown": 20_000}
"""The size, in bytes, up to which a text needs no process of its own; Markdown can be made to be slow to read."""


@dataclass(frozen=True, slots=True)
class TableColumns:
    """Which column of a table holds which field; `name` is the table's place in the file, or empty.

    `unread_days` are dates of some of its rows that could not be read.
    """

    name: str
    columns: Columns
    unread_days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Some rows of a table that is a file."""

    columns: Columns
    rows: tuple[Row | Flaw, ...]
    days: DayReading


Content = Member | WarcPage | RowBatch | TableColumns | Skipped | Flaw
Part = Article | TableColumns | Flaw | Remark
"""What is in a piece once it is read."""
_Draft = Draft | TableColumns | Flaw | Remark
_Found = TypeVar("_Found", bound=Member | WarcPage | Skipped | Flaw)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file, to be read by itself: a member, a page, some rows.

    `sha256` is that of the file's bytes; `columns` are those of tables, where they are not to be guessed.
    """

    path: str
    sha256: str
    content: Content
    columns: Columns | None = None


def is_harmless(piece: Piece) -> bool:
    """Tell whether a part can be read right here: a small text, or something that has been read."""
    content = piece.content
    if isinstance(content, Member):
        return len(content.raw) <= _HARMLESS.get(content.kind, 0)
    if isinstance(content, RowBatch):
        # HTML can make its reader do anything
        return not any("<" in text for row in content.rows for text in _texts(row))
    return not isinstance(content, WarcPage)


def pieces(path: Path, sha256: str, limits: Limits = DEFAULT_LIMITS, columns: Columns | None = None) -> Iterator[Piece]:
    """Yield the parts of a file, one at a time in memory.

    Args:
        columns: of tables, where they are not to be guessed.

    Raises:
        LoadError: the file as a whole cannot be read.
    """
    for content in _contents(path, limits, columns):
        yield Piece(path.as_posix(), sha256, content, columns)


def articles_in(piece: Piece) -> list[Part]:
    """Return the articles in a part of a file, what tells their columns if it is a table, and what cannot be taken.

    Raises:
        LoadError: nothing of it can be read.
    """
    found: list[Part] = []
    table = TableColumns("", piece.content.columns if isinstance(piece.content, RowBatch) else {})
    unread: list[str] = []
    try:
        for draft in _drafts(piece.content, piece.columns):
            if isinstance(draft, TableColumns):
                table = draft
            if isinstance(draft, TableColumns | Flaw | Remark):
                found.append(draft)
                continue
            unread += [draft.unread_day[:_DAY_LETTERS]] if draft.unread_day else []
            article = result_or_error(lambda draft: _article(draft, piece), draft)
            if isinstance(article, LoadError):
                found.append(Flaw(draft.name, str(article)))
            else:
                found += [article, *(Remark(draft.name, text) for text in draft.unread)]
    except (*INTERRUPTIONS, MemoryError):
        raise
    except BaseException as error:
        if not found:
            raise load_error(error) from error
        # what was read before it is whole
        content = piece.content
        above = f"/{content.name}" if isinstance(content, Member) and content.name else ""
        found.append(Flaw(above, f"Not all of it was read. {load_error(error)}"))
    return [*found, replace(table, unread_days=tuple(unread))] if unread else found


def _article(draft: Draft, piece: Piece) -> Article:
    # what is noted of a file of many articles would be wrong of some
    merged = draft if draft.name else with_sidecar(draft, Path(piece.path))
    return article_from_draft(merged, f"{piece.path}{draft.name}", piece.sha256)


def load(path: Path, raw: bytes) -> Article:
    """Return the one article in a file at an absolute path, given the file's bytes.

    Raises:
        LoadError: it holds no article that can be read, or more than one; the message says why.
    """
    kind = kind_of(path.name, raw[:HEAD_BYTES])
    if kind not in LOADERS:
        raise LoadError("It is no file that holds one article.")
    drafts = [one for one in drafts_of(kind, raw) if isinstance(one, Draft)]
    if len(drafts) != 1:
        raise LoadError("It holds several articles.")
    return article_from_draft(with_sidecar(drafts[0], path), path.as_posix(), hashlib.sha256(raw).hexdigest())


def _contents(path: Path, limits: Limits, columns: Columns | None) -> Iterator[Content]:
    kind = kind_at(path)
    if kind == "gz":
        yield from _unpacked(path, limits, columns)
    elif kind == "zip":
        yield from (_called(one, "/") for one in archive_members(path, path.name, limits))
    elif kind == "json":
        with open_file(path) as file:
            yield Member("", kind, read_whole(file))
    elif kind in TABLE_READERS:
        with open_file(path) as file:
            yield from _in_rows(open_table(file, kind, columns))
    elif kind == "warc":
        with open_file(path) as file:
            yield from (_called(one, "#") for one in warc_pages(file))
    elif kind == "mbox":
        with open_file(path) as file:
            yield from (_called(one, "/") for one in mail_members(file))
    elif kind is None:
        raise LoadError("It is of no kind that can be read.")
    else:
        yield Member("", kind, read_file(path, MAX_DOCUMENT_BYTES if kind in DOCUMENT_KINDS else MAX_BYTES))


def _unpacked(path: Path, limits: Limits, columns: Columns | None) -> Iterator[Content]:
    """Yield what a .gz file holds; a table in it may be larger than memory."""
    with open_file(path) as file:
        stream = limited_gunzip(file, limits)
        kind = kind_of(path.stem, stream.peek(HEAD_BYTES)[:HEAD_BYTES])
        if kind in TABLE_READERS and kind != "json":
            yield from _in_rows(open_table(stream, kind, columns))
            return
        if kind == "warc":
            # record by record, however large it is
            file.seek(0)
            yield from (_called(one, "#") for one in warc_pages(file))
            return
    for one in archive_members(path, path.name, limits):
        # what is alone in there is called by the name of the file
        yield replace(one, name="") if isinstance(one, Member) and one.name == path.stem else _called(one, "/")


def _called(one: _Found, mark: str) -> _Found:
    """Call a flaw as the article would be called that is not there: /member, #page."""
    return replace(one, name=f"{mark}{one.name}") if isinstance(one, Flaw) and one.name else one


def _in_rows(table: Table) -> Iterator[TableColumns | RowBatch]:
    """Yield the columns, then the rows in parts that are not too large."""
    yield TableColumns("", table.columns)
    taken: list[Row | Flaw] = []
    letters = 0
    try:
        for row in table.rows:
            taken.append(row if isinstance(row, Flaw) else _needed(row, table.columns))
            letters += sum(map(len, _texts(taken[-1])))
            if len(taken) == _ROWS or letters > _LETTERS:
                yield RowBatch(table.columns, tuple(taken), table.days)
                taken, letters = [], 0
    except INTERRUPTIONS:
        raise
    except BaseException:
        # the rows before the damage are whole
        yield RowBatch(table.columns, tuple(taken), table.days)
        raise
    if taken:
        yield RowBatch(table.columns, tuple(taken), table.days)


def _needed(row: Row, columns: Columns) -> Row:
    return replace(row, cells={name: row.cells[name] for name in columns.values() if name in row.cells})


def _texts(row: Row | Flaw) -> list[str]:
    return [] if isinstance(row, Flaw) else [text for cell in row.cells.values() for text in cell_texts(cell)]


def _drafts(content: Content, columns: Columns | None) -> Iterator[_Draft]:
    """Yield what is in a part, called by its place in the file: /member, #row."""
    if isinstance(content, Skipped):
        return
    if isinstance(content, TableColumns | Flaw):
        yield content
    elif isinstance(content, RowBatch):
        for row in content.rows:
            yield _in_row(row, content.columns, content.days, "")
    elif isinstance(content, WarcPage):
        page = draft_of_page(content)
        yield replace(page, name=f"#{page.name}")
    else:
        yield from _in_member(content, columns)


def _in_member(member: Member, columns: Columns | None, depth: int = 0) -> Iterator[_Draft]:
    """Yield what is in a file; `depth` counts the mails around it."""
    above = f"/{member.name}" if member.name else ""
    if member.kind in TABLE_READERS:
        table = open_table(io.BytesIO(member.raw), member.kind, columns)
        yield TableColumns(above, table.columns)
        yield from (_in_row(row, table.columns, table.days, above) for row in table.rows)
    elif member.kind == "xlsx":
        yield from _in_sheets(list(sheets(member.raw)), above, columns)
    elif member.kind == "eml":
        for part in load_mail(member.raw):
            if isinstance(part, Attachment):
                yield from _attached(part, above, columns, depth + 1)
            else:
                mail = mark_as_several(part) if is_newsletter(part.text) else part
                yield replace(mail, name=above)
    else:
        for draft in drafts_of(member.kind, member.raw):
            yield replace(draft, name=f"{above}#{draft.name}" if draft.name else above)


def _in_sheets(tables: Sequence[tuple[str, bytes]], above: str, columns: Columns | None) -> Iterator[_Draft]:
    """Yield the rows of all sheets; one without texts is named if others have some."""
    if not tables:
        raise LoadError("It is a spreadsheet without rows: check that it was saved whole.")
    alone = len(tables) == 1
    errors: list[tuple[str, LoadError]] = []
    names = UniqueNames()
    for sheet, lines in tables:
        name = above if alone else f"{above}/{names.unique(safe_name(sheet))}"
        try:
            table = open_table(io.BytesIO(lines), "jsonl", columns)
        except LoadError as error:
            errors.append((sheet, error))
            continue
        yield TableColumns(name, table.columns)
        yield from (_in_row(row, table.columns, table.days, name) for row in table.rows)
    if len(errors) == len(tables):
        raise errors[0][1]
    for sheet, why in errors:
        yield Remark(above, f"The sheet {safe_name(sheet)} was not read. {why}")


def _attached(attachment: Attachment, above: str, columns: Columns | None, depth: int) -> Iterator[_Draft]:
    """Yield what is in a file that is attached to a mail, or say that it was not read."""
    name = f"{above}/{attachment.name}"
    kind = "eml" if attachment.is_mail else kind_of(attachment.name, attachment.raw[:HEAD_BYTES])
    if not attachment.raw.strip():
        yield Remark(above, f"The attachment {attachment.name} is empty or not in the mail.")
    elif kind is None:
        instead = CONVERSION_HINTS.get(
            PurePosixPath(attachment.name.lower()).suffix, "save it beside the mail if it matters."
        )
        yield Remark(above, f"The attachment {attachment.name} was not read: {instead}")
    elif depth > _MAILS:
        yield Flaw(name, f"It lies more than {_MAILS} mails deep: save it beside the mail.")
    elif kind in ARCHIVE_KINDS:
        for inner in archive_members(attachment.raw, attachment.name):
            if isinstance(inner, Member):
                yield from _inside(replace(inner, name=f"{name[1:]}/{inner.name}"), columns, depth)
            elif isinstance(inner, Flaw):
                yield replace(inner, name=f"{name}/{inner.name}" if inner.name else name)
    else:
        yield from _inside(Member(name[1:], kind, attachment.raw), columns, depth)


def _inside(member: Member, columns: Columns | None, depth: int) -> Iterator[_Draft]:
    """Yield what is in a file in another one, which goes on whatever this one makes its reader do."""
    try:
        yield from _in_member(member, columns, depth)
    except (*INTERRUPTIONS, MemoryError):
        raise
    except BaseException as error:
        yield Flaw(f"/{member.name}", str(load_error(error)))


def _in_row(row: Row | Flaw, columns: Columns, days: DayReading, above: str) -> Draft | Flaw:
    draft = row if isinstance(row, Flaw) else result_or_error(lambda row: draft_from_row(row, columns, days), row)
    if isinstance(draft, LoadError):
        draft = Flaw(row.name, f"{row.place.capitalize()}: {draft}" if isinstance(row, Row) else str(draft))
    return replace(draft, name=f"{above}#{draft.name}")
