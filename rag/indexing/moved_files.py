"""Missing files of an archive → where they moved, recognised by their contents.

A folder that was moved or renamed is indexed under its new path as new files, while its old path is outside of the
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

# a folder counts as moved if at least this share of its missing files is found below one new folder
_MIN_MOVED_SHARE = 0.5
# two texts with at least this similarity (words in the same order, from 0 to 1) are revisions of one article
_MIN_REVISION_SIMILARITY = 0.7


def moved_files(
    missing: Iterable[FileRecord], present: Iterable[FileRecord], articles_of: Callable[[str], Sequence[Article]]
) -> dict[str, str]:
    """Return, by the path of each missing file that moved, its new path.

    A file moved to one with the same bytes or, failing that, to one with the same name whose text is a revision of its
    own. Of several, it is the one that has the most folders in common.

    Args:
        missing: the records of files that are no longer on the disk.
        present: the records of files that are.
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
        articles = articles_of(record.path)
        # the nearest first, so that a moved folder mostly costs one comparison for each file
        nearest = _nearest_first(record.path, namesakes)
        return next((path for path in nearest if is_revision(articles, articles_of(path))), None)

    return {record.path: path for record in missing if (path := new_path(record)) is not None}


def _nearest_first(path: str, candidates: Iterable[str]) -> list[str]:
    """Return candidates by how many parts they have in common with a path, counted from the end, and then by name."""
    return sorted(candidates, key=lambda candidate: (-_common_tail(path, candidate), candidate))


def is_revision(old: Iterable[Article], new: Iterable[Article]) -> bool:
    """Whether the new articles are a revision of the old ones: they share most words, in the same order."""
    old_words, new_words = ([word for article in articles for word in article.text.split()] for articles in (old, new))
    return bool(old_words) and Indel.normalized_similarity(old_words, new_words) >= _MIN_REVISION_SIMILARITY


def left_behind(moved: Mapping[str, str], missing: Iterable[str]) -> list[str]:
    """Return the missing files that are in no new folder although most files of their folder moved there.

    They were deleted before or after the folder moved.
    """
    folders = Counter(roots for old, new in moved.items() if (roots := _roots(old, new)))
    deleted: dict[str, None] = {}
    unmoved = [path for path in missing if path not in moved]
    for (old_folder, _), count in folders.items():
        remainder = [path for path in unmoved if PurePosixPath(path).is_relative_to(old_folder)]
        if count / (count + len(remainder)) >= _MIN_MOVED_SHARE:
            deleted |= dict.fromkeys(remainder)
    return list(deleted)


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
