"""Which files are there to be indexed, and which stored ones are there no more."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import LoadError, NotFound
from rag.loading.common.file_types import CONVERSION_HINTS, KIND_BY_SUFFIX
from rag.loading.common.files import kind_at, open_file
from rag.loading.common.leftovers import belongs_to_page, leftover_kind, page_names
from rag.loading.common.sidecar import SIDECAR_SUFFIX, links_outside
from rag.storage.database import DATABASE
from rag.types import Failure

LINK_OUT = "link out of the folder"
_LONGEST_QUESTION = 100_000
_NAMED = 5
_EMPTIED = (
    "The folder holds no article any more, but {kept} came from there: they are kept, in case a disk is not connected. "
    "If it is gone for good, `fundstelle forget {folder}`."
)


@dataclass(slots=True)
class Found:
    """The files below some paths: those to load, those left aside, and what went wrong.

    `remarks` name those that may hold articles in a form that cannot be read.
    """

    files: list[Path] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    remarks: list[Failure] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    unreadable: list[Path] = field(default_factory=list)


def existing(paths: Sequence[Path]) -> list[Path]:
    """Return the absolute paths, links not followed: that is where their owner looks for them.

    Raises:
        NotFound: a path does not exist.
    """
    absolute = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100
    for path in absolute:
        if not _exists(path):
            raise NotFound(
                f"{shown(path)} does not exist: check the spelling, or, if it is gone for good, "
                f"`fundstelle forget {shown(path)}`."
            )
    return absolute


def find_files(paths: Sequence[Path], known: Container[str] = ()) -> Found:
    """List the files that can be articles, folders recursively, in the order of their names.

    Those whose path is `known` held articles before, and are listed without a look into them. Hidden files and folders,
    links to folders, links out of the given folders, archives of Fundstelle, a README, which speaks of a folder and is
    no article, and what programs leave beside articles (`rag.loading.common.leftovers`), are left aside.

    Raises:
        NotFound: a path does not exist.
    """
    found = Found()
    seen: set[Path] = set()
    given = existing(paths)
    unread: dict[tuple[Path, str], list[str]] = {}
    roots = tuple(os.path.join(os.path.realpath(path), "") for path in given if path.is_dir())  # noqa: PTH118
    for path in given:
        in_folder = path.is_dir()
        if in_folder:
            found.folders.append(path)
            files = list(_walk(path, roots, found))
        else:
            files = [path]
        for file in files:
            if file in seen:
                continue
            seen.add(file)
            if in_folder and _holds_questions(file):
                found.skipped["test questions"] += 1
            elif file.as_posix() in known or _may_hold_articles(file):
                found.files.append(file)
            elif in_folder and file.suffix.lower() in CONVERSION_HINTS:
                unread.setdefault((file.parent, file.suffix.lower()), []).append(file.name)
            elif in_folder:
                found.skipped[file.suffix.lower() or "no ending"] += 1
            else:
                found.failures.append(Failure(shown(file), unreadable(file.suffix)))
    found.remarks = [_unread_in(folder, ending, names) for (folder, ending), names in unread.items()]
    return found


def _unread_in(folder: Path, ending: str, names: Sequence[str]) -> Failure:
    """One line for the files of a folder that cannot be read in the form that they have."""
    if len(names) == 1:
        return Failure(shown(folder / names[0]), f"It was not read: {CONVERSION_HINTS[ending]}")
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    listed = ", ".join([*map(shown, map(Path, names[:_NAMED])), *more])
    return Failure(
        shown(folder), f"{len(names)} {ending} files were not read ({listed}). For each: {CONVERSION_HINTS[ending]}"
    )


def unreadable(ending: str) -> str:
    """Return what to say of a file that cannot be read, by its ending."""
    other = f"save it as one of {', '.join(KIND_BY_SUFFIX)}."
    return f"Files of this kind cannot be read: {CONVERSION_HINTS.get(ending.lower(), other)}"


def _may_hold_articles(file: Path) -> bool:
    try:
        return kind_at(file) is not None
    except Exception:
        # it will say so when it is read
        return file.suffix.lower() in KIND_BY_SUFFIX


def _holds_questions(file: Path) -> bool:
    """Tell whether a file holds questions to evaluate with, which belong to no archive, by its first line."""
    if file.suffix.lower() != ".jsonl":
        return False
    try:
        with open_file(file) as lines:
            first = json.loads(lines.readline(_LONGEST_QUESTION))
    except (LoadError, ValueError, RecursionError):
        return False
    return isinstance(first, dict) and "question" in first and not {"answers", "answerable"}.isdisjoint(first)


def _walk(folder: Path, roots: tuple[str, ...], found: Found) -> Iterator[Path]:
    def report(error: OSError) -> None:
        where = Path(error.filename or folder)
        found.unreadable.append(where)
        found.failures.append(
            Failure(shown(where), f"The folder cannot be read ({error.strerror}): check its permissions.")
        )

    for parent, folders, files in os.walk(folder, onerror=report):
        pages = page_names(files)
        reasons = {name: _left_aside(name) or _folder_left_aside(Path(parent, name), pages) for name in folders}
        reasons |= {name: _left_aside(name) or _file_left_aside(f"{parent}/{name}", roots) for name in files}
        reasons |= {
            name: LINK_OUT for name in files if reasons[name] == "companion" and links_outside(f"{parent}/{name}")
        }
        # a companion is read with its file
        found.skipped.update(reason for reason in reasons.values() if reason and reason != "companion")
        folders[:] = sorted(name for name in folders if not reasons[name])
        yield from (Path(parent, name) for name in sorted(files) if not reasons[name])


def _left_aside(name: str) -> str | None:
    """Return why a file or folder of this name is not looked at, or None if it may be."""
    if name.startswith("."):
        return "hidden"
    # by os.path, for it is asked of every file in every run
    if os.path.splitext(name)[0].upper() == "README":  # noqa: PTH122
        return "README"
    return "companion" if name.endswith(SIDECAR_SUFFIX) else leftover_kind(name)


def _file_left_aside(file: str, roots: tuple[str, ...]) -> str | None:
    """Return why a file is not looked at, or None if it is: a link may lead to what was never meant for an archive."""
    # by os.path, for it is asked of every file in every run, and links may lead around in a circle
    if os.path.islink(file) and not os.path.realpath(file).startswith(roots):  # noqa: PTH114
        return LINK_OUT
    return None


def _folder_left_aside(folder: Path, pages: frozenset[str]) -> str | None:
    """Return why a folder is not looked at, or None if it is; `pages` are the saved pages beside it."""
    if belongs_to_page(folder.name, pages):
        return "saved with a page"
    if _is_archive(folder):
        return "archive"
    # a link may lead around in a circle
    return "link to a folder" if folder.is_symlink() else None


def is_looked_at(path: Path, folder: Path) -> bool:
    """Whether a path is below a folder, and neither hidden there nor in an archive: that is indexed by its own name."""
    if not path.is_relative_to(folder):
        return False
    inner = path.relative_to(folder).parts
    archives = (_is_archive(folder.joinpath(*inner[:depth])) for depth in range(1, len(inner)))
    return not any(part.startswith(".") for part in inner) and not any(archives)


def _is_archive(folder: Path) -> bool:
    # what may not be looked at is none
    return os.path.isfile(folder / DATABASE)  # noqa: PTH113


def _exists(path: Path) -> bool:
    """Whether there is something at a path; one that is too long for the system leads nowhere."""
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return False


def shown(path: Path | str) -> str:
    """Return a path as text that can be printed: bytes that are no text are written as escapes."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def gone(known: Iterable[str], found: Found) -> list[str]:
    """Return the paths of stored articles that should be below the folders but are not there any more.

    A folder that holds no article at all any more may be a disk that is not connected: its articles stay.
    """
    present = {file.as_posix() for file in found.files}
    missing = [path for path in known if path not in present]
    alive = [folder for folder in found.folders if any(_below(folder, found.files))] if missing else []

    def should_be_there(path: Path) -> bool:
        unread = any(map(path.is_relative_to, found.unreadable))
        return not unread and any(is_looked_at(path, folder) for folder in alive)

    return [path for path in missing if should_be_there(Path(path))]


def emptied(known: Iterable[str], found: Found) -> list[Failure]:
    """Return a failure for each folder that held articles and holds none any more."""
    failures = []
    for folder in found.folders:
        if folder in found.unreadable or any(_below(folder, found.files)):
            continue
        kept = sum(1 for _ in _below(folder, map(Path, known)))
        if kept:
            failures.append(Failure(shown(folder), _EMPTIED.format(kept=kept, folder=shown(folder))))
    return failures


def nothing_there(found: Found) -> str:
    """Return the sentence for folders that hold no article, and of which none is stored."""
    where, kinds = ", ".join(map(shown, found.folders)), ", ".join(KIND_BY_SUFFIX)
    unread = "".join(f" {one.path}: {one.reason}" for one in found.remarks[:_NAMED])
    return f"{where} holds no article: put files of these kinds there: {kinds}.{unread}"


def _below(folder: Path, paths: Iterable[Path]) -> Iterator[Path]:
    return (path for path in paths if is_looked_at(path, folder))
