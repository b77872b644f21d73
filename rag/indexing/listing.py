"""The articles of the library, of which those whose file is missing or changed say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from rag.indexing.file_states import page_in_file_state, with_file_states
from rag.storage.store import Store
from rag.types.library import FILE_STATES, MAX_LOOKED_AT, LibraryCounts, LibraryPage, LibraryQuery, LibraryRow


def listed_page(store: Store, query: LibraryQuery) -> LibraryPage:
    """Return a page; see `rag.archive.Archive.library`."""
    is_of_files = query.state in FILE_STATES
    page = store.library.page(replace(query, state=None, page=1, size=MAX_LOOKED_AT) if is_of_files else query)
    rows = _with_states(store, page.rows)
    return page_in_file_state(rows, query, are_all=not page.has_next) if is_of_files else replace(page, rows=rows)


def listed_rows(store: Store, query: LibraryQuery, limit: int | None) -> Iterator[LibraryRow]:
    """Yield all articles; see `rag.archive.Archive.library_rows`."""
    is_of_files = query.state in FILE_STATES
    parts = store.library.all_rows(query, None if is_of_files else limit)
    rows = (row for part in parts for row in _with_states(store, part) if not is_of_files or row.state == query.state)
    return islice(rows, limit)


def listed_row(store: Store, article_id: str) -> LibraryRow:
    """Return one article; see `rag.archive.Archive.library_row`."""
    return _with_states(store, [store.library.row(article_id)])[0]


def listed_counts(store: Store, query: LibraryQuery) -> LibraryCounts:
    """Count articles; see `rag.archive.Archive.library_counts`."""
    if query.state in FILE_STATES:
        return store.library.counts_of([row.id for row in listed_rows(store, query, None)])
    return store.library.counts(query)


def _with_states(store: Store, rows: Sequence[LibraryRow]) -> tuple[LibraryRow, ...]:
    return with_file_states(rows, store.files.records(dict.fromkeys(row.file for row in rows)))
