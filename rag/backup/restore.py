"""A backup → an archive in a new folder, or an answer to the question whether it could become one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from embeddings.permissions import make_file, make_folder
from embeddings.types import OnStep
from rag.backup.manifest import BackupManifest, SavedFile, damaged
from rag.backup.packing import manifest_of, unpack
from rag.errors import ArchiveDamaged, FundstelleError
from rag.storage.copies import OnShare, checked_facts, sync_folder
from rag.storage.database import DATABASE
from rag.storage.layout import INDEXING_LOCK


def verify_backup(path: Path, *, on_step: OnStep = lambda _, __: None) -> BackupManifest:
    """Check a whole backup, and return what it contains; its database is unpacked to a temporary folder.

    Raises:
        BackupUnusable: it is no backup, is damaged, or was made by a newer version.
        FundstelleError: it cannot be read, or there is no room for its database.
    """
    with TemporaryDirectory() as scratch:
        try:
            return check_backup(path, Path(scratch), partial(on_step, "checking"))
        except OSError as error:
            raise FundstelleError(
                f"The backup {path} cannot be checked ({error.strerror}): make room in {Path(scratch).parent}, or name "
                "another folder with $TMPDIR."
            ) from error


def check_backup(path: Path, scratch: Path, on_share: OnShare) -> BackupManifest:
    """Check a whole backup, and return what it contains.

    Args:
        scratch: a folder with room for its database.

    Raises:
        BackupUnusable: it is no backup, is damaged, or was made by a newer version.
        OSError: there is no room.
    """

    def open_target(member: SavedFile) -> IO[bytes]:
        return (scratch / DATABASE if member.name == DATABASE else Path(os.devnull)).open("wb")

    manifest = unpack(path, open_target, on_share)
    _check_database(scratch / DATABASE, manifest, path)
    (scratch / DATABASE).unlink()
    return manifest


def restore_backup(path: Path, folder: Path, *, on_step: OnStep = lambda _, __: None) -> BackupManifest:
    """Make an archive in a new or empty folder from a backup, and return what it contains.

    The folder appears when everything in it was checked; interrupted, nothing appears.

    Raises:
        BackupUnusable: it is no backup, is damaged, or was made by a newer version.
        FundstelleError: there is something in the folder, or it cannot be written.
    """
    _check_empty(folder)
    size = manifest_of(path).size
    absolute = folder.absolute()
    try:
        absolute.parent.mkdir(parents=True, exist_ok=True)
        if size > shutil.disk_usage(absolute.parent).free:
            raise FundstelleError(f"{folder} needs {size / 1e6:.0f} MB: make room, or choose another disk.")
        with TemporaryDirectory(prefix=f".{folder.name[:100]}.", dir=absolute.parent) as scratch:
            restored = Path(scratch) / "archive"
            restored.mkdir(mode=0o700)
            manifest = unpack(path, partial(_new_file, restored), partial(on_step, "unpacking"))
            _check_database(restored / DATABASE, manifest, path)
            make_file(restored / INDEXING_LOCK)
            for written in (restored, *filter(Path.is_dir, restored.rglob("*"))):
                sync_folder(written)
            _check_empty(folder)
            if folder.exists():
                folder.rmdir()
            restored.rename(absolute)
            sync_folder(absolute.parent)
    except OSError as error:
        raise FundstelleError(
            f"{folder} cannot be written ({error.strerror}): choose another folder, or make room."
        ) from error
    return manifest


@contextmanager
def _new_file(folder: Path, member: SavedFile) -> Iterator[IO[bytes]]:
    """Open a new file below a folder, which is on the disk when the block ends."""
    path = folder / member.name
    make_folder(path.parent)
    make_file(path)
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _check_empty(folder: Path) -> None:
    try:
        is_free = not folder.is_symlink() and (not folder.exists() or (folder.is_dir() and not any(folder.iterdir())))
    except OSError as error:
        raise FundstelleError(f"{folder} cannot be read ({error.strerror}): choose another folder.") from error
    if not is_free:
        raise FundstelleError(f"{folder} is not empty: restore into a new folder, then put it where you want it.")


def _check_database(database: Path, manifest: BackupManifest, path: Path) -> None:
    try:
        facts = checked_facts(database)
    except ArchiveDamaged as error:
        raise damaged(path, "its database fails the check of SQLite") from error
    if facts != manifest.database:
        raise damaged(path, "its database is not the one that its manifest describes")
