"""Token vectors of passages in a file of their own: what re-ranking would otherwise encode again at every question."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from embeddings.permissions import make_folder
from rag.storage.change_feed import NOTHING_YET, State
from rag.storage.connections import Connections

log = logging.getLogger(__name__)

FILE = "tokens.sqlite"
# two to five passages stand on a page of this size, so that little room stays empty
_PAGE = 16_384
# so much of the file is mapped into memory; SQLite maps 2 GB at most
_MAPPED = 1 << 31
_PREPARE = (
    f"PRAGMA page_size = {_PAGE}",
    f"PRAGMA mmap_size = {_MAPPED}",
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS kept (input_hash BLOB PRIMARY KEY, code BLOB NOT NULL)",
)
# texts that are gone are dropped once they are such a share of all, since looking for them takes a look at all
_MOST_GONE = 0.2
_FEW = 1_000


class KeptTokens:
    """The coded token vectors of texts, by the hash of the text: what is there is right, whatever has changed since.

    Nothing in it is the only copy: without the file, or with one that cannot be read or written, questions read the
    passages themselves, and the next indexing keeps their tokens again. `made_from` names archive, encoder and codec;
    what was made from something else does not count. Safe to use from several threads.
    """

    def __init__(self, folder: Path, made_from: str) -> None:
        self._path = folder / FILE
        self._made_from = made_from
        self._connections = Connections(self._path, _prepare)
        self._broken = False

    def get(self, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return what is kept of these texts."""
        if self._broken or not self._path.exists():
            return {}
        query = "SELECT code FROM kept WHERE input_hash = ?"
        try:
            with self._connections.lent() as connection:
                if not self._is_ours(connection):
                    return {}
                rows = {one: connection.execute(query, (one,)).fetchone() for one in hashes}
        except sqlite3.DatabaseError as error:
            self._give_up("read", error)
            return {}
        return {one: row[0] for one, row in rows.items() if row}

    def put(self, codes: Mapping[bytes, bytes], *, anew: bool = False) -> None:
        """Keep what was made of texts; known ones stay, unless made `anew`. Where that fails, a warning says so."""
        if codes and not self._broken:
            put = "INSERT OR REPLACE" if anew else "INSERT OR IGNORE"
            self._write(f"{put} INTO kept VALUES (?, ?)", list(codes.items()))

    @property
    def usable(self) -> bool:
        """Whether something can be kept, as far as is known."""
        return not self._broken

    @property
    def complete_at(self) -> State | None:
        """The state of the archive in which all texts had their tokens here, and each new one since; None if never."""
        if self._broken or not self._path.exists():
            return None
        try:
            with self._connections.lent() as connection:
                noted = _meta(connection, "complete") if self._is_ours(connection) else None
        except sqlite3.DatabaseError as error:
            self._give_up("read", error)
            return None
        # an earlier version noted nothing more than that it is so
        return State.parse(noted) if noted else NOTHING_YET if noted == "" else None

    def set_complete(self, state: State) -> None:
        """Note that all texts have their tokens here in this state of the archive."""
        if not self._broken:
            self._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", [("complete", str(state))])

    def drop_all_but(self, state: State, texts: int, hashes: Iterable[bytes]) -> None:
        """Drop what texts that are gone have left, if that is much.

        Args:
            state: that of the archive; with one before, what is dropped now is missing.
            texts: how many there may be; as long as no more than a fifth is more than these, nothing is looked at.
            hashes: those of all texts that are there.
        """
        if self._broken or not self._path.exists():
            return
        try:
            with self._connections.lent() as connection:
                kept = connection.execute("SELECT count(*) FROM kept").fetchone()[0]
                if kept <= texts * (1 + _MOST_GONE) + _FEW:
                    return
                hashed = connection.execute("SELECT input_hash FROM kept").fetchall()
            there = set(hashes)
            gone = [row for row in hashed if row[0] not in there]
        except sqlite3.DatabaseError as error:
            self._give_up("read", error)
            return
        self.set_complete(state)
        self._write("DELETE FROM kept WHERE input_hash = ?", gone)

    def close(self) -> None:
        """Close the file."""
        self._connections.close()

    def _write(self, statement: str, rows: list[tuple[object, ...]]) -> None:
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
        """Do without from now on; a file that is damaged is removed, for the next indexing to make it anew."""
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


def _prepare(connection: sqlite3.Connection) -> None:
    for statement in _PREPARE:
        connection.execute(statement)


def _meta(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None
