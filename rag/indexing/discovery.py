"""File discovery: which files are to be indexed, and which indexed ones are missing."""

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
from rag.storage.sqlite_database import DATABASE
from rag.types import Failure

LINK_OUT = "link out of the folder"
_SIDECAR = "companion"
# maximum length of the first line of a file of test questions, in bytes
_MAX_QUESTION_BYTES = 100_000
# maximum number of files that a message names
_MAX_NAMED = 5
_EMPTIED = (
    "The folder holds no article any more, but {count} came from there: they are kept, in case a disk is not "
    "connected. If it is gone for good, `fundstelle forget {folder}`."
)


@dataclass(slots=True)
class FileListing:
    """The files below some paths.

    Attributes:
        files: the files to load.
        skipped: how many were skipped, by the reason.
        failures: folders and files that cannot be read.
        remarks: files that may be articles in a form that cannot be read.
        folders: the folders among the paths.
        unreadable_folders: the folders, at any depth, that cannot be listed.
    """

    files: list[Path] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    remarks: list[Failure] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    unreadable_folders: list[Path] = field(default_factory=list)


def absolute_paths(paths: Sequence[Path]) -> list[Path]:
    """Return the absolute paths of files and folders that exist; links are not followed.

    Raises:
        NotFound: a path does not exist.
    """
    absolute = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100
    for path in absolute:
        if not _exists(path):
            raise NotFound(
                f"{printable_path(path)} does not exist: check the spelling, or, if it is gone for good, "
                f"`fundstelle forget {printable_path(path)}`."
            )
    return absolute


def find_files(paths: Sequence[Path], indexed: Container[str] = ()) -> FileListing:
    """List the files that can be articles, folders recursively, in the order of their names.

    Skipped in folders are hidden files and folders, links to folders, links out of the given folders, archives of
    Fundstelle, README files, which describe a folder, and what programs leave next to articles
    (`rag.loading.common.leftovers`).

    Args:
        indexed: the paths of files that were indexed before; they are listed without a look into them.

    Raises:
        NotFound: a path does not exist.
    """
    listing = FileListing()
    listed: set[Path] = set()
    absolute = absolute_paths(paths)
    unsupported: dict[tuple[Path, str], list[str]] = {}
    roots = tuple(os.path.join(os.path.realpath(path), "") for path in absolute if path.is_dir())  # noqa: PTH118
    for path in absolute:
        in_folder = path.is_dir()
        if in_folder:
            listing.folders.append(path)
        for file in _walk(path, roots, listing) if in_folder else (path,):
            if file in listed:
                continue
            listed.add(file)
            suffix = file.suffix.lower()
            if in_folder and _is_question_file(file):
                listing.skipped["test questions"] += 1
            elif file.as_posix() in indexed or _can_be_loaded(file):
                listing.files.append(file)
            elif in_folder and suffix in CONVERSION_HINTS:
                unsupported.setdefault((file.parent, suffix), []).append(file.name)
            elif in_folder:
                listing.skipped[suffix or "no ending"] += 1
            else:
                listing.failures.append(Failure(printable_path(file), unsupported_reason(file.suffix)))
    listing.remarks = [_unsupported_remark(folder, suffix, names) for (folder, suffix), names in unsupported.items()]
    return listing


def _unsupported_remark(folder: Path, suffix: str, names: Sequence[str]) -> Failure:
    """Return one remark for the files of a folder whose form cannot be read."""
    hint = CONVERSION_HINTS[suffix]
    if len(names) == 1:
        return Failure(printable_path(folder / names[0]), f"It was not read: {hint}")
    further = [f"{len(names) - _MAX_NAMED} more"] if len(names) > _MAX_NAMED else []
    listed = ", ".join([*map(printable_path, names[:_MAX_NAMED]), *further])
    return Failure(printable_path(folder), f"{len(names)} {suffix} files were not read ({listed}). For each: {hint}")


def unsupported_reason(suffix: str) -> str:
    """Return why a file with this ending cannot be read, and what to do."""
    hint = CONVERSION_HINTS.get(suffix.lower(), f"save it as one of {', '.join(KIND_BY_SUFFIX)}.")
    return f"Files of this kind cannot be read: {hint}"


def _can_be_loaded(file: Path) -> bool:
    try:
        return kind_at(file) is not None
    except Exception:
        # loading it will report why it cannot be read
        return file.suffix.lower() in KIND_BY_SUFFIX


def _is_question_file(file: Path) -> bool:
    """Whether a file has test questions, judging by its first line."""
    if file.suffix.lower() != ".jsonl":
        return False
    try:
        with open_file(file) as lines:
            question = json.loads(lines.readline(_MAX_QUESTION_BYTES))
    except (LoadError, ValueError, RecursionError):
        return False
    return isinstance(question, dict) and "question" in question and not {"answers", "answerable"}.isdisjoint(question)


