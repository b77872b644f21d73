"""Re-rankers: they score the best candidates together with the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.types import Vectors
from rag.config import DEFAULT_RANKING
from rag.dense.token_vectors import PassageTokens
from rag.search.alignment import Alignment, align
from rag.search.candidates import EncodedQuery
from rag.search.fusion import Scores
from rag.types import Article, Passage

# the weight of the tokens of stop words; those of a word in no passage have 1
_STOP_WORD_WEIGHT = 0.2
# the weight of the other candidates of an article; the passage itself has the rest
_CONTEXT_WEIGHT = 0.3
# of a single candidate all ranges are 0; so all tokens weigh the same
_MIN_RANGE = 1e-4


@dataclass(frozen=True)
class Reranked:
    """The result of a re-ranker: scores in the order of the passages, higher for better ones, and alignments if any.

    `signal` names the scores. If `decides`, they are the only ones; else they are blended with the other signals.
    """

    signal: str
    scores: Scores
    alignments: tuple[Alignment | None, ...]
    decides: bool


class Reranker(Protocol):
    """Scores passages together with a question."""

    def rerank(self, query: EncodedQuery, passages: Sequence[tuple[Article, Passage]]) -> Reranked:
        """Return a score for each of the first passages, as many as time allows; for at least one."""


class LateInteraction:
    """MaxSim over the encoder's own token vectors, without training (ColBERT; Khattab and Zaharia, 2020).

    Each token of the question is matched with the passage's token that is nearest to it; the score is the weighted
    mean of these cosines, in [-1, 1]. Rare words of the archive count more, and so do words that some candidates match
    better than others. The other candidates of the same article count a little, as context.
    """

    def __init__(self, tokens: PassageTokens, budget: int = DEFAULT_RANKING.reranked_tokens) -> None:
        self._tokens = tokens
        self._budget = budget

    def rerank(self, query: EncodedQuery, passages: Sequence[tuple[Article, Passage]]) -> Reranked:
        """Return the MaxSim of the first passages, encoded with their titles, and the alignments of their tokens."""
        if not passages:
            return Reranked("late", np.empty(0), (), decides=False)
        tokens = self._tokens.get_first(passages, self._budget)
        passages = passages[: len(tokens)]
        alignments = align(self._tokens.rotated(query.tokens), tokens)
        matches = np.stack([alignment.best_matches() for alignment in alignments])
        weights = token_weights(query, query.tokens.spans) * discriminative_weights(matches)
        context = blend_article_context(matches, [article.id for article, _ in passages])
        scores = context @ weights / weights.sum()
        return Reranked("late", scores, tuple(alignments), decides=False)


def discriminative_weights(matches: Vectors) -> Scores:
    """Return the weights of the question's tokens, from best matches of shape (passages, tokens of the question).

    The square root of the distance between the best and the worst match of a token: a name that is in all candidates
    does not distinguish them.
    """
    weights: Scores = np.sqrt(np.ptp(matches, axis=0) + _MIN_RANGE)
    return weights


def blend_article_context(matches: Vectors, articles: Sequence[str]) -> Vectors:
    """Blend the best matches of each passage with those of all candidates of its article."""
    article_ids = np.array(articles)
    best: Vectors = np.stack([matches[article_ids == article].max(axis=0) for article in articles])
    return matches + np.float32(_CONTEXT_WEIGHT) * (best - matches)


def token_weights(query: EncodedQuery, spans: NDArray[np.int32]) -> Scores:
    """Return the weight of each token of a question: the square root of its word's share of the highest idf."""
    weights = np.full(len(spans), _STOP_WORD_WEIGHT)
    highest = query.lexical.max_idf
    for word in query.lexical.words:
        first, last = word.span
        of_word = (spans[:, 0] < last) & (spans[:, 1] > first)
        weights[of_word] = max(_STOP_WORD_WEIGHT, (word.idf / highest) ** 0.5)
    return weights
