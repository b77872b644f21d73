"""Duplicates: of the articles of the same text, one has the text and the passages; the others refer to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag.storage.article_mapping import (
    READ,
    article_of,
    damaged_articles,
    if_intact,
    read_articles,
)
from rag.storage.checksums import is_intact
from rag.storage.database import Database, SqlConnection
from rag.storage.filter_sql import FilterQueries
from rag.storage.listing import list_article
from rag.storage.passages import remove_all_passages
from rag.storage.recurring_lines import put_lines
from rag.text.agreement import normalize_typography
from rag.types import Article, Filter, Hit

_EARLIEST_FIRST = "published IS NULL, published, path"


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """The ids of articles of the same text, that of the original first.

    `file` is the file that the original came from; `has_passages` says whether the original has its passages.
    """

    ids: tuple[str, ...]
    file: str
    has_passages: bool


@dataclass(slots=True)
class _Group:
    """A group of articles of the same text while it is collected, the original first.

    `headlines` has the headline in each outlet, `same_as` the original that each article has in the database.
    """

    file: str
    has_passages: bool
    ids: list[str] = field(default_factory=list)
    same_as: list[str | None] = field(default_factory=list)
    headlines: dict[str | None, str] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether the original has the passages and all others refer to it."""
        return self.has_passages and all(original == self.ids[0] for original in self.same_as[1:])


class Duplicates:
    """Which articles of an archive have the same text, and which share much of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._filters = FilterQueries(database)

    # -- reading ------------------------------------------------------------------------------------

    def original(self, article_id: str) -> str:
        """Return the id of the article that has the passages of this one: another of the same text, or itself."""
        rows = self._database.rows("SELECT coalesce(same_as, id) FROM articles WHERE id = ?", article_id)
        return str(rows[0][0]) if rows else article_id

    def of(self, article_id: str) -> tuple[Article, ...]:
        """Return the other articles of the same text, the earliest first, and last those without a day."""
        original = self.original(article_id)
        condition = "(same_as = ?1 OR id = ?1) AND id <> ?2"
        return tuple(read_articles(self._database, condition, original, article_id, order=_EARLIEST_FIRST))

    def cite(self, hits: Sequence[Hit], filter: Filter) -> list[Hit]:
        """Return each hit in the first article of its text that passes the filter; `also` has the other ones."""
        ids = json.dumps(sorted({article.id for hit in hits for article in (hit.article, *hit.also)}))
        condition = "same_as IN (SELECT value FROM json_each(?))"
        query = (
            f"SELECT same_as, {READ} FROM articles WHERE {condition} AND {if_intact(self._database)} "  # noqa: S608
            f"ORDER BY {_EARLIEST_FIRST}"
        )
        self._database.damage.add(damaged_articles(self._database, condition, ids))
        copies: dict[str, list[Article]] = {}
        for original, *row in self._database.rows(query, ids):
            copies.setdefault(original, []).append(article_of(row))
        return [self._cite(hit, filter, copies) for hit in hits]

    def _cite(self, hit: Hit, filter: Filter, copies_of: Mapping[str, Sequence[Article]]) -> Hit:
        same_text = (hit.article, *copies_of.get(hit.article.id, ()))
        if hit.passage.language != hit.article.language:
            # it passed by its own language
            filter = replace(filter, languages=())
        ids = [article.id for article in same_text]
        passing = self._filters.passing_articles(filter, ids) if len(ids) > 1 else set(ids)
        cited = next((article for article in same_text if article.id in passing), hit.article)
        copies = [copy for article in hit.also for copy in (article, *copies_of.get(article.id, ()))]
        also = {article.id: article for article in (*same_text, *copies) if article.id != cited.id}
        return replace(hit, article=cited, passage=replace(hit.passage, article_id=cited.id), also=tuple(also.values()))

    def near_duplicate_candidates(self, article_id: str) -> tuple[Article, ...]:
        """Return the articles that may share much of an article's text: those with a MinHash band in common."""
        condition = (
            "id IN (SELECT candidate.article FROM bands JOIN bands AS candidate USING (band) "
            "WHERE bands.article = ?1 AND candidate.article <> ?1)"
        )
        return tuple(read_articles(self._database, condition, self.original(article_id)))

    def count(self) -> int:
        """Return the number of articles that have the text of another one and are not cited themselves."""
        return int(self._database.rows("SELECT count(*) FROM articles WHERE same_as IS NOT NULL")[0][0])

    def unsettled(self) -> list[DuplicateGroup]:
        """Return the groups of articles of the same text in which it is not the original alone that has passages.

        The original is the article published first, and of several the first by its path: it follows from the articles
        alone, whatever the order of indexing. Articles of one outlet with the same text under different headlines are
        not duplicates, since a corrected headline must be found.
        """
        groups: dict[bytes, list[_Group]] = {}
        query = (
            "SELECT text_key, id, same_as, EXISTS (SELECT 1 FROM passages WHERE article = id), file, source, title "
            "FROM articles "
            # no OR: PostgreSQL would go through all of a long list for each article
            "WHERE length(text_key) > 0 AND id IN (SELECT article FROM unsettled UNION SELECT id FROM articles "
            "WHERE text_key IN (SELECT text_key FROM articles GROUP BY text_key HAVING count(*) > 1)) "
            "ORDER BY published IS NULL, published, path"
        )
        for text_key, article_id, same_as, has_passages, file, source, title in self._database.rows(query):
            same_text, headline = groups.setdefault(text_key, []), normalize_typography(title or "")
            group = next((group for group in same_text if group.headlines.get(source, headline) == headline), None)
            if group is None:
                group = _Group(file, has_passages=same_as is None and bool(has_passages))
                same_text.append(group)
            group.headlines[source] = headline
            group.ids.append(article_id)
            group.same_as.append(same_as)
        return [
            DuplicateGroup(tuple(group.ids), group.file, group.has_passages)
            for same_text in groups.values()
            for group in same_text
            if not group.is_settled
        ]

    # -- writing ------------------------------------------------------------------------------------

    def fold(self, article_id: str, original: str) -> None:
        """Make an article a duplicate of its original, whose text and passages are its own from now on."""
        with self._database.transaction() as (connection, revision):
            # duplicates of this article become duplicates of the original
            connection.execute("UPDATE articles SET same_as = ? WHERE same_as = ?", (original, article_id))
            connection.execute("UPDATE articles SET same_as = ?, text = '' WHERE id = ?", (original, article_id))
            remove_all_passages(connection, revision, article_id)
            put_bands(connection, article_id, ())
            put_lines(connection, article_id, ())
            connection.execute("UPDATE articles SET recurring = '[]' WHERE id = ?", (article_id,))
            list_article(connection, article_id)


