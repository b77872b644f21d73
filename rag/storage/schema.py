"""The tables of an archive's database, and the migration of archives of earlier versions.

The names of tables and columns are part of the archives on disk: `marks` is relevance feedback, `test_questions` what a
person said of a question as a whole, `bands` are MinHash bands, `lines` the numbers of articles' lines, `often` the
lines that recur, `touched` the lines whose number of articles changed, `unsettled` the articles to be compared again,
and `listing` the articles as the library sorts them.
"""

from __future__ import annotations

import sqlite3
import uuid
from pathlib import Path

from rag.errors import ArchiveError
from rag.storage.checksums import CHECKSUMS_VERSION, COLUMNS, add_checksums
from rag.storage.connections import NOT_WRITABLE, immediate_transaction
from rag.storage.copies import database_facts
from rag.storage.listing import FILL_LISTING, LISTING_INDEXES
from rag.storage.older_version import alone, announce, check_migrated, save_older_version

SCHEMA_VERSION = 7
FIRST_READABLE_VERSION = 4
"""An archive of this version or a later one that may only be read is read without a migration."""
_APPLICATION_ID = 0x46756E64  # "Fund"
# the first version; the index by facts spares a filter the reading of all texts
FIRST_SCHEMA = """
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
MIGRATIONS = {
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
    # an archive that was restored from a copy has the same revisions as before, with other marks from then on
    5: """
CREATE TABLE states (revision INTEGER PRIMARY KEY, mark TEXT NOT NULL);
""",
    # what people add to the archive
    6: """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, question TEXT NOT NULL, filter TEXT NOT NULL,
    time TEXT NOT NULL, outcome TEXT NOT NULL, results INTEGER NOT NULL, UNIQUE (question, filter)
);
CREATE TABLE saved_questions (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, question TEXT NOT NULL, filter TEXT NOT NULL,
    save_time TEXT NOT NULL, look_time TEXT NOT NULL, state TEXT NOT NULL, digests TEXT NOT NULL
);
CREATE TABLE dossiers (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, made TEXT NOT NULL, changed TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE dossier_entries (
    id TEXT PRIMARY KEY, dossier TEXT NOT NULL REFERENCES dossiers (id), position INTEGER NOT NULL, kind TEXT NOT NULL,
    text TEXT NOT NULL, quotation TEXT, article TEXT NOT NULL, start INTEGER, "end" INTEGER, question TEXT NOT NULL,
    added TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX dossier_entries_in_order ON dossier_entries (dossier, position);
CREATE INDEX dossier_entries_by_article ON dossier_entries (article);
CREATE TABLE test_questions (
    question TEXT PRIMARY KEY, wording TEXT NOT NULL, tags TEXT NOT NULL, answerable INTEGER NOT NULL,
    made TEXT NOT NULL
);
ALTER TABLE articles ADD COLUMN added TEXT;
CREATE TABLE corrections (
    article TEXT NOT NULL, field TEXT NOT NULL, value TEXT, read TEXT, origin TEXT,
    author TEXT NOT NULL, made TEXT NOT NULL, file TEXT NOT NULL, text_key BLOB NOT NULL,
    PRIMARY KEY (article, field, text_key)
) WITHOUT ROWID;
CREATE INDEX corrections_by_file ON corrections (file);
CREATE TABLE folders (path TEXT PRIMARY KEY, watched INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE names (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, key TEXT NOT NULL);
CREATE TABLE listing (
    number INTEGER PRIMARY KEY, article TEXT NOT NULL UNIQUE,
    title_key TEXT NOT NULL, source_key TEXT NOT NULL, author_key TEXT NOT NULL,
    published INTEGER NOT NULL, language_key TEXT NOT NULL, passages INTEGER NOT NULL, added INTEGER NOT NULL,
    state INTEGER NOT NULL, source INTEGER, author INTEGER, language INTEGER, comments INTEGER NOT NULL
);
"""
    + LISTING_INDEXES
    + FILL_LISTING,
    # what was stored before is taken for intact
    7: "".join(f"ALTER TABLE {table} ADD COLUMN checksum BLOB;\n" for table in COLUMNS),
}
"""What each version adds to the one before."""


def set_up(connection: sqlite3.Connection, path: Path) -> int:
    """Migrate an archive of an earlier version; return the version that it has then.

    Raises:
        ArchiveError: the file is of another program, or of a newer version.
    """
    version = _version(connection)
    if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
        raise ArchiveError(f"{path} is a database of another program: choose another folder with --archive.")
    if version > SCHEMA_VERSION:
        raise ArchiveError(
            f"The archive {path.parent} was made by a newer Fundstelle (format {version}, this one knows "
            f"{SCHEMA_VERSION}): upgrade with `pip install --upgrade fundstelle`."
        )
    return _migrate(connection, path) if version < SCHEMA_VERSION else version


def create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables of a new archive in an empty database."""
    with immediate_transaction(connection):
        for statement in ";".join([FIRST_SCHEMA, *MIGRATIONS.values()]).split(";"):
            connection.execute(statement)
        connection.execute(
            "INSERT INTO meta (name, value) VALUES ('archive_id', ?), ('revision', '0')", (uuid.uuid4().hex,)
        )
        add_checksums(connection)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _migrate(connection: sqlite3.Connection, path: Path) -> int:
    """Add what later versions have, in one transaction, and return the version; what is stored stays as it is.

    The database as it was is copied beside it.

    Raises:
        ArchiveError: there is no room, another process is indexing, or something would be missing afterwards.
    """
    version = _version(connection)
    try:
        # may it be written?
        with immediate_transaction(connection):
            pass
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in NOT_WRITABLE or version < FIRST_READABLE_VERSION:
            raise
        return version
    with alone(path.parent):
        # another process may have been first
        while _version(connection) < SCHEMA_VERSION:
            state = _data_version(connection)
            copy = save_older_version(connection, path)
            with immediate_transaction(connection):
                if _data_version(connection) == state:
                    _add_later_versions(connection)
            if _version(connection) == SCHEMA_VERSION:
                announce(copy)
    return _version(connection)


def _add_later_versions(connection: sqlite3.Connection) -> None:
    version, counts = _version(connection), database_facts(connection).counts
    for next_version in range(version + 1, SCHEMA_VERSION + 1):
        for statement in MIGRATIONS[next_version].split(";"):
            connection.execute(statement)
    if version < CHECKSUMS_VERSION:
        add_checksums(connection)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    check_migrated(connection, counts)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _data_version(connection: sqlite3.Connection) -> int:
    """Return a number that changes when another connection changes the database."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
