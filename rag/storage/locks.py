"""Whether a disk keeps locks: some network disks do not, and then nothing keeps two programs from writing at once."""

from __future__ import annotations

from pathlib import Path

INDEXING_LOCK = "indexing.lock"
"""The file in an archive's folder that the one program locks that writes articles and indexes."""
NO_LOCKS = (
    "The disk of the archive {folder} keeps no locks ({error}), so that nothing is written to it: copy the archive to "
    "a disk of this computer, and use it there."
)


def lock_error(path: Path, *, for_sqlite: bool = False) -> str:
    """Return why a file cannot be locked; empty if it can be, is locked by another program, or does not exist.

    It must not be a file of SQLite, whose locks end when it is closed.

    Args:
        for_sqlite: as SQLite locks, not as indexing does.
    """
    try:
        import fcntl
    except ImportError:
        return ""
    if not path.is_file():
        return ""
    try:
        file = path.open("rb")
    except OSError:
        # what keeps it from being opened is said of the database, which is opened next
        return ""
    with file:
        try:
            (fcntl.lockf if for_sqlite else fcntl.flock)(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return ""
        except OSError as error:
            return error.strerror or type(error).__name__
    return ""
