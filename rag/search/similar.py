"""An article → those about the same matter, in any language, by the stored vectors of their passages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.vectors.language_neutral import language_neutral
from rag.types import Article, Passage

if TYPE_CHECKING:
    from rag.dense.index import DenseIndex
    from rag.storage.store import Store

# passages of a long article that stand for it, evenly spaced: the first of a newspaper article has its subject
_MAX_PASSAGES = 32
# passages that are searched for each wanted article, since several are often of the same one
_PASSAGES_PER_ARTICLE = 6
# no more passages than this are looked at, even if they are of fewer articles than wanted
_MAX_SEARCHED = 1_000


@dataclass(frozen=True, slots=True)
class SimilarArticle:
    """An article about a similar matter, its nearest passage, and the cosine of that passage, in [-1, 1]."""

    article: Article
    passage: Passage
    cosine: float


def similar_articles(
    article_id: str, k: int, store: Store, dense: DenseIndex, without: frozenset[str] = frozenset()
) -> tuple[SimilarArticle, ...]:
    """Return the k articles nearest to one, each once, without itself and its duplicates.

    The mean of its passages' vectors is compared with single passages, without what only tells their language.

    Args:
        without: ids of further articles that are left out.
    """
    encoder = store.vectors.encoder
    keys = store.passages.keys_of(article_id)
    if encoder is None or not keys:
        return ()
    sample = [keys[at] for at in np.linspace(0, len(keys) - 1, min(len(keys), _MAX_PASSAGES)).astype(int)]
    rows = store.passages.with_keys(sample, encoder.fingerprint)
    if not rows:
        return ()
    vectors = np.stack([row.vector for row in rows]).astype(np.float32)
    mean = language_neutral(encoder.fingerprint).project_texts(vectors, "passage").mean(0)
    query = mean / max(float(np.linalg.norm(mean)), 1e-9)
    own = {store.duplicates.original(article) for article in (article_id, *without)}
    # the passages of a long article may be the nearest ones all together
    count = k * _PASSAGES_PER_ARTICLE
    while True:
        similarities = {neighbor.id: neighbor.similarity for neighbor in dense.search(query, count)}
        nearest: dict[str, SimilarArticle] = {}
        for row in store.passages.with_keys(list(similarities), encoder.fingerprint):
            if row.article.id not in own and row.passage.kind == "article":
                nearest.setdefault(row.article.id, SimilarArticle(row.article, row.passage, similarities[row.key]))
        if len(nearest) >= k or len(similarities) < count or count >= _MAX_SEARCHED:
            return tuple(nearest.values())[:k]
        count *= 4
