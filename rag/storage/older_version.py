"""The way back from a migration: the database as it was stays beside the migrated one.

The migration itself is one transaction on the database, not a file that is put in its place: other programs may have it
open, and SQLite would take their write-ahead log for one of the new file.
"""

from __future__ import annotations

import filecmp
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import ArchiveBusy, ArchiveDamaged, ArchiveFull
from rag.storage.copies import checked_facts, copy_connection, database_facts
from rag.storage.locks import INDEXING_LOCK
from rag.storage.whole_folder import sync

log = logging.getLogger(__name__)

# the copy, a write-ahead log with every page, and what the new version adds
_ROOM_IN_SIZES = 3
_LOCK_SECONDS = 30


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let no other process index into an archive, or migrate it.

    Raises:
        ArchiveBusy: another one does so for half a minute.
    """
    try:
        with FileLock(folder / INDEXING_LOCK, timeout=_LOCK_SECONDS):
            yield
    except Timeout as error:
        raise ArchiveBusy(
            f"An earlier version made the archive {folder}, and another program is indexing into it: wait until it is "
            "done."
        ) from error


def save_older_version(connection: sqlite3.Connection, path: Path) -> Path:
    """Copy a database next to itself, whole or not at all, and return the path of the copy.

    Raises:
        ArchiveFull: there is no room for the copy and the migration.
        ArchiveDamaged: the database is damaged.
        OSError: the copy cannot be written.
    """
    needed = _ROOM_IN_SIZES * path.stat().st_size
    if needed > shutil.disk_usage(path.parent).free:
        raise ArchiveFull(
            f"The archive {path.parent} was made by an earlier version, and to bring it to this one takes "
            f"{needed / 1e6:.0f} MB for a while: make room, then try again."
        )
    part = path.with_name(f".{path.stem}-older{path.suffix}")
    # of a process that was killed
    for leftover in path.parent.glob(f"{part.name}*"):
        leftover.unlink()
    copy_connection(connection, part)
    facts = checked_facts(part)
    sync(part)
    stem = f"{path.stem}-v{facts.version}-{datetime.now(UTC).date()}"
    for number in count(1):
        copy = path.with_name(f"{stem}{f'-{number}' if number > 1 else ''}{path.suffix}")
        # what a process that was killed saved is used again
        if not copy.exists() or filecmp.cmp(part, copy, shallow=False):
            break
    part.replace(copy)
    sync(path.parent)
    return copy


def check_migrated(connection: sqlite3.Connection, counts: dict[str, int]) -> None:
    """Check a migrated database before it is committed.

    Args:
        counts: how much of each kind there was before.

    Raises:
        ArchiveDamaged: something is missing or damaged.
    """
    problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    migrated = database_facts(connection).counts
    if problem != "ok" or any(migrated[name] != number for name, number in counts.items()):
        raise ArchiveDamaged(
            f"The archive cannot be brought to the format of this version ({problem}), and stays as it is: restore a "
            "backup, or use the version that made it."
        )


def announce(copy: Path) -> None:
    """Say that an archive was migrated, and where it is as it was."""
    log.warning(
        "The archive %s has the format of this version now. Its database as it was is %s beside it: delete that file "
        "when you need no way back.",
        copy.parent,
        copy.name,
    )
