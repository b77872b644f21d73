"""What happened in the store since a revision: by this, the indexes of vectors and words catch up."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.types import HalfVectors
from rag.storage.database import Database, State
from rag.types import Article, Passage, cut

_BATCH = 4096


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened to the passages since a revision: keys that went, keys that came or got another vector.

    `state` is what the archive held when it was looked at.
    """

    state: State
    removed: NDArray[np.int64]
    added: NDArray[np.int64]
    vectors: HalfVectors


@dataclass(frozen=True, slots=True)
class PassageChanges:
    """What happened to the texts of passages since a revision.

    `outdated` are the keys that went or got another text, `added` the passages that are new or got another text;
    `total` is the number of all passages in the `state` that was looked at.
    """

    state: State
    total: int
    outdated: NDArray[np.int64]
    added: tuple[tuple[Article, Passage], ...]


def vector_changes(database: Database, revision: int, fingerprint: str, dim: int) -> Iterator[Changes]:
    """Yield, in batches, what a view of this revision must do to hold the vectors that are there now.

    First all keys to remove, then keys with vectors to add or replace. All batches show the same revision.

    Args:
        dim: length of a vector.
    """
    with database.snapshot() as connection:
        now = database.state
        gone = connection.execute("SELECT key FROM removed WHERE revision > ?", (revision,)).fetchall()
        nothing = np.empty((0, dim), np.float16)
        yield Changes(now, np.array(gone, np.int64).reshape(-1), np.empty(0, np.int64), nothing)
        # the keys first, or SQLite would look at all passages in the order that is asked for
        cursor = connection.execute(
            "SELECT key, vector FROM passages JOIN vectors USING (input_hash) "
            "WHERE key IN (SELECT key FROM passages WHERE revision > ?) AND fingerprint = ? ORDER BY key",
            (revision, fingerprint),
        )
        while rows := cursor.fetchmany(_BATCH):
            vectors = np.frombuffer(b"".join(row[1] for row in rows), np.float16).reshape(len(rows), -1)
            keys = np.array([row[0] for row in rows], np.int64)
            yield Changes(now, np.empty(0, np.int64), keys, vectors)


def passage_changes(
    database: Database, revision: int, article_of: Callable[[str], Article]
) -> Generator[PassageChanges, None, None]:
    """Yield, in batches, what a view of the texts must do to hold what is there now.

    First all keys to remove, those with another text too; then passages to add. All batches show the same
    revision, and whoever needs the keys alone takes the first batch.

    Args:
        article_of: reads an article by its id.
    """
    with database.snapshot() as connection:
        now = database.state
        total = int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])
        gone = connection.execute(
            "SELECT key FROM removed WHERE revision > ?1 UNION SELECT key FROM passages WHERE revision > ?1",
            (revision,),
        ).fetchall()
        yield PassageChanges(now, total, np.array(gone, np.int64).reshape(-1), ())
        nothing = np.empty(0, np.int64)
        # a revision changes one article, so its passages follow on each other
        cursor = connection.execute(
            'SELECT article, start, "end", language FROM passages WHERE revision > ? ORDER BY revision', (revision,)
        )
        article = None
        while rows := cursor.fetchmany(_BATCH):
            added = []
            for article_id, *place in rows:
                if article is None or article.id != article_id:
                    article = article_of(article_id)
                added.append((article, cut(article, *place)))
            yield PassageChanges(now, total, nothing, tuple(added))
