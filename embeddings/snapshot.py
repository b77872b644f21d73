"""Files of an index on disk: a data file and a manifest that names it, switched by one rename."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import IndexDamaged

_MANIFEST = "manifest.json"
_BLOCK = 1 << 22
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a manifest says: the data file, and what its owner wrote beside it."""

    path: Path
    dim: int
    stamp: str


def write_snapshot(folder: Path, dim: int, stamp: str, suffix: str, write: Callable[[Path], None]) -> None:
    """Write a new data file by `write(path)`, then let the manifest name it, then drop older files.

    Raises:
        OSError: the folder cannot be written; the snapshot before stays as it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / f"vectors-{os.getpid()}-{os.urandom(4).hex()}{suffix}"
    fresh = data.with_suffix(".json.new")
    try:
        write(data)
        with data.open("rb") as file:
            os.fsync(file.fileno())
        manifest = {"file": data.name, "bytes": data.stat().st_size, "crc32": _crc32(data), "dim": dim, "stamp": stamp}
        fresh.write_text(json.dumps(manifest), encoding="utf-8")
        fresh.replace(folder / _MANIFEST)
    except BaseException:
        data.unlink(missing_ok=True)
        fresh.unlink(missing_ok=True)
        raise
    for old in folder.glob(f"vectors-*{suffix}"):
        if old != data:
            old.unlink(missing_ok=True)


def read_snapshot(folder: Path) -> Snapshot | None:
    """Return the snapshot in the folder, or None where there is none.

    Raises:
        IndexDamaged: the manifest or its data file is missing, cut short or altered.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return _read(folder)
        except IndexDamaged:
            # another process may just have switched to a newer file
            continue
    return _read(folder)


def _read(folder: Path) -> Snapshot | None:
    try:
        if not folder.exists() or not any(folder.iterdir()):
            return None
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        data = folder / Path(manifest["file"]).name
        if data.stat().st_size != manifest["bytes"] or _crc32(data) != manifest["crc32"]:
            raise IndexDamaged(f"The index file {data} was cut short or altered: delete its folder to build it anew.")
        return Snapshot(data, int(manifest["dim"]), str(manifest["stamp"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"The index in {folder} cannot be read ({error}): delete it to build it anew.") from error


def _crc32(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum
