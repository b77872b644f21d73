"""A backup → an archive in a new folder, or an answer to the question whether it could become one."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from embeddings.permissions import make_file, make_folder
from embeddings.types import OnStep
from rag.backup.manifest import BackupManifest, SavedFile, damaged
from rag.backup.packing import manifest_of, unpack
from rag.errors import ArchiveDamaged, FundstelleError
from rag.storage.copies import OnShare, checked_facts, damaged_counts
from rag.storage.locks import INDEXING_LOCK
from rag.storage.sqlite_database import DATABASE
from rag.storage.whole_folder import whole_folder


def verify_backup(path: Path | str, *, on_step: OnStep = lambda _, __: None) -> BackupManifest:
    """Check a whole backup, and return what it contains; its database is unpacked to a temporary folder.

    Raises:
        BackupUnusable: it is no backup, is damaged, or was made by a newer version.
        FundstelleError: it cannot be read, or there is no room for its database.
    """
    path = Path(path)
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

    manifest = _checked(unpack(path, open_target, on_share), scratch / DATABASE, path)
    (scratch / DATABASE).unlink()
    return manifest


def restore_backup(path: Path | str, folder: Path | str, *, on_step: OnStep = lambda _, __: None) -> BackupManifest:
    """Make an archive in a new or empty folder from a backup, and return what it contains.

    The folder appears when everything in it was checked; interrupted, nothing appears.

    Raises:
        BackupUnusable: it is no backup, is damaged, or was made by a newer version.
        FundstelleError: there is something in the folder, or it cannot be written.
    """
    path = Path(path)
    size = manifest_of(path).size
    with whole_folder(Path(folder), needed_bytes=size) as restored:
        manifest = unpack(path, partial(_new_file, restored), partial(on_step, "unpacking"))
        manifest = _checked(manifest, restored / DATABASE, path)
        make_file(restored / INDEXING_LOCK)
    return manifest


def _new_file(folder: Path, file: SavedFile) -> IO[bytes]:
    """Open a new file below a folder."""
    path = folder / file.name
    make_folder(path.parent)
    make_file(path)
    return path.open("wb")


def _checked(manifest: BackupManifest, database: Path, path: Path) -> BackupManifest:
    """Check the database of a backup, and return its manifest with the damaged rows that the archive had already."""
    try:
        facts = checked_facts(database)
    except ArchiveDamaged as error:
        raise damaged(path, "its database fails the check of SQLite") from error
    if facts != manifest.database:
        raise damaged(path, "its database is not the one that its manifest describes")
    return replace(manifest, damaged=damaged_counts(database))
