"""The sentence of a passage that answers, by the token vectors of the encoder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.types import Vectors
from rag.lexical.query import LexicalQuery, Match
from rag.search.alignment import Alignment
from rag.search.confidence import Calibration
from rag.text.sentences import sentence_spans
from rag.types import Span

# Measured by benchmarks/quality.py on MLQA German; the alignment has weight 1
_COSINE_WEIGHT = 0.5
_WORDS_WEIGHT = 0.2
# fitted by benchmarks/fit_marks.py
MARKS = Calibration(-3.15, {"margin": 6.46, "lead": 50.99, "across": 0.54})
"""The probability that the best sentence of a passage answers, if the answer as a whole has one; `mark_features`."""
MARKED_FROM = 0.55
"""A little above one half: in an archive of many languages and events, probabilities are lower than where they were
learnt."""
_MAX_MARGIN, _MAX_LEAD = 0.2, 0.05


@dataclass(frozen=True)
class ScoredSentence:
    """A sentence of a passage: its span in the passage's text, and how well it answers, higher is better."""

    span: Span
    score: float


def sentences_of(text: str, language: str) -> list[Span]:
    """Return the spans of the sentences with a letter or a digit, without white space around them."""
    spans = []
    for start, end in sentence_spans(text, language):
        sentence = text[start:end]
        if any(character.isalnum() for character in sentence):
            first = start + len(sentence) - len(sentence.lstrip())
            spans.append((first, start + len(sentence.rstrip())))
    return spans


def score_sentences(
    sentences: Sequence[Span], alignment: Alignment, matches: Sequence[Match], words: LexicalQuery, question: Vectors
) -> list[ScoredSentence]:
    """Score the sentences of a passage, as far as the encoder has read it.

    A score is the sum of the mean best match of the question's tokens within the sentence; half of the cosine of
    question and sentence, whose vector is the mean of its tokens in their context (Günther et al., "Late chunking",
    2024); and a fifth of the share, by idf, of the question's words in it.

    Args:
        sentences: their spans in the passage's text.
        matches: the words of the question in the passage.
        words: all words of the question.
        question: the vector of the whole question, in the coordinates of the alignment.
    """
    aligned = [(span, tokens) for span in sentences if len(tokens := alignment.within(span))]
    if not aligned:
        return []
    means = np.stack([tokens.vectors.mean(axis=0) for _, tokens in aligned])
    vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
    return [
        ScoredSentence(span, float(match + _COSINE_WEIGHT * cosine) + _WORDS_WEIGHT * _share(matches, span, words))
        for (span, _), match, cosine in zip(
            aligned, [tokens.best_matches().mean() for _, tokens in aligned], vectors @ question, strict=True
        )
    ]


def margin_of(sentences: Sequence[ScoredSentence]) -> float:
    """Return how far the best sentence is above the second one; infinity for a single one, 0 for none."""
    scores = sorted((sentence.score for sentence in sentences), reverse=True)
    if not scores:
        return 0.0
    return scores[0] - scores[1] if len(scores) > 1 else math.inf


def mark_features(margin: float, lead: float, *, across: bool) -> dict[str, float]:
    """Return the features that decide whether a passage's best sentence is marked.

    Args:
        margin: how far the sentence is above the passage's second one; the square root counts.
        lead: how far the passage's score is above that of the best other citation, below 0 if it is not the first:
            most passages cited after one that answers do not answer themselves.
        across: the question is in another language than the passage.
    """
    return {
        "margin": math.sqrt(min(margin, _MAX_MARGIN)),
        "lead": max(-_MAX_LEAD, min(lead, _MAX_LEAD)),
        "across": float(across),
    }


def _share(matches: Sequence[Match], span: Span, question: LexicalQuery) -> float:
    total = sum(word.idf for word in question.words)
    terms = {match.term for match in matches if span[0] <= match.start < span[1]}
    in_span = sum(word.idf for word in question.words if terms & set(word.variants))
    return in_span / total if total else 0.0
