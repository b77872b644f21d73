"""The file beside the database that says how many changes the archive has had: so lost ones are noticed.

A damaged write-ahead log is cut off by SQLite where its damage begins, and the archive is what it was before.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings.file_checksums import sealed_json, unsealed_json
from embeddings.permissions import make_file

log = logging.getLogger(__name__)

SUFFIX = ".state"
"""The end of the name of the file, in place of that of the database."""


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """How many changes were committed to an archive."""

    archive_id: str
    changes: int

    def precedes(self, other: ChangeCount) -> bool:
        """Whether this is the count of another archive, or of the same one at an earlier time."""
        return self.archive_id != other.archive_id or self.changes < other.changes


def _read_state(database: Path) -> ChangeCount | None:
    """Return what the file says; None without a file.

    Raises:
        ValueError: the file is damaged.
    """
    try:
        text = database.with_suffix(SUFFIX).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    values = unsealed_json(text)
    return ChangeCount(str(values["archive_id"]), int(values["changes"]))


def write_state(database: Path, count: ChangeCount, *, safely: bool) -> None:
    """Write the file of a database in place of the earlier one.

    Args:
        safely: wait until it is on the disk, so that it outlasts a power cut.

    Raises:
        OSError: it cannot be written.
    """
    path = database.with_suffix(SUFFIX)
    fresh = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    make_file(fresh)
    with fresh.open("w", encoding="utf-8") as file:
        file.write(sealed_json(asdict(count)))
        file.flush()
        if safely:
            os.fsync(file.fileno())
    fresh.replace(path)


def state_before(database: Path) -> ChangeCount | None:
    """Return what the file says; None without a file, or with a damaged one, of which a warning says so."""
    try:
        return _read_state(database)
    except ValueError:
        path = database.with_suffix(SUFFIX)
        log.warning("The file %s was damaged: whether changes were lost cannot be told.", path)
        return None


def lost_changes(folder: Path, before: ChangeCount | None, now: ChangeCount) -> int:
    """Return how many changes an archive lacks that were committed to it, and warn if there are any."""
    if before is None:
        return 0
    if before.archive_id != now.archive_id:
        log.warning("The archive %s was replaced by another one: `fundstelle repair` ends this message.", folder)
        return 0
    lost = max(before.changes - now.changes, 0)
    if lost:
        log.warning(
            "The archive %s lacks its last %s: its write-ahead log was damaged, or an earlier copy was put in "
            "its place; index your folders again and look through your dossiers (`fundstelle repair` ends this "
            "message).",
            folder,
            "change" if lost == 1 else f"{lost} changes",
        )
    return lost
