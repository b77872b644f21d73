"""The file of an archive in SQLite: what outlasts a power cut, how much room it takes, and what refers to what."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from rag.errors import ArchiveError
from rag.storage import sqlite_database
from rag.storage.sqlite_database import DATABASE, SqliteDatabase
from rag.storage.state_file import ChangeCount, state_before

ARTICLES = {"of_articles": True}
FILES = {"of_articles": False, "of_files": True}
BOTH = {"of_articles": True, "of_files": True}
PEOPLE = {"of_articles": False}
STRAY = """
INSERT INTO passages (key, article, start, "end", input_hash, revision) VALUES (1, 'nobody', 0, 1, x'00', 1)
"""

INDEX_OF_OTHERS = """
UPDATE sqlite_schema SET sql = replace(sql, '(article, start)', '(article, revision)')
WHERE name = 'passages_by_article'
"""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that is moved by hand."""
    moved = SimpleNamespace(seconds=100.0, monotonic=lambda: moved.seconds)
    monkeypatch.setattr(sqlite_database, "time", moved)
    return moved


@pytest.fixture
def database(clock: SimpleNamespace, tmp_path: Path) -> Iterator[SqliteDatabase]:
    opened = SqliteDatabase(tmp_path / DATABASE)
    yield opened
    opened.close()


def noted_changes(folder: Path) -> int:
    """Return how many changes the file beside the database says that there were."""
    count = state_before(folder / DATABASE)
    assert isinstance(count, ChangeCount)
    return count.changes


def test_when_changes_are_noted_beside_the_database(
    database: SqliteDatabase, clock: SimpleNamespace, tmp_path: Path
) -> None:
    """After what a person did, at once; after articles and what is known of files, once in a second."""
    noted = [noted_changes(tmp_path)]
    for seconds, kind in (
        (100, PEOPLE),
        (100.5, ARTICLES),
        (100.75, FILES),
        (100.875, BOTH),
        (101, ARTICLES),
        (101.5, PEOPLE),
        (102.25, ARTICLES),
        (102.5, FILES),
    ):
        clock.seconds = seconds
        with database.transaction(**kind):
            pass
        noted.append(noted_changes(tmp_path))
    assert noted == [0, 1, 1, 1, 1, 5, 6, 6, 8]


@pytest.mark.parametrize(("kind", "waits"), [(PEOPLE, True), (ARTICLES, False), (FILES, False), (BOTH, False)])
def test_what_outlasts_a_power_cut(
    database: SqliteDatabase,
    clock: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    kind: dict[str, bool],
    waits: bool,
) -> None:
    """What a person did is on the disk when it is done, and so is its count; articles, which are read again, may wait.

    Whatever was done just before on the same connection.
    """
    for before in (ARTICLES, PEOPLE):
        with database.transaction(**before):
            pass
        clock.seconds += 2
        flushed: list[int] = []
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", flushed.append)
            with database.transaction(**kind) as (connection, _):
                # of SQLite: 2 waits for the disk with each commit, 1 does not
                assert connection.execute("PRAGMA synchronous").fetchone() == (2 if waits else 1,)
        assert bool(flushed) == waits


def test_who_does_not_say_otherwise_waits_for_the_disk(database: SqliteDatabase) -> None:
    """A change that is not said to be one of articles or files is on the disk when it is done."""
    with database.writing() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_an_archive_is_named_by_its_folder(database: SqliteDatabase, tmp_path: Path) -> None:
    """As a person names it, and as messages do."""
    assert database.location == str(tmp_path)


def test_the_room_that_a_database_takes(database: SqliteDatabase, tmp_path: Path) -> None:
    """It is that of its three files, and nothing stays in the log once that was moved into the database."""
    database.set_meta("colour", "blue" * 10_000)
    (tmp_path / "archive-v5-2026-01-01.sqlite").write_bytes(b"an older one")
    log = tmp_path / f"{DATABASE}-wal"
    assert log.stat().st_size > 40_000
    for _ in range(2):
        files = [tmp_path / f"{DATABASE}{end}" for end in ("", "-shm", "-wal")]
        assert database.bytes_on_disk() == sum(file.stat().st_size for file in files)
        database.empty_log()
        assert log.stat().st_size == 0
    assert (tmp_path / DATABASE).stat().st_size > 40_000


def test_a_row_that_refers_to_nothing(database: SqliteDatabase) -> None:
    """A passage of no article is refused; where another program stored one, it is counted."""
    with pytest.raises(ArchiveError, match="FOREIGN KEY"), database.transaction() as (connection, _):
        connection.execute(STRAY)
    assert database.broken_references() == 0
    with database.lent() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(STRAY)
    assert database.broken_references() == 1


def test_an_index_that_lacks_a_row(database: SqliteDatabase) -> None:
    """Its name is the fault that the whole file has; before, there is none."""
    assert database.structural_fault() == ""
    with database.lent() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(STRAY)
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(INDEX_OF_OTHERS)
        connection.execute("PRAGMA writable_schema = RESET")
    assert database.structural_fault() == "row 1 missing from index passages_by_article"
