"""The folders that an archive was indexed from, and which of them are watched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag.storage.database import Database

_FIRST_VERSION = 6


@dataclass(frozen=True, slots=True)
class FolderRecord:
    """A folder that articles came from; a watched one is indexed again whenever something in it changes."""

    path: str
    watched: bool = False


class FolderRecords:
    """The folders of an archive."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[FolderRecord]:
        """Return all folders in the order of their paths."""
        if self._database.version < _FIRST_VERSION:
            return []
        rows = self._database.rows("SELECT path, watched FROM folders ORDER BY path")
        return [FolderRecord(path, bool(watched)) for path, watched in rows]

    def add(self, paths: Iterable[str]) -> None:
        """Note that folders were indexed."""
        known = {folder.path for folder in self.all()}
        added = [(path,) for path in paths if path not in known]
        if added:
            with self._database.transaction(of_articles=False) as (connection, _):
                connection.executemany("INSERT OR IGNORE INTO folders (path) VALUES (?)", added)

    def watch(self, path: str, *, watched: bool) -> bool:
        """Set whether a folder is watched; return whether there is such a folder."""
        with self._database.transaction(of_articles=False) as (connection, _):
            return (
                connection.execute("UPDATE folders SET watched = ? WHERE path = ?", (int(watched), path)).rowcount > 0
            )

    def remove(self, paths: Iterable[str]) -> None:
        """Remove folders from the list, and those below them; their articles stay."""
        with self._database.transaction(of_articles=False) as (connection, _):
            connection.executemany(
                "DELETE FROM folders WHERE path = ?1 OR (path > ?1 || '/' AND path < ?1 || '0')",
                [(path,) for path in paths],
            )
