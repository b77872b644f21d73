"""Re-ranking by a cross-encoder: a model that reads question and passage together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import ArchiveError
from rag.search.candidates import EncodedQuery
from rag.search.reranking import Reranked
from rag.text.encoder_input import encoder_input
from rag.types import Article, Passage

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class CrossEncoderReranker:
    """A cross-encoder of sentence-transformers, by folder or hub name: slower, and its scores are the only ones.

    Raises:
        ArchiveError: there is no such model, or it cannot be read.
    """

    def __init__(self, name: str) -> None:
        self._model = _cross_encoder(name)

    def rerank(self, query: EncodedQuery, passages: Sequence[tuple[Article, Passage]]) -> Reranked:
        """Return the model's score of each passage, read with its title."""
        pairs = [(query.text, encoder_input(article, passage)) for article, passage in passages]
        scores = np.asarray(self._model.predict(pairs, show_progress_bar=False), np.float64) if pairs else np.empty(0)
        return Reranked("cross", scores.reshape(len(pairs)), (None,) * len(pairs), decides=True)


def _cross_encoder(name: str) -> CrossEncoder:
    from sentence_transformers import CrossEncoder

    try:
        model: CrossEncoder = CrossEncoder(name)
    except Exception as error:  # the library raises a dozen kinds, all of them meaning this
        raise ArchiveError(
            f"The cross-encoder {name} cannot be opened ({str(error).splitlines()[0][:200]}): "
            "give the folder of a sentence-transformers cross-encoder, or its exact hub name while online."
        ) from error
    return model
