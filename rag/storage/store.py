"""The source of truth: articles, passages and vectors. Everything else can be rebuilt from it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from embeddings.types import HalfVectors
from rag.storage.article_mapping import BARE, article_of, read_articles, select_article, select_articles
from rag.storage.articles import ArticleRecord, put_article, remove_articles
from rag.storage.change_feed import ChangeFeed
from rag.storage.checksums import ANYTHING_IS_DAMAGED
from rag.storage.corrections import Corrections, uncorrected
from rag.storage.database import Database
from rag.storage.duplicates import Duplicates
from rag.storage.facts import ArchiveFacts
from rag.storage.failure_records import FailureRecords
from rag.storage.file_records import FileRecord, FileRecords, put_file
from rag.storage.filter_sql import FilterQueries
from rag.storage.folder_records import FolderRecords
from rag.storage.library import Library
from rag.storage.listing import list_article
from rag.storage.passages import Passages
from rag.storage.recurring_lines import RecurringLines
from rag.storage.sqlite_database import SqliteDatabase
from rag.storage.statistics import Statistics
from rag.storage.vectors import StoredVectors
from rag.types import Article, Passage

ArticleChange = Literal["new", "changed", "unchanged"]

_MOVE_MARKS = (
    "UPDATE marks SET article = ?1 WHERE article = ?2 AND NOT EXISTS (SELECT 1 FROM marks AS other "
    "WHERE other.article = ?1 AND other.question = marks.question AND other.start = marks.start "
    'AND other."end" = marks."end")'
)


class Store:
    """The articles of an archive, and the parts in which the rest is stored.

    Every change of an article is a transaction and raises the revision by one. Usable from several threads.

    Args:
        database: an SQLite file, which is made if there is none, or a database that is open.

    Attributes:
        files: the files that the articles came from.
        failures: what could not be read in earlier runs.
        passages: the passages, with their keys.
        vectors: their vectors, and the encoder that made them.
        filters: which passages and articles pass a filter.
        duplicates: which articles have the same text.
        recurring_lines: which lines recur in the articles of an outlet.
        changes: what changed since an earlier revision.
        statistics: counts and dates.
        folders: the folders that were indexed.
        corrections: facts of articles that were corrected by hand.
        library: all articles, page by page.
        facts: the archive's id and settings.

    Raises:
        ArchiveError: the file is not an archive, is damaged, was made by a newer version, or the disk is full.
    """

    def __init__(self, database: Path | Database) -> None:
        self._database = SqliteDatabase(database) if isinstance(database, Path) else database
        self.files = FileRecords(self._database)
        self.failures = FailureRecords(self._database)
        self.passages = Passages(self._database)
        self.vectors = StoredVectors(self._database)
        self.filters = FilterQueries(self._database)
        self.duplicates = Duplicates(self._database)
        self.recurring_lines = RecurringLines(self._database)
        self.changes = ChangeFeed(self._database)
        self.statistics = Statistics(self._database)
        self.facts = ArchiveFacts(self._database)
        self.folders = FolderRecords(self._database)
        self.corrections = Corrections(self._database)
        self.library = Library(self._database)

    @property
    def database(self) -> Database:
        """The database, for what is stored next to the articles."""
        return self._database

    @property
    def revision(self) -> int:
        """Raised by every change."""
        return self._database.revision

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    # -- reading ------------------------------------------------------------------------------------

    def article(self, article_id: str) -> Article:
        """Return an article by its id; recurring lines are boilerplate in it.

        Raises:
            NotFound: there is none.
        """
        return select_article(self._database, article_id)

    def articles(self, article_ids: Collection[str]) -> dict[str, Article]:
        """Return articles by their ids; without those that do not exist, and damaged ones."""
        return select_articles(self._database, article_ids)

    def article_as_loaded(self, article_id: str) -> Article:
        """Return an article by its id as it was loaded from its file: recurring lines are part of the text.

        Raises:
            NotFound: there is none.
        """
        return select_article(self._database, article_id, BARE)

    def contains(self, article_id: str) -> bool:
        """Whether there is an article of this id."""
        return bool(self._database.rows("SELECT 1 FROM articles WHERE id = ?", article_id))

    def record(self, article_id: str) -> ArticleRecord:
        """Return how an article is stored, as it was loaded, without its passages.

        Raises:
            NotFound: there is no such article.
        """
        article = self.article_as_loaded(article_id)
        query = "SELECT recipe, file, recurring FROM articles WHERE id = ?"
        recipe, file, recurring = self._database.rows(query, article_id)[0]
        spans = [(start, end) for start, end in json.loads(recurring)]
        return ArticleRecord(article=article, passages=(), recipe=recipe, file=file, recurring=spans)

    def article_with_passages(self, article_id: str) -> tuple[Article, tuple[Passage, ...]]:
        """Return an article and its passages in the order of the text, both of the same revision.

        Raises:
            NotFound: there is no such article.
            ArticleDamaged: it is not as it was stored.
        """
        with self._database.snapshot():
            article = self.article(article_id)
            return article, self.passages.of_article(article)

    def articles_from(self, file: str) -> list[Article]:
        """Return the articles that came from the file at a path, in the order of their paths."""
        return read_articles(self._database, "file = ?", file)

    def damaged(self, condition: str = "TRUE", *values: object) -> dict[str, str]:
        """Return the files of the articles of which anything is damaged, and for which an SQL condition is true, by id.

        Passages and vectors are looked at, too.
        """
        query = f"SELECT id, CAST(file AS BLOB) FROM articles WHERE ({condition}) AND {ANYTHING_IS_DAMAGED}"  # noqa: S608
        rows = self._database.rows(query, *values)
        return {article_id: file.decode("utf-8", "replace") for article_id, file in rows}

    def article_ids(self) -> list[str]:
        """Return the ids of all articles, without duplicates, in the order of their paths."""
        rows = self._database.rows("SELECT id FROM articles WHERE same_as IS NULL ORDER BY path")
        return [article_id for (article_id,) in rows]

    def file_paths(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Return, by the id of each article, the path of the file that it came from."""
        query = "SELECT id, file FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._database.rows(query, json.dumps(list(article_ids))))

    def change_of(self, article: Article, recipe: str) -> ArticleChange:
        """Return how an article made by a recipe differs from what was read from the file of the stored one.

        The bytes of its file may differ all the same: an article in a table stays as it is where another row changes.
        """
        if self.damaged("id = ?", article.id):
            return "changed"
        query = f"SELECT recipe, {BARE} FROM articles WHERE id = ?"  # noqa: S608
        for stored_recipe, *row in self._database.rows(query, article.id):
            loaded, _ = uncorrected(article_of(row), self.corrections.by_text(article.id))
            same = stored_recipe == recipe and replace(loaded, sha256=article.sha256) == article
            return "unchanged" if same else "changed"
        return "new"

    # -- writing ------------------------------------------------------------------------------------

    def put(self, record: ArticleRecord, *, fingerprint: str, vectors: Mapping[bytes, HalfVectors]) -> None:
        """Store an article in place of the one at its path.

        Args:
            fingerprint: that of the encoder that made the vectors.
            vectors: the vector of each input hash of the passages; other ones are ignored.

        Raises:
            ValueError: a passage is not the text at its place, or has no vector.
        """
        for passage in (stored.passage for stored in record.passages):
            if passage.text != record.article.text[passage.start : passage.end]:
                raise ValueError(f"Passage {passage.id} is not the text at its place.")
        missing = [stored.passage.id for stored in record.passages if stored.input_hash not in vectors]
        if missing:
            raise ValueError(f"Passage {missing[0]} has no vector.")
        needed = {stored.input_hash: vectors[stored.input_hash] for stored in record.passages}
        with self._database.transaction() as (connection, revision):
            put_article(connection, revision, record, fingerprint=fingerprint, vectors=needed)

    def update_sha256(self, article: Article) -> None:
        """Note that a stored article now comes from a file with other bytes than before."""
        with self._database.transaction(of_articles=False, of_files=True) as (connection, _):
            connection.execute("UPDATE articles SET sha256 = ? WHERE id = ?", (article.sha256, article.id))

    def finish_file(self, file: FileRecord, current_ids: Collection[str]) -> None:
        """Note that a file was read to its end; its articles whose ids are not among the current ones are removed."""
        outdated = [article_id for article_id in self.ids_from(file.path) if article_id not in current_ids]
        with self._database.transaction(of_articles=bool(outdated), of_files=True) as (connection, revision):
            remove_articles(connection, revision, outdated)
            put_file(connection, file)

    def remove_file(self, path: str) -> int:
        """Remove the articles of a file with their passages and vectors, and return how many there were."""
        article_ids = self.ids_from(path)
        with self._database.transaction(of_articles=bool(article_ids), of_files=True) as (connection, revision):
            remove_articles(connection, revision, article_ids)
            connection.execute("DELETE FROM files WHERE path = ?", (path,))
        return len(article_ids)

    def move_history(self, from_article: str, to_article: str) -> None:
        """Give an article at another path what belongs to it: feedback, quotations, and the time when it came in."""
        with self._database.transaction(of_articles=False) as (connection, _):
            connection.execute(_MOVE_MARKS, (to_article, from_article))
            connection.execute("UPDATE dossier_entries SET article = ? WHERE article = ?", (to_article, from_article))
            connection.execute(
                "UPDATE articles SET added = (SELECT added FROM articles WHERE id = ?2) WHERE id = ?1",
                (to_article, from_article),
            )
            list_article(connection, to_article)

    def ids_from(self, file: str) -> list[str]:
        """Return the ids of the articles that came from the file at a path."""
        return [article_id for (article_id,) in self._database.rows("SELECT id FROM articles WHERE file = ?", file)]
