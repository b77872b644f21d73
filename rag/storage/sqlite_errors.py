"""What SQLite reports → what happened to the archive, and what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from rag.errors import (
    ArchiveBusy,
    ArchiveDamaged,
    ArchiveError,
    ArchiveFull,
    ArchiveGone,
    ArchiveReadOnly,
    ArchiveUnreadable,
)
from rag.storage.connections import NOT_WRITABLE

GONE = "The archive {folder} was deleted or moved: put it back, or stop this program and open another one."
CLOSED = "The archive {folder} cannot be written: check its permissions, or choose another with --archive."
DAMAGED = "The archive {folder} is damaged ({fault}): `fundstelle repair` saves what can be read, or restore a backup."
EMPTY = "The database of the archive {folder} is an empty file: restore a backup, or delete that file to begin anew."
OVERWRITTEN = (
    "The database of the archive {folder} was replaced while its write-ahead log stayed: stop all programs that "
    "use it, delete archive.sqlite-wal and archive.sqlite-shm, and put the database there again."
)
REPLACED = "The archive {folder} was replaced while it was read: ask again."
MISSING = "The archive {folder} lacks its database: restore a backup, or delete the folder to begin anew."
# bytes that SQLite needs to open a database
_LITTLE_ROOM = 1 << 16


def missing_error(folder: Path) -> ArchiveError:
    """Return the error for a database that is not to be seen any more: it went, or nobody may look into its folder."""
    if folder.is_dir() and not os.access(folder, os.X_OK):
        return ArchiveReadOnly(CLOSED.format(folder=folder))
    return ArchiveGone(GONE.format(folder=folder))


def archive_error(error: sqlite3.DatabaseError, folder: Path) -> ArchiveError:
    """Return the error that says what happened and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    # on a full disk, SQLite cannot read either: it needs room for what readers share
    is_full = code == sqlite3.SQLITE_IOERR and folder.is_dir() and shutil.disk_usage(folder).free < _LITTLE_ROOM
    if code == sqlite3.SQLITE_FULL or is_full:
        return ArchiveFull(
            f"The disk of the archive {folder} is full: make room and run the same command again; "
            "what was stored before is safe."
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ArchiveBusy(f"Another program keeps the archive {folder} locked: wait until it is done and try again.")
    if code in NOT_WRITABLE:
        return ArchiveReadOnly(CLOSED.format(folder=folder))
    # text that is no UTF-8 has no code
    undecodable = isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode")
    if undecodable or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return ArchiveDamaged(DAMAGED.format(folder=folder, fault=error))
    return ArchiveUnreadable(f"The archive {folder} cannot be used ({error}): check the disk, then try again.")
