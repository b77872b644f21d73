"""All articles of an archive, page by page: searched, filtered, sorted, counted.

Few articles are sorted as they are; many are read in the order of the index until the page is full.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any, Literal

from rag.errors import ArchiveOutdated, NotFound
from rag.storage.article_mapping import day_of, if_anything_damaged
from rag.storage.database import Database
from rag.storage.listing import FIRST_LISTED_VERSION, SORT_COLUMNS, sort_key
from rag.storage.listing_condition import STATES, Condition, among, condition_of, numbered
from rag.types import BY_HAND, primary_language
from rag.types.library import ArticleState, LibraryCounts, LibraryPage, LibraryQuery, LibraryRow

MAX_COUNTED = 20_000
"""Up to this number, articles that a search or filter allows are counted."""
_STATE_NAMES: dict[int, ArticleState] = {number: name for name, number in STATES.items()}
_LAST_CHARACTER = "\U0010ffff"
_NO_LIMIT = 1 << 62
# rows that are read together where all are read
_CHUNK = 500
# queries whose numbers are remembered
_REMEMBERED = 32


class Library:
    """The articles of an archive in their listing. Usable from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: tuple[int, LibraryCounts] | None = None
        self._remembered: OrderedDict[tuple[int, Condition], list[int] | None] = OrderedDict()

    def page(self, query: LibraryQuery) -> LibraryPage:
        """Return a page of articles.

        Raises:
            ArchiveError: the archive may only be read, and is of a version without a listing.
        """
        self._check_listed()
        condition = condition_of(self._database, query)
        numbers = self._few(condition) if condition.sql else None
        is_all = not condition.sql
        if numbers is not None:
            condition = numbered(numbers)
        index = "" if numbers is not None else f" INDEXED BY listing_by_{query.sort}"
        rows = self._database.rows(
            f"SELECT number FROM listing{index}{condition.clause} "  # noqa: S608
            f"{_order(query)} LIMIT ? OFFSET ?",
            *condition.values,
            query.size + 1,
            (query.page - 1) * query.size,
        )
        shown = [number for (number,) in rows[: query.size]]
        total = self._count() if is_all else None if numbers is None else len(numbers)
        return LibraryPage(tuple(self._rows(shown)), total, len(rows) > query.size)

    def all_rows(self, query: LibraryQuery, limit: int | None = None) -> Iterator[list[LibraryRow]]:
        """Yield all articles that a query asks for, whatever its page, in lists of some hundreds.

        A million articles take 8 MB. What is removed meanwhile is left out.

        Args:
            limit: the largest number of articles.

        Raises:
            ArchiveError: as for `page`.
        """
        self._check_listed()
        condition = condition_of(self._database, query)
        with self._database.lent() as connection:
            rows = connection.execute(
                f"SELECT number FROM listing INDEXED BY listing_by_{query.sort}{condition.clause} "  # noqa: S608
                f"{_order(query)} LIMIT ?",
                (*condition.values, _NO_LIMIT if limit is None else limit),
            )
            numbers = array("q", (number for (number,) in rows))
        for start in range(0, len(numbers), _CHUNK):
            yield self._rows(numbers[start : start + _CHUNK])

    def beginning_with(self, text: str, limit: int) -> list[LibraryRow]:
        """Return articles whose id begins with a text and then, in their order, those whose headline does.

        Raises:
            ArchiveError: as for `page`.
        """
        self._check_listed()
        numbers: dict[int, None] = {}
        for column, beginning in (("article", text), ("title_key", sort_key(text))):
            query = f"SELECT number FROM listing WHERE {column} >= ? AND {column} < ? ORDER BY {column} LIMIT ?"  # noqa: S608
            rows = self._database.rows(query, beginning, beginning + _LAST_CHARACTER, limit - len(numbers))
            numbers |= dict.fromkeys(number for (number,) in rows)
        return self._rows(list(numbers))

    def names_beginning_with(self, text: str, fact: Literal["source", "author"], limit: int) -> list[str]:
        """Return the outlets or authors whose name begins with a text, in the order of their names."""
        self._check_listed()
        query = (
            "SELECT name FROM names WHERE key >= ? AND key < ? AND EXISTS (SELECT 1 FROM listing "  # noqa: S608
            f"WHERE listing.{fact}_key = names.key AND listing.{fact} = names.code) ORDER BY key LIMIT ?"
        )
        beginning = sort_key(text)
        return [name for (name,) in self._database.rows(query, beginning, beginning + _LAST_CHARACTER, limit)]

    def row(self, article_id: str) -> LibraryRow:
        """Return the row of an article.

        Raises:
            NotFound: there is none of this id.
            ArchiveError: as for `page`.
        """
        self._check_listed()
        numbers = self._database.rows("SELECT number FROM listing WHERE article = ?", article_id)
        if not numbers:
            raise NotFound(f"There is no article {article_id} in this archive: it may have been removed meanwhile.")
        (row,) = self._rows(numbers[0])
        return row

    def counts(self, query: LibraryQuery) -> LibraryCounts:
        """Return how many of the articles that a query asks for there are by month, outlet, author and language.

        Duplicates count, and the states of files are not looked at.

        Raises:
            ArchiveError: as for `page`.
        """
        self._check_listed()
        condition = condition_of(self._database, query)
        if condition.sql:
            numbers = self._few(condition)
            return self._counted(condition if numbers is None else numbered(numbers))
        revision = self._database.revision
        if not (self._counts and self._counts[0] == revision):
            self._counts = revision, self._counted(condition)
        return self._counts[1]

    def counts_of(self, article_ids: Sequence[str]) -> LibraryCounts:
        """Return how many of these articles there are by month, outlet, author and language.

        Raises:
            ArchiveError: as for `page`.
        """
        self._check_listed()
        return self._counted(among("article", article_ids))

    def _counted(self, condition: Condition) -> LibraryCounts:
        index = "" if condition.sql else " INDEXED BY listing_by_published"
        query = f"SELECT published / 100, count(*) FROM listing{index}{condition.clause} GROUP BY 1"  # noqa: S608
        months = dict(self._database.rows(query, *condition.values))
        return LibraryCounts(
            months={f"{month // 100:04}-{month % 100:02}": count for month, count in sorted(months.items()) if month},
            undated=months.get(0, 0),
            sources=self._counts_by("source", condition),
            authors=self._counts_by("author", condition),
            languages=_by_language(self._counts_by("language", condition)),
        )

    def _counts_by(self, column: str, condition: Condition) -> dict[str, int]:
        index = "" if condition.sql else f" INDEXED BY listing_by_{column}"
        rows = self._database.rows(
            f"SELECT names.name, n FROM (SELECT {column} AS code, count(*) AS n FROM listing{index}"  # noqa: S608
            f"{condition.clause} GROUP BY {column}_key, 1) AS counted JOIN names USING (code) ORDER BY n DESC, name",
            *condition.values,
        )
        counts: Counter[str] = Counter()
        for name, count in rows:
            counts[name] += count
        return dict(counts.most_common())

    def _check_listed(self) -> None:
        if self._database.version < FIRST_LISTED_VERSION:
            raise ArchiveOutdated(
                "The list of articles is not available: an earlier version wrote this archive, and it may only be "
                "read. Make it writable and open it again."
            )

    def _count(self) -> int:
        return int(self._database.rows("SELECT count(*) FROM listing")[0][0])

    def _few(self, condition: Condition) -> list[int] | None:
        """Return the numbers of the rows that pass; None if there are more than `MAX_COUNTED`."""
        key = (self._database.revision, condition)
        if key not in self._remembered:
            query = f"SELECT number FROM listing INDEXED BY listing_by_title{condition.clause} LIMIT {MAX_COUNTED + 1}"  # noqa: S608
            rows = self._database.rows(query, *condition.values)
            self._remembered[key] = [number for (number,) in rows] if len(rows) <= MAX_COUNTED else None
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return self._remembered.get(key)

    def _rows(self, numbers: Sequence[int]) -> list[LibraryRow]:
        """Return the rows of these numbers, in their order; of a damaged article, its path is all that is said."""
        of_chosen = (
            "FROM listing JOIN articles ON articles.id = listing.article "
            "LEFT JOIN names AS source_name ON source_name.code = listing.source "
            "LEFT JOIN names AS author_name ON author_name.code = listing.author "
            "WHERE number IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
        )
        with self._database.snapshot():
            rows = self._database.rows(
                f"SELECT number, id, CAST(path AS BLOB), CAST(file AS BLOB) {of_chosen} "
                f"AND {if_anything_damaged(self._database)}",
                json.dumps(list(numbers)),
            )
            by_number = {number: _damaged_row(*facts) for number, *facts in rows}
            rows = self._database.rows(
                "SELECT number, id, title, source_name.name, author_name.name, articles.published, articles.language, "
                f"passages, articles.added, state, path, file, same_as, origins {of_chosen}",
                json.dumps([number for number in numbers if number not in by_number]),
            )
        by_number |= {number: _row(facts) for number, *facts in rows}
        return [by_number[number] for number in numbers if number in by_number]


