"""Groups of ranked passages → hits with the sentence that may answer, and what the confidence rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.lexical.query import LexicalQuery, Match
from rag.search.alignment import align
from rag.search.candidates import EncodedQuery
from rag.search.confidence import features, question_offset
from rag.search.grouping import Group
from rag.search.highlighting import ScoredSentence, margin_of, score_sentences, sentences_of
from rag.search.ranking import Ranking
from rag.search.snapshot import ArchiveSnapshot
from rag.text.lost_letters import damaged_forms
from rag.text.sounds import is_sound
from rag.text.words import fold
from rag.types import Article, Hit, passage_at, primary_language

# a word with at least this share of the highest idf carries a question: of 300 passages it is in at most 7 %, of 10,000
# in 2 %
_CARRYING_IDF = 0.4
# words of two languages match if one begins with the other, which has at least this many letters
_MIN_COMMON_LETTERS = 4


@dataclass(frozen=True)
class Evidence:
    """What passages share with a question, by their numbers in the ranking.

    `matches` are the words, `sentences` the scored sentences; there are none of these without a re-ranker.
    `carrying` are the terms of the words that carry the question.
    """

    matches: Mapping[int, Sequence[Match]]
    sentences: Mapping[int, Sequence[ScoredSentence]]
    carrying: frozenset[str]


def evidence_of(
    groups: Sequence[Group],
    ranking: Ranking,
    query: EncodedQuery,
    snapshot: ArchiveSnapshot,
    *,
    first_sentences_only: bool = False,
) -> Evidence:
    """Look up the shared words of all passages that are cited, and score their sentences.

    Args:
        first_sentences_only: score the sentences of the first group alone. No other one is highlighted in an answer,
            since its passage leads no other.
    """
    matches = {number: _shared_words(number, ranking, query, snapshot) for number in _merged(groups)}
    if snapshot.reranker is None or not snapshot.encoder.has_tokens:
        return Evidence(matches, {}, carrying_terms(query.lexical, query.text))
    scored = _merged(groups[:1]) if first_sentences_only else list(matches)
    sentences = _sentences({number: matches[number] for number in scored}, ranking, query, snapshot)
    return Evidence(matches, sentences, carrying_terms(query.lexical, query.text))


def carrying_terms(question: LexicalQuery, text: str) -> frozenset[str]:
    """Return the terms of the words that carry a question: rare words, names and numbers, or all if there are none.

    `How many people` asks, `Ahr valley` says of what. A name or a German noun is told by its capital, which the first
    word has anyway.
    """
    words = [
        word
        for word in question.words
        if word.idf >= _CARRYING_IDF * question.max_idf or _is_name_or_number(text[slice(*word.span)], word.span[0])
    ]
    return frozenset(term for word in words or question.words for term in word.variants)


def _is_name_or_number(word: str, start: int) -> bool:
    return any(letter.isdigit() for letter in word) or (start > 0 and word[:1].isupper())


def _merged(groups: Sequence[Group]) -> list[int]:
    """Return the numbers of the passages that are quoted."""
    return [number for group in groups for number in group.merged]


def _shared_words(number: int, ranking: Ranking, query: EncodedQuery, snapshot: ArchiveSnapshot) -> tuple[Match, ...]:
    """Return the words of a passage that the question shares.

    In another language an equal stem is often chance (many, mano): there the words must be spelled alike, or be names
    that sound alike.
    """
    _, passage = ranking.passages[number]
    matches = snapshot.lexical.matches(query.lexical, passage.text, passage.language)
    if primary_language(passage.language) == ranking.language:
        return matches
    words = [query.text[slice(*word.span)] for word in query.lexical.words]
    spellings = [fold(form) for word in words for form in (word, *damaged_forms(word))]
    return tuple(
        match
        for match in matches
        if is_sound(match.term)
        or any(_share_stem(fold(passage.text[match.start : match.end]), word) for word in spellings)
    )


def _share_stem(word: str, form: str) -> bool:
    """Whether two words are equal, or one is the other with an ending."""
    shorter = min(len(word), len(form))
    return word == form or (shorter >= _MIN_COMMON_LETTERS and (word.startswith(form) or form.startswith(word)))


def _sentences(
    matches: Mapping[int, Sequence[Match]], ranking: Ranking, query: EncodedQuery, snapshot: ArchiveSnapshot
) -> dict[int, list[ScoredSentence]]:
    """Score the sentences of passages; those without an alignment are aligned now."""
    question = snapshot.tokens.rotated(query.tokens)
    aligned = {number: alignment for number in matches if (alignment := ranking.alignments[number]) is not None}
    unaligned = [number for number in matches if number not in aligned]
    if unaligned:
        tokens = snapshot.tokens.get([ranking.passages[number] for number in unaligned])
        aligned |= zip(unaligned, align(question, tokens), strict=True)
    scores = {}
    for number, alignment in aligned.items():
        _, passage = ranking.passages[number]
        spans = sentences_of(passage.text, passage.language)
        scores[number] = score_sentences(spans, alignment, matches[number], query.lexical, question.pooled)
    return scores


def hit_of(rank: int, group: Group, ranking: Ranking, evidence: Evidence) -> Hit:
    """Make one hit of a group; spans in passages become spans in the article."""
    best = group.merged[0]
    article, best_passage = ranking.passages[best]
    passages = [ranking.passages[number][1] for number in group.merged]
    sentences: dict[tuple[int, int], ScoredSentence] = {}
    words: set[tuple[int, int]] = set()
    for number, passage in zip(group.merged, passages, strict=True):
        start = passage.start
        carrying = [match for match in evidence.matches[number] if match.term in evidence.carrying]
        words |= {(start + match.start, start + match.end) for match in carrying}
        # a sentence of two overlapping passages is scored twice, and counts once
        for sentence in evidence.sentences.get(number, ()):
            span = (start + sentence.span[0], start + sentence.span[1])
            if span not in sentences or sentences[span].score < sentence.score:
                sentences[span] = ScoredSentence(span, sentence.score)
    answering = max(sentences.values(), key=lambda sentence: sentence.score, default=None)
    start, end = min(passage.start for passage in passages), max(passage.end for passage in passages)
    # an article that says the same twice is not its own copy
    copies: dict[str, Article] = {copy.id: copy for copy, _ in (ranking.passages[at] for at in group.copies)}
    copies.pop(article.id, None)
    return Hit(
        passage=passage_at(article, start, end, best_passage.language),
        article=article,
        rank=rank,
        score=float(ranking.scores[best]),
        signals=ranking.signals[best],
        highlights=(answering.span,) if answering else (),
        matches=tuple(sorted(words)),
        also=tuple(copies.values()),
        margin=margin_of(list(sentences.values())),
        lead=_lead(group, ranking),
    )


def _lead(group: Group, ranking: Ranking) -> float:
    """Return how far the score of a citation is above the best one outside of it."""
    cited = {*group.merged, *group.copies}
    rivals = (float(score) for number, score in enumerate(ranking.scores) if number not in cited)
    return float(ranking.scores[group.merged[0]]) - max(rivals, default=-math.inf)


def features_of(
    first: Group, ranking: Ranking, evidence: Evidence, query: EncodedQuery, snapshot: ArchiveSnapshot
) -> dict[str, float]:
    """Return the features of the confidence; see `rag.search.confidence.features`.

    Args:
        first: the group of the first hit.
    """
    best = None
    if snapshot.reranker is not None:
        scores = [sentence.score for number in first.merged for sentence in evidence.sentences.get(number, ())]
        best = max(scores, default=0.0)
    names = ranking.signals[0].keys()
    compared = [number for number, signals in enumerate(ranking.signals) if signals.keys() == names]
    values = {name: np.array([ranking.signals[number][name] for number in compared]) for name in names}
    of_passages = features(0, values, [ranking.passages[number][0].id for number in compared], best)
    offset = question_offset(snapshot.encoder.fingerprint)
    return of_passages | {"unknown": query.lexical.unknown, "question": offset(query.vector) if offset else 0.0}
