"""Files → articles, in pieces that can each be read in a worker process."""

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

READER_VERSION = 9
"""Raised whenever the same bytes would be read, classified or split differently; stored articles are loaded again."""

# a batch has at most 200 rows of a table, and is closed by the row that brings it above a million characters
_MAX_ROWS = 200
_MAX_CHARACTERS = 1_000_000
_MAX_DATE_CHARACTERS = 40
"""Dates that could not be read are reported by at most this many characters."""
_MAX_MAIL_DEPTH = 5
"""Mails and attachments may be nested at most this deep."""
_HARMLESS_BYTES = {"text": 100_000, "markdown": 20_000}
"""The size, in bytes, up to which a text needs no worker process; Markdown can be crafted to be slow to read."""


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The column of each field in a table; `name` is the table's name in the file, such as /member, or empty.

    `unread_days` are the dates in some of its rows that could not be read.
    """

    name: str
    columns: Columns
    unread_days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Consecutive rows of a table that is a file."""

    columns: Columns
    rows: tuple[Row | Flaw, ...]
    days: DayReading


Content = Member | WarcPage | RowBatch | TableColumns | Skipped | Flaw
Part = Article | TableColumns | Flaw | Remark
"""What is in a piece once it is read."""
_Draft = Draft | TableColumns | Flaw | Remark
_Named = TypeVar("_Named", bound=Member | WarcPage | Skipped | Flaw)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file that can be read by itself: a member, a page, some rows.

    `sha256` is that of the file's bytes; `columns` are those given for tables; without them, columns are guessed.
    """

    path: str
    sha256: str
    content: Content
    columns: Columns | None = None


def is_harmless(piece: Piece) -> bool:
    """Return whether a piece can be read in this process: a small text, or content that is already read."""
    match piece.content:
        case Member(kind=kind, raw=raw):
            return len(raw) <= _HARMLESS_BYTES.get(kind, 0)
        case RowBatch(rows=rows):
            # HTML can make its reader do anything
            return not any("<" in text for row in rows for text in _texts_in_row(row))
        case WarcPage():
            return False
        case _:
            return True


def pieces(path: Path, sha256: str, limits: Limits = DEFAULT_LIMITS, columns: Columns | None = None) -> Iterator[Piece]:
    """Yield the pieces of a file, one at a time in memory.

    Args:
        path: the file.
        sha256: that of its bytes.
        limits: how far archives are unpacked.
        columns: those of tables; columns that are not given are guessed.

    Raises:
        LoadError: the file as a whole cannot be read.
    """
    for content in _contents(path, limits, columns):
        yield Piece(path.as_posix(), sha256, content, columns)


def articles_in(piece: Piece) -> list[Part]:
    """Return the articles in a piece of a file, the columns of its tables, and what could not be read.

    Raises:
        LoadError: nothing in it can be read.
    """
    articles: list[Part] = []
    table = TableColumns("", piece.content.columns if isinstance(piece.content, RowBatch) else {})
    unread: list[str] = []
    try:
        for draft in _drafts(piece.content, piece.columns):
            if isinstance(draft, TableColumns):
                table = draft
            if isinstance(draft, TableColumns | Flaw | Remark):
                articles.append(draft)
                continue
            unread += [draft.unread_day[:_MAX_DATE_CHARACTERS]] if draft.unread_day else []
            article = result_or_error(lambda draft: _article_of_draft(draft, piece), draft)
            if isinstance(article, LoadError):
                articles.append(Flaw(draft.name, str(article)))
            else:
                articles += [article, *(Remark(draft.name, text) for text in draft.unread)]
    except (*INTERRUPTIONS, MemoryError):
        raise
    except BaseException as error:
        if not articles:
            raise load_error(error) from error
        # what was read before the error is complete
        content = piece.content
        parent = f"/{content.name}" if isinstance(content, Member) and content.name else ""
        articles.append(Flaw(parent, f"Not all of it was read. {load_error(error)}"))
    return [*articles, replace(table, unread_days=tuple(unread))] if unread else articles


def _article_of_draft(draft: Draft, piece: Piece) -> Article:
    # the metadata in the sidecar of a file with many articles would be wrong for some of them
    merged = draft if draft.name else with_sidecar(draft, Path(piece.path))
    return article_from_draft(merged, f"{piece.path}{draft.name}", piece.sha256)


def member_bytes(path: Path, name: str) -> bytes:
    """Return the bytes of a file in an archive or a mail, read within the limits of loading.

    Args:
        name: what the path of its article has behind that of the archive or mail, such as "/Anhang/rat.pdf".

    Raises:
        LoadError: it cannot be read, or there is no such file in it.
    """
    for content in _contents(path, DEFAULT_LIMITS, None):
        if isinstance(content, Member):
            for member in _members_within(content):
                if f"/{member.name}" == name:
                    return member.raw
    raise LoadError("It is no longer in its archive or mail: index that again.")


def _members_within(member: Member, depth: int = 0) -> Iterator[Member]:
    """Yield a file and, of a mail, the files that are attached; `depth` is the number of mails around it."""
    yield member
    if member.kind == "eml":
        for attachment in load_mail(member.raw):
            if isinstance(attachment, Attachment):
                parent = f"/{member.name}" if member.name else ""
                for part in _attached_members(attachment, parent, depth + 1):
                    if isinstance(part, Member):
                        yield from _members_within(part, depth + 1)


def load(path: Path, raw: bytes) -> Article:
    """Return the one article in a file at an absolute path, given the file's bytes.

    Raises:
        LoadError: it contains no readable article, or more than one; the message says why.
    """
    kind = kind_of(path.name, raw[:HEAD_BYTES])
    if kind not in LOADERS:
        raise LoadError("Files of this kind do not contain exactly one article.")
    drafts = [draft for draft in drafts_of(kind, raw) if isinstance(draft, Draft)]
    if len(drafts) != 1:
        raise LoadError("It does not contain exactly one article.")
    return article_from_draft(with_sidecar(drafts[0], path), path.as_posix(), hashlib.sha256(raw).hexdigest())


def _contents(path: Path, limits: Limits, columns: Columns | None) -> Iterator[Content]:
    match kind_at(path):
        case None:
            raise LoadError("Files of this kind cannot be read.")
        case "gz":
            yield from _gzip_contents(path, limits, columns)
        case "zip":
            yield from (_with_mark(member, "/") for member in archive_members(path, path.name, limits))
        case "json":
            with open_file(path) as file:
                yield Member("", "json", read_whole(file))
        case "warc":
            with open_file(path) as file:
                yield from (_with_mark(page, "#") for page in warc_pages(file))
        case "mbox":
            with open_file(path) as file:
                yield from (_with_mark(mail, "/") for mail in mail_members(file))
        case kind if kind in TABLE_READERS:
            with open_file(path) as file:
                yield from _row_batches(open_table(file, kind, columns))
        case kind:
            yield Member("", kind, read_file(path, MAX_DOCUMENT_BYTES if kind in DOCUMENT_KINDS else MAX_BYTES))


def _gzip_contents(path: Path, limits: Limits, columns: Columns | None) -> Iterator[Content]:
    """Yield the contents of a .gz file; a table in it may be larger than memory."""
    with open_file(path) as file:
        stream = limited_gunzip(file, limits)
        kind = kind_of(path.stem, stream.peek(HEAD_BYTES)[:HEAD_BYTES])
        if kind in TABLE_READERS and kind != "json":
            yield from _row_batches(open_table(stream, kind, columns))
            return
        if kind == "warc":
            # a web archive is read record by record, so it may have any size
            file.seek(0)
            yield from (_with_mark(page, "#") for page in warc_pages(file))
            return
    for member in archive_members(path, path.name, limits):
        # the only file in a .gz is named after the .gz itself
        if isinstance(member, Member) and member.name == path.stem:
            yield replace(member, name="")
        else:
            yield _with_mark(member, "/")


def _with_mark(content: _Named, mark: str) -> _Named:
    """Name a flaw like the article that is missing: /member, #page; other contents stay as they are."""
    return replace(content, name=f"{mark}{content.name}") if isinstance(content, Flaw) and content.name else content


