"""The one truth: articles, passages and vectors in SQLite. Everything else can be rebuilt from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.types import HalfVectors
from rag.errors import ArchiveError, NotFound
from rag.storage.article_mapping import BARE, READ, article_of, day_of
from rag.storage.articles import put_article, put_vectors, remove_articles
from rag.storage.change_feed import Changes, PassageChanges, passage_changes, vector_changes
from rag.storage.database import Database, State
from rag.storage.duplicates import Doubles
from rag.storage.failure_records import FailureRecords
from rag.storage.file_records import FileRecord, FileRecords, put_file
from rag.storage.filter_sql import allowed_keys, unknown_name
from rag.storage.recurring_lines import Recurring
from rag.types import Article, Filter, Passage, Span, cut


def input_hash(text: str) -> bytes:
    """Return the key of a text under which its vector is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


@dataclass(frozen=True, slots=True)
class EncoderRecord:
    """The encoder that an archive's vectors come from: how to open it, and how to know it."""

    name: str
    fingerprint: str
    dim: int


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage with its key, its article and its vector."""

    key: int
    article: Article
    passage: Passage
    vector: HalfVectors


class Store:
    """The articles of an archive. Every change of one is a transaction and raises the revision by one.

    Usable from several threads.

    Raises:
        ArchiveError: the file is no archive, is damaged, was made by a newer version, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path)

    @property
    def database(self) -> Database:
        """The file, for what is kept beside the articles."""
        return self._database

    @property
    def files(self) -> FileRecords:
        """What is known of the files that articles came from."""
        return FileRecords(self._database)

    @property
    def failures(self) -> FailureRecords:
        """What could not be read in earlier runs."""
        return FailureRecords(self._database)

    @property
    def doubles(self) -> Doubles:
        """Which articles are the same, and which are alike."""
        return Doubles(self._database)

    @property
    def recurring(self) -> Recurring:
        """Which lines recur in articles of an outlet."""
        return Recurring(self._database)

    @property
    def settled(self) -> bool:
        """Whether, since the last change, doubles and recurring lines were looked for in all articles."""
        return self._database.meta("settled") == str(self.revision)

    def close(self) -> None:
        self._database.close()

    # -- reading ------------------------------------------------------------------------------------

    @property
    def archive_id(self) -> str:
        """A random word that tells this archive from every other."""
        return self._database.meta("archive_id") or ""

    @property
    def revision(self) -> int:
        """Raised by every change."""
        return self._database.revision

    @property
    def state(self) -> State:
        """What the archive holds now; views note the state that they hold."""
        return self._database.state

    def has_been(self, state: State) -> bool:
        """Tell whether the archive has come from this state, so that `changes_since` says all that happened.

        It has not where the archive was restored from a copy, and has changed since.
        """
        return self._database.has_been(state)

    @property
    def encoder(self) -> EncoderRecord | None:
        """The encoder of the archive's vectors, or None before the first indexing."""
        facts = dict(self._database.rows("SELECT name, value FROM meta WHERE name LIKE 'encoder_%'"))
        if not facts:
            return None
        return EncoderRecord(facts["encoder_name"], facts["encoder_fingerprint"], int(facts["encoder_dim"]))

    @property
    def calibration(self) -> str | None:
        """What `set_calibration` kept, or None."""
        return self._database.meta("calibration")

    def holds(self, article: Article, recipe: str) -> bool | None:
        """Tell whether an article is stored just so, made by this recipe; None if there is none at its path.

        The bytes of its file may be others: an article in a table stays the same where another row changes.
        """
        query = f"SELECT recipe, {BARE} FROM articles WHERE id = ?"  # noqa: S608
        for made, *row in self._database.rows(query, article.id):
            return made == recipe and replace(article_of(row), sha256=article.sha256) == article
        return None

    def article(self, article_id: str) -> Article:
        """Return an article by its id.

        Raises:
            NotFound: there is none.
        """
        return self._read(READ, article_id)

    def bare(self, article_id: str) -> Article:
        """Return an article by its id as its file has it, with the lines in the text that are set aside for recurring.

        Raises:
            NotFound: there is none.
        """
        return self._read(BARE, article_id)

    def _read(self, columns: str, article_id: str) -> Article:
        for row in self._database.rows(f"SELECT {columns} FROM articles WHERE id = ?", article_id):  # noqa: S608
            return article_of(row)
        raise NotFound(f"There is no article {article_id} in this archive: `fundstelle status` tells what is there.")

    def reading(self, article_id: str) -> tuple[Article, tuple[Passage, ...]]:
        """Return an article and its passages in the order of the text, both of the same revision.

        Raises:
            NotFound: there is no such article.
        """
        with self._database.snapshot():
            article = self.article(article_id)
            query = (
                'SELECT start, "end", language FROM passages '
                "WHERE article = (SELECT coalesce(same_as, id) FROM articles WHERE id = ?) ORDER BY start"
            )
            return article, tuple(cut(article, *place) for place in self._database.rows(query, article_id))

    def find_articles(self, reference: str) -> list[str]:
        """Return the ids of the articles that a person may mean, by the first of these that finds any.

        The id; the whole path, title or address; the beginning of an id, a part of a title, the end of a path.
        """
        pattern = "%" + reference.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        for condition in (
            "id = ?1",
            "path = ?1 OR title = ?1 OR url = ?1",
            "substr(id, 1, length(?1)) = ?1 OR title LIKE ?2 ESCAPE '\\' OR substr(path, -length(?1) - 1) = '/' || ?1",
        ):
            query = f"SELECT id FROM articles WHERE ?2 <> '' AND ({condition}) ORDER BY path"  # noqa: S608
            found = [row[0] for row in self._database.rows(query, reference, pattern)]
            if found:
                return found
        return []

    def files_of(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Return, by the id of each article, the path of the file that it came from."""
        query = "SELECT id, file FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._database.rows(query, json.dumps(list(article_ids))))

    def articles_of(self, file: str) -> list[Article]:
        """Return the articles that came from the file at a path, in the order of their paths."""
        rows = self._database.rows(f"SELECT {READ} FROM articles WHERE file = ? ORDER BY path", file)  # noqa: S608
        return list(map(article_of, rows))

    def names(self) -> list[tuple[str, str | None, str, str | None]]:
        """Return the id, title, path and address of all articles, in the order of the paths."""
        return self._database.rows("SELECT id, title, path, url FROM articles ORDER BY path")

    def article_ids(self) -> list[str]:
        """Return the ids of all articles that passages are kept of, in the order of the paths."""
        return [row[0] for row in self._database.rows("SELECT id FROM articles WHERE same_as IS NULL ORDER BY path")]

    def found(self, keys: Sequence[int], fingerprint: str) -> list[FoundPassage]:
        """Return the passages with these keys, in their order, with their vectors; those that are gone are left out."""
        query = (
            'SELECT article, start, "end", language, vector FROM passages JOIN vectors USING (input_hash) '
            "WHERE key = ? AND fingerprint = ?"
        )
        articles: dict[str, Article] = {}
        found = []
        with self._database.snapshot() as database:
            for key in keys:
                row = database.execute(query, (key, fingerprint)).fetchone()
                if row is None:
                    continue
                article_id, *place, vector = row
                if article_id not in articles:
                    articles[article_id] = self.article(article_id)
                article = articles[article_id]
                found.append(FoundPassage(key, article, cut(article, *place), np.frombuffer(vector, np.float16)))
        return found

    def allowed(self, filter: Filter) -> NDArray[np.int64] | None:
        """Return the keys of all passages whose article passes, ascending; None if the filter asks for nothing."""
        return allowed_keys(self._database, filter)

    def unknown_name(self, filter: Filter) -> tuple[str, str, list[str]] | None:
        """Return a source or author that no article has, and the names that there are; see `rag.storage.filter_sql`."""
        return unknown_name(self._database, filter)

    def all_keys(self) -> NDArray[np.int64]:
        """Return the keys of all passages, ascending."""
        rows = self._database.rows("SELECT key FROM passages ORDER BY key")
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def input_hashes(self) -> Iterator[bytes]:
        """Yield the hashes of the texts that the passages' vectors belong to."""
        yield from (row[0] for row in self._database.rows("SELECT input_hash FROM passages"))

    @property
    def is_empty(self) -> bool:
        """Whether there is no passage; to count them takes the longer the more there are."""
        return not self._database.rows("SELECT 1 FROM passages LIMIT 1")

    def passage_count(self) -> int:
        return int(self._database.rows("SELECT count(*) FROM passages")[0][0])

    def counts(self, column: str) -> dict[str, int]:
        """Return how many articles have each value of `language` or `source`, the most frequent first.

        Of doubles, which are in other outlets, only the outlets are counted.
        """
        if column not in ("language", "source"):
            raise ValueError(f"Articles are not counted by {column}.")
        rows = self._database.rows(
            f"SELECT {column}, count(*) AS n FROM articles WHERE {column} IS NOT NULL "  # noqa: S608
            "AND (same_as IS NULL OR ?) GROUP BY 1 ORDER BY n DESC, 1",
            column == "source",
        )
        return dict(rows)

    def article_count(self) -> int:
        """Return how many different articles there are; doubles of them are not counted."""
        return int(self._database.rows("SELECT count(*) FROM articles WHERE same_as IS NULL")[0][0])

    def date_range(self) -> tuple[date | None, date | None]:
        """Return the days of the oldest and of the newest article."""
        oldest, newest = self._database.rows("SELECT min(published), max(published) FROM articles")[0]
        return day_of(oldest), day_of(newest)

    def vectors(self, fingerprint: str, hashes: Iterable[bytes]) -> dict[bytes, HalfVectors]:
        """Return the vectors that are there, by the hash of their text."""
        query = "SELECT vector FROM vectors WHERE fingerprint = ? AND input_hash = ?"
        with self._database.snapshot() as database:
            rows = {one: database.execute(query, (fingerprint, one)).fetchone() for one in hashes}
        return {one: np.frombuffer(row[0], np.float16) for one, row in rows.items() if row}

    def changes_since(self, revision: int, fingerprint: str) -> Iterator[Changes]:
        """Yield, in batches, what a view of this revision must do to hold the vectors that the store holds now."""
        return vector_changes(self._database, revision, fingerprint, self.encoder.dim if self.encoder else 0)

    def passage_changes_since(self, revision: int) -> Generator[PassageChanges, None, None]:
        """Yield, in batches, what a view of the texts must do to hold what the store holds now."""
        return passage_changes(self._database, revision, self.article)

    # -- writing ------------------------------------------------------------------------------------

    def set_encoder(self, record: EncoderRecord) -> None:
        """Say which encoder's vectors count from now on, and forget the vectors of others.

        Raises:
            ArchiveError: some passage has no vector of this encoder.
        """
        with self._database.transaction() as (database, _):
            missing = database.execute(
                "SELECT count(*) FROM passages AS p WHERE NOT EXISTS "
                "(SELECT 1 FROM vectors AS v WHERE v.fingerprint = ? AND v.input_hash = p.input_hash)",
                (record.fingerprint,),
            ).fetchone()[0]
            if missing:
                raise ArchiveError(
                    f"{missing} passages have no vector of {record.name} yet: run the same command again."
                )
            for name, value in (("name", record.name), ("fingerprint", record.fingerprint), ("dim", record.dim)):
                database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"encoder_{name}", str(value)))
            database.execute("DELETE FROM vectors WHERE fingerprint <> ?", (record.fingerprint,))

    def set_calibration(self, written: str | None) -> None:
        """Keep the weights of the confidence that were fitted to this archive; None forgets them."""
        self._database.set_meta("calibration", written)

    def put_vectors(self, fingerprint: str, vectors: Mapping[bytes, HalfVectors]) -> None:
        """Keep vectors by the hash of their text; known ones stay."""
        with self._database.transaction() as (database, _):
            put_vectors(database, fingerprint, vectors)

    @property
    def doubtful_vectors(self) -> bool:
        """Whether the vectors of short texts may be wrong, since a version made them that did not test the encoder."""
        return self._database.meta("vectors_tested") is None

    def set_vectors_tested(self) -> None:
        """Note that all vectors are of an encoder that was tested on the processor that it ran on."""
        self._database.set_meta("vectors_tested", "")

    def articles_with_short_passages(self, characters: int) -> list[str]:
        """Return the ids of the articles with passages of so many characters or fewer."""
        rows = self._database.rows('SELECT DISTINCT article FROM passages WHERE "end" - start <= ?', characters)
        return [row[0] for row in rows]

    def replace_vectors(self, fingerprint: str, vectors: Mapping[bytes, HalfVectors]) -> None:
        """Keep vectors in place of those that the same texts had."""
        with self._database.transaction() as (database, revision):
            put_vectors(database, fingerprint, vectors, anew=True)
            database.executemany(
                "UPDATE passages SET revision = ? WHERE input_hash = ?", [(revision, hashed) for hashed in vectors]
            )

    def put(
        self,
        article: Article,
        recipe: str,
        passages: Sequence[tuple[Passage, bytes]],
        fingerprint: str,
        vectors: Mapping[bytes, HalfVectors],
        file: str | None = None,
        bands: Sequence[int] = (),
        recurring: Sequence[Span] = (),
    ) -> None:
        """Store an article in place of what stood at its path.

        Args:
            bands: the marks by which articles that are alike find each other.
            file: the path of the file that it came from, where that is not its own.
            recurring: lines of the text that are set aside because other articles have them too.
            recipe: names how it was loaded and cut; another recipe means that it must be done again.
            passages: each with the hash of the text that its vector belongs to.
            vectors: the vector of each of these hashes.

        Raises:
            ValueError: a passage is not the text at its place, or has no vector.
        """
        for passage, hashed in passages:
            if hashed not in vectors:
                raise ValueError(f"Passage {passage.id} has no vector.")
            if passage.text != article.text[passage.start : passage.end]:
                raise ValueError(f"Passage {passage.id} is not the text at its place.")
        with self._database.transaction() as (database, revision):
            put_article(
                database,
                revision,
                article,
                recipe,
                passages,
                fingerprint,
                vectors,
                file or article.path,
                bands,
                recurring,
            )

    def set_settled(self) -> None:
        """Note that doubles and recurring lines were looked for in all articles as they are now."""
        self._database.set_meta("settled", str(self.revision))

    def move_marks(self, old: str, new: str) -> None:
        """Let the marks on an article count for another one: the same, at another path."""
        with self._database.transaction(of_articles=False) as (database, _):
            database.execute("UPDATE OR IGNORE marks SET article = ? WHERE article = ?", (new, old))

    def restate(self, article: Article) -> None:
        """Note that a stored article stands in a file with other bytes than before."""
        with self._database.transaction(of_articles=False) as (database, _):
            database.execute("UPDATE articles SET sha256 = ? WHERE id = ?", (article.sha256, article.id))

    def finish(self, file: FileRecord, kept: Collection[str]) -> None:
        """Note that a file was read to its end; articles of it that are not among the ids `kept` are removed."""
        gone = [article_id for article_id in self._ids_of(file.path) if article_id not in kept]
        with self._database.transaction(of_articles=bool(gone)) as (database, revision):
            remove_articles(database, revision, gone)
            put_file(database, file)

    def remove(self, path: str) -> int:
        """Remove the articles of a file with their passages and vectors, and return how many there were."""
        gone = self._ids_of(path)
        with self._database.transaction(of_articles=bool(gone)) as (database, revision):
            remove_articles(database, revision, gone)
            database.execute("DELETE FROM files WHERE path = ?", (path,))
        return len(gone)

    def _ids_of(self, file: str) -> list[str]:
        """Return the ids of the articles that came from the file at a path."""
        return [row[0] for row in self._database.rows("SELECT id FROM articles WHERE file = ?", file)]
