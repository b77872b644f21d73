"""An archive → a file of a format: whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Literal, get_args

from rag.archive import Archive
from rag.errors import FundstelleError, NotFound
from rag.exporting.tables import TABLES, Row, Subject
from rag.exporting.writers import csv_parts, jsonl_parts, parquet_parts
from rag.types.library import LibraryQuery

TableFormat = Literal["jsonl", "csv", "parquet"]
TABLE_FORMATS: tuple[TableFormat, ...] = get_args(TableFormat)
OnCount = Callable[[int, int | None], None]


def export_table(
    archive: Archive,
    file: IO[bytes],
    format: TableFormat,
    subject: Subject,
    *,
    query: LibraryQuery | None = None,
    on_count: OnCount | None = None,
) -> None:
    """Write the articles that a query asks for, or their passages or vectors, in constant memory.

    What is removed meanwhile is left out.

    Args:
        file: an open file of bytes.
        query: which articles, in which order; all of them, those that came in first first, if there is none.
        on_count: called with the number of articles done, and of all if it is known.

    Raises:
        FundstelleError: the format has no room for it, or Parquet is asked for and pyarrow is not installed.
    """
    for part in table_parts(archive, format, subject, query, on_count):
        file.write(part)


def table_parts(
    archive: Archive,
    format: TableFormat,
    subject: Subject,
    query: LibraryQuery | None = None,
    on_count: OnCount | None = None,
) -> Iterator[bytes]:
    """Return the parts of what `export_table` writes, each made when it is needed."""
    if format == "csv" and subject == "vectors":
        raise FundstelleError("A vector does not fit into cells: export vectors as parquet or jsonl.")
    columns = TABLES[subject].columns
    rows = _rows(archive, subject, query or LibraryQuery(descending=False), on_count)
    if format == "jsonl":
        return jsonl_parts(rows)
    if format == "csv":
        return csv_parts(columns, rows)
    return parquet_parts(columns, rows, _origin(archive))


def _rows(archive: Archive, subject: Subject, query: LibraryQuery, on_count: OnCount | None) -> Iterator[Row]:
    total = archive.library(query).total
    for count, row in enumerate(archive.library_rows(query), 1):
        # what is removed meanwhile is left out
        with suppress(NotFound):
            yield from TABLES[subject].rows_of(archive, row)
        if on_count:
            on_count(count, total)


def _origin(archive: Archive) -> dict[str, str]:
    """Return what a file says of the archive that it came from."""
    status = archive.status()
    return {
        "archive": archive.id,
        "revision": str(status.revision),
        "encoder": status.encoder or "",
        "fingerprint": status.fingerprint or "",
    }


@contextmanager
def whole_file(path: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """Open a file that appears at its path when the block ends without an error, and not before.

    Raises:
        FundstelleError: there is something at the path, or the file cannot be written.
    """
    check_free([path], overwrite=overwrite)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            with temporary.open("xb") as file:
                yield file
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise FundstelleError(
            f"{path} cannot be written ({error.strerror}): choose another place, or make room."
        ) from error


def check_free(paths: list[Path], *, overwrite: bool) -> None:
    """Raise an error if there is a folder at one of the paths, or a file that must not be overwritten."""
    for path in paths:
        if path.is_dir():
            raise FundstelleError(f"{path} is a folder: give the name of a file in it.")
        if path.exists() and not overwrite:
            raise FundstelleError(f"{path} exists: choose another name, or replace it with --force.")
