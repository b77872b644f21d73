"""An article with its passages and vectors → its rows in all tables: stored as a whole, removed as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from embeddings.types import HalfVectors
from rag.storage.article_mapping import PUT_ARTICLE, sql_values
from rag.storage.checksums import ANYTHING_IS_DAMAGED, checksum_of
from rag.storage.corrections import CorrectionRecord, put_corrections
from rag.storage.database import SqlConnection
from rag.storage.duplicates import put_bands, release_duplicates
from rag.storage.listing import list_article, unlist_article
from rag.storage.passages import remove_all_passages, remove_passages
from rag.storage.recurring_lines import edge_lines, put_lines
from rag.storage.vectors import delete_unused_vectors, put_vectors
from rag.text.similarity import text_key
from rag.types import Article, Passage, Span

# a passage without a language of its own has that of its article
_SELECT_PASSAGES = (
    "SELECT key, input_hash, coalesce(passages.language, articles.language), title, author "
    "FROM passages JOIN articles ON article = id WHERE article = ?"
)
# nothing else of it can be relied on, or even read
_SELECT_DAMAGED = "SELECT key, input_hash, NULL, NULL, NULL FROM passages WHERE article = ?"


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A passage, and the hash of the text that the encoder reads for it."""

    passage: Passage
    input_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRecord:
    """An article as it is stored.

    Attributes:
        passages: the article's passages.
        recipe: how it was loaded, split and encoded; an article of another recipe is indexed again.
        file: the path of the file that it came from, or empty if that is the article's own path.
        bands: its MinHash bands, by which near-duplicates are found.
        recurring: the lines of its text that are boilerplate because other articles have them too.
        corrections: its corrections by hand, which the article has; None leaves those that are stored.
    """

    article: Article
    passages: Sequence[PassageRecord]
    recipe: str = ""
    file: str = ""
    bands: Sequence[int] = ()
    recurring: Sequence[Span] = ()
    corrections: CorrectionRecord | None = None


def put_article(
    connection: SqlConnection,
    revision: int,
    record: ArticleRecord,
    *,
    fingerprint: str,
    vectors: Mapping[bytes, HalfVectors],
) -> None:
    """Store an article in place of the one at its path; passages that are as they were keep their revision.

    Vectors that nothing needs any more are deleted. See `Store.put`.
    """
    article = record.article
    key_of_text = text_key(article)
    query = f"SELECT {ANYTHING_IS_DAMAGED} FROM articles WHERE id = ?"  # noqa: S608
    before = connection.execute(query, (article.id,)).fetchone()
    is_damaged = bool(before and before[0])
    rows = []
    if before:
        release_duplicates(connection, article.id, key_of_text)
        # before the article is replaced: its language is that of passages without one
        rows = connection.execute(_SELECT_DAMAGED if is_damaged else _SELECT_PASSAGES, (article.id,)).fetchall()
    stored = {key: (input_hash, language) for key, input_hash, language, *_ in rows}
    stored_hashes = {key: input_hash for key, (input_hash, _) in stored.items()}
    citation = next(iter(rows), (None,) * 5)[3:]
    connection.execute(PUT_ARTICLE, sql_values(article, record.recipe, record.file, key_of_text, record.recurring))
    if is_damaged:
        # nothing of it stays as it was
        renew = f"UPDATE articles SET checksum = {checksum_of('articles')} WHERE id = ?"  # noqa: S608
        connection.execute(renew, (article.id,))
    put_bands(connection, article.id, record.bands)
    put_lines(connection, article.id, tuple(edge_lines(article).values()))
    put_vectors(connection, fingerprint, vectors)
    current = {passage.passage.key: passage for passage in record.passages}
    changed = {
        key: passage
        for key, passage in current.items()
        # the index of words has the headline and the author, too
        if stored.get(key) != (passage.input_hash, passage.passage.language)
        or citation != (article.title, article.author)
    }
    connection.executemany(
        "UPDATE passages SET kind = ?, language = nullif(?, ?) WHERE key = ?",
        [
            (passage.passage.kind, passage.passage.language, article.language, key)
            for key, passage in current.items()
            if key not in changed
        ],
    )
    connection.executemany(
        'INSERT OR REPLACE INTO passages (key, article, start, "end", input_hash, revision, kind, language) '
        "VALUES (:key, :article, :start, :end, :input_hash, :revision, :kind, nullif(:language, :article_language))",
        [_passage_values(passage, article, revision) for passage in changed.values()],
    )
    # last, since a passage that only moved needs the vector that it had at its old offsets
    remove_passages(connection, revision, {key: stored_hashes[key] for key in stored.keys() - current.keys()})
    delete_unused_vectors(connection, {stored_hashes[key] for key in changed if key in stored})
    if record.corrections:
        put_corrections(connection, article.id, record.corrections, record.file or article.path)
    list_article(connection, article.id)


def _passage_values(record: PassageRecord, article: Article, revision: int) -> dict[str, object]:
    passage = record.passage
    return {
        "key": passage.key,
        "article": article.id,
        "start": passage.start,
        "end": passage.end,
        "input_hash": record.input_hash,
        "revision": revision,
        "kind": passage.kind,
        "language": passage.language,
        "article_language": article.language,
    }


def remove_articles(connection: SqlConnection, revision: int, article_ids: Iterable[str]) -> None:
    """Remove articles with all that belongs to them; duplicates of one get its text back."""
    for article_id in article_ids:
        release_duplicates(connection, article_id, b"")
        remove_all_passages(connection, revision, article_id)
        put_bands(connection, article_id, ())
        put_lines(connection, article_id, ())
        connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        unlist_article(connection, article_id)
