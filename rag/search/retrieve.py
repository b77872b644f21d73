"""A question → ranked hits, and what the confidence rests on."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.encoder import Encoder
from embeddings.vectors.language_neutral import LanguageNeutral
from rag.config import DEFAULT_RANKING, RankingConfig
from rag.dense.index import DenseView
from rag.dense.token_vectors import PassageTokens
from rag.lexical.index import LexicalView
from rag.lexical.query import Match
from rag.search.alignment import Alignment, align
from rag.search.candidates import Asked, Candidates, absent_times, allowed_keys, ask_both, gather
from rag.search.confidence import features, question_offset
from rag.search.fusion import Scores, agreement, credited, own_language, weighted_mean
from rag.search.grouping import Group, grouped
from rag.search.highlighting import Sentence, margin_of, outstanding, scored, sentences_of
from rag.search.preferences import doubt
from rag.search.query import ParsedQuestion
from rag.search.reranking import Reranker
from rag.storage.store import Store
from rag.text.lost_letters import damaged
from rag.text.times import Period
from rag.text.words import fold
from rag.types import EVERYTHING, Article, Filter, Hit, Passage, cut, primary

# mostly Python, which runs one thread at a time: several questions would only take turns, a third more slowly
_ONE_AT_A_TIME = threading.Lock()
_BELOW = 1e-3
# so many passages for each citation are looked through for copies, and so many at least
_LOOKED_AT, _LOOKED_AT_LEAST = 4, 32
# so long is what two words have in common at least
_STEM = 4


@dataclass(frozen=True)
class Legs:
    """What passages are found with."""

    store: Store
    dense: DenseView
    lexical: LexicalView
    encoder: Encoder
    tokens: PassageTokens
    neutral: LanguageNeutral
    config: RankingConfig = DEFAULT_RANKING


@dataclass(frozen=True)
class Ranking:
    """Passages, best first, with scores that are higher for better ones, and for each its signals.

    Those that were read once more stand first, in `signals` with one signal more, and have alignments. `fused` are
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


@dataclass(frozen=True)
class Retrieval:
    """What was found: hits, best first, each made of one of the `groups` of the ranking's passages.

    `features` are what the confidence rests on; there are none if there are no hits. `doubt` is taken from its logit,
    since numbers of the question are not there, or nothing of its time. `absent` are the times of which the archive has
    nothing, among what may be found.
    """

    hits: tuple[Hit, ...]
    features: Mapping[str, float]
    ranking: Ranking
    groups: tuple[Group, ...]
    doubt: float = 0.0
    absent: tuple[Period, ...] = ()


NOTHING = Retrieval((), {}, Ranking((), np.empty(0), (), (), (), {}, ""), ())


def retrieve(
    question: ParsedQuestion,
    k: int,
    legs: Legs,
    reranker: Reranker | None,
    filter: Filter = EVERYTHING,
    without: frozenset[str] = frozenset(),
) -> Retrieval:
    """Return the k best citations' worth of passages.

    Args:
        reranker: reads the best candidates once more, and lets the answering sentence be found; None for speed.
        without: ids of articles and passages that are left out, as if the archive did not hold them.
    """
    asked = ask_both(question, legs.encoder, legs.neutral, legs.lexical, legs.store)
    with _ONE_AT_A_TIME:
        allowed = allowed_keys(question, filter, legs.store, legs.lexical)
        nearest = legs.config.candidates
        candidates = gather(asked, allowed, without, legs.neutral, legs.dense, legs.lexical, legs.store, nearest)
        if not len(candidates):
            return NOTHING
        ranking = rank(asked, candidates, reranker, legs.config)
        groups = grouped(ranking.passages[: max(_LOOKED_AT_LEAST, _LOOKED_AT * k)], k)
        matches = {number: _matches(number, ranking, asked, legs) for group in groups for number in group.merged}
        sentences = _sentences(matches, ranking, asked, legs) if reranker is not None else {}
        hits = tuple(_hit(rank, group, ranking, matches, sentences) for rank, group in enumerate(groups, 1))
        best = [one.score for number in groups[0].merged for one in sentences.get(number, ())]
        sentence = None if reranker is None else max(best, default=0.0)
        absent = absent_times(asked, allowed, legs.store, legs.lexical)
        return Retrieval(
            hits,
            _features(ranking, sentence, asked, legs.encoder),
            ranking,
            tuple(groups),
            doubt(asked.preferences, ranking.passages[0], absent),
            absent,
        )


