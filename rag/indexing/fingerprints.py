"""What identifies a file and the settings it is read with: while both stay the same, it is not read again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.loading.common.file_types import ARCHIVE_KINDS
from rag.loading.common.files import change_stamp, digest, kind_at
from rag.loading.common.sidecar import sidecar_of
from rag.loading.containers.limits import DEFAULT_LIMITS, Limits
from rag.loading.tables.columns import Columns
from rag.loading.tables.table import TABLE_READERS
from rag.storage.file_records import FileFingerprint

_KINDS_WITH_TABLES = (*TABLE_READERS, *ARCHIVE_KINDS, "xlsx", "eml")


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """With what settings files are read.

    Attributes:
        limits: how far archives are unpacked.
        columns: which column of tables contains which field; those not given are detected.
    """

    limits: Limits = DEFAULT_LIMITS
    columns: Columns | None = None

    def stamp(self, path: Path) -> str:
        """Return what identifies a file, its sidecar and these settings, without opening the file."""
        sidecar = sidecar_of(path)
        stamps = [change_stamp(path), change_stamp(sidecar) if sidecar else ""]
        return " ".join(filter(None, (*stamps, *self._applied_to(path))))

    def fingerprint(self, path: Path) -> FileFingerprint:
        """Return the hashes of a file and its sidecar, with these settings."""
        sidecar = sidecar_of(path)
        hashes = digest(path), digest(sidecar) if sidecar else ""
        return FileFingerprint(*hashes, *self._applied_to(path))

    def _applied_to(self, path: Path) -> tuple[str, str]:
        """Return the columns and limits as text, each empty where it does not apply to the file."""
        if not self.columns and self.limits == DEFAULT_LIMITS:
            return "", ""
        kind = kind_at(path)
        is_limited = kind in ARCHIVE_KINDS and self.limits != DEFAULT_LIMITS
        columns = str(sorted(self.columns.items())) if self.columns and kind in _KINDS_WITH_TABLES else ""
        return columns, str(self.limits) if is_limited else ""
