"""The SQLite file: schema, transactions, and errors in plain words."""

from __future__ import annotations

import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.errors import ArchiveError
from rag.storage.connections import Connections, FileGone

DATABASE = "archive.sqlite"
"""What the file is called in the folder of an archive."""
SCHEMA_VERSION = 5
# an archive of this version that may only be read is read as it is
_READABLE = 4
_APPLICATION_ID = 0x46756E64  # "Fund"
# the index by facts spares a filter the reading of all texts
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL, recipe TEXT NOT NULL,
    title TEXT, text TEXT NOT NULL, language TEXT NOT NULL, source TEXT, author TEXT, published TEXT, url TEXT
);
CREATE INDEX articles_by_facts ON articles (published, source, author, language, path);
CREATE TABLE passages (
    key INTEGER PRIMARY KEY, article TEXT NOT NULL REFERENCES articles (id),
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, input_hash BLOB NOT NULL, revision INTEGER NOT NULL
);
CREATE INDEX passages_by_article ON passages (article, start);
CREATE INDEX passages_by_input ON passages (input_hash);
CREATE INDEX passages_by_revision ON passages (revision);
CREATE TABLE removed (revision INTEGER NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (revision, key)) WITHOUT ROWID;
CREATE TABLE vectors (
    fingerprint TEXT NOT NULL, input_hash BLOB NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (fingerprint, input_hash)
) WITHOUT ROWID;
"""
# what each version has more than the one before
_ADDED = {
    2: """