def rank(
    asked: Asked, candidates: Candidates, reranker: Reranker | None, config: RankingConfig = DEFAULT_RANKING
) -> Ranking:
    """Order candidates by all their signals."""
    languages = [primary(passage.language) for _, passage in candidates.passages]
    lexical = credited(candidates.lexical, languages)
    values = {"dense": candidates.dense, "lexical": lexical}
    weights = {"dense": 1.0, "lexical": config.lexical_weight}
    gains = asked.preferences.gains(candidates.passages)
    scores = weighted_mean(values, weights) + gains
    order = np.argsort(-scores, kind="stable")
    fused = np.empty(len(order), np.int64)
    fused[order] = np.arange(1, len(order) + 1)
    signals = [
        {"dense": float(dense), "lexical": float(share)}
        for dense, share in zip(candidates.dense, candidates.lexical, strict=True)
    ]
    alignments: list[Alignment | None] = [None] * len(candidates)
    if reranker is not None:
        reranked = reranker.rerank(asked, [candidates.passages[number] for number in order[: config.reranked]])
        new = reranked.scores
        read, rest = order[: len(new)], order[len(new) :]
        weights = {reranked.signal: 1.0}
        if not reranked.alone:
            agree = agreement(candidates.lexical)
            weights |= {"dense": agree * config.dense_weight, "lexical": config.lexical_weight}
            of_read = {name: signal[read] for name, signal in values.items()}
            new = weighted_mean({reranked.signal: new, **of_read}, weights)
        if not reranked.alone:
            new = new + gains[read]
        for number, score, alignment in zip(read, reranked.scores, reranked.alignments, strict=True):
            signals[number] = {reranked.signal: float(score), **signals[number]}
            alignments[number] = alignment
        # the others keep their order below those that were read
        if len(rest):
            scores[rest] -= max(0.0, scores[rest].max() - new.min() + _BELOW)
        scores[read] = new
        order = np.concatenate([read[np.argsort(-new, kind="stable")], rest])
    return Ranking(
        tuple(candidates.passages[number] for number in order),
        scores[order],
        tuple(signals[number] for number in order),
        tuple(alignments[number] for number in order),
        tuple(fused[order].tolist()),
        weights,
        own_language(candidates.lexical, languages) if agreement(candidates.lexical) else "",
    )


def _matches(number: int, ranking: Ranking, asked: Asked, legs: Legs) -> tuple[Match, ...]:
    """Return the words of a passage that the question shares.

    In another language an equal stem is often chance (many, mano): there the words must be spelled alike.
    """
    _, passage = ranking.passages[number]
    found = legs.lexical.matched(asked.words, passage.text, passage.language)
    if primary(passage.language) == ranking.language:
        return found
    in_question = [asked.text[slice(*word.span)] for word in asked.words.words]
    spelled = [fold(form) for word in in_question for form in (word, *damaged(word))]
    return tuple(one for one in found if any(_alike(fold(passage.text[one.start : one.end]), word) for word in spelled))


def _alike(one: str, other: str) -> bool:
    """Tell whether one word is the other, or the other with an ending."""
    return one == other or (min(len(one), len(other)) >= _STEM and (one.startswith(other) or other.startswith(one)))


def _sentences(
    matches: Mapping[int, Sequence[Match]], ranking: Ranking, asked: Asked, legs: Legs
) -> dict[int, list[Sentence]]:
    """Score the sentences of passages; those that no alignment was made for are read now."""
    question = legs.tokens.turned(asked.tokens)
    read = {number: found for number in matches if (found := ranking.alignments[number]) is not None}
    unread = [number for number in matches if number not in read]
    if unread:
        tokens = legs.tokens.read([ranking.passages[number] for number in unread])
        read |= zip(unread, align(question, tokens), strict=True)
    scores = {}
    for number, alignment in read.items():
        _, passage = ranking.passages[number]
        places = sentences_of(passage.text, passage.language)
        scores[number] = scored(places, alignment, matches[number], asked.words, question.pooled)
    return scores


def _hit(
    rank: int,
    group: Group,
    ranking: Ranking,
    matches: Mapping[int, Sequence[Match]],
    sentences: Mapping[int, Sequence[Sentence]],
) -> Hit:
    """Make one hit of a group; spans in passages become spans in the article."""
    best = group.merged[0]
    article, of_best = ranking.passages[best]
    passages = [ranking.passages[number][1] for number in group.merged]
    places: dict[tuple[int, int], Sentence] = {}
    words: set[tuple[int, int]] = set()
    for number, passage in zip(group.merged, passages, strict=True):
        start = passage.start
        words |= {(start + match.start, start + match.end) for match in matches[number]}
        # a sentence of two overlapping passages is scored twice, and counts once
        for one in sentences.get(number, ()):
            place = (start + one.span[0], start + one.span[1])
            if place not in places or places[place].score < one.score:
                places[place] = Sentence(place, one.score)
    answering = outstanding(list(places.values()))
    return Hit(
        passage=cut(article, min(one.start for one in passages), max(one.end for one in passages), of_best.language),
        article=article,
        rank=rank,
        score=float(ranking.scores[best]),
        signals=ranking.signals[best],
        highlights=(answering.span,) if answering else (),
        matches=tuple(sorted(words)),
        also=_others([ranking.passages[number][0] for number in group.copies]),
        margin=margin_of(list(places.values())),
        lead=_lead(group, ranking),
    )


def _lead(group: Group, ranking: Ranking) -> float:
    """Return how far the score of a citation is above the best one outside of it."""
    inside = {*group.merged, *group.copies}
    rivals = (float(score) for number, score in enumerate(ranking.scores) if number not in inside)
    return float(ranking.scores[group.merged[0]]) - max(rivals, default=-math.inf)


def _others(articles: Sequence[Article]) -> tuple[Article, ...]:
    return tuple({article.id: article for article in articles}.values())


def _features(ranking: Ranking, sentence: float | None, asked: Asked, encoder: Encoder) -> dict[str, float]:
    read = [number for number, signals in enumerate(ranking.signals) if signals.keys() == ranking.signals[0].keys()]
    scores = {name: np.array([ranking.signals[number][name] for number in read]) for name in ranking.signals[0]}
    of_passages = features(0, scores, [ranking.passages[number][0].id for number in read], sentence)
    offset = question_offset(encoder.fingerprint)
    return of_passages | {"unknown": asked.words.unknown, "question": offset(asked.vector) if offset else 0.0}
