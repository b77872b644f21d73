"""Folders that are watched: when something in them has changed, and is quiet again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.errors import FundstelleError
from rag.indexing.discovery import is_looked_at, shown

_QUIET, _AT_MOST, _IDLE = 500, 5000, 1000
"""Milliseconds: how long nothing may change before a batch is done, how long it may grow, and between two ticks."""


def changes(folders: Sequence[Path], apart_from: Path) -> Iterator[bool]:
    """Yield True after each batch of changes below some folders, and False about every second without one.

    The first value comes when the watch is on. What happens below the folder `apart_from` does not count, nor what
    is hidden.

    Raises:
        FundstelleError: a folder cannot be watched.
    """
    from watchfiles import watch
    from watchfiles._rust_notify import WatchfilesRustInternalError

    apart = apart_from.resolve()

    def counts(_: object, changed: str) -> bool:
        path = Path(changed)
        around = [folder for folder in folders if path.is_relative_to(folder)]
        return not path.resolve().is_relative_to(apart) and (
            not around or any(is_looked_at(path, folder) for folder in around)
        )

    try:
        for batch in watch(
            *folders, watch_filter=counts, debounce=_AT_MOST, step=_QUIET, rust_timeout=_IDLE, yield_on_timeout=True
        ):
            yield bool(batch)
    except (OSError, WatchfilesRustInternalError) as error:
        raise FundstelleError(
            f"{', '.join(map(shown, folders))} cannot be watched ({error}): set WATCHFILES_FORCE_POLLING=1 to have it "
            "looked through again and again instead."
        ) from error
