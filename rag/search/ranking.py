"""Candidates → a ranking: their signals are fused, the best are re-ranked, and both orders merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from rag.config import DEFAULT_RANKING, RankingConfig
from rag.search.alignment import Alignment
from rag.search.candidates import Candidates, EncodedQuery
from rag.search.fusion import Scores, agreement, boost_other_languages, language_by_words, weighted_mean
from rag.search.reranking import Reranked, Reranker
from rag.types import Article, Passage, primary_language

# how far the best passage that was not re-ranked is below the last one that was, in the score, at least
_MIN_SCORE_GAP = 1e-3


@dataclass(frozen=True)
class Ranking:
    """Passages, best first, with scores that are higher for better ones, and for each its signals.

    Those that were re-ranked come first, in `signals` with one signal more, and have alignments. `fused` are
    the ranks, from 1, that they had before. `weights` are those of the signals in the score of the best. `language`
    is that of the question as far as shared words tell it, else empty.
    """

    passages: tuple[tuple[Article, Passage], ...]
    scores: Scores
    signals: tuple[Mapping[str, float], ...]
    alignments: tuple[Alignment | None, ...]
    fused: tuple[int, ...]
    weights: Mapping[str, float]
    language: str


NO_RANKING = Ranking((), np.empty(0), (), (), (), {}, "")


@dataclass(frozen=True)
class _Fused:
    """A ranking before re-ranking, with what it was made of, in its order.

    `values` are the signals as they are weighed, `gains` what each passage gained by the question's preferences;
    `agreement` says in [0, 1] how well question and archive share their words.
    """

    ranking: Ranking
    values: Mapping[str, Scores]
    gains: Scores
    agreement: float


def rank(
    query: EncodedQuery, candidates: Candidates, reranker: Reranker | None, config: RankingConfig = DEFAULT_RANKING
) -> Ranking:
    """Order candidates by all their signals; without a re-ranker, by the cosine and the words alone."""
    fused = _fuse(query, candidates, config)
    if reranker is None:
        return fused.ranking
    reranked = reranker.rerank(query, fused.ranking.passages[: config.reranked])
    scores, weights = _blend(query, fused, reranked, config)
    return replace(_merge(fused.ranking, reranked, scores), weights=weights)


def extend(ranking: Ranking, query: EncodedQuery, candidates: Candidates, config: RankingConfig) -> Ranking:
    """Put more candidates below a ranking, in the order of cosine and words; what is ranked keeps its order."""
    added = _fuse(query, candidates, config).ranking
    gap = max(0.0, added.scores.max() - ranking.scores.min() + _MIN_SCORE_GAP)
    return replace(
        ranking,
        passages=(*ranking.passages, *added.passages),
        scores=np.concatenate([ranking.scores, added.scores - gap]),
        signals=(*ranking.signals, *added.signals),
        alignments=(*ranking.alignments, *added.alignments),
        fused=(*ranking.fused, *(len(ranking.fused) + rank for rank in added.fused)),
    )


def _fuse(query: EncodedQuery, candidates: Candidates, config: RankingConfig) -> _Fused:
    """Order candidates by the weighted mean of cosine and words, and by what they gain."""
    languages = [primary_language(passage.language) for _, passage in candidates.passages]
    values = {
        "dense": candidates.dense,
        "lexical": boost_other_languages(candidates.lexical, candidates.spelled, languages),
    }
    weights = {"dense": 1.0, "lexical": config.lexical_weight}
    gains = query.preferences.gains(candidates.passages)
    scores = weighted_mean(values, weights) + gains
    scores += query.preferences.gains_of_newest(candidates.passages, scores)
    agree = agreement(candidates.spelled)
    order = np.argsort(-scores, kind="stable")
    ranking = Ranking(
        passages=tuple(candidates.passages[number] for number in order),
        scores=scores[order],
        signals=tuple(
            {"dense": float(candidates.dense[number]), "lexical": float(candidates.lexical[number])} for number in order
        ),
        alignments=(None,) * len(order),
        fused=tuple(range(1, len(order) + 1)),
        weights=weights,
        language=language_by_words(candidates.spelled, languages) if agree else "",
    )
    return _Fused(ranking, {name: signal[order] for name, signal in values.items()}, gains[order], agree)


def _blend(
    query: EncodedQuery, fused: _Fused, reranked: Reranked, config: RankingConfig
) -> tuple[Scores, dict[str, float]]:
    """Return the new scores of the re-ranked passages, in the order before, and the weights of their signals."""
    weights = {reranked.signal: 1.0}
    if reranked.decides:
        return reranked.scores, weights
    weights |= {"dense": fused.agreement * config.dense_weight, "lexical": config.lexical_weight}
    count = len(reranked.scores)
    values = {name: signal[:count] for name, signal in fused.values.items()}
    scores = weighted_mean({reranked.signal: reranked.scores, **values}, weights) + fused.gains[:count]
    return scores + query.preferences.gains_of_newest(fused.ranking.passages[:count], scores), weights


def _merge(ranking: Ranking, reranked: Reranked, scores: Scores) -> Ranking:
    """Put the re-ranked passages first, in the order of their new scores; the others keep their order below them."""
    count = len(scores)
    lower = ranking.scores[count:]
    if len(lower):
        lower = lower - max(0.0, lower.max() - scores.min() + _MIN_SCORE_GAP)
    signals = [
        {reranked.signal: float(score), **fused}
        for score, fused in zip(reranked.scores, ranking.signals[:count], strict=True)
    ]
    order = np.argsort(-scores, kind="stable").tolist()
    return replace(
        ranking,
        passages=(*(ranking.passages[number] for number in order), *ranking.passages[count:]),
        scores=np.concatenate([scores[order], lower]),
        signals=(*(signals[number] for number in order), *ranking.signals[count:]),
        alignments=(*(reranked.alignments[number] for number in order), *ranking.alignments[count:]),
        fused=(*(ranking.fused[number] for number in order), *ranking.fused[count:]),
    )
