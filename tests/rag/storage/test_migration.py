"""Archives of an earlier version: what is beside them after a migration, and what is there if it is interrupted."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from factories import BRIDGE, WITHOUT_VERSION_6, article

from rag.errors import ArchiveBusy, ArchiveFull
from rag.storage import older_version
from rag.storage.articles import ArticleRecord
from rag.storage.schema import SCHEMA_VERSION
from rag.storage.sqlite_database import DATABASE
from rag.storage.store import Store

TRACED = ("older_version.py", "copies.py", "schema.py")


@pytest.fixture(scope="module")
def older_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of a version 5: five articles, feedback and a setting of the archive."""
    folder = tmp_path_factory.mktemp("older")
    store = Store(folder / DATABASE)
    for number in range(5):
        record = ArticleRecord(article=article(f"{number}", f"{BRIDGE} {number}"), passages=())
        store.put(record, fingerprint="", vectors={})
    store.facts.set_calibration("{}")
    store.close()
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.executescript(f"{WITHOUT_VERSION_6}; PRAGMA user_version = 5; PRAGMA journal_mode = DELETE")
        database.execute("INSERT INTO marks VALUES ('Was?', '3', 0, 5, 'Die n', 1, '2024-05-01T10:00:00+00:00')")
        database.commit()
    for path in folder.iterdir():
        if path.name != DATABASE:
            path.unlink()
    return folder


@pytest.fixture
def folder(older_archive: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(older_archive, tmp_path / "archive"))


def dump(path: Path) -> list[str]:
    """Return all that is in a database, as SQL."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        lines = list(database.iterdump())
    # each migration draws no id, but adds rows in the order of its own
    return [line for line in lines if "listing" not in line]


def copies_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("archive-v*.sqlite"))


def migrate(folder: Path) -> None:
    Store(folder / DATABASE).close()


def test_the_archive_as_it_was_stays_beside_the_migrated_one(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Under a name with its version and day, equal to what was there; one line names it; put back, it opens again."""
    before = dump(folder / DATABASE)
    migrate(folder)
    (copy,) = copies_of(folder)
    assert re.fullmatch(r"archive-v5-20\d\d-\d\d-\d\d\.sqlite", copy.name)
    assert dump(copy) == before
    (line,) = caplog.messages
    assert copy.name in line
    migrated = dump(folder / DATABASE)
    assert migrated != before
    migrate(folder)
    assert copies_of(folder) == [copy]
    back = folder.parent / "back"
    back.mkdir()
    shutil.copy(copy, back / DATABASE)
    migrate(back)
    assert dump(back / DATABASE) == migrated


def killed_at(step: int, act: Callable[[], object]) -> tuple[bool, int]:
    """Do something in a process that is killed at a step; return whether that came, and how many steps there were.

    A step is a line of the migration's code, or a statement of SQL.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        count = 0

        def count_step(*_: object) -> None:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def trace(frame: FrameType, event: str, _: object) -> Any:
            if event == "line":
                count_step()
            return trace if frame.f_code.co_filename.endswith(TRACED) else None

        connect = sqlite3.connect

        def connect_traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection = connect(*arguments, **options)
            connection.set_trace_callback(count_step)
            return connection

        sqlite3.connect = connect_traced
        sys.settrace(trace)
        try:
            act()
        finally:
            sys.settrace(None)
            os.write(writing, str(count).encode())
            os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with open(reading, "rb") as pipe:  # noqa: PTH123
        steps = int(pipe.read() or 0)
    return os.WIFSIGNALED(status), steps


def check_kills(older_archive: Path, tmp_path: Path, steps: Iterator[int] | list[int]) -> None:
    """An archive whose migration was killed at any of these steps opens, has everything, and its way back."""
    before = dump(older_archive / DATABASE)
    undisturbed = Path(shutil.copytree(older_archive, tmp_path / "undisturbed"))
    migrate(undisturbed)
    expected = dump(undisturbed / DATABASE)
    for step in steps:
        folder = Path(shutil.copytree(older_archive, tmp_path / "killed"))
        was_killed, _ = killed_at(step, lambda folder=folder: migrate(folder))  # type: ignore[misc]
        assert was_killed, step
        assert dump(folder / DATABASE) in (before, expected), step
        migrate(folder)
        assert dump(folder / DATABASE) == expected, step
        (copy,) = copies_of(folder)
        assert dump(copy) == before, step
        assert not list(folder.glob(".*")), step
        shutil.rmtree(folder)


def step_count(older_archive: Path, tmp_path: Path) -> int:
    counted = Path(shutil.copytree(older_archive, tmp_path / "counted"))
    was_killed, steps = killed_at(0, lambda: migrate(counted))
    assert not was_killed
    return steps


def test_a_migration_that_is_killed_is_done_by_the_next_start(older_archive: Path, tmp_path: Path) -> None:
    """Killed at five of its steps, first and last among them."""
    count = step_count(older_archive, tmp_path)
    assert count > 100
    check_kills(older_archive, tmp_path, [1 + (count - 1) * number // 4 for number in range(5)])


@pytest.mark.heavy
def test_a_migration_may_be_killed_at_every_step(older_archive: Path, tmp_path: Path) -> None:
    """Whatever line of code or statement of SQL is the last."""
    count = step_count(older_archive, tmp_path)
    print(f"{count} steps")  # noqa: T201
    check_kills(older_archive, tmp_path, list(range(1, count + 1)))


def test_without_room_the_archive_stays_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says how much is needed."""
    before, size = dump(folder / DATABASE), (folder / DATABASE).stat().st_size
    usage = shutil.disk_usage(folder)._replace(free=2 * size)
    monkeypatch.setattr(older_version.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ArchiveFull, match=rf"takes {3 * size / 1e6:.0f} MB for a while: make room"):
        migrate(folder)
    assert dump(folder / DATABASE) == before
    assert copies_of(folder) == []


def test_nobody_indexes_meanwhile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive into which another program is indexing is not migrated."""
    monkeypatch.setattr(older_version, "_LOCK_SECONDS", 0.1)
    with older_version.alone(folder), pytest.raises(ArchiveBusy, match="another program is indexing into it"):
        migrate(folder)
    migrate(folder)


def test_what_another_program_wrote_meanwhile_is_in_both(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed while it was copied, it is copied again before it is migrated."""
    save = older_version.save_older_version
    changes = iter("ab")

    def save_and_change(connection: sqlite3.Connection, path: Path) -> Path:
        copy = save(connection, path)
        for name in changes:
            with closing(sqlite3.connect(path)) as other, other:
                other.execute("INSERT INTO meta VALUES (?, '')", (name,))
            break
        return copy

    monkeypatch.setattr("rag.storage.schema.save_older_version", save_and_change)
    migrate(folder)
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        assert database.execute("SELECT count(*) FROM meta WHERE name IN ('a', 'b')").fetchone() == (2,)
        assert database.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    (copy,) = folder.glob("archive-v5-*-3.sqlite")
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT count(*) FROM meta WHERE name IN ('a', 'b')").fetchone() == (2,)
