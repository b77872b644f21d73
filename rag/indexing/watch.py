"""Watching folders: when something in them has changed, and is quiet again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.errors import FundstelleError
from rag.indexing.discovery import is_indexed_below, printable_path

# in milliseconds: the quiet time that ends a batch, the maximum time of a batch, and the time between two ticks
_QUIET_MS, _MAX_BATCH_MS, _TICK_MS = 500, 5000, 1000


def watch_changes(folders: Sequence[Path], ignored_folder: Path) -> Iterator[bool]:
    """Yield True after each batch of changes below some folders, and False about every second without one.

    The first value comes when the watch is active. Changes of hidden files, and below the ignored folder, do not count.

    Raises:
        FundstelleError: a folder cannot be watched.
    """
    from watchfiles import watch
    from watchfiles._rust_notify import WatchfilesRustInternalError

    ignored = ignored_folder.resolve()

    def counts(_: object, changed_path: str) -> bool:
        path = Path(changed_path)
        parents = [folder for folder in folders if path.is_relative_to(folder)]
        is_indexed = not parents or any(is_indexed_below(path, folder) for folder in parents)
        return is_indexed and not path.resolve().is_relative_to(ignored)

    try:
        for batch in watch(
            *folders,
            watch_filter=counts,
            debounce=_MAX_BATCH_MS,
            step=_QUIET_MS,
            rust_timeout=_TICK_MS,
            yield_on_timeout=True,
        ):
            yield bool(batch)
    except (OSError, WatchfilesRustInternalError) as error:
        raise FundstelleError(
            f"{', '.join(map(printable_path, folders))} cannot be watched ({error}): set WATCHFILES_FORCE_POLLING=1 to "
            "have it looked through again and again instead."
        ) from error
