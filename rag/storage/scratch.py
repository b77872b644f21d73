"""Hidden folders in which something is made before it takes its name. A program that is killed leaves its folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout

_PREFIX = ".fundstelle-"
_LOCK = "lock"


@contextmanager
def scratch_folder(target: Path) -> Iterator[Path]:
    """Make a hidden folder beside a target, lock a file in it, and delete it when the block ends.

    Raises:
        OSError: it cannot be made.
    """
    with TemporaryDirectory(prefix=f"{_PREFIX}{target.name[:100]}.", dir=target.absolute().parent) as name:
        lock = FileLock(Path(name, _LOCK))
        try:
            lock.acquire()
        except OSError:
            # a disk without locks: if the program is killed, nobody else can tell, and the folder stays
            Path(name, _LOCK).unlink(missing_ok=True)
        try:
            yield Path(name)
        finally:
            lock.release()


def abandoned_folders(parent: Path) -> list[Path]:
    """Return the hidden folders in a folder whose program has ended."""
    return sorted(path for path in parent.glob(f"{_PREFIX}*") if (path / _LOCK).is_file() and _is_free(path / _LOCK))


def _is_free(path: Path) -> bool:
    try:
        with FileLock(path, timeout=0):
            return True
    except (OSError, Timeout):
        return False
