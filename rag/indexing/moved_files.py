"""Files of an archive that are not where they were → where they went, told by their contents.

A folder that was moved or renamed is indexed at its new place as new files, while its old place lies outside of the
folders that are indexed and would be cited for ever. Nothing counts as moved unless its contents are found elsewhere:
the articles of a disk that is not connected stay.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile
from pathlib import PurePosixPath

from rapidfuzz.distance import Indel

from rag.storage.file_records import FileRecord
from rag.types import Article

# the share of a folder's files that must be found below one new folder for the whole folder to count as moved there
_MAJORITY = 0.5
# two files that share fewer words, in the same order, have only their name in common
_REVISION = 0.7


def moved_files(
    missing: Iterable[FileRecord], present: Iterable[FileRecord], articles_of: Callable[[str], Sequence[Article]]
) -> dict[str, str]:
    """Return, by the path of each missing file that moved, its new path.

    A file moved to one with the same bytes or, where there is none, to one with the same name whose text is a revision
    of its own. Of several, it is the one that has the most folders in common.

    Args:
        missing: records of files that are not on the disk any more.
        present: records of files that are.
        articles_of: returns the articles of the file at a path.
    """
    by_hash: dict[str, list[str]] = defaultdict(list)
    by_name: dict[str, list[str]] = defaultdict(list)
    for record in present:
        by_hash[record.fingerprint.sha256].append(record.path)
        by_name[PurePosixPath(record.path).name].append(record.path)

    def new_path(record: FileRecord) -> str | None:
        if same := by_hash.get(record.fingerprint.sha256):
            return _nearest_first(record.path, same)[0]
        namesakes = by_name.get(PurePosixPath(record.path).name)
        if not namesakes:
            return None
        before = articles_of(record.path)
        # the nearest first, so that a folder that moved mostly costs one comparison a file
        nearest = _nearest_first(record.path, namesakes)
        return next((new for new in nearest if is_revision(before, articles_of(new))), None)

    return {record.path: new for record in missing if (new := new_path(record)) is not None}


def _nearest_first(path: str, others: Iterable[str]) -> list[str]:
    """Return paths by how many folders they have in common with one, counted from the end; equal ones by name."""
    return sorted(others, key=lambda other: (-_common_tail(path, other), other))


def is_revision(before: Iterable[Article], after: Iterable[Article]) -> bool:
    """Whether some articles are a revision of others: they have most of their words, in the same order."""
    old, new = ([word for article in articles for word in article.text.split()] for articles in (before, after))
    return bool(old) and Indel.normalized_similarity(old, new) >= _REVISION


def left_behind(moved: Mapping[str, str], missing: Iterable[str]) -> list[str]:
    """Return the missing files that no new folder holds although most files of their folder moved there.

    They were deleted before or after the folder moved, as they would be known to be in a folder that is indexed again.
    """
    folders = Counter(roots for old, new in moved.items() if (roots := _roots(old, new)))
    lost: dict[str, None] = {}
    paths = [path for path in missing if path not in moved]
    for (old_folder, _), count in folders.items():
        below = [path for path in paths if PurePosixPath(path).is_relative_to(old_folder)]
        if count / (count + len(below)) >= _MAJORITY:
            lost |= dict.fromkeys(below)
    return list(lost)


def moved_folders(moved: Mapping[str, str]) -> dict[str, str]:
    """Return the new folder of each folder whose files moved, and the new path of each file that was renamed."""
    return dict(_roots(old, new) or (old, new) for old, new in moved.items())


def _roots(old: str, new: str) -> tuple[str, str] | None:
    """Return the folders in which a file has the same relative path; None if it was renamed itself."""
    tail = _common_tail(old, new)
    return (_folder(old, tail), _folder(new, tail)) if tail else None


def _folder(path: str, tail: int) -> str:
    return str(PurePosixPath(*PurePosixPath(path).parts[:-tail]))


def _common_tail(first: str, second: str) -> int:
    """Return how many parts both paths end with."""
    pairs = zip(reversed(PurePosixPath(first).parts), reversed(PurePosixPath(second).parts), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
