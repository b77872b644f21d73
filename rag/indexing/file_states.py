"""Whether the files of articles are still there, and as they were read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from rag.errors import LoadError
from rag.loading.common.files import change_stamp, digest
from rag.storage.file_records import FileRecord
from rag.text.paths import is_missing
from rag.types.library import ArticleState, LibraryPage, LibraryQuery, LibraryRow

# a larger file that looks changed is not read to know whether its bytes are the same
_MAX_HASHED_BYTES = 50_000_000


def with_file_states(rows: Iterable[LibraryRow], records: Iterable[FileRecord]) -> tuple[LibraryRow, ...]:
    """Return rows in which articles whose file is missing or changed say so.

    Args:
        records: those of the files that the articles came from.
    """
    by_path = {record.path: record for record in records}
    state_of: dict[str, ArticleState | None] = {}
    changed_rows = []
    for row in rows:
        if row.state == "damaged":
            changed_rows.append(row)
            continue
        if row.file not in state_of:
            state_of[row.file] = file_state(by_path.get(row.file), row.file)
        state = state_of[row.file]
        changed_rows.append(replace(row, state=state) if state else row)
    return tuple(changed_rows)


def page_in_file_state(rows: Sequence[LibraryRow], query: LibraryQuery, *, are_all: bool = True) -> LibraryPage:
    """Return the page that a query for one of `FILE_STATES` asks for.

    Args:
        rows: the articles that the query allows but for their state, in its order.
        are_all: whether there are no others; how many there are is known only then.
    """
    matching = [row for row in rows if row.state == query.state]
    end = query.page * query.size
    return LibraryPage(tuple(matching[end - query.size : end]), len(matching) if are_all else None, len(matching) > end)


def file_state(record: FileRecord | None, file: str) -> ArticleState | None:
    """Return whether a file is "missing" or "changed" since it was read; None if it is as it was."""
    path = Path(file)
    if is_missing(path):
        return "missing"
    if record is None or record.stamp.startswith(change_stamp(path)):
        return None
    try:
        is_large = path.stat().st_size > _MAX_HASHED_BYTES
        return None if not is_large and digest(path) == record.fingerprint.sha256 else "changed"
    except (OSError, LoadError):
        # it is there, but what it contains cannot be seen
        return "changed"
