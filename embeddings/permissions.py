"""File permissions of indexes and archives: never wider than those of the folder that contains them."""

from __future__ import annotations

import stat
from pathlib import Path


def restrict(path: Path) -> None:
    """Remove from a new file or folder the permissions that its parent folder does not grant.

    Raises:
        OSError: the path belongs to another user.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    parent_mode = stat.S_IMODE(path.parent.stat().st_mode)
    if mode & ~parent_mode & 0o777:
        path.chmod(mode & (parent_mode | ~0o777))


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents, each with no wider permissions than its parent.

    Raises:
        OSError: it cannot be made.
    """
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        restrict(folder)


def make_file(path: Path) -> None:
    """Make an empty file for a library to write, with no wider permissions than its folder.

    Raises:
        OSError: it cannot be made.
    """
    path.touch()
    restrict(path)