def _row_batches(table: Table) -> Iterator[TableColumns | RowBatch]:
    """Yield the columns of a table, then its rows in batches."""
    yield TableColumns("", table.columns)
    batch: list[Row | Flaw] = []
    characters = 0
    try:
        for row in table.rows:
            batch.append(row if isinstance(row, Flaw) else _needed_cells(row, table.columns))
            characters += sum(map(len, _texts_in_row(batch[-1])))
            if len(batch) == _MAX_ROWS or characters > _MAX_CHARACTERS:
                yield RowBatch(table.columns, tuple(batch), table.days)
                batch, characters = [], 0
    except INTERRUPTIONS:
        raise
    except BaseException:
        # the rows before the damage are complete
        yield RowBatch(table.columns, tuple(batch), table.days)
        raise
    if batch:
        yield RowBatch(table.columns, tuple(batch), table.days)


def _needed_cells(row: Row, columns: Columns) -> Row:
    return replace(row, cells={name: row.cells[name] for name in columns.values() if name in row.cells})


def _texts_in_row(row: Row | Flaw) -> list[str]:
    return [] if isinstance(row, Flaw) else [text for cell in row.cells.values() for text in cell_texts(cell)]


def _drafts(content: Content, columns: Columns | None) -> Iterator[_Draft]:
    """Yield the drafts in a piece, named after their position in the file: /member, #row."""
    match content:
        case TableColumns() | Flaw():
            yield content
        case RowBatch():
            for row in content.rows:
                yield _draft_of_row(row, content.columns, content.days, "")
        case WarcPage():
            page = draft_of_page(content)
            yield replace(page, name=f"#{page.name}")
        case Member():
            yield from _drafts_in_member(content, columns)


