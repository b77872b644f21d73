"""Settings: what they can be, and what becomes of stored values that nobody knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from rag.archive import Archive
from rag.errors import ConfigError
from rag.storage.checksums import register
from rag.storage.sqlite_database import DATABASE
from rag.workspace.settings import ALLOWED, Settings, SettingsStore


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive."""
    with Archive.open(tmp_path / "archive") as opened:
        yield opened


def test_every_setting_has_an_allowed_default() -> None:
    """The defaults are allowed; each setting says what it can be."""
    assert asdict(Settings()).keys() == ALLOWED.keys()


def test_settings_are_stored(archive: Archive) -> None:
    """What is changed is there when the archive is opened again; the rest stays as it was."""
    store = SettingsStore(archive)
    assert store.load() == Settings()
    assert store.change(theme="dark", passages=20) == Settings(theme="dark", passages=20)
    store.change(private=True, passages=10)
    with Archive.open(archive.location) as again:
        assert SettingsStore(again).load() == Settings(theme="dark", private=True)


@pytest.mark.parametrize(
    "values",
    [{"theme": "pink"}, {"passages": 0}, {"passages": True}, {"private": 1}, {"fast": "yes"}, {"colour": "red"}],
)
def test_what_cannot_be_is_refused(archive: Archive, values: dict[str, str | int | bool]) -> None:
    """A value that a setting cannot have, or a name of none, is refused with what there is, and nothing is stored."""
    with pytest.raises(ConfigError, match="choose"):
        SettingsStore(archive).change(language="de", **values)
    assert SettingsStore(archive).load() == Settings()


@pytest.mark.folder
def test_unknown_values_do_no_harm(archive: Archive) -> None:
    """What another version or a stranger stored is as if it were not, and what is known is used."""
    SettingsStore(archive).change(dates="iso")
    with sqlite3.connect(archive.folder / DATABASE) as connection:
        register(connection)
        for row in [("theme", '"sepia"'), ("passages", "1e9"), ("fast", "{"), ("shape", "[]"), ("private", "null")]:
            connection.execute("INSERT INTO settings (name, value) VALUES (?, ?)", row)
    connection.close()
    assert SettingsStore(archive).load() == Settings(dates="iso")
