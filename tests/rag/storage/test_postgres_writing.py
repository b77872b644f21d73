"""How an archive in PostgreSQL is written: many rows in a statement, statements without waiting for each."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from postgres_server import PostgresServer

from rag.errors import ArchiveError, ArchiveUnreachable
from rag.storage.database import Database
from rag.storage.postgres import connections

pytestmark = pytest.mark.postgres

TOUCHED = "INSERT OR IGNORE INTO touched VALUES (?)"
MARKS = 'INSERT INTO marks (question, article, start, "end", quote, answers, made) VALUES (?, ?, ?, ?, ?, ?, ?)'
NAMES = "INSERT OR REPLACE INTO settings (name, value) VALUES (:name, coalesce(:value, 'nichts'))"


@pytest.mark.parametrize("most", [connections, None], ids=["at once", "one by one"])
@pytest.mark.parametrize(
    ("statement", "rows", "query", "expected"),
    [
        (TOUCHED, [(3,), (1,), (3,)], "SELECT line FROM touched ORDER BY line", [(1,), (3,)]),
        (
            MARKS,
            [("a\0", "x", 1, 2**62, "ä", 0, "'"), ("b", "\\", 0, -5, '{"', 1, "")],
            'SELECT question, article, start, "end", quote, answers, made FROM marks ORDER BY question',
            [("a\0", "x", 1, 2**62, "ä", 0, "'"), ("b", "\\", 0, -5, '{"', 1, "")],
        ),
        (
            NAMES,
            [{"name": "a", "value": None}, {"name": "b", "value": "c"}],
            "SELECT name, value FROM settings ORDER BY name",
            [("a", "nichts"), ("b", "c")],
        ),
        (
            NAMES,
            [{"name": "a", "value": None}, {"name": "b", "value": None}],
            "SELECT name, value FROM settings ORDER BY name",
            [("a", "nichts"), ("b", "nichts")],
        ),
    ],
)
def test_rows_of_a_statement(
    postgres_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    most: object,
    statement: str,
    rows: Sequence[Any],
    query: str,
    expected: object,
) -> None:
    """They are stored as they are, whether the server gets them at once or one by one."""
    if most is None:
        monkeypatch.setattr(connections, "in_one_statement", lambda *_: None)
    with postgres_database.writing() as connection:
        connection.executemany(statement, rows)
    assert postgres_database.rows(query) == expected


def test_a_statement_for_all_rows(postgres_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server runs an INSERT once, however many rows there are; large ones, it gets one by one."""
    counted: list[object] = []
    execute = psycopg.Connection.execute
    monkeypatch.setattr(
        psycopg.Connection,
        "execute",
        lambda self, *values, **named: counted.append(values) or execute(self, *values, **named),
    )
    with postgres_database.lent() as connection:
        connection.executemany(TOUCHED, [(number,) for number in range(1000)])
        assert len(counted) == 1
        connection.executemany(
            "INSERT INTO tokens VALUES (?, ?, ?)", [("a", b"%d" % n, bytes(9_000_000)) for n in (1, 2)]
        )
        assert len(counted) == 1
    counts = "SELECT (SELECT count(*) FROM touched), (SELECT count(*) FROM tokens)"
    assert postgres_database.rows(counts) == [(1000, 2)]


def test_a_list_of_any_texts(postgres_database: Database) -> None:
    """Texts of a list are those that were stored, the character with the number 0 included."""
    names = ["a\0b", "\\", '{",' + "'}", "NULL", ""]
    with postgres_database.writing() as connection:
        connection.executemany("INSERT INTO settings (name, value) VALUES (?, ?)", [(name, "") for name in names])
    query = "SELECT name FROM settings WHERE name IN (SELECT value FROM json_each(?)) ORDER BY name"
    assert postgres_database.rows(query, json.dumps([*names, "c"])) == [(name,) for name in sorted(names)]


def test_how_many_rows_changed(postgres_database: Database) -> None:
    """It is known at once, though the server was not waited for."""
    with postgres_database.writing() as connection:
        connection.executemany(TOUCHED, [(1,), (2,), (3,)])
        assert connection.execute("DELETE FROM touched WHERE line > ?", (1,)).rowcount == 2
        assert connection.execute("DELETE FROM touched WHERE line > ?", (1,)).rowcount == 0


@pytest.mark.parametrize("asks", [True, False])
def test_what_the_server_refuses(postgres_database: Database, asks: bool) -> None:
    """It is raised before the transaction ends, all of which is undone, and the connection goes on."""
    refused = False
    with pytest.raises(ArchiveError, match="null value"), postgres_database.writing() as connection:
        connection.execute(TOUCHED, (1,))
        connection.execute("INSERT INTO settings (name, value) VALUES (?, ?)", ("a", None))
        connection.execute(TOUCHED, (2,))
        if asks:
            refused = True
            connection.execute("SELECT line FROM touched").fetchall()
            refused = False
    assert refused == asks
    with postgres_database.writing() as connection:
        connection.execute(TOUCHED, (3,))
    assert postgres_database.rows("SELECT line FROM touched") == [(3,)]


def test_a_server_that_goes_in_the_middle(
    postgres: PostgresServer, postgres_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """One sentence says so, and nothing else is said."""
    caplog.set_level(logging.WARNING)
    with pytest.raises(ArchiveUnreachable, match="cannot be reached"), postgres_database.writing() as connection:
        connection.execute(TOUCHED, (1,))
        postgres.stop()
        connection.execute("SELECT line FROM touched").fetchall()
    postgres.start()
    assert postgres_database.rows("SELECT line FROM touched") == []
    assert caplog.text == ""


def test_what_is_read_while_it_is_written(postgres_database: Database) -> None:
    """Whoever writes sees what was written, in a snapshot too, and all of it is undone with the rest."""
    with pytest.raises(KeyError), postgres_database.writing() as connection:
        connection.execute(TOUCHED, (1,))
        assert postgres_database.rows("SELECT line FROM touched") == [(1,)]
        with postgres_database.snapshot() as snapshot:
            assert snapshot.execute("SELECT line FROM touched").fetchall() == [(1,)]
        raise KeyError
    assert postgres_database.rows("SELECT line FROM touched") == []
