"""Corrections by hand, apart from what the files say: the articles have the corrected facts, this table has both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

from rag.storage.database import Database, SqlConnection
from rag.text.similarity import text_key
from rag.types import BY_HAND, Article, Correction, as_read

FIRST_VERSION = 6
"""The version of the archive that has corrections."""


@dataclass(frozen=True, slots=True)
class CorrectionRecord:
    """The corrections of an article as they are stored.

    Attributes:
        corrections: all of them; none if they were taken back.
        text_key: that of the article as it was read; corrections of another text at the same path do not apply.
        replaced_key: the key under which they were stored before.
    """

    corrections: tuple[Correction, ...]
    text_key: bytes
    replaced_key: bytes


class Corrections:
    """The corrections of an archive."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_text(self, article_id: str) -> dict[bytes, tuple[Correction, ...]]:
        """Return the corrections stored for an article, by the key of the text that each is of."""
        if self._database.version < FIRST_VERSION:
            return {}
        rows = self._database.rows(
            "SELECT text_key, article, field, value, read, origin, author, made FROM corrections WHERE article = ? "
            "ORDER BY field",
            article_id,
        )
        groups: dict[bytes, list[Correction]] = defaultdict(list)
        for key, *facts in rows:
            groups[key].append(Correction(*facts))
        return {key: tuple(corrections) for key, corrections in groups.items()}

    def of(self, article: Article) -> tuple[Correction, ...]:
        """Return the corrections that a stored article has."""
        return uncorrected(article, self.by_text(article.id))[1]

    def strays(self) -> dict[str, str]:
        """Return the articles to which corrections belong that no article has, by the ids they are stored under.

        They belong to the article of the same file with the same text: a row of a table gets another id where a row is
        added above it.
        """
        rows = self._database.rows(
            "SELECT DISTINCT corrections.article, target.id, target.path FROM corrections "
            "JOIN articles AS target ON target.text_key = corrections.text_key AND target.file = corrections.file "
            "LEFT JOIN articles AS current ON current.id = corrections.article "
            "WHERE coalesce(json_extract(current.origins, '$.' || field), '') <> ?1 "
            "AND NOT EXISTS (SELECT 1 FROM json_each(target.origins) WHERE value = ?1)",
            BY_HAND,
        )
        # of several articles, itself before the first by its path
        ordered = sorted(sorted(rows, key=itemgetter(2), reverse=True), key=lambda row: bool(row[0] == row[1]))
        return {article_id: target for article_id, target, _ in ordered}

    def move(self, article_id: str, key: bytes, target: str, target_key: bytes) -> None:
        """Store the corrections of an article and a text under those of another article."""
        with self._database.transaction(of_articles=False) as (connection, _):
            values = (article_id, key, target, target_key)
            connection.execute(
                "DELETE FROM corrections WHERE article = ?3 AND text_key = ?4 AND (article <> ?1 OR text_key <> ?2) "
                "AND field IN (SELECT field FROM corrections WHERE article = ?1 AND text_key = ?2)",
                values,
            )
            connection.execute(
                "UPDATE corrections SET article = ?3, text_key = ?4, "
                "file = (SELECT file FROM articles WHERE id = ?3) WHERE article = ?1 AND text_key = ?2",
                values,
            )

    def remove_file(self, path: str) -> None:
        """Remove the corrections of all articles that came from a file."""
        with self._database.transaction(of_articles=False) as (connection, _):
            connection.execute("DELETE FROM corrections WHERE file = ?", (path,))


def uncorrected(
    article: Article, by_text: Mapping[bytes, tuple[Correction, ...]]
) -> tuple[Article, tuple[Correction, ...]]:
    """Return an article as it was read from its file, and the corrections of that text.

    Args:
        article: with its corrections or without.
        by_text: what `Corrections.by_text` returns for it.
    """
    for key, corrections in by_text.items():
        loaded = as_read(article, corrections)
        if text_key(loaded) == key:
            return loaded, corrections
    return article, ()


def put_corrections(connection: SqlConnection, article_id: str, record: CorrectionRecord, file: str) -> None:
    """Store the corrections of an article in place of those that it had."""
    connection.execute(
        "DELETE FROM corrections WHERE article = ? AND text_key IN (?, ?)",
        (article_id, record.text_key, record.replaced_key),
    )
    connection.executemany(
        "INSERT INTO corrections (article, field, value, read, origin, author, made, file, text_key) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (article_id, item.field, item.value, item.read, item.origin, item.by, item.made, file, record.text_key)
            for item in record.corrections
        ],
    )
