"""The passages of an archive."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.types import HalfVectors
from rag.errors import ArticleDamaged
from rag.storage.article_mapping import damaged_articles, select_articles
from rag.storage.checksums import ANYTHING_IS_DAMAGED, is_intact
from rag.storage.damage import DAMAGED
from rag.storage.database import Database, SqlConnection
from rag.storage.vectors import delete_unused_vectors
from rag.types import Article, Passage, Span, passage_at


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its key, its article and its vector."""

    key: int
    article: Article
    passage: Passage
    vector: HalfVectors


class Passages:
    """The passages of all articles, by their 63-bit keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def with_keys(self, keys: Sequence[int], fingerprint: str) -> list[StoredPassage]:
        """Return the passages with these keys and their vectors, in the order of the keys.

        Passages that no longer exist are left out.

        Args:
            fingerprint: that of the encoder whose vectors are wanted.
        """
        # passages first (that is what CROSS means here), or SQLite would go through all vectors of the encoder
        condition = "key IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
        query = (
            'SELECT key, article, start, "end", language, vector FROM passages CROSS JOIN vectors USING (input_hash) '  # noqa: S608
            f"WHERE {condition} AND fingerprint = ? "
            f"AND {self._if_intact()} AND {self._if_intact('vectors')}"
        )
        with self._database.snapshot():
            rows = self._database.rows(query, json.dumps(list(keys)), fingerprint)
            articles = select_articles(self._database, {article_id for _, article_id, *_ in rows})
            if len(rows) < len(keys):
                self._report_damaged(condition, json.dumps(list(keys)))
        passages = {}
        for key, article_id, start, end, language, vector in rows:
            if article_id not in articles:
                continue
            article = articles[article_id]
            passage = passage_at(article, start, end, language)
            passages[key] = StoredPassage(key, article, passage, np.frombuffer(vector, np.float16))
        return [passages[key] for key in keys if key in passages]

    def articles_of(self, keys: Sequence[int]) -> dict[int, str]:
        """Return the id of the article of each passage, in the order of the keys; without passages that are gone."""
        query = "SELECT key, article FROM passages WHERE key IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
        articles: dict[int, str] = dict(self._database.rows(query, json.dumps(list(keys))))
        return {key: articles[key] for key in keys if key in articles}

    def keys_of(self, article_id: str) -> list[int]:
        """Return the keys of an article's passages, or of those of the article that it duplicates, in their order."""
        query = (
            "SELECT key FROM passages "
            "WHERE article = (SELECT coalesce(same_as, id) FROM articles WHERE id = ?) ORDER BY start"
        )
        return [key for (key,) in self._database.rows(query, article_id)]

    def revisions(self, article_id: str, span: Span) -> list[tuple[Span, int]]:
        """Return the passages of an article that overlap a span, each with the revision that added or changed it."""
        rows = self._database.rows(
            'SELECT start, "end", revision FROM passages '
            "WHERE article = (SELECT coalesce(same_as, id) FROM articles WHERE id = ?) "
            'AND start < ? AND "end" > ? ORDER BY start',
            article_id,
            span[1],
            span[0],
        )
        return [((start, end), revision) for start, end, revision in rows]

    def sample(self, limit: int) -> list[tuple[Article, Passage]]:
        """Return some passages, drawn from all articles: keys are hashes, and their order is arbitrary."""
        query = f'SELECT article, start, "end", language FROM passages WHERE {self._if_intact()} ORDER BY key LIMIT ?'  # noqa: S608
        with self._database.snapshot():
            rows = self._database.rows(query, limit)
            articles = select_articles(self._database, {article_id for article_id, *_ in rows})
        return [
            (articles[article_id], passage_at(articles[article_id], start, end, language))
            for article_id, start, end, language in rows
            if article_id in articles
        ]

    def of_article(self, article: Article) -> tuple[Passage, ...]:
        """Return the passages of an article in the order of the text.

        Raises:
            ArticleDamaged: one of them is not as it was stored.
        """
        condition = "article = (SELECT coalesce(same_as, id) FROM articles WHERE id = ?)"
        query = f'SELECT start, "end", language, {self._if_intact()} FROM passages WHERE {condition} ORDER BY start'  # noqa: S608
        rows = self._database.rows(query, article.id)
        if not all(intact for *_, intact in rows):
            raise ArticleDamaged(DAMAGED.format(name=article.path, what="is not shown"))
        return tuple(passage_at(article, start, end, language) for start, end, language, _ in rows)

    def _if_intact(self, table: str = "passages") -> str:
        return is_intact(table) if self._database.has_checksums else "1"

    def _report_damaged(self, condition: str, *values: object) -> None:
        """Say which articles have damaged passages or vectors among the passages for which an SQL condition is true."""
        if self._database.has_checksums:
            article_condition = f"id IN (SELECT article FROM passages WHERE {condition})"  # noqa: S608
            self._database.damage.add(
                damaged_articles(self._database, article_condition, *values, is_damaged=ANYTHING_IS_DAMAGED)
            )

    def all_keys(self) -> NDArray[np.int64]:
        """Return the keys of all passages, ascending."""
        rows = self._database.rows("SELECT key FROM passages ORDER BY key")
        return np.fromiter((key for (key,) in rows), np.int64, len(rows))

    def count(self) -> int:
        """Return the number of passages."""
        return int(self._database.rows("SELECT count(*) FROM passages")[0][0])

    @property
    def is_empty(self) -> bool:
        """Whether there is no passage; unlike `count`, it takes the same time in every archive."""
        return not self._database.rows("SELECT 1 FROM passages LIMIT 1")

    def input_hashes(self) -> Iterator[bytes]:
        """Yield the hashes of the texts that the encoder read for the passages."""
        yield from (input_hash for (input_hash,) in self._database.rows("SELECT input_hash FROM passages"))

    def articles_with_short_passages(self, characters: int) -> list[str]:
        """Return the ids of the articles that have passages of at most this length."""
        rows = self._database.rows('SELECT DISTINCT article FROM passages WHERE "end" - start <= ?', characters)
        return [article_id for (article_id,) in rows]


def remove_all_passages(connection: SqlConnection, revision: int, article_id: str) -> None:
    """Remove the passages of an article."""
    rows = connection.execute("SELECT key, input_hash FROM passages WHERE article = ?", (article_id,))
    remove_passages(connection, revision, dict(rows))


def remove_passages(connection: SqlConnection, revision: int, input_hashes: Mapping[int, bytes]) -> None:
    """Remove passages and vectors that nothing needs any more; the keys are kept in the change feed.

    Args:
        input_hashes: by the key of each passage, the hash of the text that the encoder read for it.
    """
    connection.executemany("DELETE FROM passages WHERE key = ?", [(key,) for key in input_hashes])
    connection.executemany("INSERT OR IGNORE INTO removed VALUES (?, ?)", [(revision, key) for key in input_hashes])
    delete_unused_vectors(connection, set(input_hashes.values()))
