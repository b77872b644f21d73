"""Facts about an archive as a whole."""

from __future__ import annotations

from rag.storage.database import Database

_SETTLED = "settled"
_CALIBRATION = "calibration"
ADDRESSES = ("vectors_at", "words_at")
"""The names of facts that a copy of the archive does not get: it would write to the indexes of the other one."""


class ArchiveFacts:
    """The id of an archive, its calibration, and whether its articles have been compared with each other."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def archive_id(self) -> str:
        """A random word that distinguishes this archive from every other."""
        return self._database.meta("archive_id") or ""

    @property
    def calibration(self) -> str | None:
        """The weights of the confidence that were fitted to this archive, as stored; None without any."""
        return self._database.meta(_CALIBRATION)

    def set_calibration(self, weights: str | None) -> None:
        """Store the weights of the confidence; None deletes them."""
        self._database.set_meta(_CALIBRATION, weights)

    @property
    def addresses(self) -> tuple[str, str]:
        """Where the vectors and the words of an archive are that several computers use; empty if nobody said so."""
        vectors, words = (self._database.meta(name) or "" for name in ADDRESSES)
        return vectors, words

    def set_addresses(self, vectors: str, words: str) -> None:
        """Note where the vectors and the words are, for all computers."""
        for name, address in zip(ADDRESSES, (vectors, words), strict=True):
            self._database.set_meta(name, address)

    @property
    def settled(self) -> bool:
        """Whether duplicates and recurring lines have been settled since the last change; see `rag.indexing.settle`."""
        return self._database.meta(_SETTLED) == str(self._database.revision)

    def set_settled(self) -> None:
        """Note that duplicates and recurring lines are settled for the articles as they are now."""
        self._database.set_meta(_SETTLED, str(self._database.revision))
