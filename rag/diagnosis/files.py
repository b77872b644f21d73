"""Checks of the files that articles came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from rag.diagnosis.check import WELL, OpenArchive, Symptom
from rag.indexing.file_states import file_state
from rag.loading.common.sidecar import SIDECAR_SUFFIX
from rag.storage.layout import INBOX

# files, and folders, that are looked at; of more, these are spread evenly
_MAX_FILES, _MAX_FOLDERS = 1_000, 200


def files(archive: OpenArchive) -> Symptom:
    """Are the files as they were read?"""
    paths, states = _states(archive)
    if not states:
        return Symptom("well", {"count": len(paths)})
    counts = {state: sum(other == state for other in states.values()) for state in ("missing", "changed")}
    return Symptom("differ", {"count": len(paths), **counts, "path": next(iter(states))})


def read_changed_files(archive: OpenArchive) -> None:
    """Read the files again that have changed; those that are gone stay as they are."""
    _, states = _states(archive)
    changed = [Path(path) for path, state in states.items() if state == "changed"]
    if changed:
        archive.read_again(changed)


def _states(archive: OpenArchive) -> tuple[list[str], dict[str, str]]:
    """Return the files that are looked at, and the state of those that are not as they were read."""
    paths = _spread(archive.store.files.paths(), _MAX_FILES)
    states = {record.path: file_state(record, record.path) for record in archive.store.files.records(paths)}
    return paths, {path: state for path, state in states.items() if state}


def _spread(items: list[str], count: int) -> list[str]:
    """Return at most `count` of some items, spread evenly."""
    step = max(1, -(-len(items) // count))
    return items[::step]


def failures(archive: OpenArchive) -> Symptom:
    """Could all files be read when they were indexed last?"""
    reported = archive.store.failures.all()
    return Symptom("present", {"count": len(reported), "path": reported[0].path}) if reported else WELL


def sidecars(archive: OpenArchive) -> Symptom:
    """Has every sidecar its file?"""
    folders = sorted({str(Path(path).parent) for path in archive.store.files.paths()})
    alone = [path for folder in _spread(folders, _MAX_FOLDERS) for path in _alone(Path(folder))]
    return Symptom("alone", {"count": len(alone), "path": str(alone[0])}) if alone else WELL


def _alone(folder: Path) -> list[Path]:
    """Return the sidecars in a folder that belong to no file there."""
    if not folder.is_dir():
        return []
    names = {path.name for path in folder.iterdir()}
    bases = _bases(name for name in names if not name.endswith(SIDECAR_SUFFIX))
    sidecar_names = sorted(name for name in names if name.endswith(SIDECAR_SUFFIX))
    return [folder / name for name in sidecar_names if name.removesuffix(SIDECAR_SUFFIX) not in bases]


def _bases(names: Iterable[str]) -> frozenset[str]:
    """Return the names that the sidecars of some files may begin with: with the suffix, and without."""
    return frozenset(base for name in names for base in (name, name.removesuffix(Path(name).suffix)))


def inbox(archive: OpenArchive) -> Symptom:
    """Was every file that came in by the page indexed?"""
    folder = (archive.files / INBOX).absolute()
    reported = defaultdict(list)
    for failure in archive.store.failures.all():
        reported[failure.path].append(failure.reason)
    known = archive.store.files.below([str(folder)])
    unread = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.name.endswith(SIDECAR_SUFFIX)
        and str(path) not in known
        and str(path) not in reported
    ]
    return Symptom("unread", {"count": len(unread), "path": str(unread[0])}) if unread else WELL
