"""Signals of many passages → one score each. Pure functions on arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

# Made by benchmarks/fit_weights.py, as the weights of RankingConfig are:
# the lexical share of the best passage at which question and archive share no words, and at which they do
NO_AGREEMENT, AGREEMENT = 0.1, 0.3
# what a passage in another language is given for the words that it cannot share
CREDIT_QUANTILE = 0.9


def agreement(lexical: Scores) -> float:
    """Tell in [0, 1] how well question and archive share their words, by the best lexical share.

    Where they share few, the question is in another language, and there late interaction alone is best; the
    cosine of whole texts counts only as far as they agree. No language needs to be detected for it.
    """
    best = float(lexical.max(initial=0.0))
    return min(1.0, max(0.0, (best - NO_AGREEMENT) / (AGREEMENT - NO_AGREEMENT)))


def language_by_words(lexical: Scores, languages: Sequence[str]) -> str:
    """Return the language of the passage that shares most words with the question: it is taken for the question's."""
    return languages[int(np.argmax(lexical))] if len(languages) else ""


def boost_other_languages(lexical: Scores, languages: Sequence[str]) -> Scores:
    """Return lexical shares in which no passage is behind for being written in another language than the question.

    A passage in another language gets, beside what it shares, as much as nine of ten candidates in that language share.
    """
    of = np.array(languages)
    own = language_by_words(lexical, languages)
    if (of == own).all():
        return lexical
    return np.where(of == own, lexical, lexical + np.quantile(lexical[of == own], CREDIT_QUANTILE))


def weighted_mean(signals: Mapping[str, Scores], weights: Mapping[str, float]) -> Scores:
    """Return one score for each passage from its signals, in the range of these: [-1, 1] for cosines and shares."""
    total: Scores = np.sum([weight * signals[name] for name, weight in weights.items()], axis=0)
    return total / sum(weights.values())


def reciprocal_ranks(rankings: Sequence[Sequence[int]], constant: int = 60) -> dict[int, float]:
    """Return what reciprocal rank fusion gives each key (Cormack, Clarke and Büttcher, 2009).

    Kept for comparison alone: on natural questions it is worse than the cosine by itself.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, 1):
            scores[key] = scores.get(key, 0.0) + 1 / (constant + rank)
    return scores
