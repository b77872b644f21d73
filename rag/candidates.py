"""A question → the passages that may answer it, from both legs, with their signals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from embeddings.neutral import LanguageNeutral
from embeddings.types import TokenVectors, Vectors
from rag.config import IN_USE
from rag.dense import DenseView
from rag.fusion import Scores
from rag.lexical.query import LexicalQuery
from rag.lexical.view import LexicalView
from rag.query import ParsedQuestion
from rag.store import Store
from rag.types import Article, Filter, Passage


@dataclass(frozen=True)
class Asked:
    """A question as all legs read it: its words, and its vectors without what tells its language."""

    text: str
    words: LexicalQuery
    tokens: TokenVectors

    @property
    def vector(self) -> Vectors:
        """The vector of the whole question."""
        return self.tokens.whole


@dataclass(frozen=True)
class Candidates:
    """Passages with, for each, the cosine to the question and its share of the best possible BM25 score."""

    passages: tuple[tuple[Article, Passage], ...]
    dense: Scores
    lexical: Scores

    def __len__(self) -> int:
        return len(self.passages)


def ask_both(question: ParsedQuestion, encoder: Encoder, neutral: LanguageNeutral, lexical: LexicalView) -> Asked:
    """Encode a question and look up its words."""
    (read,) = neutral.read(encoder.token_vectors([question.text], "query"), "query")
    return Asked(question.text, lexical.analyse(question.text), read)


def allowed_keys(
    question: ParsedQuestion, filter: Filter, store: Store, lexical: LexicalView
) -> NDArray[np.int64] | None:
    """Return the keys of the passages that may be found; None for all."""
    allowed = store.allowed(filter)
    for phrase in question.phrases:
        allowed = _narrowed(allowed, lexical.containing(phrase))
    for name in question.names:
        narrowed = _narrowed(allowed, lexical.containing(name))
        allowed = narrowed if len(narrowed) else allowed
    if question.excluded:
        unwanted = reduce(np.union1d, map(lexical.containing, question.excluded))
        allowed = np.setdiff1d(store.all_keys() if allowed is None else allowed, unwanted)
    return allowed


def _narrowed(allowed: NDArray[np.int64] | None, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    return wanted if allowed is None else np.intersect1d(allowed, wanted)


def gather(
    asked: Asked,
    allowed: NDArray[np.int64] | None,
    without: frozenset[str],
    neutral: LanguageNeutral,
    dense: DenseView,
    lexical: LexicalView,
    store: Store,
    nearest: int = IN_USE.candidates,
) -> Candidates:
    """Return the nearest passages of each leg, in no order.

    Args:
        allowed: the only keys that may be found, or None for all.
        without: ids of articles and passages that are left out, as if the archive did not hold them.
        nearest: how many passages each leg gives.
    """
    record = store.encoder
    if record is None:
        return Candidates((), np.empty(0), np.empty(0))
    by_meaning = [neighbor.id for neighbor in dense.search(asked.vector, nearest, allowed)]
    by_words = dict(lexical.search(asked.words, nearest, allowed))
    keys = list(dict.fromkeys([*by_meaning, *by_words]))
    found = [one for one in store.found(keys, record.fingerprint) if not {one.article.id, one.passage.id} & without]
    if not found:
        return Candidates((), np.empty(0), np.empty(0))
    vectors = neutral.texts(np.stack([one.vector for one in found]).astype(np.float32), "passage")
    # in a large archive to look these up takes as long as the search did
    unscored = np.array([one.key for one in found if one.key not in by_words], np.int64)
    scores = by_words | lexical.scores(asked.words, unscored)
    best = asked.words.best_possible or 1.0
    shares = np.array([min(1.0, scores.get(one.key, 0.0) / best) for one in found])
    passages = tuple((one.article, one.passage) for one in found)
    return Candidates(passages, (vectors @ asked.vector).astype(np.float64), shares)
