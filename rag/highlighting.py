"""Which sentence of a passage answers, found by the encoder itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.lexical.query import LexicalQuery, Match
from rag.reranking import Alignment
from rag.sentences import sentence_spans
from rag.types import Span

# Measured by benchmarks/quality.py on MLQA German; the embedding and the alignment have weight 1
_WORDS = 0.2
_PROMISING = 3
# a sentence that is no further above the second one is right in a third of all cases: then none stands out
_STANDS_OUT = 0.01


@dataclass(frozen=True)
class Sentence:
    """A sentence of a passage: its place in the passage's text, and how well it answers, higher is better."""

    span: Span
    score: float


def sentences_of(text: str, language: str) -> list[Span]:
    """Return the places of the sentences that hold a letter or a digit, without white space around them."""
    found = []
    for start, end in sentence_spans(text, language):
        sentence = text[start:end]
        if any(character.isalnum() for character in sentence):
            first = start + len(sentence) - len(sentence.lstrip())
            found.append((first, start + len(sentence.rstrip())))
    return found


def promising(
    sentences: Sequence[Span], alignment: Alignment | None, matches: Sequence[Match], question: LexicalQuery
) -> list[Span]:
    """Return the few sentences that are best without their own vectors, in their order; the others cost time."""
    score = {one.span: one.score for one in scored(sentences, [0.0] * len(sentences), alignment, matches, question)}
    return sorted(sorted(sentences, key=lambda span: -score[span])[:_PROMISING])


def scored(
    sentences: Sequence[Span],
    cosines: Sequence[float],
    alignment: Alignment | None,
    matches: Sequence[Match],
    question: LexicalQuery,
) -> list[Sentence]:
    """Score the sentences of a passage.

    A score is the sum of the cosine of sentence and question; the mean best match of the question's tokens within
    the sentence, as it stands in its context; and a fifth of the share, by idf, of the question's words in it.

    Args:
        sentences: their places in the passage's text.
        cosines: of the sentences' vectors and the question's, in the same order.
    """
    found = []
    for span, cosine in zip(sentences, cosines, strict=True):
        in_context = _max_sim_within(alignment, span) if alignment is not None else 0.0
        found.append(Sentence(span, cosine + in_context + _WORDS * _share(matches, span, question)))
    return found


def outstanding(sentences: Sequence[Sentence]) -> Sentence | None:
    """Return the best sentence, or None if another is about as good."""
    ranked = sorted(sentences, key=lambda one: -one.score)
    if not ranked or (len(ranked) > 1 and ranked[0].score - ranked[1].score < _STANDS_OUT):
        return None
    return ranked[0]


def _max_sim_within(alignment: Alignment, span: Span) -> float:
    start, end = span
    inside = (alignment.spans[:, 0] < end) & (alignment.spans[:, 1] > start)
    if not inside.any() or not len(alignment.similarities):
        return 0.0
    return float(np.mean(alignment.similarities[:, inside].max(axis=1)))


def _share(matches: Sequence[Match], span: Span, question: LexicalQuery) -> float:
    total = sum(word.idf for word in question.words)
    terms = {match.term for match in matches if span[0] <= match.start < span[1]}
    shared = sum(word.idf for word in question.words if terms & set(word.variants))
    return shared / total if total else 0.0
