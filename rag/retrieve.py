"""A question → the passages that are nearest to it."""

from __future__ import annotations

from embeddings.types import Vectors
from rag.dense import DenseView
from rag.store import Store
from rag.types import Hit


def retrieve(query: Vectors, k: int, dense: DenseView, store: Store) -> tuple[Hit, ...]:
    """Return the k passages whose vectors are nearest to the question's, best first.

    A hit's score is its cosine. Signals: `dense`, the cosine of the question's vector and the passage's.
    """
    hits: list[Hit] = []
    for neighbor in dense.search(query, k):
        found = store.passage(neighbor.id)
        # another process may have removed it since the index caught up
        if found is not None:
            article, passage = found
            hits.append(Hit(passage, article, len(hits) + 1, neighbor.similarity, {"dense": neighbor.similarity}))
    return tuple(hits)
