"""Opening an archive whose database is damaged, missing, empty, foreign, or older than it was."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from contextlib import nullcontext
from pathlib import Path

import pytest

from rag.archive import Archive
from rag.errors import ArchiveDamaged, ArchiveError
from rag.storage.locks import INDEXING_LOCK
from rag.storage.sqlite_database import DATABASE, SqliteDatabase


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed archive with two settings."""
    database = SqliteDatabase(tmp_path / DATABASE)
    database.set_meta("colour", "blue")
    database.set_meta("shape", "round")
    database.close()
    return tmp_path / DATABASE


def open_archive(path: Path) -> None:
    SqliteDatabase(path).close()


def crashed(folder: Path) -> Path:
    """Return a folder with a copy of an open archive's files, as a crash leaves them."""
    copy = folder / "copy"
    copy.mkdir()
    for name in (DATABASE, f"{DATABASE}-wal", "archive.state"):
        shutil.copy(folder / name, copy)
    return copy


def damage_log(folder: Path) -> None:
    """Turn a bit of the first change in the write-ahead log."""
    log = folder / f"{DATABASE}-wal"
    data = bytearray(log.read_bytes())
    data[100] ^= 1
    log.write_bytes(data)


def test_an_empty_file_is_not_a_new_archive(path: Path) -> None:
    """A database of no bytes is refused, and stays as it is."""
    path.write_bytes(b"")
    with pytest.raises(ArchiveDamaged, match="an empty file: restore a backup"):
        open_archive(path)
    assert path.stat().st_size == 0
    assert not path.with_name(f"{DATABASE}-wal").exists()


def test_a_missing_database_is_not_made_anew(path: Path) -> None:
    """Where an archive lost its database, no empty one takes its place."""
    path.unlink()
    with pytest.raises(ArchiveDamaged, match="lacks its database: restore a backup"):
        Archive.open(path.parent)
    assert not path.exists()


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.99])
def test_a_truncated_file_is_refused(path: Path, share: float) -> None:
    """A database that was cut short anywhere is refused in one sentence, and not changed."""
    data = path.read_bytes()
    cut = data[: int(len(data) * share)]
    path.write_bytes(cut)
    with pytest.raises(ArchiveDamaged, match=r"is damaged \(.*\): `fundstelle repair`"):
        open_archive(path)
    assert path.read_bytes() == cut


def test_other_files_are_refused(tmp_path: Path) -> None:
    """What is no SQLite file, or a database of another program, with or without tables, is refused and not changed."""
    text = tmp_path / "text.sqlite"
    text.write_text("no database\n" * 1000)
    foreign, bare = tmp_path / "foreign.sqlite", tmp_path / "bare.sqlite"
    for file, statement in ((foreign, "CREATE TABLE t (x)"), (bare, "PRAGMA user_version = 0")):
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(statement)
        connection.close()
    for file in (text, foreign, bare):
        before = file.read_bytes()
        with pytest.raises(ArchiveError):
            open_archive(file)
        assert file.read_bytes() == before


@pytest.mark.parametrize(("call", "is_refused"), [("lockf", True), ("flock", False)])
def test_a_disk_that_keeps_locks_of_one_kind(
    path: Path, call: str, is_refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk without the locks that SQLite takes is refused; without those of indexing alone, it may be read."""
    fcntl = pytest.importorskip("fcntl", reason="only Unix has two kinds of locks")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    path.with_name(INDEXING_LOCK).touch()
    monkeypatch.setattr(fcntl, call, refuse)
    with pytest.raises(ArchiveError, match="keeps no locks") if is_refused else nullcontext():
        open_archive(path)


@pytest.mark.parametrize("table", ["meta", "settings", "dossiers"])
def test_damaged_rows_of_people_are_refused(path: Path, table: str) -> None:
    """A changed letter in what people stored is noticed when the archive is opened."""
    database = SqliteDatabase(path)
    with database.transaction(of_articles=False) as (connection, _):
        connection.execute("INSERT INTO settings (name, value) VALUES ('theme', 'QQQQ')")
        connection.execute("INSERT INTO dossiers (id, name, made, changed) VALUES ('1', 'QQQQ', '', '')")
    database.set_meta("colour", "QQQQ")
    database.close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"DROP TRIGGER {table}_changed")
        column = "name" if table == "dossiers" else "value"
        connection.execute(f"UPDATE {table} SET {column} = 'QQQR' WHERE {column} = 'QQQQ'")  # noqa: S608
    connection.close()
    with pytest.raises(ArchiveDamaged, match=f"1 of {table}"):
        open_archive(path)


def test_a_crash_loses_no_change(path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What was committed before a crash is there after it, and nothing is said."""
    database = SqliteDatabase(path)
    database.set_meta("shape", "square")
    database.set_meta("shape", "flat")
    copy = crashed(tmp_path)
    database.close()
    whole = SqliteDatabase(copy / DATABASE)
    assert whole.meta("shape") == "flat"
    assert caplog.text == ""
    whole.close()


def test_a_damaged_log_is_noticed(path: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """A bit of the log turned: SQLite drops the changes from there on, and the archive says that it lacks them."""
    database = SqliteDatabase(path)
    database.set_meta("shape", "square")
    database.set_meta("shape", "flat")
    copy = crashed(tmp_path)
    database.close()
    damage_log(copy)
    for _ in range(2):
        caplog.clear()
        damaged = SqliteDatabase(copy / DATABASE)
        assert damaged.meta("shape") == "round"
        damaged.set_meta("later", "change")
        damaged.close()
        assert "lacks its last 2 changes" in caplog.text


def test_the_only_change_of_an_archive_is_missed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A new archive whose one change was lost lacks one; a whole one lacks none."""
    database = SqliteDatabase(tmp_path / DATABASE)
    database.set_meta("colour", "blue")
    copy = crashed(tmp_path)
    database.close()
    open_archive(tmp_path / DATABASE)
    assert caplog.text == ""
    damage_log(copy)
    open_archive(copy / DATABASE)
    assert "lacks its last change:" in caplog.text


def test_a_schema_that_is_no_text_is_refused(path: Path) -> None:
    """An archive is refused in a sentence even where what SQLite says of its schema is no UTF-8."""
    data = path.read_bytes()
    path.write_bytes(data.replace(b"passages_by_input ON passages", b"passages_by_input ON \xebassages"))
    with pytest.raises(ArchiveDamaged, match="is damaged"):
        open_archive(path)
