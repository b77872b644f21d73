"""Checks of an archive's folder, which need no database."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from embeddings.errors import IndexDamaged
from rag.diagnosis.check import WELL, Symptom, megabytes
from rag.lexical.manifest import read_manifest
from rag.storage.layout import DENSE, INBOX, LEXICAL, entries_below, file_sizes
from rag.storage.scratch import abandoned_folders
from rag.storage.sqlite_database import DATABASE

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# seconds after which what a program did not finish is left over
_FINISHED_AFTER = 600
_MAX_LOG_BYTES = 64_000_000


def permissions(folder: Path) -> Symptom:
    """Can other accounts reach the archive, and does all of it belong to one account?"""
    if os.name == "nt":
        return WELL
    owner = folder.stat().st_uid
    entries = [folder, *sorted(folder.rglob("*"))]
    foreign = [path for path in entries if path.lstat().st_uid != owner]
    if foreign:
        return Symptom("foreign", {"count": len(foreign), "path": str(foreign[0])})
    # in a folder that is closed to others, it does not matter what its files allow
    reachable = _open_to_others(entries) if folder.stat().st_mode & _OTHERS else []
    return Symptom("open", {"count": len(reachable), "path": str(reachable[0])}) if reachable else WELL


def close_to_others(folder: Path) -> None:
    """Take the archive from the reach of other accounts."""
    for path in _open_to_others([folder, *folder.rglob("*")]):
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)


def _open_to_others(entries: list[Path]) -> list[Path]:
    return [path for path in entries if not path.is_symlink() and path.stat().st_mode & _OTHERS]


def journal(folder: Path) -> Symptom:
    """Does the write-ahead log grow?"""
    log = folder / f"{DATABASE}-wal"
    size = log.stat().st_size if log.is_file() else 0
    return Symptom("large" if size > _MAX_LOG_BYTES else "well", {"size": megabytes(size)})


def leftovers(folder: Path) -> Symptom:
    """Did an interrupted program leave files that nothing names?"""
    paths = list(_leftovers(folder))
    if not paths:
        return WELL
    size = sum(file_sizes(file for path in paths for file in (path, *entries_below(path))))
    return Symptom("present", {"count": len(paths), "size": megabytes(size), "path": str(paths[0])})


def remove_leftovers(folder: Path) -> None:
    """Delete what interrupted programs left."""
    for path in _leftovers(folder):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _leftovers(folder: Path) -> Iterator[Path]:
    latest = time.time() - _FINISHED_AFTER
    candidates = [*_unnamed_vectors(folder / DENSE), *_unnamed_words(folder / LEXICAL)]
    # of backups made beside the archive and for a pipe, and of archives restored there
    candidates += [*abandoned_folders(folder.absolute().parent), *abandoned_folders(folder)]
    candidates += sorted((folder / INBOX / ".parts").glob("*"))
    yield from (path for path in candidates if path.lstat().st_mtime < latest)


def earlier_databases(folder: Path) -> Symptom:
    """Are there databases as they were before a migration or a repair?"""
    stem = Path(DATABASE).stem
    paths = [*sorted(folder.glob(f"{stem}-v*.sqlite")), *sorted(folder.glob(f"{stem}-damaged-*.sqlite"))]
    if not paths:
        return WELL
    size = megabytes(sum(path.stat().st_size for path in paths))
    return Symptom("present", {"count": len(paths), "size": size, "path": str(paths[0])})


def _unnamed_vectors(folder: Path) -> list[Path]:
    """Return the files of the index of vectors that its manifest does not name; none without a manifest."""
    try:
        files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
        names = {str(facts["name"]) for facts in files.values()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return []
    return sorted(path for path in folder.glob("vectors-*") if path.name not in names)


def _unnamed_words(folder: Path) -> list[Path]:
    """Return the folders of words that the manifest does not name; none without a manifest."""
    try:
        manifest = read_manifest(folder)
    except IndexDamaged:
        return []
    if manifest is None:
        return []
    return sorted(path for path in folder.iterdir() if path.name not in (manifest.name, "manifest.json"))
