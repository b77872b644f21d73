"""An article with its passages and vectors → its rows in all tables: put whole, and removed whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from embeddings.types import HalfVectors
from rag.storage.article_mapping import PUT_ARTICLE, values_of
from rag.storage.duplicates import put_bands, release_duplicates
from rag.storage.passages import remove_all_passages, remove_passages
from rag.storage.recurring_lines import edge_lines, put_lines
from rag.storage.vectors import delete_unused_vectors, put_vectors
from rag.text.similarity import text_key
from rag.types import Article, Passage, Span

_PASSAGES = (
    "SELECT key, input_hash, coalesce(passages.language, articles.language) "
    "FROM passages JOIN articles ON article = id WHERE article = ?"
)


def put_article(
    database: sqlite3.Connection,
    revision: int,
    article: Article,
    recipe: str,
    passages: Sequence[tuple[Passage, bytes]],
    fingerprint: str,
    vectors: Mapping[bytes, HalfVectors],
    file: str,
    bands: Sequence[int],
    recurring: Sequence[Span],
) -> None:
    """Put an article in place of what stood at its path; passages that are as they were keep their revision.

    Vectors that nothing needs any more are dropped. See `Store.put`.
    """
    key = text_key(article)
    release_duplicates(database, article.id, key)
    # before the article is replaced: its language is that of passages without one
    rows = database.execute(_PASSAGES, (article.id,)).fetchall()
    database.execute(PUT_ARTICLE, values_of(article, recipe, file, key, recurring))
    put_bands(database, article.id, bands)
    put_lines(database, article.id, tuple(edge_lines(article).values()))
    before = {key: hashed for key, hashed, _ in rows}
    spoken = {key: language for key, _, language in rows}
    now = {passage.key: (passage, hashed) for passage, hashed in passages}
    put_vectors(database, fingerprint, vectors)
    changed = {
        key
        for key, (passage, hashed) in now.items()
        if (before.get(key), spoken.get(key)) != (hashed, passage.language)
    }
    database.executemany(
        "UPDATE passages SET kind = ?, language = nullif(?, ?) WHERE key = ?",
        [(one.kind, one.language, article.language, key) for key, (one, _) in now.items() if key not in changed],
    )
    database.executemany(
        "INSERT OR REPLACE INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, ?))",
        [
            (key, article.id, one.start, one.end, hashed, revision, one.kind, one.language, article.language)
            for key, (one, hashed) in now.items()
            if key in changed
        ],
    )
    # last, for a passage that only moved needs the vector that it had at its old place
    remove_passages(database, revision, {key: before[key] for key in before.keys() - now.keys()})
    delete_unused_vectors(database, {before[key] for key in changed if key in before})


def remove_articles(database: sqlite3.Connection, revision: int, gone: Iterable[str]) -> None:
    """Remove articles by their ids, with all that belongs to them; another of the same text gets their passages."""
    for article in gone:
        release_duplicates(database, article, b"")
        remove_all_passages(database, revision, article)
        put_bands(database, article, ())
        put_lines(database, article, ())
        database.execute("DELETE FROM articles WHERE id = ?", (article,))