def _order(query: LibraryQuery) -> str:
    direction = "DESC" if query.descending else "ASC"
    return f"ORDER BY {SORT_COLUMNS[query.sort]} {direction}, number {direction}"


def _row(facts: Sequence[Any]) -> LibraryRow:
    identity, title, source, author, published, language, passages, added, state, path, file, same_as, origins = facts
    by_field = json.loads(origins)
    return LibraryRow(
        id=identity,
        label=title or PurePath(path).name,
        source=source,
        author=author,
        published=day_of(published),
        language=language,
        passages=passages,
        added=datetime.fromisoformat(added) if added else None,
        state=_STATE_NAMES[state],
        path=path,
        file=file,
        same_as=same_as,
        unread=by_field.get("unread", ""),
        corrected=tuple(field for field, origin in by_field.items() if origin == BY_HAND),
    )


def _damaged_row(article_id: str, path: bytes, file: bytes) -> LibraryRow:
    path_text, file_text = (name.decode("utf-8", "replace") for name in (path, file))
    return LibraryRow(
        id=article_id,
        label=PurePath(path_text).name,
        source=None,
        author=None,
        published=None,
        language="und",
        passages=0,
        added=None,
        state="damaged",
        path=path_text,
        file=file_text,
    )


def _by_language(counts: dict[str, int]) -> dict[str, int]:
    """Join the regions of each language."""
    languages: Counter[str] = Counter()
    for tag, count in counts.items():
        languages[primary_language(tag).lower()] += count
    return dict(languages.most_common())
