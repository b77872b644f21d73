"""A question → the passages that may answer it, from both legs, with their signals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from embeddings.types import TokenVectors, Vectors
from embeddings.vectors.language_neutral import LanguageNeutral
from rag.config import DEFAULT_RANKING
from rag.dense.index import DenseView
from rag.lexical.index import LexicalView
from rag.lexical.query import LexicalQuery
from rag.search.accents import with_accents
from rag.search.fusion import Scores
from rag.search.preferences import NONE, Preferences, preferences_of
from rag.search.query import ParsedQuestion
from rag.storage.store import Store
from rag.text.times import Period, nearness
from rag.types import Article, Filter, Passage

# so many passages tell how the words of a question are written
_SPELLING = 8
# a longer time is mentioned somewhere
_MOST_YEARS = 20
# so many passages with the year of a day or month are read for the day or month
_MOST_READ = 300
_YEAR = 365


@dataclass(frozen=True)
class Asked:
    """A question as all legs read it: its words, and its vectors without what tells its language.

    `text` is the question as it is encoded, with the accents that the archive writes, and without a time that only the
    days of articles tell. `published` holds, for each time of the question, the keys of the passages published then.
    """

    text: str
    words: LexicalQuery
    tokens: TokenVectors
    preferences: Preferences = NONE
    published: Mapping[Period, NDArray[np.int64]] = field(default_factory=dict)

    @property
    def vector(self) -> Vectors:
        """The vector of the whole question."""
        return self.tokens.pooled


@dataclass(frozen=True)
class Candidates:
    """Passages with, for each, the cosine to the question and its share of the best possible BM25 score."""

    passages: tuple[tuple[Article, Passage], ...]
    dense: Scores
    lexical: Scores

    def __len__(self) -> int:
        return len(self.passages)


def ask_both(
    question: ParsedQuestion, encoder: Encoder, neutral: LanguageNeutral, lexical: LexicalView, store: Store
) -> Asked:
    """Encode a question and look up its words."""
    words = lexical.analyse(question.text)
    text = question.text
    if text.isascii() and lexical.has_accents and (record := store.vectors.encoder):
        nearest = [key for key, _ in lexical.search(words, _SPELLING)]
        passages = [one.passage.text for one in store.passages.with_keys(nearest, record.fingerprint)]
        text = with_accents(text, [word.span for word in words.words], passages)
    preferences = preferences_of(text)
    published = {time: _published(time, store) for time in preferences.times}
    untold = tuple(time for time, keys in published.items() if _told_by_days_alone(time, keys, store, lexical))
    for start, end in (one.span for one in untold):
        # no passage can be near to it; the places of the other words stay
        text = text[:start] + " " * (end - start) + text[end:]
    (read,) = neutral.project(encoder.token_vectors([text], "query"), "query")
    return Asked(text, words, read, replace(preferences, untold=untold), published)


def _published(time: Period, store: Store) -> NDArray[np.int64]:
    """Return the keys of the passages of articles that were published in a time, ascending."""
    keys = store.filters.passage_keys(Filter(since=time.first, until=time.last))
    return np.empty(0, np.int64) if keys is None else keys


def _told_by_days_alone(time: Period, published: NDArray[np.int64], store: Store, lexical: LexicalView) -> bool:
    """Tell whether articles were published in a time that no text mentions."""
    if not len(published):
        return False
    oldest, newest = (day or time.first for day in store.statistics.date_range())
    years = range(max(time.first.year, oldest.year), min(time.last.year, newest.year) + 1)
    return len(years) <= _MOST_YEARS and not any(len(lexical.containing(str(year))) for year in years)


def allowed_keys(
    question: ParsedQuestion, filter: Filter, store: Store, lexical: LexicalView
) -> NDArray[np.int64] | None:
    """Return the keys of the passages that may be found; None for all."""
    allowed = store.filters.passage_keys(filter)
    for phrase in question.phrases:
        allowed = _narrowed(allowed, lexical.containing(phrase))
    for name in question.names:
        narrowed = _narrowed(allowed, lexical.containing(name))
        allowed = narrowed if len(narrowed) else allowed
    if question.excluded:
        unwanted = reduce(np.union1d, map(lexical.containing, question.excluded))
        allowed = np.setdiff1d(store.passages.all_keys() if allowed is None else allowed, unwanted)
    return allowed


def absent_times(
    asked: Asked, allowed: NDArray[np.int64] | None, store: Store, lexical: LexicalView
) -> tuple[Period, ...]:
    """Return the times of a question that no article that may be found was published in, and no passage mentions."""
    return tuple(
        time
        for time, published in asked.published.items()
        if not len(_narrowed(allowed, published)) and not _is_mentioned(time, allowed, store, lexical)
    )


def _is_mentioned(time: Period, allowed: NDArray[np.int64] | None, store: Store, lexical: LexicalView) -> bool:
    years = range(time.first.year, time.last.year + 1)
    if len(years) > _MOST_YEARS:
        return True
    keys = reduce(np.union1d, (lexical.containing(str(year)) for year in years))
    mentions = _narrowed(allowed, keys)
    if not len(mentions) or time.days >= _YEAR or store.vectors.encoder is None:
        return len(mentions) > 0
    found = store.passages.with_keys(mentions[:_MOST_READ].tolist(), store.vectors.encoder.fingerprint)
    return len(mentions) > _MOST_READ or any(nearness([time], one.article, one.passage.text) for one in found)


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
    nearest: int = DEFAULT_RANKING.candidates,
) -> Candidates:
    """Return the nearest passages of each leg, in no order; beside them the nearest of each time that is asked for.

    Args:
        allowed: the only keys that may be found, or None for all.
        without: ids of articles and passages that are left out, as if the archive did not hold them.
        nearest: how many passages each leg gives.
    """
    record = store.vectors.encoder
    if record is None:
        return Candidates((), np.empty(0), np.empty(0))
    by_meaning = [neighbor.id for neighbor in dense.search(asked.vector, nearest, allowed)]
    by_words = dict(lexical.search(asked.words, nearest, allowed))
    for published in asked.published.values():
        of_time = _narrowed(allowed, published)
        by_meaning += [neighbor.id for neighbor in dense.search(asked.vector, nearest, of_time)]
        by_words |= dict(lexical.search(asked.words, nearest, of_time))
    keys = list(dict.fromkeys([*by_meaning, *by_words]))
    found = [
        one
        for one in store.passages.with_keys(keys, record.fingerprint)
        if not {one.article.id, one.passage.id} & without
    ]
    if not found:
        return Candidates((), np.empty(0), np.empty(0))
    vectors = neutral.project_texts(np.stack([one.vector for one in found]).astype(np.float32), "passage")
    # in a large archive to look these up takes as long as the search did
    unscored = np.array([one.key for one in found if one.key not in by_words], np.int64)
    scores = by_words | lexical.scores(asked.words, unscored)
    best = asked.words.best_possible or 1.0
    shares = np.array([min(1.0, scores.get(one.key, 0.0) / best) for one in found])
    passages = tuple((one.article, one.passage) for one in found)
    return Candidates(passages, (vectors @ asked.vector).astype(np.float64), shares)
