"""The files that articles came from, and what identifies them, so that only changed files are read again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from rag.storage.database import Database, SqlConnection
from rag.types import Failure

_NO_FLAWS = "[]"
_SELECT = "SELECT path, digest, recipe, articles, flaws, stamp FROM files"


@dataclass(frozen=True, slots=True)
class FileFingerprint:
    """What identifies the contents of a file as it was read.

    Attributes:
        sha256: the hash of its bytes.
        sidecar_sha256: the hash of its sidecar's bytes, or empty without one.
        columns: the columns given for the tables in it, as text, or empty if they were detected.
        limits: the limits to which it was unpacked, as text, or empty for the default ones.
    """

    sha256: str
    sidecar_sha256: str = ""
    columns: str = ""
    limits: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.sha256, self.sidecar_sha256, self.columns, self.limits)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the fingerprint that `str` wrote."""
        # nearly all are the hash of a file alone, and there may be a hundred thousand
        if " " not in text:
            return cls(text)
        match = _FINGERPRINT.fullmatch(text)
        return cls(**match.groupdict("")) if match else cls(text)


_FINGERPRINT = re.compile(
    r"(?P<sha256>\S*)(?: (?P<sidecar_sha256>[0-9a-f]{64}))?(?: (?P<columns>\[.*\]))?(?: (?P<limits>Limits\(.*\)))?"
)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that articles came from.

    Attributes:
        path: its absolute path.
        fingerprint: what identifies its contents.
        recipe: how its articles were loaded, split and encoded.
        articles: how many there are.
        flaws: the parts that could not be read.
        stamp: its size, times and number, by which it is unchanged without a look into it; see `change_stamp`.
    """

    path: str
    fingerprint: FileFingerprint
    recipe: str
    articles: int
    flaws: tuple[Failure, ...] = ()
    stamp: str = ""


class FileRecords:
    """The records of all files that articles of an archive came from."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, FileRecord]:
        """Return all records by path."""
        return _records(self._database.rows(_SELECT))

    def below(self, paths: Iterable[str]) -> dict[str, FileRecord]:
        """Return the records of these files, and of all files in these folders, by path."""
        # paths that begin with FOLDER/ sort between it and FOLDER0, since 0 is the character after /
        query = f"{_SELECT} WHERE path = ?1 OR (path > ?2 || '/' AND path < ?2 || '0')"
        records: dict[str, FileRecord] = {}
        for path in paths:
            records |= _records(self._database.rows(query, path, path.rstrip("/")))
        return records

    def paths(self) -> list[str]:
        """Return the paths of all files, sorted."""
        return [path for (path,) in self._database.rows("SELECT path FROM files ORDER BY path")]

    def first_and_last(self) -> tuple[str, str]:
        """Return the first and the last path in their order; empty without files."""
        first, last = self._database.rows("SELECT min(path), max(path) FROM files")[0]
        return first or "", last or ""

    def records(self, paths: Iterable[str]) -> list[FileRecord]:
        """Return the records of the files at these paths; paths without a record are left out."""
        query = f"{_SELECT} WHERE path IN (SELECT value FROM json_each(?))"  # noqa: S608
        return list(_records(self._database.rows(query, json.dumps(list(paths)))).values())

    def with_sha256(self, sha256: str) -> list[FileRecord]:
        """Return the records of the files whose bytes have a hash, in the order of their paths."""
        # a fingerprint begins with the hash
        return list(_records(self._database.rows(f"{_SELECT} WHERE substr(digest, 1, 64) = ?", sha256)).values())

    def with_lost_articles(self) -> list[str]:
        """Return the paths of the files of which fewer articles are stored than were read."""
        query = (
            "SELECT path FROM files WHERE articles > (SELECT count(*) FROM articles WHERE file = files.path) "
            "ORDER BY path"
        )
        return [path for (path,) in self._database.rows(query)]

    def put(self, records: Iterable[FileRecord]) -> None:
        """Store records in place of those with the same paths."""
        with self._database.transaction(of_articles=False) as (connection, _):
            for record in records:
                put_file(connection, record)


def put_file(connection: SqlConnection, record: FileRecord) -> None:
    """Store the record of a file in place of the one with the same path."""
    flaws = json.dumps([(flaw.path, flaw.reason) for flaw in record.flaws])
    connection.execute(
        "INSERT OR REPLACE INTO files (path, digest, recipe, articles, flaws, stamp) VALUES (?, ?, ?, ?, ?, ?)",
        (record.path, str(record.fingerprint), record.recipe, record.articles, flaws, record.stamp),
    )


def _records(rows: Iterable[tuple[str, str, str, int, str, str]]) -> dict[str, FileRecord]:
    return {
        path: FileRecord(
            path=path,
            fingerprint=FileFingerprint.parse(digest),
            recipe=recipe,
            articles=articles,
            flaws=() if flaws == _NO_FLAWS else tuple(Failure(name, reason) for name, reason in json.loads(flaws)),
            stamp=stamp,
        )
        for path, digest, recipe, articles, flaws, stamp in rows
    }
