"""Rows of the database ↔ plain rows, which become lines of JSON."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from embeddings.types import HalfVectors
from rag.errors import ArchiveDamaged, ArchiveOutdated
from rag.storage.checksums import is_intact
from rag.storage.database import Database, SqlConnection
from rag.storage.duplicates import put_bands
from rag.storage.listing import FILL_LISTING
from rag.storage.plain_tables import FieldKind, PlainTable
from rag.storage.recurring_lines import edge_lines, put_lines
from rag.storage.schema import SCHEMA_VERSION
from rag.storage.vectors import EncoderRecord, put_vectors
from rag.types import Article, Passage

PlainRow = Mapping[str, Any]
_FROM_SQL: Mapping[FieldKind, Callable[[Any], Any]] = {
    "flag": bool,
    "json": json.loads,
    "unicode json": json.loads,
    "packed json": lambda body: json.loads(zlib.decompress(body)),
    "bytes": bytes.hex,
}
_TO_SQL: Mapping[FieldKind, Callable[[Any], Any]] = {
    "flag": int,
    "json": json.dumps,
    "unicode json": lambda value: json.dumps(value, ensure_ascii=False),
    "packed json": lambda value: zlib.compress(json.dumps(value, ensure_ascii=False).encode()),
    "bytes": bytes.fromhex,
}
_TYPES: Mapping[FieldKind, type | tuple[type, ...]] = {
    "text": str,
    "number": int,
    "flag": bool,
    "json": (list, dict),
    "unicode json": (list, dict),
    "packed json": dict,
    "bytes": str,
}
# counts the changes of one database file, not of the archive
_OF_THE_FILE = ("changes",)


def plain_rows(database: Database, table: PlainTable) -> Iterator[PlainRow]:
    """Yield the rows of a table; in a snapshot of the database, all tables show the same revision.

    Raises:
        ArchiveOutdated: an earlier version wrote the archive, and it may only be read.
        ArchiveDamaged: a row is not as it was stored.
    """
    if database.version < SCHEMA_VERSION:
        raise ArchiveOutdated(
            "An earlier version made this archive, and it may only be read here: copy it to where it can be written."
        )
    columns = ", ".join(f'"{field.column}"' for field in table.fields)
    intact = is_intact(table.stored_name) if table.name != "states" else "1"
    query = f"SELECT {intact}, {columns} FROM {table.stored_name} ORDER BY {table.order}"  # noqa: S608
    with database.lent() as connection:
        for is_whole, *values in connection.execute(query):
            if not is_whole:
                raise ArchiveDamaged(
                    f"A row of the archive's table {table.stored_name} is damaged: run `fundstelle repair`, or restore "
                    "a backup."
                )
            if table.name != "facts" or values[0] not in _OF_THE_FILE:
                yield {
                    field.name: value if value is None else _FROM_SQL.get(field.kind, _same)(value)
                    for field, value in zip(table.fields, values, strict=True)
                }


def put_plain_rows(connection: SqlConnection, table: PlainTable, rows: Iterable[PlainRow]) -> None:
    """Store rows that `plain_rows` returned.

    Raises:
        ValueError: a row has other fields than the table, or a value is of another type; the message says which.
    """
    columns = [f'"{field.column}"' for field in table.fields]
    if table.name == "passages":
        columns += ["key", "input_hash"]
    marks = ", ".join("?" * len(columns))
    insert = f"INSERT INTO {table.stored_name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
    for number, row in enumerate(rows, 1):
        try:
            values = _stored_values(table, row)
            if table.name == "passages":
                # what the encoder reads is not known yet
                values += [Passage(row["article"], row["start"], row["end"], "").key, b""]
            connection.execute(insert, values)
        except (ValueError, TypeError, KeyError, OverflowError, sqlite3.IntegrityError) as error:
            raise ValueError(f"line {number} of {table.name}: {error}") from error


def _stored_values(table: PlainTable, row: PlainRow) -> list[object]:
    """Return the values of a row as they are stored.

    Raises:
        ValueError, KeyError: they are not those of the table.
    """
    if len(row) > len(table.fields):
        raise ValueError("it has other fields")
    for field in table.fields:
        value = row[field.name]
        is_right = isinstance(value, _TYPES[field.kind]) and isinstance(value, bool) == (field.kind == "flag")
        if value is not None and not is_right:
            raise ValueError(f"{field.name} is no {field.kind}")
    return [
        None if row[field.name] is None else _TO_SQL.get(field.kind, _same)(row[field.name]) for field in table.fields
    ]


def _same(value: Any) -> Any:
    return value


@contextmanager
def new_tables(database: Database) -> Iterator[SqlConnection]:
    """Fill a new database in one transaction, beginning without any fact; the library's listing is made at its end.

    Raises:
        ValueError: an article is a duplicate of none.
    """
    with database.writing() as connection:
        connection.execute("DELETE FROM meta")
        yield connection
        strays = "SELECT count(*) FROM articles WHERE same_as NOT IN (SELECT id FROM articles WHERE same_as IS NULL)"
        if connection.execute(strays).fetchone()[0]:
            raise ValueError("a duplicate has no original")
        facts = dict(connection.execute("SELECT name, value FROM meta WHERE name IN ('archive_id', 'revision')"))
        if not facts.get("archive_id") or int(facts["revision"]) < 0:
            raise ValueError("the archive has no id")
        for statement in FILL_LISTING.split(";"):
            connection.execute(statement)


def put_article_parts(
    connection: SqlConnection,
    article: Article,
    *,
    bands: Iterable[int],
    input_hashes: Mapping[int, bytes],
    fingerprint: str,
    vectors: Mapping[bytes, HalfVectors],
) -> None:
    """Store what follows from an article that is not a duplicate.

    Args:
        bands: its MinHash bands.
        input_hashes: by the key of each of its passages, the hash of the text that the encoder reads for it.
        fingerprint: that of the encoder.
        vectors: the vectors of these texts.
    """
    put_bands(connection, article.id, bands)
    put_lines(connection, article.id, tuple(edge_lines(article).values()))
    put_vectors(connection, fingerprint, vectors)
    connection.executemany(
        "UPDATE passages SET input_hash = ? WHERE key = ?", [(value, key) for key, value in input_hashes.items()]
    )


def put_encoder(connection: SqlConnection, record: EncoderRecord) -> None:
    """Note which encoder made all vectors, and that it was tested."""
    facts = {"name": record.name, "fingerprint": record.fingerprint, "dim": record.dim}
    values = [(f"encoder_{name}", str(value)) for name, value in facts.items()] + [("vectors_tested", "")]
    connection.executemany("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", values)
