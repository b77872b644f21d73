"""The file beside the database that says how many changes the archive has had: so lost ones are noticed.

A damaged write-ahead log is cut off by SQLite where its damage begins, and the archive is what it was before.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

import xxhash

from embeddings.permissions import make_file

log = logging.getLogger(__name__)

STATE_FILE = "archive.state"
"""The name of the file in the folder of an archive."""


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """How many changes were committed to an archive."""

    archive_id: str
    changes: int


def _read_state(folder: Path) -> ChangeCount | None:
    """Return what the file says; None without a file.

    Raises:
        ValueError: the file is damaged.
    """
    try:
        text = (folder / STATE_FILE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    body, _, checksum = text.strip().rpartition(" ")
    if xxhash.xxh3_64_hexdigest(body.encode()) != checksum:
        raise ValueError("its checksum is wrong")
    archive_id, changes = json.loads(body)
    return ChangeCount(str(archive_id), int(changes))


def write_state(folder: Path, count: ChangeCount, *, safely: bool) -> None:
    """Write the file in place of the earlier one.

    Args:
        safely: wait until it is on the disk, so that it outlasts a power cut.

    Raises:
        OSError: it cannot be written.
    """
    body = json.dumps([count.archive_id, count.changes])
    fresh = folder / f"{STATE_FILE}.{os.getpid()}.new"
    make_file(fresh)
    with fresh.open("w", encoding="utf-8") as file:
        file.write(f"{body} {xxhash.xxh3_64_hexdigest(body.encode())}\n")
        file.flush()
        if safely:
            os.fsync(file.fileno())
    fresh.replace(folder / STATE_FILE)


def state_before(folder: Path) -> ChangeCount | None:
    """Return what the file says; None without a file, or with a damaged one, of which a warning says so."""
    try:
        return _read_state(folder)
    except ValueError:
        log.warning("The file %s was damaged: whether changes were lost cannot be told.", folder / STATE_FILE)
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
            "The archive %s lacks its last %d changes: its write-ahead log was damaged, or an earlier copy was put in "
            "its place; index your folders again and look through your dossiers (`fundstelle repair` ends this "
            "message).",
            folder,
            lost,
        )
    return lost
