"""The files of a lexical index: a manifest that names a Tantivy folder, and checks that no file is damaged."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings.permissions import make_file, make_folder
from rag.storage.change_feed import State

_MANIFEST = "manifest.json"
_BLOCK_BYTES = 1 << 22
# Tantivy ends each file with a JSON footer, the footer's length and this number
_FOOTER_MAGIC = 1337
_TAIL_BYTES = 8
# bytes that are read in 0.1 s; a larger file is not read if it is older than the manifest, which was written last
_LARGE_FILE_BYTES = 1 << 26
_PARTS = {".term", ".idx", ".pos", ".fieldnorm", ".fast", ".store"}


class IndexDamaged(Exception):
    """Files of the index are missing, cut short or altered."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index contains at least: `made_from` names the archive and the rules, `state` the archive's state.

    `name` is its folder; `decided` the number of passages by whose words compounds were split; `languages` are the
    primary subtags of its articles, the most frequent first.
    """

    name: str
    made_from: str
    state: State
    decided: int
    languages: tuple[str, ...]


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest, or None if there is none, since no index was ever finished.

    Raises:
        IndexDamaged: it is not a valid manifest.
    """
    try:
        fields = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        # an earlier version wrote the revision alone
        state = State.parse(str(fields["state"] if "state" in fields else fields["revision"]))
        return Manifest(
            Path(fields["name"]).name,
            str(fields["made_from"]),
            state,
            int(fields["decided"]),
            tuple(map(str, fields["languages"])),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"The index of words in {folder} cannot be read ({error!r}).") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of an index, then drop all other indexes in the folder.

    Raises:
        OSError: the folder cannot be written; the old manifest stays as it was.
    """
    fresh = folder / f"{_MANIFEST}.new"
    make_file(fresh)
    fresh.write_text(json.dumps({**asdict(manifest), "state": str(manifest.state)}), encoding="utf-8")
    fresh.replace(folder / _MANIFEST)
    for old in folder.iterdir():
        if old.is_dir() and old.name != manifest.name:
            shutil.rmtree(old, ignore_errors=True)


def new_folder(folder: Path) -> Path:
    """Make and return an empty folder that no manifest names yet.

    Raises:
        OSError: it cannot be made.
    """
    path = folder / f"index-{os.getpid()}-{os.urandom(4).hex()}"
    make_folder(path)
    return path


def count_deleted(index: Path) -> tuple[int, int]:
    """Return the number of passages in the files of a Tantivy index, and how many of these are deleted."""
    segments = json.loads((index / "meta.json").read_text(encoding="utf-8"))["segments"]
    deletions = [segment["deletes"]["num_deleted_docs"] for segment in segments if segment.get("deletes")]
    return sum(segment["max_doc"] for segment in segments), sum(deletions)


@contextmanager
def links_to(index: Path) -> Iterator[Path]:
    """Provide a temporary, writable folder with links to all files of an index.

    Raises:
        OSError: the disk is full, or the system has no links.
    """
    with tempfile.TemporaryDirectory() as folder:
        for path in index.absolute().iterdir():
            if path.suffix != ".lock":
                (Path(folder) / path.name).symlink_to(path)
        yield Path(folder)


def check_files(index: Path) -> None:
    """Compare every file of a Tantivy index with the checksum at its end, except for large files that were not changed.

    Raises:
        IndexDamaged: a file is missing, cut short or altered.
    """
    try:
        listed = json.loads((index / "meta.json").read_text(encoding="utf-8"))["segments"]
        for segment in listed:
            files = list(index.glob(segment["segment_id"].replace("-", "") + ".*"))
            missing = _PARTS - {path.suffix for path in files}
            if missing:
                raise IndexDamaged(f"The index of words in {index} lacks files ({', '.join(sorted(missing))}).")
            for path in files:
                if not _is_large_and_unchanged(path):
                    _check(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"The index of words in {index} cannot be read ({error!r}).") from error


def _is_large_and_unchanged(path: Path) -> bool:
    manifest = path.parent.with_name(_MANIFEST)
    status = path.stat()
    return (
        status.st_size >= _LARGE_FILE_BYTES and manifest.is_file() and status.st_mtime_ns < manifest.stat().st_mtime_ns
    )


def _check(path: Path) -> None:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read()
        length, magic = int.from_bytes(tail[:4], "little"), int.from_bytes(tail[4:], "little")
        body = size - _TAIL_BYTES - length
        if magic != _FOOTER_MAGIC or body < 0:
            raise IndexDamaged(f"The file {path} was cut short.")
        file.seek(body)
        expected = json.loads(file.read(length))["crc"]
        file.seek(0)
        checksum, remaining = 0, body
        while remaining and (block := file.read(min(_BLOCK_BYTES, remaining))):
            checksum = zlib.crc32(block, checksum)
            remaining -= len(block)
        if checksum != expected:
            raise IndexDamaged(f"The file {path} was altered.")
