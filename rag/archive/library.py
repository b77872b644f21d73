"""The list of an archive's articles, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.archive.parts import ArchiveParts
from rag.types import Failure
from rag.types.library import LibraryCounts, LibraryPage, LibraryQuery, LibraryRow

if TYPE_CHECKING:
    import pandas as pd


class ArchiveLibrary(ArchiveParts):
    """What an archive lists."""

    def library(self, query: LibraryQuery | None = None) -> LibraryPage:
        """Return a page of all articles, duplicates included: those that came in last first, or as a query asks.

        The files of the page's articles are looked at, so that an article whose file is missing or changed says so.

        Raises:
            ArchiveError: an earlier version wrote the archive, and it may only be read.
        """
        from rag.indexing.listing import listed_page

        return listed_page(self._store, query or LibraryQuery())

    def library_rows(self, query: LibraryQuery | None = None, limit: int | None = None) -> Iterator[LibraryRow]:
        """Yield all articles as `library` lists them, one after the other, in constant memory; pages do not matter.

        Args:
            limit: the largest number of articles.

        Raises:
            ArchiveError: as for `library`.
        """
        from rag.indexing.listing import listed_rows

        yield from listed_rows(self._store, query or LibraryQuery(), limit)

    def to_frame(self, query: LibraryQuery | None = None) -> pd.DataFrame:
        """Return a pandas frame with a row for each article, as `library_rows` lists them; texts are left out.

        Raises:
            ImportError: pandas is not installed.
            ArchiveError: as for `library`.
        """
        from rag.rendering.frames import rows_frame

        return rows_frame(self.library_rows(query))

    def library_row(self, article_id: str) -> LibraryRow:
        """Return one article as the library lists it.

        Raises:
            NotFound: there is no article of this id.
            ArchiveError: as for `library`.
        """
        from rag.indexing.listing import listed_row

        return listed_row(self._store, article_id)

    def library_counts(self, query: LibraryQuery | None = None) -> LibraryCounts:
        """Return how many articles there are by month, outlet, author and language.

        Args:
            query: which ones are counted, if not all; its page and order do not matter.

        Raises:
            ArchiveError: as for `library`.
        """
        from rag.indexing.listing import listed_counts

        return listed_counts(self._store, query or LibraryQuery())

    def articles_in(self, file: str) -> int:
        """Return how many articles came from the file at a path."""
        return len(self._store.ids_from(file))

    def failures(self) -> tuple[Failure, ...]:
        """Return what could not be read when its folder or file was indexed last."""
        return self._store.failures.all()
