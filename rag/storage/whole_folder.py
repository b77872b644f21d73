"""A new folder that appears when it is complete, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import FundstelleError
from rag.storage.scratch import scratch_folder


@contextmanager
def whole_folder(folder: Path, *, needed_bytes: int = 0) -> Iterator[Path]:
    """Fill a private folder that takes its name, on the disk, when the block ends without an error.

    Args:
        folder: what it is called then; there may be an empty folder.
        needed_bytes: how much room it needs.

    Raises:
        FundstelleError: there is something in the folder, or it cannot be written.
    """
    _check_new(folder)
    absolute = folder.absolute()
    try:
        absolute.parent.mkdir(parents=True, exist_ok=True)
        if needed_bytes > shutil.disk_usage(absolute.parent).free:
            raise FundstelleError(f"{folder} needs {needed_bytes / 1e6:.0f} MB: make room, or choose another disk.")
        with scratch_folder(absolute) as scratch:
            incomplete = scratch / "folder"
            incomplete.mkdir(mode=0o700)
            yield incomplete
            for path in (*incomplete.rglob("*"), incomplete):
                sync(path)
            _check_new(folder)
            if absolute.exists():
                absolute.rmdir()
            incomplete.rename(absolute)
            sync(absolute.parent)
    except OSError as error:
        raise FundstelleError(
            f"{folder} cannot be written ({error.strerror}): choose another folder, or make room."
        ) from error


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk; where folders cannot be opened, nothing waits.

    Raises:
        OSError: it cannot be read.
    """
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_new(folder: Path) -> None:
    try:
        is_new = not folder.is_symlink() and (not folder.exists() or (folder.is_dir() and not any(folder.iterdir())))
    except OSError as error:
        raise FundstelleError(f"{folder} cannot be read ({error.strerror}): choose another folder.") from error
    if not is_new:
        raise FundstelleError(f"{folder} is not empty: choose a new folder.")
