"""Signals of many passages → one score each. Pure functions on arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

# Made by benchmarks/fit_weights.py, as the weights of RankingConfig are:
# the lexical share of the best passage at which question and archive share no words, and at which they do
NO_AGREEMENT, AGREEMENT = 0.1, 0.3
# the quantile of the lexical shares that is added for a passage in another language
CREDIT_QUANTILE = 0.9


def agreement(lexical: Scores) -> float:
    """Return in [0, 1] how well question and archive share their words, by the best lexical share.

    If they share few, the question is in another language, for which late interaction alone is best; the cosine of
    whole texts counts only as far as they agree. This needs no detection of languages.
    """
    best = float(lexical.max(initial=0.0))
    return min(1.0, max(0.0, (best - NO_AGREEMENT) / (AGREEMENT - NO_AGREEMENT)))


def language_by_words(lexical: Scores, languages: Sequence[str]) -> str:
    """Return the language of the passage that shares most words with the question, taken for the question's."""
    return languages[int(np.argmax(lexical))] if len(languages) else ""


def boost_other_languages(lexical: Scores, spelled: Scores, languages: Sequence[str]) -> Scores:
    """Raise the lexical share of passages in other languages than the question's.

    It is raised by the 90th percentile of the shares, of words `spelled` alike, of the candidates in its language.
    """
    is_own = np.array(languages) == language_by_words(spelled, languages)
    if is_own.all():
        return lexical
    return np.where(is_own, lexical, lexical + np.quantile(spelled[is_own], CREDIT_QUANTILE))


def weighted_mean(signals: Mapping[str, Scores], weights: Mapping[str, float]) -> Scores:
    """Return one score for each passage from its signals, in the range of these: [-1, 1] for cosines and shares."""
    total: Scores = np.sum([weight * signals[name] for name, weight in weights.items()], axis=0)
    return total / sum(weights.values())


def reciprocal_ranks(rankings: Sequence[Sequence[int]], constant: int = 60) -> dict[int, float]:
    """Return the scores of reciprocal rank fusion by key (Cormack, Clarke and Büttcher, 2009).

    For comparison in benchmarks only: on natural questions it is worse than the cosine by itself.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, 1):
            scores[key] = scores.get(key, 0.0) + 1 / (constant + rank)
    return scores