def _walk(folder: Path, roots: tuple[str, ...], listing: FileListing) -> Iterator[Path]:
    """Yield the files below a folder that are not skipped, and note in the listing those that are."""

    def report(error: OSError) -> None:
        path = Path(error.filename or folder)
        listing.unreadable_folders.append(path)
        reason = f"The folder cannot be read ({error.strerror}): check its permissions."
        listing.failures.append(Failure(printable_path(path), reason))

    for parent, folders, files in os.walk(folder, onerror=report):
        pages = page_names(files)
        reasons = {name: _name_skip_reason(name) or _folder_skip_reason(Path(parent, name), pages) for name in folders}
        reasons |= {name: _name_skip_reason(name) or _file_skip_reason(f"{parent}/{name}", roots) for name in files}
        reasons |= {name: LINK_OUT for name in files if reasons[name] == _SIDECAR and links_outside(f"{parent}/{name}")}
        # a sidecar is read with its file
        listing.skipped.update(reason for reason in reasons.values() if reason and reason != _SIDECAR)
        folders[:] = sorted(name for name in folders if not reasons[name])
        folder_path = Path(parent)
        yield from (folder_path / name for name in sorted(files) if not reasons[name])


def _name_skip_reason(name: str) -> str | None:
    """Return why a file or folder of this name is skipped, or None."""
    if name.startswith("."):
        return "hidden"
    # os.path is faster, and this is called for every file in every run
    if os.path.splitext(name)[0].upper() == "README":  # noqa: PTH122
        return "README"
    return _SIDECAR if name.endswith(SIDECAR_SUFFIX) else leftover_kind(name)


def _file_skip_reason(file: str, roots: tuple[str, ...]) -> str | None:
    """Return why a file is skipped, or None: a link may lead to what was never meant for an archive."""
    # os.path is faster, and survives links that lead around in a circle
    if os.path.islink(file) and not os.path.realpath(file).startswith(roots):  # noqa: PTH114
        return LINK_OUT
    return None


def _folder_skip_reason(folder: Path, pages: frozenset[str]) -> str | None:
    """Return why a folder is skipped, or None; `pages` are the saved pages next to it."""
    if belongs_to_page(folder.name, pages):
        return "saved with a page"
    if _is_archive(folder):
        return "archive"
    # a link may lead around in a circle
    return "link to a folder" if folder.is_symlink() else None


def is_indexed_below(path: Path, folder: Path) -> bool:
    """Whether a path is below a folder, and neither hidden there nor in an archive, which is indexed by itself."""
    if not path.is_relative_to(folder):
        return False
    parts = path.relative_to(folder).parts
    in_archive = any(_is_archive(folder.joinpath(*parts[:depth])) for depth in range(1, len(parts)))
    return not in_archive and not any(part.startswith(".") for part in parts)


def _is_archive(folder: Path) -> bool:
    # os.path answers False for a folder that may not be read
    return os.path.isfile(folder / DATABASE)  # noqa: PTH113


def _exists(path: Path) -> bool:
    """Whether a path exists; one that is too long for the system does not."""
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return False


def printable_path(path: Path | str) -> str:
    """Return a path as text that can be printed: bytes that are not UTF-8 become escapes."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def missing_paths(indexed: Iterable[str], listing: FileListing) -> list[str]:
    """Return the paths of indexed files that should be below the listed folders but are missing.

    A folder without any file to load may be a disk that is not connected: nothing below it counts as missing.
    """
    present = {file.as_posix() for file in listing.files}
    absent = [path for path in indexed if path not in present]
    filled_folders = (
        [folder for folder in listing.folders if any(_files_below(folder, listing.files))] if absent else []
    )

    def should_exist(path: Path) -> bool:
        is_unreadable = any(map(path.is_relative_to, listing.unreadable_folders))
        return not is_unreadable and any(is_indexed_below(path, folder) for folder in filled_folders)

    return [path for path in absent if should_exist(Path(path))]


def emptied_folders(indexed: Iterable[str], listing: FileListing) -> list[Failure]:
    """Return a failure for each folder that had articles and has none any more."""
    failures = []
    for folder in listing.folders:
        if folder in listing.unreadable_folders or any(_files_below(folder, listing.files)):
            continue
        count = sum(1 for _ in _files_below(folder, map(Path, indexed)))
        if count:
            reason = _EMPTIED.format(count=count, folder=printable_path(folder))
            failures.append(Failure(printable_path(folder), reason))
    return failures


def no_articles_message(listing: FileListing) -> str:
    """Return the message for folders that contain no article, and from which none is indexed."""
    folders, suffixes = ", ".join(map(printable_path, listing.folders)), ", ".join(KIND_BY_SUFFIX)
    remarks = "".join(f" {remark.path}: {remark.reason}" for remark in listing.remarks[:_MAX_NAMED])
    return f"{folders} holds no article: put files of these kinds there: {suffixes}.{remarks}"


def _files_below(folder: Path, paths: Iterable[Path]) -> Iterator[Path]:
    return (path for path in paths if is_indexed_below(path, folder))
