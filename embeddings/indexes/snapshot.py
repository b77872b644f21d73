"""Files of an index on disk: data files and a manifest that names them, switched by one rename."""

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
_BLOCK = 1 << 22
_ATTEMPTS = 3
# to read a file through takes a second for this much; a larger one is taken for whole if it was not touched since
_LARGE = 1 << 28

Write = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a manifest says: the data files by their ending, and what their owner wrote beside them.

    `recall` is the share of the nearest vectors that a search of them finds.
    """

    paths: Mapping[str, Path]
    dim: int
    stamp: str
    recall: float = 1.0


def write_snapshot(
    folder: Path, dim: int, stamp: str, parts: Mapping[str, Write | Path], recall: float = 1.0
) -> Snapshot:
    """Write new data files, then let the manifest name them, then drop older files.

    Args:
        parts: for each ending what writes the file to a path, or a file of the snapshot before that stays.

    Raises:
        OSError: the folder cannot be written, or a file that shall stay is gone; the snapshot before stays as it was.
    """
    make_folder(folder)
    stem = f"vectors-{os.getpid()}-{os.urandom(4).hex()}"
    fresh = folder / f"{stem}.json.new"
    files = {}
    try:
        for ending, write in parts.items():
            if isinstance(write, Path):
                files[ending] = _known(folder, write) or _facts(write)
            else:
                make_file(folder / (stem + ending))
                write(folder / (stem + ending))
                files[ending] = _facts(folder / (stem + ending))
        make_file(fresh)
        fresh.write_text(json.dumps({"files": files, "dim": dim, "stamp": stamp, "recall": recall}), encoding="utf-8")
        fresh.replace(folder / _MANIFEST)
    except BaseException:
        for path in folder.glob(f"{stem}*"):
            path.unlink()
        raise
    named = {facts["name"] for facts in files.values()}
    for old in folder.glob("vectors-*"):
        if old.name not in named:
            old.unlink(missing_ok=True)
    return Snapshot({ending: folder / facts["name"] for ending, facts in files.items()}, dim, stamp, recall)


def read_snapshot(folder: Path) -> Snapshot | None:
    """Return the snapshot in the folder, or None where there is none.

    Raises:
        IndexDamaged: the manifest or a data file is missing, cut short or altered.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return _read(folder)
        except IndexDamaged:
            # another process may just have switched to newer files
            continue
    return _read(folder)


def _read(folder: Path) -> Snapshot | None:
    try:
        if not folder.exists() or not any(folder.iterdir()):
            return None
        manifest = _manifest(folder)
        for facts in manifest["files"].values():
            _check(folder, facts)
        paths = {ending: folder / Path(facts["name"]).name for ending, facts in manifest["files"].items()}
        return Snapshot(paths, int(manifest["dim"]), str(manifest["stamp"]), float(manifest["recall"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"The index in {folder} cannot be read ({error}): delete it to build it anew.") from error


def _manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    return manifest


def _known(folder: Path, data: Path) -> dict[str, Any] | None:
    """Return what the manifest says of a file that is as it says."""
    try:
        known = [facts for facts in _manifest(folder)["files"].values() if facts["name"] == data.name]
        status = data.stat()
        as_before = known and (status.st_size, status.st_mtime_ns) == (known[0]["bytes"], known[0]["changed"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return dict(known[0]) if as_before else None


def _facts(data: Path) -> dict[str, Any]:
    """Bring a file to the disk, and return what it is known by."""
    with data.open("rb") as file:
        os.fsync(file.fileno())
    status = data.stat()
    return {"name": data.name, "bytes": status.st_size, "changed": status.st_mtime_ns, "crc32": _crc32(data)}


def _check(folder: Path, facts: Mapping[str, Any]) -> None:
    data = folder / Path(facts["name"]).name
    status = data.stat()
    untouched = status.st_size >= _LARGE and status.st_mtime_ns == facts["changed"]
    if status.st_size != facts["bytes"] or not (untouched or _crc32(data) == facts["crc32"]):
        raise IndexDamaged(f"The index file {data} was cut short or altered: delete its folder to build it anew.")


def _crc32(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum
