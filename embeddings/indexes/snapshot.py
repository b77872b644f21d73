"""Snapshots of an index on disk: data files and a manifest that lists them, replaced atomically by one rename."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings.errors import IndexDamaged
from embeddings.file_checksums import FileFacts, sealed_json, unsealed_json
from embeddings.permissions import make_file, make_folder

_MANIFEST = "manifest.json"
_ATTEMPTS = 3
MAX_READ_BYTES = 1 << 28
"""Size of a file in bytes up to which it is read and checked when it is opened, in a tenth of a second."""

Write = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The content of a manifest: the data files by suffix, and the facts that their owner stored with them.

    `recall` is the share of the nearest vectors that a search finds.
    """

    folder: Path
    files: Mapping[str, FileFacts]
    dim: int
    stamp: str
    recall: float = 1.0

    def path(self, suffix: str) -> Path:
        """Return the data file with a suffix."""
        return self.folder / self.files[suffix].name


def write_snapshot(
    folder: Path, dim: int, stamp: str, parts: Mapping[str, Write | FileFacts], recall: float = 1.0
) -> Snapshot:
    """Write new data files, then a manifest that lists them, then delete older files.

    Args:
        folder: the folder of the index.
        dim: the number of dimensions of the vectors.
        stamp: the owner's stamp.
        parts: for each suffix a function that writes the file, or the facts of one of the previous snapshot to keep.
        recall: the share of the nearest vectors that a search finds.

    Raises:
        OSError: the folder cannot be written, or a file to keep is missing; the previous snapshot stays intact.
    """
    make_folder(folder)
    stem = f"vectors-{os.getpid()}-{os.urandom(4).hex()}"
    fresh = folder / f"{stem}.json.new"
    files = {}
    try:
        for suffix, part in parts.items():
            if isinstance(part, FileFacts):
                (folder / part.name).stat()
                files[suffix] = part
            else:
                path = folder / (stem + suffix)
                make_file(path)
                part(path)
                with path.open("rb") as file:
                    os.fsync(file.fileno())
                files[suffix] = FileFacts.of(path)
        make_file(fresh)
        listed = {suffix: asdict(facts) for suffix, facts in files.items()}
        manifest = {"files": listed, "dim": dim, "stamp": stamp, "recall": recall}
        fresh.write_text(sealed_json(manifest), encoding="utf-8")
        fresh.replace(folder / _MANIFEST)
    except BaseException:
        for path in folder.glob(f"{stem}*"):
            path.unlink()
        raise
    current = {facts.name for facts in files.values()}
    for old in folder.glob("vectors-*"):
        if old.name not in current:
            old.unlink(missing_ok=True)
    return Snapshot(folder, files, dim, stamp, recall)


def discard_snapshot(folder: Path) -> None:
    """Delete the manifest, so that the index is rebuilt when it is opened next."""
    (folder / _MANIFEST).unlink(missing_ok=True)


def read_snapshot(folder: Path) -> Snapshot | None:
    """Return the snapshot in the folder, or None if there is none.

    Files above `MAX_READ_BYTES` are not read: see `embeddings.indexes.mapped_file`.

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
        manifest = unsealed_json((folder / _MANIFEST).read_text(encoding="utf-8"))
        files = {suffix: FileFacts.parse(facts) for suffix, facts in manifest["files"].items()}
        for facts in files.values():
            if fault := facts.fault(folder, by_size=facts.size > MAX_READ_BYTES):
                raise IndexDamaged(fault)
        return Snapshot(folder, files, int(manifest["dim"]), str(manifest["stamp"]), float(manifest["recall"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"The index in {folder} cannot be read ({error}).") from error
