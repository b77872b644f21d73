"""The files that articles came from: what they are known by, so that only what changed is read again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from rag.storage.database import Database
from rag.types import Failure

_SELECT = "SELECT path, digest, recipe, articles, flaws, stamp FROM files"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that articles came from: what its bytes are known by, how it was read, and what of it was not taken.

    `stamp` is what it is known by without reading it.
    """

    path: str
    digest: str
    recipe: str
    articles: int
    flaws: tuple[Failure, ...] = ()
    stamp: str = ""

    @property
    def sha256(self) -> str:
        """The hash of the file's bytes."""
        return self.digest.partition(" ")[0]


class FileRecords:
    """What is known of every file that articles of an archive came from."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, FileRecord]:
        """Return what is known of all files, by path."""
        return _records(self._database.rows(_SELECT))

    def below(self, paths: Iterable[str]) -> dict[str, FileRecord]:
        """Return what is known of these files, and of all files in these folders, by path."""
        # what begins with FOLDER/ stands between it and FOLDER0, for 0 is the next character
        query = f"{_SELECT} WHERE path = ?1 OR (path > ?2 || '/' AND path < ?2 || '0')"
        found: dict[str, FileRecord] = {}
        for path in paths:
            found |= _records(self._database.rows(query, path, path.rstrip("/")))
        return found

    def paths(self) -> list[str]:
        """Return the paths of all files."""
        return [row[0] for row in self._database.rows("SELECT path FROM files ORDER BY path")]

    def records(self, paths: Iterable[str]) -> list[FileRecord]:
        """Return what is known of the files at these paths; those of which nothing is known are left out."""
        query = f"{_SELECT} WHERE path = ?"
        return [record for path in paths for record in _records(self._database.rows(query, path)).values()]

    def keep(self, files: Iterable[FileRecord]) -> None:
        """Keep what is known of files, in place of what was known before."""
        with self._database.transaction(of_articles=False) as (database, _):
            for file in files:
                put_file(database, file)


def put_file(database: sqlite3.Connection, file: FileRecord) -> None:
    """Keep what is known of a file, in place of what was known before."""
    flaws = json.dumps([(one.path, one.reason) for one in file.flaws])
    database.execute(
        "INSERT OR REPLACE INTO files (path, digest, recipe, articles, flaws, stamp) VALUES (?, ?, ?, ?, ?, ?)",
        (file.path, file.digest, file.recipe, file.articles, flaws, file.stamp),
    )


def _records(rows: Iterable[tuple[str, str, str, int, str, str]]) -> dict[str, FileRecord]:
    return {
        path: FileRecord(path, digest, recipe, articles, tuple(Failure(*one) for one in json.loads(flaws)), stamp)
        for path, digest, recipe, articles, flaws, stamp in rows
    }
