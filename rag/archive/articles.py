"""The articles of an archive, their passages, and the articles that are like them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from embeddings.types import HalfVectors
from rag.archive.parts import ArchiveParts
from rag.search.similar import SimilarArticle, similar_articles
from rag.storage.lookup import resolve_article
from rag.text.similarity import Version, versions_among
from rag.types import Article, Passage


class ArchiveArticles(ArchiveParts):
    """What an archive has of articles."""

    def articles(self) -> Iterator[Article]:
        """Yield all articles without duplicates, ordered by path."""
        for article_id in self._store.article_ids():
            yield self._store.article(article_id)

    def article(self, reference: str) -> Article:
        """Return the article with an id, path, title or URL, or a unique part of one.

        Raises:
            NotFound: no article matches, or several do.
        """
        return self.article_with_passages(reference)[0]

    def original(self, reference: str) -> Article:
        """Return the article that is cited: that of the reference, or the one that it duplicates.

        Raises:
            NotFound: no article matches, or several do.
        """
        return self._store.article(self._store.duplicates.original(self.article(reference).id))

    def duplicates(self, article_id: str) -> tuple[Article, ...]:
        """Return the other articles with the same text.

        Raises:
            NotFound: no article has this id.
        """
        _ = self._store.article(article_id)
        return self._store.duplicates.of(article_id)

    def versions(self, article_id: str) -> tuple[Version, ...]:
        """Return the near-duplicates of an article, most similar first.

        Raises:
            NotFound: no article has this id.
        """
        return versions_among(
            self._store.article(article_id), self._store.duplicates.near_duplicate_candidates(article_id)
        )

    def file_of(self, article_id: str) -> Path:
        """Return the file that an article came from, which may contain others and need not exist any more.

        Raises:
            NotFound: no article has this id.
        """
        return Path(self._store.record(article_id).file)

    def similar(self, article_id: str, k: int = 5) -> tuple[SimilarArticle, ...]:
        """Return the k articles that are nearest to one in what they are about, in any language, nearest first.

        Its duplicates and other versions are left out.

        Raises:
            NotFound: no article has this id.
        """
        versions = frozenset(version.article.id for version in self.versions(article_id))
        return similar_articles(article_id, k, self._store, self._dense, versions)

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """Return the passages of an article in their order.

        Raises:
            NotFound: no article has this id.
        """
        return self._store.article_with_passages(article_id)[1]

    def passage_vectors(self, article_id: str) -> Iterator[tuple[Passage, HalfVectors]]:
        """Yield the passages of an article in their order, each with its vector: float16, of length 1.

        Vectors of two archives can be compared if the `fingerprint` of their `status` is the same.
        """
        record = self._store.vectors.encoder
        if record is not None:
            keys = self._store.passages.keys_of(article_id)
            for stored in self._store.passages.with_keys(keys, record.fingerprint):
                yield stored.passage, stored.vector

    def article_with_passages(self, reference: str) -> tuple[Article, tuple[Passage, ...]]:
        """Return an article, as `article` does, with its passages, in one consistent read.

        Raises:
            NotFound: no article matches, or several do.
        """
        return self._store.article_with_passages(resolve_article(self._store, reference))
