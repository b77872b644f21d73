"""Copies of an archive's database: made while others read and write it, and checked against what was copied."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.permissions import make_file
from rag.errors import ArchiveDamaged
from rag.storage.checksums import CHECKSUMS_VERSION, COLUMNS, register
from rag.storage.examination import damaged_rows
from rag.storage.interruption import reraise_interruption

if TYPE_CHECKING:
    from rag.storage.sqlite_database import SqliteDatabase

OnShare = Callable[[float], None]
"""Called with the completed share, in [0, 1]; what it raises ends the work."""
# some 4 MB: short enough to be interrupted at once, long enough not to count
_PAGES_A_STEP = 1024
_OF_THE_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
_COUNTS = {
    "articles": "articles",
    "passages": "passages",
    "corrections": "corrections",
    "marked passages": "marks",
    "test questions": "test_questions",
    "runs": "runs",
    "dossiers": "dossiers",
    "saved questions": "saved_questions",
}


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What a database contains: its format, the archive and the state of it, and how much of each kind there is."""

    version: int
    archive_id: str
    revision: int
    mark: str
    counts: dict[str, int]


def copy_database(database: SqliteDatabase, path: Path, on_share: OnShare = lambda _: None) -> None:
    """Copy an archive's database as it is at this moment into a new file, which needs no other file beside it.

    Others may write meanwhile: the copy is of one revision, and does not begin again.

    Raises:
        ArchiveError: the database cannot be read.
        OSError: the copy cannot be written.
    """
    with database.snapshot() as source:
        # the first query decides which revision the snapshot shows
        source.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
        copy_connection(source, path, on_share)


def copy_sqlite_file(source: Path, path: Path) -> None:
    """Copy an SQLite file, with what its write-ahead log has, into a new file.

    Raises:
        ArchiveDamaged: it cannot be read.
        OSError: the copy cannot be written.
    """
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            copy_connection(connection, path)
    except sqlite3.DatabaseError as error:
        raise ArchiveDamaged(f"{source} cannot be read ({error}): delete it, or leave it out.") from error


def copy_connection(source: sqlite3.Connection, path: Path, on_share: OnShare = lambda _: None) -> None:
    """Copy the database of a connection into a new file.

    Raises:
        sqlite3.DatabaseError: it cannot be read.
        OSError: the copy cannot be written.
    """

    def report(_: int, remaining: int, total: int) -> None:
        on_share(1 - remaining / max(total, 1))

    make_file(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        # what is lost with the power is a copy that nobody has seen yet
        target.execute("PRAGMA synchronous = OFF")
        try:
            source.backup(target, pages=_PAGES_A_STEP, progress=report)
            target.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in _OF_THE_DISK:
                raise OSError(errno.ENOSPC, str(error), str(path)) from error
            raise


def checked_facts(path: Path) -> DatabaseFacts:
    """Check a database file that nobody else uses as a whole, and return what it contains.

    Raises:
        ArchiveDamaged: it is damaged, or is not a database of an archive.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if problem != "ok":
                raise ArchiveDamaged(f"The database {path} is damaged ({problem}): use another copy.")
            return database_facts(connection)
    except sqlite3.DatabaseError as error:
        raise ArchiveDamaged(f"The database {path} is damaged ({error}): use another copy.") from error


def damaged_counts(path: Path) -> dict[str, int]:
    """Return how many rows of a database, which must not be in use, are not as they were stored, by their table."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with reraise_interruption(), closing(sqlite3.connect(uri, uri=True)) as connection:
        if connection.execute("PRAGMA user_version").fetchone()[0] < CHECKSUMS_VERSION:
            return {}
        register(connection)
        return {table: count for table in COLUMNS if (count := damaged_rows(connection, table))}


def source_paths(path: Path) -> list[str]:
    """Return where the files were that the articles of a database came from; the file must not be in use."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        # the first versions had one article a file
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        query = f"SELECT path FROM {'files' if 'files' in tables else 'articles'} ORDER BY path"  # noqa: S608
        return [row[0] for row in connection.execute(query)]


def database_facts(connection: sqlite3.Connection) -> DatabaseFacts:
    """Return what a database contains; tables that its format does not have yet are left out."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    meta = dict(connection.execute("SELECT name, value FROM meta"))
    revision = int(meta["revision"])
    query = "SELECT mark FROM states WHERE revision = ?"
    mark = connection.execute(query, (revision,)).fetchone() if "states" in tables else None
    return DatabaseFacts(
        version=int(connection.execute("PRAGMA user_version").fetchone()[0]),
        archive_id=meta.get("archive_id", ""),
        revision=revision,
        mark=mark[0] if mark else "",
        counts={
            name: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
            for name, table in _COUNTS.items()
            if table in tables
        },
    )
