"""An archive in use → a backup: one file, whole and checked, or none."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from embeddings.types import OnStep
from rag.backup.manifest import INDEXES, SOURCES, BackupManifest, SavedFile
from rag.backup.packing import pack
from rag.backup.restore import check_backup
from rag.errors import ArchiveDamaged, FundstelleError
from rag.storage.copies import checked_facts, copy_database, copy_sqlite_file
from rag.storage.layout import DENSE, INBOX, LEXICAL
from rag.storage.scratch import scratch_folder
from rag.storage.sqlite_database import DATABASE, SqliteDatabase
from rag.storage.sqlite_errors import DAMAGED
from rag.storage.whole_folder import sync

# SQLite's own files beside a database: their contents are in its copy
_OF_SQLITE = ("-wal", "-shm", "-journal")
_SQLITE = ".sqlite"
_UPLOADS = f"{INBOX}/.parts/"
# of vectors and words on a server, which are those of this archive and not of one that is restored
_ELSEWHERE = tuple(f"{part}/{name}" for part in (DENSE, LEXICAL) for name in ("address", "writing.lock"))


def back_up(
    database: SqliteDatabase,
    folder: Path,
    path: Path,
    *,
    program: str,
    with_indexes: bool,
    overwrite: bool,
    on_step: OnStep,
) -> BackupManifest:
    """Write all that cannot be made again of an archive into one file, and check the file; return what it contains.

    Others may ask and index meanwhile: the backup shows one revision. Interrupted, it leaves nothing. While files of
    the backup are packed, its folder needs room for the database and for the backup.

    Damaged rows are saved as they are, since a file or another backup may heal them later, and the manifest counts
    them. The file that such a backup replaces stays beside it once; see `before_damage`.

    Args:
        folder: that of the archive.
        program: the version of Fundstelle, for the manifest.
        with_indexes: also what the archive would make again by itself; nobody may write it meanwhile.
        overwrite: replace a file at the path.
        on_step: called with the current step and the share of it that is done.

    Raises:
        ArchiveError: the archive cannot be read, or pages of its database are damaged, so that no copy of it opens.
        FundstelleError: the path is taken, a file cannot be read or written, or an uploaded file changed meanwhile.
    """
    _check_free(path, overwrite=overwrite)
    sources = dict(_files(folder, (*SOURCES, *INDEXES) if with_indexes else SOURCES))
    try:
        with scratch_folder(path) as scratch:
            packed = scratch / "backup"
            _write(packed, database, sources, program, on_step)
            manifest = check_backup(packed, scratch, on_share=partial(on_step, "checking"))
            _check_free(path, overwrite=overwrite)
            if manifest.damaged and path.exists() and not (earlier := before_damage(path)).exists():
                # it may have whole what is damaged now
                path.rename(earlier)
            packed.replace(path)
            sync(path.absolute().parent)
    except ArchiveDamaged as error:
        raise ArchiveDamaged(DAMAGED.format(folder=folder, fault="pages of its database")) from error
    except OSError as error:
        raise FundstelleError(
            f"{path} cannot be written ({error.strerror}): choose another path, or make room."
        ) from error
    return manifest


def before_damage(path: Path) -> Path:
    """Return where the last backup without damage stays when one with damaged rows takes its place."""
    return path.with_name(f"before-damage-{path.name}")


def _write(packed: Path, database: SqliteDatabase, sources: Mapping[str, Path], program: str, on_step: OnStep) -> None:
    """Write a backup of a database and other files at a path in an empty folder."""
    copy = packed.with_name(DATABASE)
    copy_database(database, copy, partial(on_step, "copying"))
    files = {DATABASE: copy, **sources}
    for number, (name, file) in enumerate(sources.items()):
        if name.startswith(INDEXES) and file.suffix == _SQLITE:
            files[name] = packed.with_name(f"{number}{_SQLITE}")
            copy_sqlite_file(file, files[name])
    manifest = BackupManifest(
        program=program,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        database=checked_facts(copy),
        members=tuple(_member(name, file) for name, file in files.items()),
    )
    pack(packed, manifest, files, partial(on_step, "packing"))
    for file in files.values():
        if file.parent == packed.parent:
            file.unlink()


def _files(folder: Path, names: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """Yield the files below these names in an archive's folder, each with its path in the folder."""
    for name in names:
        top = folder / name
        for path in [top, *sorted(top.rglob("*"))]:
            member = path.relative_to(folder).as_posix()
            is_left_out = path.name.endswith(_OF_SQLITE) or member.startswith(_UPLOADS) or member in _ELSEWHERE
            if path.is_file() and not is_left_out:
                yield member, path


def _member(name: str, path: Path) -> SavedFile:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return SavedFile(name, os.fstat(file.fileno()).st_size, digest)
    except OSError as error:
        raise FundstelleError(
            f"{path} cannot be read ({error.strerror}): check its permissions, and run the same command again."
        ) from error


def _check_free(path: Path, *, overwrite: bool) -> None:
    if path.is_dir():
        raise FundstelleError(f"{path} is a folder: give the name of a file in it.")
    if path.exists() and not overwrite:
        raise FundstelleError(f"{path} exists: choose another name, or replace it with --force.")
