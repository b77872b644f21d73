"""Facts about an archive as a whole."""

from __future__ import annotations

from rag.storage.database import Database

_SETTLED = "settled"
_CALIBRATION = "calibration"


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
    def settled(self) -> bool:
        """Whether duplicates and recurring lines have been settled since the last change; see `rag.indexing.settle`."""
        return self._database.meta(_SETTLED) == str(self._database.revision)

    def set_settled(self) -> None:
        """Note that duplicates and recurring lines are settled for the articles as they are now."""
        self._database.set_meta(_SETTLED, str(self._database.revision))
