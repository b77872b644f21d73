"""Counts and dates of the articles of an archive."""

from __future__ import annotations

from datetime import date

from rag.storage.article_mapping import day_of
from rag.storage.database import Database


class Statistics:
    """Counts of an archive's articles, and their period."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def article_count(self) -> int:
        """Return the number of articles; duplicates of them are not counted."""
        return int(self._database.rows("SELECT count(*) FROM articles WHERE same_as IS NULL")[0][0])

    def counts_by(self, column: str) -> dict[str, int]:
        """Return the number of articles by `language` or `source`, the most frequent first.

        Duplicates, which come from other outlets, count by source only.
        """
        if column not in ("language", "source"):
            raise ValueError(f"Articles are not counted by {column}.")
        rows = self._database.rows(
            f"SELECT {column}, count(*) AS n FROM articles WHERE {column} IS NOT NULL "  # noqa: S608
            "AND (same_as IS NULL OR ?) GROUP BY 1 ORDER BY n DESC, 1",
            column == "source",
        )
        return dict(rows)

    def date_range(self) -> tuple[date | None, date | None]:
        """Return the days of the oldest and of the newest article; None without any date."""
        oldest, newest = self._database.rows("SELECT min(published), max(published) FROM articles")[0]
        return day_of(oldest), day_of(newest)
