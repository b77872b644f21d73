"""Snapshots of an index on disk: data files and a manifest that lists them, replaced atomically by one rename."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import IndexDamaged
from embeddings.permissions import make_file, make_folder

_MANIFEST = "manifest.json"
_BLOCK_BYTES = 1 << 22
_ATTEMPTS = 3
# bytes, whose checksum takes about a second; a larger file is trusted if its modification time has not changed
_MAX_CHECKED_BYTES = 1 << 28

Write = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The content of a manifest: the data files by suffix, and the facts that their owner stored with them.

    `recall` is the share of the nearest vectors that a search finds.
    """

    paths: Mapping[str, Path]
    dim: int
    stamp: str
    recall: float = 1.0


def write_snapshot(
    folder: Path, dim: int, stamp: str, parts: Mapping[str, Write | Path], recall: float = 1.0
) -> Snapshot:
    """Write new data files, then a manifest that lists them, then delete older files.

    Args:
        folder: the folder of the index.
        dim: the number of dimensions of the vectors.
        stamp: the owner's stamp.
        parts: for each suffix a function that writes the file, or a file of the previous snapshot to keep.
        recall: the share of the nearest vectors that a search finds.

    Raises:
        OSError: the folder cannot be written, or a file to keep is missing; the previous snapshot stays intact.
    """
    make_folder(folder)
    stem = f"vectors-{os.getpid()}-{os.urandom(4).hex()}"
    fresh = folder / f"{stem}.json.new"
    files = {}
    try:
        for suffix, write in parts.items():
            if isinstance(write, Path):
                files[suffix] = _unchanged_facts(folder, write) or _facts(write)
            else:
                make_file(folder / (stem + suffix))
                write(folder / (stem + suffix))
                files[suffix] = _facts(folder / (stem + suffix))
        make_file(fresh)
        fresh.write_text(json.dumps({"files": files, "dim": dim, "stamp": stamp, "recall": recall}), encoding="utf-8")
        fresh.replace(folder / _MANIFEST)
    except BaseException:
        for path in folder.glob(f"{stem}*"):
            path.unlink()
        raise
    current = {facts["name"] for facts in files.values()}
    for old in folder.glob("vectors-*"):
        if old.name not in current:
            old.unlink(missing_ok=True)
    return Snapshot({suffix: folder / facts["name"] for suffix, facts in files.items()}, dim, stamp, recall)


def read_snapshot(folder: Path) -> Snapshot | None:
    """Return the snapshot in the folder, or None if there is none.

    Raises:
        IndexDamaged: the manifest or a data file is missing, truncated or altered.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return _read_manifest(folder)
        except IndexDamaged:
            # another process may just have switched to newer files
            continue
    return _read_manifest(folder)


def _read_manifest(folder: Path) -> Snapshot | None:
    try:
        if not folder.exists() or not any(folder.iterdir()):
            return None
        manifest = _manifest(folder)
        for facts in manifest["files"].values():
            _check(folder, facts)
        paths = {suffix: folder / Path(facts["name"]).name for suffix, facts in manifest["files"].items()}
        return Snapshot(paths, int(manifest["dim"]), str(manifest["stamp"]), float(manifest["recall"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"The index in {folder} cannot be read ({error}): delete it to rebuild it.") from error


def _manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    return manifest


def _unchanged_facts(folder: Path, data: Path) -> dict[str, Any] | None:
    """Return the manifest's facts about a file if the file has not changed since, else None."""
    try:
        files = _manifest(folder)["files"].values()
        facts = next((dict(facts) for facts in files if facts["name"] == data.name), None)
        status = data.stat()
        unchanged = facts and (status.st_size, status.st_mtime_ns) == (facts["bytes"], facts["changed"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return facts if unchanged else None


def _facts(data: Path) -> dict[str, Any]:
    """Flush a file to the disk and return its facts for the manifest."""
    with data.open("rb") as file:
        os.fsync(file.fileno())
    status = data.stat()
    return {"name": data.name, "bytes": status.st_size, "changed": status.st_mtime_ns, "crc32": _crc32(data)}


def _check(folder: Path, facts: Mapping[str, Any]) -> None:
    data = folder / Path(facts["name"]).name
    status = data.stat()
    untouched = status.st_size >= _MAX_CHECKED_BYTES and status.st_mtime_ns == facts["changed"]
    if status.st_size != facts["bytes"] or not (untouched or _crc32(data) == facts["crc32"]):
        raise IndexDamaged(f"The index file {data} was truncated or altered: delete its folder to rebuild it.")


def _crc32(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            checksum = zlib.crc32(block, checksum)
    return checksum