CREATE TABLE runs (name TEXT PRIMARY KEY, made TEXT NOT NULL, facts TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE marks (
    question TEXT NOT NULL, article TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    quote TEXT NOT NULL, answers INTEGER NOT NULL, made TEXT NOT NULL,
    PRIMARY KEY (question, article, start, "end")
);
""",
    3: """
ALTER TABLE articles ADD COLUMN place TEXT;
ALTER TABLE articles ADD COLUMN asides TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN pages TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN origins TEXT NOT NULL DEFAULT '{}';
ALTER TABLE passages ADD COLUMN kind TEXT NOT NULL DEFAULT 'article';
ALTER TABLE passages ADD COLUMN language TEXT;
CREATE INDEX passages_set_aside ON passages (kind) WHERE kind <> 'article';
CREATE TABLE files (
    path TEXT PRIMARY KEY, digest TEXT NOT NULL, recipe TEXT NOT NULL, articles INTEGER NOT NULL, flaws TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO files SELECT path, sha256, recipe, 1, '[]' FROM articles;
ALTER TABLE articles ADD COLUMN file TEXT NOT NULL DEFAULT '';
UPDATE articles SET file = path;
CREATE INDEX articles_by_file ON articles (file);
ALTER TABLE articles ADD COLUMN same_as TEXT;
ALTER TABLE articles ADD COLUMN text_key BLOB NOT NULL DEFAULT x'';
CREATE INDEX articles_by_text ON articles (text_key);
CREATE INDEX doubles ON articles (same_as) WHERE same_as IS NOT NULL;
CREATE TABLE bands (band INTEGER NOT NULL, article TEXT NOT NULL, PRIMARY KEY (band, article)) WITHOUT ROWID;
CREATE INDEX bands_by_article ON bands (article);
ALTER TABLE articles ADD COLUMN recurring TEXT NOT NULL DEFAULT '[]';
CREATE TABLE lines (line INTEGER NOT NULL, article TEXT NOT NULL, PRIMARY KEY (line, article)) WITHOUT ROWID;
CREATE INDEX lines_by_article ON lines (article);
CREATE TABLE often (line INTEGER PRIMARY KEY);
CREATE TABLE touched (line INTEGER PRIMARY KEY);
CREATE TABLE unsettled (article TEXT PRIMARY KEY) WITHOUT ROWID;
""",
    4: """
ALTER TABLE files ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
""",
    # an archive that was restored from a copy has the same revisions as before, with other marks from there on
    5: """
CREATE TABLE states (revision INTEGER PRIMARY KEY, mark TEXT NOT NULL);
""",
}
_NO_ARCHIVE = "The archive {folder} was deleted or moved: put it back, or stop this program and open another one."
_MARK_BYTES = 6
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


class Database:
    """An archive's database file, in write-ahead mode: readers never wait for the writer. Usable from several threads.

    Where it is deleted or replaced, the next query notices: it raises, or reads what is there now.

    Raises:
        ArchiveError: the file is no archive, is damaged, was made by a newer version, or was deleted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._version = SCHEMA_VERSION
        self._connections = Connections(path, _prepare, self._accept, remade=False)
        self.rows("SELECT 1")

    def _accept(self, connection: sqlite3.Connection) -> None:
        """Make the tables of a new archive, and add what one of an earlier version lacks."""
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version == 0 and not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
            self._create(connection)
            version = SCHEMA_VERSION
        if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            raise ArchiveError(f"{self._path} is a database of another program: choose another folder with --archive.")
        if version > SCHEMA_VERSION:
            raise ArchiveError(
                f"The archive {self._path.parent} was made by a newer Fundstelle (format {version}, this one knows "
                f"{SCHEMA_VERSION}): upgrade with `pip install --upgrade fundstelle`."
            )
        if version < SCHEMA_VERSION:
            version = self._upgraded(connection, version)
        self._version = version

    def close(self) -> None:
        self._connections.close()

    @property
    def revision(self) -> int:
        """Raised by one by every change."""
        return int(self.meta("revision") or 0)

    def mark(self, revision: int) -> str:
        """Return the random mark of a revision; empty in an archive that an earlier version wrote."""
        if self._version <= _READABLE:
            return ""
        rows = self.rows("SELECT mark FROM states WHERE revision = ?", revision)
        return str(rows[0][0]) if rows else ""

    def meta(self, name: str) -> str | None:
        """Return a fact about the whole archive."""
        rows = self.rows("SELECT value FROM meta WHERE name = ?", name)
        return str(rows[0][0]) if rows else None

    def set_meta(self, name: str, value: str | None) -> None:
        """Note a fact about the whole archive in place of what was noted before; None forgets it."""
        with self.transaction(of_articles=False) as (connection, _):
            if value is None:
                connection.execute("DELETE FROM meta WHERE name = ?", (name,))
            else:
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def rows(self, query: str, *values: object) -> list[Any]:
        """Run a query and return all its rows."""
        with self.lent() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def lent(self) -> Iterator[sqlite3.Connection]:
        """Give a connection to this thread; what it asks meanwhile is asked through the same one."""
        try:
            with self._connections.lent() as connection:
                yield connection
        except FileGone as error:
            raise ArchiveError(_NO_ARCHIVE.format(folder=self._path.parent)) from error
        except sqlite3.DatabaseError as error:
            raise ArchiveError(_explained(error, self._path.parent)) from error

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Give a connection on which all queries see the same revision."""
        with self.lent() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def transaction(self, *, of_articles: bool = True) -> Iterator[tuple[sqlite3.Connection, int]]:
        """All or nothing; gives a connection and the revision that the change makes.

        Args:
            of_articles: whether what is searched changes; if not, the revision stays.
        """
        with self.lent() as connection, _immediate(connection):
            revision = self.revision + of_articles
            yield connection, revision
            if of_articles:
                mark = secrets.token_urlsafe(_MARK_BYTES)
                connection.execute("INSERT INTO states VALUES (?, ?)", (revision, mark))
            connection.execute("UPDATE meta SET value = ? WHERE name = 'revision'", (str(revision),))

    def _create(self, connection: sqlite3.Connection) -> None:
        with _immediate(connection):
            # another process may have been first
            if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in ";".join([_SCHEMA, *_ADDED.values()]).split(";"):
                    connection.execute(statement)
                connection.execute("INSERT INTO meta VALUES ('archive_id', ?), ('revision', '0')", (uuid.uuid4().hex,))
                connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _upgraded(self, connection: sqlite3.Connection, version: int) -> int:
        """Add what this version has more, and return the version; the archive's articles stay as they are."""
        try:
            with _immediate(connection):
                # another process may have been first
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                for added in range(version + 1, SCHEMA_VERSION + 1):
                    for statement in _ADDED[added].split(";"):
                        connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {max(version, SCHEMA_VERSION)}")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in _READ_ONLY or version < _READABLE:
                raise
            return version
        return max(version, SCHEMA_VERSION)


@contextmanager
def _immediate(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # after some errors, a full disk among them, SQLite has rolled back by itself
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


def _explained(error: sqlite3.DatabaseError, folder: Path) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return (
            f"The disk of the archive {folder} is full: make room and run the same command again; "
            "what was stored before is safe."
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"Another program keeps the archive {folder} locked: wait until it is done and try again."
    if code in _READ_ONLY:
        return f"The archive {folder} cannot be written: check its permissions, or choose another with --archive."
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return (
            f"The archive {folder} is damaged ({error}): restore it from a backup, or delete the folder and "
            "index your articles again."
        )
    return f"The archive {folder} cannot be used ({error}): check the disk, then try again."
