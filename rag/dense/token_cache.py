"""The token cache: token vectors of passages in a file, which re-ranking would otherwise encode for every question."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import xxhash

from embeddings.permissions import make_folder
from rag.storage.connections import Connections
from rag.types.archive_state import NOTHING_YET, State

log = logging.getLogger(__name__)

FILE = "tokens.sqlite"
PART = 500
"""How many entries are copied at a time."""
# incremented whenever entries are written in another way
TOKENS_VERSION = "2"
# bytes; two to five passages fit on a page of this size, so that little room stays empty
_PAGE_BYTES = 16_384
# bytes of the checksum at the end of each entry
_CHECKSUM_BYTES = 8
_PREPARE = (
    f"PRAGMA page_size = {_PAGE_BYTES}",
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS kept (input_hash BLOB PRIMARY KEY, code BLOB NOT NULL)",
)
# removed texts stay until they are more than this share of the others and this many rows: to find them, all are read
_MAX_STALE_SHARE = 0.2
_MAX_STALE_ROWS = 1_000


class TokenCache:
    """The encoded token vectors of texts, by the hash of the text; an entry never becomes outdated.

    Without the file, or with one that cannot be read or written, questions encode the passages themselves, and the next
    indexing caches their tokens again. `made_from` names archive, encoder and codec; entries made from something else
    are ignored. Safe to use from several threads.
    """

    def __init__(self, folder: Path, made_from: str) -> None:
        self._path = folder / FILE
        self._made_from = f"{made_from} {TOKENS_VERSION}"
        self._connections = Connections(self._path, _prepare)
        self._broken = False

    def get(self, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the cached codes of these texts."""
        if self._broken or not self._is_there:
            return {}
        query = "SELECT code FROM kept WHERE input_hash = ?"
        try:
            with self._connections.lent() as connection:
                if not self._is_ours(connection):
                    return {}
                rows = {key: connection.execute(query, (key,)).fetchone() for key in hashes}
        except sqlite3.DatabaseError as error:
            self._give_up("read", error)
            return {}
        codes = {key: unsealed(key, row[0]) for key, row in rows.items() if row}
        return {key: code for key, code in codes.items() if code is not None}

    def put(self, codes: Mapping[bytes, bytes], *, overwrite: bool = False) -> None:
        """Cache the codes of texts; unless `overwrite`, cached ones stay. If that fails, a warning says so."""
        if codes and not self._broken:
            insert = "INSERT OR REPLACE" if overwrite else "INSERT OR IGNORE"
            rows = [(key, sealed(key, code)) for key, code in codes.items()]
            self._write(f"{insert} INTO kept VALUES (?, ?)", rows)

    def all(self) -> Iterator[dict[bytes, bytes]]:
        """Yield all cached codes, in parts; nothing from a file that cannot be read."""
        last = b""
        while rows := self._rows_after(last):
            last = rows[-1][0]
            codes = {key: unsealed(key, stored) for key, stored in rows}
            yield {key: code for key, code in codes.items() if code is not None}

    def _rows_after(self, key: bytes) -> list[tuple[bytes, object]]:
        if self._broken or not self._path.exists():
            return []
        query = "SELECT input_hash, code FROM kept WHERE input_hash > ? ORDER BY input_hash LIMIT ?"
        try:
            with self._connections.lent() as connection:
                return connection.execute(query, (key, PART)).fetchall() if self._is_ours(connection) else []
        except sqlite3.DatabaseError as error:
            self._give_up("read", error)
            return []

    @property
    def _is_there(self) -> bool:
        # without an error where its folder may not be looked at
        return os.access(self._path, os.F_OK)

    @property
    def usable(self) -> bool:
        """Whether the file can be written, as far as is known."""
        return not self._broken

    @property
    def complete_at(self) -> State | None:
        """The state of the archive since which all its texts are cached; None if they never all were."""
        if self._broken or not self._is_there:
            return None
        try:
            with self._connections.lent() as connection:
                state = _meta(connection, "complete") if self._is_ours(connection) else None
        except sqlite3.DatabaseError as error:
            self._give_up("read", error)
            return None
        # an earlier version wrote an empty string instead of the state
        return State.parse(state) if state else NOTHING_YET if state == "" else None

    def set_complete(self, state: State) -> None:
        """Note that all texts of the archive in this state are cached."""
        if not self._broken:
            self._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", [("complete", str(state))])

    def drop_all_but(self, state: State, texts: int, hashes: Iterable[bytes]) -> None:
        """Drop the entries of texts that the archive no longer has, if there are many.

        Args:
            state: the archive's; in an earlier one, the dropped entries would be missing.
            texts: the number of its texts; nothing is done while there are at most a fifth more entries than these.
            hashes: those of all its texts.
        """
        if self._broken or not self._is_there:
            return
        try:
            with self._connections.lent() as connection:
                count = connection.execute("SELECT count(*) FROM kept").fetchone()[0]
                if not is_stale(count, texts):
                    return
                rows = connection.execute("SELECT input_hash FROM kept").fetchall()
            current = set(hashes)
            stale = [row for row in rows if row[0] not in current]
        except sqlite3.DatabaseError as error:
            self._give_up("read", error)
            return
        self.set_complete(state)
        self._write("DELETE FROM kept WHERE input_hash = ?", stale)

    def damage(self) -> str:
        """Return the first thing that SQLite's check of the whole file complains about; empty if there is none."""
        if not self._is_there:
            return ""
        try:
            with self._connections.lent() as connection:
                complaint = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        except sqlite3.DatabaseError as error:
            return str(error)
        return "" if complaint == "ok" else complaint.splitlines()[-1]

    def close(self) -> None:
        """Close the file."""
        self._connections.close()

    def delete(self) -> None:
        """Delete the file; the next indexing makes a new one."""
        self.close()
        for path in self._path.parent.glob(f"{FILE}*"):
            path.unlink(missing_ok=True)
        self._broken = False

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            if self._path.parent.parent.is_dir():
                make_folder(self._path.parent)
            with self._connections.lent() as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                if not self._is_ours(connection):
                    connection.execute("DELETE FROM kept")
                    connection.execute("DELETE FROM meta")
                    connection.execute("INSERT INTO meta VALUES ('made_from', ?)", (self._made_from,))
                connection.executemany(statement, rows)
        except (sqlite3.DatabaseError, OSError) as error:
            self._give_up("written", error)

    def _is_ours(self, connection: sqlite3.Connection) -> bool:
        return _meta(connection, "made_from") == self._made_from

    def _give_up(self, what: str, error: Exception) -> None:
        """Do without the cache from now on; a damaged file is removed, and the next indexing makes a new one."""
        self._broken = True
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            self.close()
            with suppress(OSError):
                for path in self._path.parent.glob(f"{FILE}*"):
                    path.unlink()
        log.warning(
            "The tokens kept in %s cannot be %s (%s): answers are the same, but each takes longer until "
            "`fundstelle index` can keep them.",
            self._path.parent,
            what,
            error,
        )


def is_stale(count: int, texts: int) -> bool:
    """Whether so many more entries are cached than there are texts that it pays to look for those."""
    return count > texts * (1 + _MAX_STALE_SHARE) + _MAX_STALE_ROWS


def sealed(key: bytes, code: bytes) -> bytes:
    """Return a code as it is stored: with its checksum at its end."""
    return code + xxhash.xxh3_64_digest(key + code)


def unsealed(key: bytes, stored: object) -> bytes | None:
    """Return the code of an entry without its checksum; None if it is damaged, so that it is encoded again."""
    if not isinstance(stored, bytes):
        return None
    code = stored[:-_CHECKSUM_BYTES]
    return code if stored == sealed(key, code) else None


def _prepare(connection: sqlite3.Connection) -> None:
    for statement in _PREPARE:
        connection.execute(statement)


def _meta(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None
