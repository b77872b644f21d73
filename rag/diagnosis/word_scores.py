"""The check of the scores of words: BM25 computed again by arithmetic, from the texts in the database."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from rag.diagnosis.check import OpenArchive, Symptom
from rag.diagnosis.views import opened_words
from rag.lexical.bm25 import idf, term_weight
from rag.lexical.documents import deciding_words, entries, term_maker
from rag.lexical.words import WordSearch
from rag.storage.change_feed import PassageChanges

# passages that are read, a millisecond each; of a smaller archive, these are all
_PASSAGES = 500
_QUESTIONS, _TERMS_EACH, _HITS = 5, 4, 10
# of the sampled average of lengths, and of an index in which a tenth of the passages is deleted
_TOLERANCE = 0.05
# standard deviations by which a sample may differ
_DEVIATIONS = 5


def word_scores(archive: OpenArchive) -> Symptom:
    """Have passages the scores of BM25 that arithmetic gives them, for words of some of them?"""
    symptom, words = opened_words(archive)
    sample = archive.store.passages.sample(_PASSAGES) if words else []
    if symptom.name != "well" or words is None or not sample:
        return Symptom("well", {"count": 0})
    batch = PassageChanges(archive.store.changes.state, len(sample), np.empty(0, np.int64), tuple(sample))
    words.prepare(words=deciding_words(batch))
    terms = {entry.key: Counter(entry.terms) for entry in entries([batch], term_maker(words.passages_with_word))}
    words.prepare(term for of_passage in terms.values() for term in of_passage)
    questions = [_question(terms[key], words) for key in list(terms)[:_QUESTIONS]]
    wrong = sum(not _agrees(question, terms, words) for question in questions)
    return Symptom("differs" if wrong else "well", {"count": len(questions), "wrong": wrong})


def _question(terms: Counter[str], words: WordSearch) -> list[str]:
    """Return some terms of a passage, from rare to frequent ones."""
    by_frequency = sorted(terms, key=lambda term: (words.passages_with_term(term), term))
    return by_frequency[:: max(1, len(by_frequency) // _TERMS_EACH)]


def _agrees(question: Sequence[str], passages: Mapping[int, Counter[str]], words: WordSearch) -> bool:
    """Whether frequencies, scores and order of the passages that were read are those of the index.

    Args:
        passages: how often each term is in each passage, by key.
    """
    share = len(passages) / len(words)
    for term in question:
        frequency = sum(term in terms for terms in passages.values())
        expected = words.passages_with_term(term) * share
        # of a sample, the passage that the term was taken from is in it for certain
        bound = 1 + _DEVIATIONS * math.sqrt(expected * (1 - share)) if share < 1 else 0
        if abs(frequency - expected) > bound:
            return False
    weights = {term: idf(words.passages_with_term(term), len(words)) for term in question}
    average = sum(terms.total() for terms in passages.values()) / len(passages)
    scores = {key: score for key, terms in passages.items() if (score := _bm25(weights, terms, average))}
    hits = words.best(question, _HITS, np.array(list(passages), np.int64), np.empty(0, np.int64))
    least = hits[-1][1] if len(hits) == _HITS else 0.0
    unseen = max((score for key, score in scores.items() if key not in dict(hits)), default=0.0)
    return unseen <= least * (1 + _TOLERANCE) and all(
        math.isclose(score, scores.get(key, 0.0), rel_tol=_TOLERANCE, abs_tol=1e-3) for key, score in hits
    )


def _bm25(weights: Mapping[str, float], terms: Counter[str], average: float) -> float:
    """Return the score of a passage."""
    length = terms.total()
    return sum(
        weight * term_weight(count, length, average) for term, weight in weights.items() if (count := terms[term])
    )