def _drafts_in_member(member: Member, columns: Columns | None, depth: int = 0) -> Iterator[_Draft]:
    """Yield the drafts in a file; `depth` is the number of mails around it."""
    parent = f"/{member.name}" if member.name else ""
    if member.kind in TABLE_READERS:
        table = open_table(io.BytesIO(member.raw), member.kind, columns)
        yield TableColumns(parent, table.columns)
        yield from (_draft_of_row(row, table.columns, table.days, parent) for row in table.rows)
    elif member.kind == "xlsx":
        yield from _drafts_in_sheets(list(sheets(member.raw)), parent, columns)
    elif member.kind == "eml":
        for part in load_mail(member.raw):
            if isinstance(part, Attachment):
                yield from _attached_drafts(part, parent, columns, depth + 1)
            else:
                mail = mark_as_several(part) if is_newsletter(part.text) else part
                yield replace(mail, name=parent)
    else:
        for draft in drafts_of(member.kind, member.raw):
            yield replace(draft, name=f"{parent}#{draft.name}" if draft.name else parent)


def _drafts_in_sheets(tables: Sequence[tuple[str, bytes]], parent: str, columns: Columns | None) -> Iterator[_Draft]:
    """Yield the rows of all sheets; a sheet without texts yields a remark if other sheets have some."""
    if not tables:
        raise LoadError("It is a spreadsheet without rows: check that it was saved completely.")
    is_single = len(tables) == 1
    errors: list[tuple[str, LoadError]] = []
    names = UniqueNames()
    for sheet, json_lines in tables:
        name = parent if is_single else f"{parent}/{names.unique(safe_name(sheet))}"
        try:
            table = open_table(io.BytesIO(json_lines), "jsonl", columns)
        except LoadError as error:
            errors.append((sheet, error))
            continue
        yield TableColumns(name, table.columns)
        yield from (_draft_of_row(row, table.columns, table.days, name) for row in table.rows)
    if len(errors) == len(tables):
        raise errors[0][1]
    for sheet, reason in errors:
        yield Remark(parent, f"The sheet {safe_name(sheet)} was not read. {reason}")


def _attached_drafts(attachment: Attachment, parent: str, columns: Columns | None, depth: int) -> Iterator[_Draft]:
    """Yield the drafts in an attachment of a mail, or a remark or flaw that says why it was not read."""
    for part in _attached_members(attachment, parent, depth):
        if isinstance(part, Member):
            yield from _contained_drafts(part, columns, depth)
        else:
            yield part


def _attached_members(attachment: Attachment, parent: str, depth: int) -> Iterator[Member | Flaw | Remark]:
    """Yield the file that is attached, or those in it, or why it was not read."""
    name = f"{parent}/{attachment.name}"
    kind = "eml" if attachment.is_mail else kind_of(attachment.name, attachment.raw[:HEAD_BYTES])
    if not attachment.raw.strip():
        yield Remark(parent, f"The attachment {attachment.name} is empty or not in the mail.")
    elif kind is None:
        suffix = PurePosixPath(attachment.name.lower()).suffix
        hint = CONVERSION_HINTS.get(suffix, "save it as a separate file if it matters.")
        yield Remark(parent, f"The attachment {attachment.name} was not read: {hint}")
    elif depth > _MAX_MAIL_DEPTH:
        yield Flaw(name, f"It is nested more than {_MAX_MAIL_DEPTH} mails deep: save it as a separate file.")
    elif kind in ARCHIVE_KINDS:
        for inner in archive_members(attachment.raw, attachment.name):
            if isinstance(inner, Member):
                yield replace(inner, name=f"{name[1:]}/{inner.name}")
            elif isinstance(inner, Flaw):
                yield replace(inner, name=f"{name}/{inner.name}" if inner.name else name)
    else:
        yield Member(name[1:], kind, attachment.raw)


def _contained_drafts(member: Member, columns: Columns | None, depth: int) -> Iterator[_Draft]:
    """Yield the drafts in a file inside another one; whatever goes wrong with it yields a flaw."""
    try:
        yield from _drafts_in_member(member, columns, depth)
    except (*INTERRUPTIONS, MemoryError):
        raise
    except BaseException as error:
        yield Flaw(f"/{member.name}", str(load_error(error)))


def _draft_of_row(row: Row | Flaw, columns: Columns, days: DayReading, parent: str) -> Draft | Flaw:
    draft = row if isinstance(row, Flaw) else result_or_error(lambda row: draft_from_row(row, columns, days), row)
    if isinstance(draft, LoadError):
        draft = Flaw(row.name, f"{row.position.capitalize()}: {draft}" if isinstance(row, Row) else str(draft))
    return replace(draft, name=f"{parent}#{draft.name}")
