"""Settings as they are stored: names and values."""

from __future__ import annotations

from collections.abc import Mapping

from rag.storage.database import Database

FIRST_VERSION = 6
"""The first version of an archive with settings, a history and saved questions."""


class SettingRecords:
    """The settings that differ from what a program does by itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, str]:
        """Return all stored settings; none of an archive of an earlier version that may only be read."""
        if self._database.version < FIRST_VERSION:
            return {}
        return dict(self._database.rows("SELECT name, value FROM settings"))

    def put(self, values: Mapping[str, str | None]) -> None:
        """Store settings; None deletes one."""
        with self._database.transaction(of_articles=False) as (connection, _):
            for name, value in values.items():
                if value is None:
                    connection.execute("DELETE FROM settings WHERE name = ?", (name,))
                else:
                    connection.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))
