"""Who may read the files of an index or an archive: nobody who may not read the folder that they are in."""

from __future__ import annotations

import stat
from pathlib import Path


def restrict(path: Path) -> None:
    """Take from a new file or folder what the folder around it does not allow either.

    Raises:
        OSError: it belongs to somebody else.
    """
    now = stat.S_IMODE(path.stat().st_mode)
    around = stat.S_IMODE(path.parent.stat().st_mode)
    if now & ~around & 0o777:
        path.chmod(now & (around | ~0o777))


def make_folder(folder: Path) -> None:
    """Make a folder, and those around it that are missing, open to nobody to whom the one around it is not.

    Raises:
        OSError: it cannot be made.
    """
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        restrict(folder)


def make_file(path: Path) -> None:
    """Make an empty file, for a library to write, open to nobody to whom its folder is not.

    Raises:
        OSError: it cannot be made.
    """
    path.touch()
    restrict(path)
