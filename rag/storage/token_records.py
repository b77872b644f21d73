"""Encoded token vectors in the database of an archive that several computers use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rag.storage.database import Database

TABLE_OF_TOKENS = """
CREATE TABLE tokens (
    made_from TEXT NOT NULL, input_hash BLOB NOT NULL, code BLOB NOT NULL, PRIMARY KEY (made_from, input_hash)
) WITHOUT ROWID
"""
"""The table; SQLite keeps tokens in a file of their own, which may be lost."""
# the row of what is no text: the state of the archive since which all its texts are here
_COMPLETE = b""


class TokenRecords:
    """The codes of texts by their hashes; `made_from` names archive, encoder and codec."""

    def __init__(self, database: Database, made_from: str) -> None:
        self._database = database
        self._made_from = made_from

    def get(self, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the codes of those texts that are there."""
        wanted = list(hashes)
        if not wanted:
            return {}
        alternatives = ", ".join("?" * len(wanted))
        query = f"SELECT input_hash, code FROM tokens WHERE made_from = ? AND input_hash IN ({alternatives})"  # noqa: S608
        return dict(self._database.rows(query, self._made_from, *wanted))

    def after(self, key: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Return the texts after one of them in the order of their hashes, each with its code."""
        query = "SELECT input_hash, code FROM tokens WHERE made_from = ? AND input_hash > ? ORDER BY input_hash LIMIT ?"
        return self._database.rows(query, self._made_from, key, limit)

    def put(self, codes: Mapping[bytes, bytes], *, overwrite: bool = False) -> None:
        """Store codes; unless `overwrite`, those that are there stay."""
        change = "DO UPDATE SET code = excluded.code" if overwrite else "DO NOTHING"
        insert = f"INSERT INTO tokens VALUES (?, ?, ?) ON CONFLICT (made_from, input_hash) {change}"  # noqa: S608
        with self._database.lent() as connection:
            connection.executemany(insert, [(self._made_from, key, code) for key, code in codes.items()])

    @property
    def complete_at(self) -> str | None:
        """The state of the archive that `set_complete` noted; None if none was."""
        stored = self.get([_COMPLETE])
        return stored[_COMPLETE].decode() if stored else None

    def set_complete(self, state: str) -> None:
        """Note that all texts of the archive in this state are there."""
        self.put({_COMPLETE: state.encode()}, overwrite=True)

    def count(self) -> int:
        """Return how many codes are stored, of whatever encoder."""
        return int(self._database.rows("SELECT count(*) FROM tokens")[0][0])

    def drop_unused(self) -> None:
        """Delete the codes of texts that no passage has, and those that were made from something else."""
        with self._database.lent() as connection:
            connection.execute(
                "DELETE FROM tokens WHERE made_from <> ? OR (length(input_hash) > 0 AND NOT EXISTS "
                "(SELECT 1 FROM passages WHERE passages.input_hash = tokens.input_hash))",
                (self._made_from,),
            )

    def clear(self) -> None:
        """Delete all codes."""
        with self._database.lent() as connection:
            connection.execute("DELETE FROM tokens")