def release_duplicates(connection: SqlConnection, article_id: str, text_key: bytes) -> None:
    """Give the text of an article that is removed, or gets a text of another key, back to its duplicates.

    They have no passages until one of them is stored again.
    """
    released = connection.execute(
        "SELECT id FROM articles WHERE same_as = ?1 AND (SELECT text_key FROM articles WHERE id = ?1) <> ?2",
        (article_id, text_key),
    ).fetchall()
    connection.executemany("INSERT OR IGNORE INTO unsettled VALUES (?)", released)
    query = f"SELECT {is_intact('articles')} FROM articles WHERE id = ?"  # noqa: S608
    is_whole = bool(connection.execute(query, (article_id,)).fetchone()[0]) if released else True
    connection.execute(
        "UPDATE articles SET same_as = NULL, text = (SELECT text FROM articles WHERE id = ?1) "
        "WHERE same_as = ?1 AND (SELECT text_key FROM articles WHERE id = ?1) <> ?2",
        (article_id, text_key),
    )
    for (duplicate,) in released:
        if not is_whole:
            connection.execute("UPDATE articles SET checksum = NULL WHERE id = ?", (duplicate,))
        list_article(connection, duplicate)


def put_bands(connection: SqlConnection, article_id: str, bands: Iterable[int]) -> None:
    """Store the MinHash bands of an article, by which near-duplicates are found."""
    connection.execute("DELETE FROM bands WHERE article = ?", (article_id,))
    connection.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, article_id) for band in bands])
