"""Whether the tables of an archive agree with each other, and with themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rag.storage.checksums import COLUMNS
from rag.storage.database import Database
from rag.storage.examination import damaged_rows
from rag.storage.listing import FIRST_LISTED_VERSION, list_article

# rows that are read at a time
_BATCH_ROWS = 4096
# what follows from the articles: rows of articles that are gone are of no use to anyone
_ORPHANS = {
    "vectors": "NOT EXISTS (SELECT 1 FROM passages WHERE passages.input_hash = vectors.input_hash)",
    "bands": "NOT EXISTS (SELECT 1 FROM articles WHERE id = bands.article)",
    "lines": "NOT EXISTS (SELECT 1 FROM articles WHERE id = lines.article)",
    "listing": "NOT EXISTS (SELECT 1 FROM articles WHERE id = listing.article)",
}
# what people added: it is used again when the article's file comes back
_STRAYS = {
    "corrections": "NOT EXISTS (SELECT 1 FROM articles WHERE id = corrections.article)",
    "marks": "NOT EXISTS (SELECT 1 FROM articles WHERE id = marks.article)",
    "dossier_entries": "article <> '' AND NOT EXISTS (SELECT 1 FROM articles WHERE id = dossier_entries.article)",
}
_BROKEN_DUPLICATES = (
    "FROM articles LEFT JOIN articles AS original ON original.id = articles.same_as WHERE articles.same_as IS NOT NULL "
    "AND (original.id IS NULL OR original.same_as IS NOT NULL OR articles.text <> '' "
    "OR EXISTS (SELECT 1 FROM passages WHERE article = articles.id))"
)
_UNLISTED = "SELECT id FROM articles WHERE NOT EXISTS (SELECT 1 FROM listing WHERE article = articles.id)"


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage as it is stored: its key, its offsets in the article, and the hash of what the encoder read."""

    key: int
    start: int
    end: int
    input_hash: bytes = field(repr=False)


class Soundness:
    """What only the tables themselves can tell. Everything but `remove_orphans`, `list_all` and `empty_log` reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def damage(self) -> str:
        """Return the first fault of pages and indexes; empty if there is none."""
        return self._database.structural_fault()

    def damaged_counts(self) -> dict[str, int]:
        """Return the number of rows that are not as they were stored, by their table; tables without any are left out.

        Archives that an earlier version wrote, and that may only be read, have no checksums.
        """
        if not self._database.has_checksums:
            return {}
        with self._database.lent() as connection:
            counts = {table: damaged_rows(connection, table) for table in COLUMNS}
        return {table: count for table, count in counts.items() if count}

    def broken_references(self) -> int:
        """Return the number of rows that refer to a row that does not exist."""
        return self._database.broken_references()

    def article_count(self) -> int:
        """Return the number of articles, duplicates included."""
        return self._count("articles")

    def unlisted_count(self) -> int:
        """Return the number of articles that the library does not list."""
        if not self._has_listing:
            return 0
        return int(self._database.rows(f"SELECT count(*) FROM ({_UNLISTED}) AS unlisted")[0][0])  # noqa: S608

    def list_all(self) -> None:
        """List the articles that the library does not list."""
        if self._has_listing:
            with self._database.transaction(of_articles=False) as (connection, _):
                for (article_id,) in connection.execute(_UNLISTED).fetchall():
                    list_article(connection, article_id)

    def missing_vector_count(self, fingerprint: str) -> int:
        """Return the number of passages without a vector of an encoder."""
        query = (
            "SELECT count(*) FROM passages WHERE NOT EXISTS "
            "(SELECT 1 FROM vectors WHERE fingerprint = ? AND vectors.input_hash = passages.input_hash)"
        )
        return int(self._database.rows(query, fingerprint)[0][0])

    def passage_rows(self, article_id: str) -> list[PassageRow]:
        """Return the passages of an article in their order."""
        query = 'SELECT key, start, "end", input_hash FROM passages WHERE article = ? ORDER BY start, "end"'
        return [PassageRow(*row) for row in self._database.rows(query, article_id)]

    def vectors(self, fingerprint: str) -> Iterator[list[bytes]]:
        """Yield the stored vectors of an encoder, as bytes, in batches."""
        query = "SELECT vector FROM vectors WHERE fingerprint = ?"
        with self._database.snapshot():
            for rows in self._database.batches(query, fingerprint, size=_BATCH_ROWS):
                yield [vector for (vector,) in rows]

    def orphans(self) -> dict[str, int]:
        """Return the number of rows that nothing needs any more, by their table; tables without any are left out."""
        return self._counts(_ORPHANS)

    def remove_orphans(self) -> None:
        """Delete the rows that nothing needs any more."""
        with self._database.transaction(of_articles=False) as (connection, _):
            for table, condition in _ORPHANS.items():
                if table != "listing" or self._has_listing:
                    connection.execute(f"DELETE FROM {table} WHERE {condition}")  # noqa: S608

    def strays(self) -> dict[str, int]:
        """Return the number of corrections, of judgements and of quotations whose article is gone, by their table."""
        return self._counts(_STRAYS) if self._has_listing else {}

    def broken_duplicate_count(self) -> int:
        """Return the number of duplicates whose original is gone or a duplicate itself, or that are searched too."""
        return int(self._database.rows(f"SELECT count(*) {_BROKEN_DUPLICATES}")[0][0])

    def added_after(self, moment: str) -> int:
        """Return the number of articles that came in after a moment, written as `2024-03-01T12:00:00+00:00`."""
        if not self._has_listing:
            return 0
        return int(self._database.rows("SELECT count(*) FROM articles WHERE added > ?", moment)[0][0])

    def later_revision_count(self) -> int:
        """Return the number of passages of a revision that the archive has not reached yet."""
        return self._count("passages", f"revision > {self._database.revision}")

    def empty_log(self) -> None:
        """Move what is in the write-ahead log into the database, and empty the log, unless someone reads from it."""
        self._database.empty_log()

    @property
    def _has_listing(self) -> bool:
        return self._database.version >= FIRST_LISTED_VERSION

    def _count(self, table: str, condition: str = "TRUE") -> int:
        return int(self._database.rows(f"SELECT count(*) FROM {table} WHERE {condition}")[0][0])  # noqa: S608

    def _counts(self, conditions: dict[str, str]) -> dict[str, int]:
        tables = {
            table: condition for table, condition in conditions.items() if table != "listing" or self._has_listing
        }
        counts = {table: self._count(table, condition) for table, condition in tables.items()}
        return {table: count for table, count in counts.items() if count}
