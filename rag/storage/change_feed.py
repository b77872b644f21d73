"""What changed in the store since a revision: the indexes of vectors and of words catch up by this feed."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.types import HalfVectors
from rag.errors import ArticleDamaged
from rag.storage.article_mapping import select_article
from rag.storage.checksums import is_intact
from rag.storage.database import Database
from rag.storage.vectors import EncoderRecord
from rag.types import Article, Passage, passage_at
from rag.types.archive_state import State

# maximum number of passages in a batch
_BATCH_ROWS = 4096


@dataclass(frozen=True, slots=True)
class VectorChanges:
    """Changes of the vectors since a revision: keys removed, and keys added or given another vector.

    `vectors` has a row for each key in `added`; `state` is that of the archive when it was read.
    """

    state: State
    removed: NDArray[np.int64]
    added: NDArray[np.int64]
    vectors: HalfVectors


@dataclass(frozen=True, slots=True)
class PassageChanges:
    """Changes of the passages' texts since a revision.

    `outdated` are the keys removed or given another text, `added` the passages that are new or have another text;
    `total` is the number of all passages in the `state` that was read.
    """

    state: State
    total: int
    outdated: NDArray[np.int64]
    added: tuple[tuple[Article, Passage], ...]


class ChangeFeed:
    """The state of an archive, and what changed since an earlier one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def state(self) -> State:
        """What the archive contains now; indexes note the state that they contain."""
        with self._database.lent():
            revision = self._database.revision
            return State(revision, self._database.mark(revision))

    def descends_from(self, state: State) -> bool:
        """Whether the archive came from this state, so that an index of it can catch up by what changed since.

        It did not where the archive was restored from a copy, or a server took over that lacked the last changes. A
        server that follows another one may be a moment behind, for which is waited.
        """
        with self._database.lent():
            if state.revision > self._database.revision:
                self._database.wait_for(state.revision)
            return state.revision <= self._database.revision and state.mark == self._database.mark(state.revision)

    def vectors_since(self, revision: int, encoder: EncoderRecord) -> Iterator[VectorChanges]:
        """Yield, in batches, what an index of this revision must do to contain the vectors of an encoder as of now.

        First all keys to remove, then keys with vectors to add or replace. All batches show the same revision.
        """
        no_keys, no_vectors = np.empty(0, np.int64), np.empty((0, encoder.dim), np.float16)
        with self._database.snapshot() as connection:
            state = self.state
            removed = connection.execute("SELECT key FROM removed WHERE revision > ?", (revision,)).fetchall()
            yield VectorChanges(state, np.array(removed, np.int64).reshape(-1), no_keys, no_vectors)
            # the keys first, or SQLite would scan all passages in the order of the keys
            intact = is_intact("vectors") if self._database.has_checksums else "1"
            # in place of a damaged vector, an index has any other: the passage is left out when it is read
            batches = self._database.batches(
                f"SELECT key, CASE WHEN {intact} THEN vector ELSE ?3 END FROM passages JOIN vectors USING (input_hash) "  # noqa: S608
                "WHERE key IN (SELECT key FROM passages WHERE revision > ?1) AND fingerprint = ?2 ORDER BY key",
                revision,
                encoder.fingerprint,
                np.eye(1, encoder.dim, dtype=np.float16).tobytes(),
                size=_BATCH_ROWS,
            )
            for rows in batches:
                vectors = np.frombuffer(b"".join(vector for _, vector in rows), np.float16).reshape(len(rows), -1)
                yield VectorChanges(state, no_keys, np.array([key for key, _ in rows], np.int64), vectors)

    def passages_since(self, revision: int) -> Generator[PassageChanges, None, None]:
        """Yield, in batches, what an index of this revision must do to contain the passages as of now.

        First all keys to remove, those with another text too; then passages to add. All batches show the same
        revision, and callers that need the keys alone take the first batch.
        """
        with self._database.snapshot() as connection:
            state = self.state
            total = int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])
            outdated = connection.execute(
                "SELECT key FROM removed WHERE revision > ?1 UNION SELECT key FROM passages WHERE revision > ?1",
                (revision,),
            ).fetchall()
            yield PassageChanges(state, total, np.array(outdated, np.int64).reshape(-1), ())
            no_keys = np.empty(0, np.int64)
            # a revision changes one article, so its passages follow on each other
            intact = is_intact("passages") if self._database.has_checksums else "1"
            batches = self._database.batches(
                f"SELECT CASE WHEN {intact} THEN article ELSE '' END, start, \"end\", "  # noqa: S608
                f"CASE WHEN {intact} THEN language ELSE '' END FROM passages "
                "WHERE revision > ? ORDER BY revision",
                revision,
                size=_BATCH_ROWS,
            )
            article = None
            for rows in batches:
                passages = []
                for article_id, start, end, language in rows:
                    if article is None or article.id != article_id:
                        article = self._article(article_id)
                    if article.text:
                        passages.append((article, passage_at(article, start, end, language)))
                    else:
                        passages.append((article, Passage(article_id, start, end, "", "article", article.language)))
                yield PassageChanges(state, total, no_keys, tuple(passages))

    def _article(self, article_id: str) -> Article:
        """Return an article; in place of a damaged one, which is left out when it is read, one without a text."""
        with suppress(ArticleDamaged):
            if article_id:
                return select_article(self._database, article_id)
        return Article(id=article_id, text="", language="und", path="", sha256="")
