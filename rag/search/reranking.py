"""The few best candidates, read once more together with the question."""

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

# what the tokens of articles and conjunctions count beside those of words that are looked for
_STOP_WORD = 0.2
# what the rest of the article counts beside the passage itself
_CONTEXT = 0.3
# with one candidate alone all ranges are 0, and all tokens weigh the same
_LEAST_RANGE = 1e-4


@dataclass(frozen=True)
class Reranked:
    """What a re-ranker says of passages: scores in their order, higher for better ones, and alignments if it has any.

    `signal` names the scores. If `alone`, they decide by themselves; else they are blended with the other signals.
    """

    signal: str
    scores: Scores
    alignments: tuple[Alignment | None, ...]
    alone: bool


class Reranker(Protocol):
    """Scores passages for a question by reading both."""

    def rerank(self, query: EncodedQuery, passages: Sequence[tuple[Article, Passage]]) -> Reranked:
        """Return a score for each of the first passages, as many as it takes the time to read; for one at least."""


class LateInteraction:
    """MaxSim over the encoder's own token vectors, without training (ColBERT; Khattab and Zaharia, 2020).

    Each token of the question is matched with the passage's token that is nearest to it; the score is the weighted
    mean of these cosines, in [-1, 1]. Rare words of the archive count more, and words that some candidates match
    better than others. What the other candidates of the same article say counts a little, as its context.
    """

    def __init__(self, tokens: PassageTokens, budget: int = DEFAULT_RANKING.reranked_tokens) -> None:
        self._tokens = tokens
        self._budget = budget

    def rerank(self, query: EncodedQuery, passages: Sequence[tuple[Article, Passage]]) -> Reranked:
        """Return the MaxSim of the first passages, read with their titles, and how the tokens align."""
        if not passages:
            return Reranked("late", np.empty(0), (), alone=False)
        read = self._tokens.get_first(passages, self._budget)
        passages = passages[: len(read)]
        alignments = align(self._tokens.rotated(query.tokens), read)
        matches = np.stack([one.best_matches() for one in alignments])
        weights = token_weights(query, query.tokens.spans) * telling(matches)
        context = within_articles(matches, [article.id for article, _ in passages])
        scores = context @ weights / weights.sum()
        return Reranked("late", scores, tuple(alignments), alone=False)


def telling(matches: Vectors) -> Scores:
    """Return the weights of the question's tokens, from best matches of shape (passages, tokens of the question).

    The square root of the distance between the passage that matches a token best and the one that matches it worst:
    a name that all candidates hold tells them apart no more.
    """
    weights: Scores = np.sqrt(np.ptp(matches, axis=0) + _LEAST_RANGE)
    return weights


def within_articles(matches: Vectors, articles: Sequence[str]) -> Vectors:
    """Blend the best matches of each passage with those of all passages of its article that are at hand."""
    of = np.array(articles)
    best: Vectors = np.stack([matches[of == one].max(axis=0) for one in articles])
    return matches + np.float32(_CONTEXT) * (best - matches)


def token_weights(query: EncodedQuery, spans: NDArray[np.int32]) -> Scores:
    """Return the weight of each token of the question: the square root of its word's share of the highest idf."""
    weights = np.full(len(spans), _STOP_WORD)
    highest = query.lexical.max_idf
    for word in query.lexical.words:
        first, last = word.span
        of_word = (spans[:, 0] < last) & (spans[:, 1] > first)
        weights[of_word] = max(_STOP_WORD, (word.idf / highest) ** 0.5)
    return weights
