"""Checksums of rows: each row of what cannot be made again has one, which is checked when the row is read.

A checksum is stored by triggers, with whatever changes a row, so that no statement can forget it. A change of a damaged
row leaves it damaged: only storing it anew makes it whole.
"""

from __future__ import annotations

import sqlite3

import xxhash

COLUMNS = {
    "articles": (
        "id", "path", "sha256", "recipe", "title", "text", "language", "source", "author", "published", "url", "place",
        "asides", "pages", "origins", "file", "same_as", "text_key", "recurring", "added",
    ),
    "passages": ("key", "article", "start", "end", "input_hash", "revision", "kind", "language"),
    "vectors": ("fingerprint", "input_hash", "vector"),
    "meta": ("name", "value"),
    "settings": ("name", "value"),
    "folders": ("path", "watched"),
    "files": ("path", "digest", "recipe", "articles", "flaws", "stamp"),
    "corrections": ("article", "field", "value", "read", "origin", "author", "made", "file", "text_key"),
    "dossiers": ("id", "name", "made", "changed", "deleted"),
    "dossier_entries": (
        "id", "dossier", "position", "kind", "text", "quotation", "article", "start", "end", "question", "added",
        "deleted",
    ),
    "history": ("id", "question", "filter", "time", "outcome", "results"),
    "saved_questions": ("id", "name", "question", "filter", "save_time", "look_time", "state", "digests"),
    "marks": ("question", "article", "start", "end", "quote", "answers", "made"),
    "test_questions": ("question", "wording", "tags", "answerable", "made"),
    "runs": ("name", "made", "facts", "body"),
    "names": ("code", "name", "key"),
}  # fmt: skip
"""The columns that the checksum of a row covers, by table: all others of the database follow from these."""
PRIMARY_KEYS = {
    "vectors": ("fingerprint", "input_hash"),
    "meta": ("name",),
    "settings": ("name",),
    "folders": ("path",),
    "files": ("path",),
    "corrections": ("article", "field", "text_key"),
    "bands": ("band", "article"),
    "lines": ("line", "article"),
    "removed": ("revision", "key"),
    "unsettled": ("article",),
}
"""The primary keys of the tables without row ids."""
CHECKSUMS_VERSION = 7
"""The version of the archive that has checksums."""


def checksum(types: str, *values: bytes | None) -> bytes:
    """Return the 8-byte checksum (XXH3) of a row, given the types of its values and their bytes."""
    parts = [b"" if value is None else b"%d:%b" % (len(value), value) for value in values]
    return xxhash.xxh3_64_digest(types.encode() + b"".join(parts))


def register(connection: sqlite3.Connection) -> None:
    """Let SQL on a connection compute checksums."""
    connection.create_function("checksum", -1, checksum, deterministic=True)


def checksum_of(table: str, row: str = "") -> str:
    """Return the SQL expression for the checksum that a row should have.

    Args:
        row: its name in the statement, if not that of the table.
    """
    columns = [f'{row or table}."{column}"' for column in COLUMNS[table]]
    types = " || ',' || ".join(f"typeof({column})" for column in columns)
    # as bytes, since damaged text may be no valid UTF-8
    return f"checksum({types}, {', '.join(f'CAST({column} AS BLOB)' for column in columns)})"


def is_intact(table: str, row: str = "") -> str:
    """Return the SQL condition that a row is as it was stored; false of one without a checksum."""
    return f"({row or table}.checksum IS {checksum_of(table, row)})"


ARTICLE_IS_INTACT = (
    f"({is_intact('articles')} AND (same_as IS NULL OR EXISTS (SELECT 1 FROM articles AS original "  # noqa: S608
    f"WHERE original.id = articles.same_as AND {is_intact('articles', 'original')})))"
)
"""The SQL condition that an article is as it was stored, and the original of which it is a duplicate, too."""
_ENCODER = "(SELECT value FROM meta WHERE name = 'encoder_fingerprint')"
ANYTHING_IS_DAMAGED = (
    f"(NOT {ARTICLE_IS_INTACT} OR EXISTS (SELECT 1 FROM passages "  # noqa: S608
    f"LEFT JOIN vectors ON fingerprint = {_ENCODER} AND vectors.input_hash = passages.input_hash "
    f"WHERE article = articles.id AND NOT ({is_intact('passages')} "
    f"AND ({is_intact('vectors')} OR {_ENCODER} IS NULL))))"
)
"""The SQL condition that an article, or anything of it, is not as it was stored."""


def add_checksums(connection: sqlite3.Connection) -> None:
    """Give all rows that are stored their checksums, and let triggers do so from now on."""
    for table in COLUMNS:
        connection.execute(f"UPDATE {table} SET checksum = {checksum_of(table)}")  # noqa: S608
        for statement in _triggers(table):
            connection.execute(statement)


def _triggers(table: str) -> tuple[str, str]:
    columns = ", ".join(f'"{column}"' for column in COLUMNS[table])
    this_row = " AND ".join(f"{key} = NEW.{key}" for key in PRIMARY_KEYS.get(table, ("rowid",)))
    changed = f"CASE WHEN {is_intact(table, 'OLD')} THEN {checksum_of(table, 'NEW')} END"
    return (
        f"CREATE TRIGGER {table}_stored AFTER INSERT ON {table} BEGIN "  # noqa: S608
        f"UPDATE {table} SET checksum = {checksum_of(table, 'NEW')} WHERE {this_row}; END",
        f"CREATE TRIGGER {table}_changed AFTER UPDATE OF {columns} ON {table} BEGIN "  # noqa: S608
        f"UPDATE {table} SET checksum = {changed} WHERE {this_row}; END",
    )
