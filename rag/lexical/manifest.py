"""The files of a lexical index: a manifest that names a Tantivy folder, and checks that no file is damaged."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from embeddings.errors import IndexDamaged
from embeddings.file_checksums import FileFacts, sealed_json, unsealed_json
from embeddings.permissions import make_file, make_folder
from rag.types.archive_state import State

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index contains at least: `made_from` names the archive and the rules, `state` the archive's state.

    `name` is its folder, `files` what is in it; `decided` the number of passages by whose words compounds were split;
    `languages` are the primary subtags of its articles, the most frequent first.
    """

    name: str
    made_from: str
    state: State
    decided: int
    languages: tuple[str, ...]
    files: tuple[FileFacts, ...] = ()


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest, or None if there is none, since no index was ever finished.

    Raises:
        IndexDamaged: it is not a valid manifest.
    """
    try:
        fields = unsealed_json((folder / _MANIFEST).read_text(encoding="utf-8"))
        return Manifest(
            Path(fields["name"]).name,
            str(fields["made_from"]),
            State.parse(str(fields["state"])),
            int(fields["decided"]),
            tuple(map(str, fields["languages"])),
            tuple(map(FileFacts.parse, fields["files"])),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"The index of words in {folder} cannot be read ({error}).") from error


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Write the manifest of an index with its files, then drop all other indexes in the folder; return it.

    Raises:
        OSError: the folder cannot be written; the old manifest stays as it was.
    """
    manifest = _with_files(folder, manifest)
    fresh = folder / f"{_MANIFEST}.new"
    make_file(fresh)
    fresh.write_text(sealed_json({**asdict(manifest), "state": str(manifest.state)}), encoding="utf-8")
    fresh.replace(folder / _MANIFEST)
    for old in folder.iterdir():
        if old.is_dir() and old.name != manifest.name:
            shutil.rmtree(old, ignore_errors=True)
    return manifest


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


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file of an index with its checksum.

    Raises:
        IndexDamaged: a file is missing, cut short or altered.
    """
    index = folder / manifest.name
    try:
        for facts in manifest.files:
            if fault := facts.fault(index):
                raise IndexDamaged(fault)
    except OSError as error:
        raise IndexDamaged(f"The index of words in {index} cannot be read ({error}).") from error


def was_cut_short(folder: Path, manifest: Manifest) -> bool:
    """Whether a file of an index has another length now: to read what is mapped of it would end the process."""
    for facts in manifest.files:
        # another process may have replaced the index, and what is mapped of a deleted file stays as it is
        with suppress(OSError):
            if facts.fault(folder / manifest.name, by_size=True):
                return True
    return False


def _with_files(folder: Path, manifest: Manifest) -> Manifest:
    """Return a manifest with the files of its index: those that it lists already are immutable but for their lists."""
    known = {facts.name: facts for facts in manifest.files if not facts.name.endswith(".json")}
    paths = sorted(path for path in (folder / manifest.name).iterdir() if path.suffix != ".lock")
    return replace(manifest, files=tuple(known.get(path.name) or FileFacts.of(path) for path in paths))
