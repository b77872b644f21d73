"""The token cache of an archive in PostgreSQL: there, for all computers that ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rag.dense.token_cache import PART, TOKENS_VERSION, is_stale, sealed, unsealed
from rag.storage.database import Database
from rag.storage.token_records import TokenRecords
from rag.types.archive_state import State


class SharedTokens:
    """What `TokenCache` is for an archive in a folder."""

    usable = True

    def __init__(self, database: Database, made_from: str) -> None:
        self._records = TokenRecords(database, f"{made_from} {TOKENS_VERSION}")

    def get(self, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the cached codes of these texts."""
        codes = {key: unsealed(key, stored) for key, stored in self._records.get(hashes).items()}
        return {key: code for key, code in codes.items() if code is not None}

    def put(self, codes: Mapping[bytes, bytes], *, overwrite: bool = False) -> None:
        """Cache the codes of texts; unless `overwrite`, cached ones stay."""
        self._records.put({key: sealed(key, code) for key, code in codes.items()}, overwrite=overwrite)

    def all(self) -> Iterator[dict[bytes, bytes]]:
        """Yield all cached codes, in parts."""
        last = b""
        while rows := self._records.after(last, PART):
            last = rows[-1][0]
            codes = {key: unsealed(key, stored) for key, stored in rows}
            yield {key: code for key, code in codes.items() if code is not None}

    @property
    def complete_at(self) -> State | None:
        """The state of the archive since which all its texts are cached; None if they never all were."""
        state = self._records.complete_at
        return State.parse(state) if state else None

    def set_complete(self, state: State) -> None:
        """Note that all texts of the archive in this state are cached."""
        self._records.set_complete(str(state))

    def drop_all_but(self, state: State, texts: int, hashes: Iterable[bytes]) -> None:  # noqa: ARG002
        """Drop the entries of texts that the archive no longer has, if there are many; see `TokenCache`."""
        if is_stale(self._records.count(), texts):
            self.set_complete(state)
            self._records.drop_unused()

    def damage(self) -> str:
        """Return nothing: PostgreSQL looks after its pages itself."""
        return ""

    def close(self) -> None:
        """Do nothing: the archive closes its database."""

    def delete(self) -> None:
        """Delete all entries; the next indexing makes new ones."""
        self._records.clear()
