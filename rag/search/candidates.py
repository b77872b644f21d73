"""A question → the passages that may answer it, from both indexes, with their signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.types import TokenVectors, Vectors
from rag.lexical.query import LexicalQuery
from rag.search.accents import with_accents
from rag.search.fusion import Scores
from rag.search.preferences import NO_PREFERENCES, Preferences, preferences_of
from rag.search.query import ParsedQuestion
from rag.text.recency import newest_spans
from rag.text.times import Period, nearness
from rag.types import Article, Filter, Passage, Span

if TYPE_CHECKING:
    from rag.search.snapshot import ArchiveSnapshot

Keys = NDArray[np.int64]

# how many of the best passages by words show how the words of a question are spelled
_SPELLING_PASSAGES = 8
# a longer time, in years, is taken for mentioned somewhere
_MAX_YEARS = 20
# how many passages with the year of a day or month are searched for that day or month, at most
_MAX_PASSAGES_READ = 300
_DAYS_OF_YEAR = 365


@dataclass(frozen=True)
class EncodedQuery:
    """A question as both indexes read it: its words, and its vectors without what tells its language.

    `text` is the question as it is encoded, with the accents that the archive writes, without a time that only the
    days of articles tell, and without the words that ask for the newest. `published` has, for each time of the
    question, the keys of the passages published then.
    """

    text: str
    lexical: LexicalQuery
    tokens: TokenVectors
    preferences: Preferences = NO_PREFERENCES
    published: Mapping[Period, Keys] = field(default_factory=dict)

    @property
    def vector(self) -> Vectors:
        """The vector of the whole question."""
        return self.tokens.pooled


@dataclass(frozen=True)
class Candidates:
    """Passages with, for each, the cosine to the question and its share of the best possible BM25 score.

    `spelled` are the shares of what is spelled like the question, without names that sound alike.
    """

    passages: tuple[tuple[Article, Passage], ...]
    dense: Scores
    lexical: Scores
    spelled: Scores

    def __len__(self) -> int:
        return len(self.passages)


def encode_query(question: ParsedQuestion, snapshot: ArchiveSnapshot) -> EncodedQuery:
    """Encode a question and look up its words."""
    store, lexical = snapshot.store, snapshot.lexical
    newest = newest_spans(question.text)
    # what is new says "new" no more than what is old
    text = _without(question.text, newest)
    words = lexical.analyse(text)
    if text.isascii() and lexical.has_accents:
        nearest = [key for key, _ in lexical.search(words, _SPELLING_PASSAGES)]
        passages = [row.passage.text for row in store.passages.with_keys(nearest, snapshot.encoder.fingerprint)]
        text = with_accents(text, [word.span for word in words.words], passages)
    preferences = preferences_of(text)
    published = {time: _published(time, snapshot) for time in preferences.times}
    unmentioned = tuple(time for time, keys in published.items() if _is_unmentioned(time, keys, snapshot))
    # no passage can be near to these
    text = _without(text, [time.span for time in unmentioned])
    (tokens,) = snapshot.neutral.project(snapshot.encoder.token_vectors([text], "query"), "query")
    return EncodedQuery(
        text, words, tokens, replace(preferences, unmentioned=unmentioned, newest=bool(newest)), published
    )


def _without(text: str, spans: Sequence[Span]) -> str:
    """Return a text with white space in place of some spans, so that the other words keep their offsets.

    It stays as it is if nothing else is in it.
    """
    rest = text
    for start, end in spans:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    return rest if any(map(str.isalnum, rest)) else text


def _published(time: Period, snapshot: ArchiveSnapshot) -> Keys:
    """Return the keys of the passages of articles that were published in a time, ascending."""
    keys = snapshot.store.filters.passage_keys(Filter(since=time.first, until=time.last))
    return np.empty(0, np.int64) if keys is None else keys


def _is_unmentioned(time: Period, published: Keys, snapshot: ArchiveSnapshot) -> bool:
    """Whether articles were published in a time that no text mentions."""
    if not len(published):
        return False
    oldest, newest = (day or time.first for day in snapshot.store.statistics.date_range())
    years = range(max(time.first.year, oldest.year), min(time.last.year, newest.year) + 1)
    return len(years) <= _MAX_YEARS and not any(len(snapshot.lexical.containing(str(year))) for year in years)


def allowed_keys(question: ParsedQuestion, filter: Filter, snapshot: ArchiveSnapshot) -> Keys | None:
    """Return the keys of the passages that pass the filter, the phrases and the excluded words; None for all."""
    store, lexical = snapshot.store, snapshot.lexical
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


def absent_times(query: EncodedQuery, allowed: Keys | None, snapshot: ArchiveSnapshot) -> tuple[Period, ...]:
    """Return the times of a question in which no allowed article was published, and which none mentions."""
    return tuple(
        time
        for time, published in query.published.items()
        if not len(_narrowed(allowed, published)) and not _is_mentioned(time, allowed, snapshot)
    )


def _is_mentioned(time: Period, allowed: Keys | None, snapshot: ArchiveSnapshot) -> bool:
    years = range(time.first.year, time.last.year + 1)
    if len(years) > _MAX_YEARS:
        return True
    keys = reduce(np.union1d, (snapshot.lexical.containing(str(year)) for year in years))
    mentions = _narrowed(allowed, keys)
    if not len(mentions) or time.days >= _DAYS_OF_YEAR:
        return len(mentions) > 0
    if len(mentions) > _MAX_PASSAGES_READ:
        return True
    rows = snapshot.store.passages.with_keys(mentions.tolist(), snapshot.encoder.fingerprint)
    return any(nearness([time], row.article, row.passage.text) for row in rows)


def _narrowed(allowed: Keys | None, keys: Keys) -> Keys:
    return keys if allowed is None else np.intersect1d(allowed, keys)


def nearest_keys(
    query: EncodedQuery, snapshot: ArchiveSnapshot, allowed: Keys | None, count: int
) -> tuple[list[int], dict[int, float]]:
    """Return the keys of the nearest passages of each index and of each time of the question, and their BM25 scores.

    Those that the index of vectors has alone have no score.
    """
    dense, lexical = snapshot.dense, snapshot.lexical
    nearest = [neighbor.id for neighbor in dense.search(query.vector, count, allowed)]
    scores = dict(lexical.search(query.lexical, count, allowed))
    for published in query.published.values():
        of_time = _narrowed(allowed, published)
        nearest += [neighbor.id for neighbor in dense.search(query.vector, count, of_time)]
        scores |= dict(lexical.search(query.lexical, count, of_time))
    return list(dict.fromkeys([*nearest, *scores])), scores


def generate(
    query: EncodedQuery,
    snapshot: ArchiveSnapshot,
    allowed: Keys | None,
    without: frozenset[str] = frozenset(),
    count: int | None = None,
) -> Candidates:
    """Return the nearest passages of each index, in no order, and the nearest of each time of the question.

    Args:
        allowed: the only keys that are searched, or None for all.
        without: ids of articles and passages that are left out, as if they were not in the archive.
        count: how many of each index, if not as many as usual.
    """
    lexical = snapshot.lexical
    keys, scores = nearest_keys(query, snapshot, allowed, count or snapshot.ranking.candidates)
    rows = snapshot.store.passages.with_keys(keys, snapshot.encoder.fingerprint)
    rows = [row for row in rows if not {row.article.id, row.passage.id} & without]
    if not rows:
        return Candidates((), np.empty(0), np.empty(0), np.empty(0))
    vectors = snapshot.neutral.project_texts(np.stack([row.vector for row in rows]).astype(np.float32), "passage")
    # in a large archive to look these up takes as long as the search did
    unscored = np.array([row.key for row in rows if row.key not in scores], np.int64)
    scores |= lexical.scores(query.lexical, unscored)
    spelled = scores
    if any(word.sounds for word in query.lexical.words):
        spelled = lexical.scores(query.lexical.spelled, np.array([row.key for row in rows], np.int64))
    best = query.lexical.best_possible or 1.0

    def shares(bm25: Mapping[int, float]) -> Scores:
        return np.array([min(1.0, bm25.get(row.key, 0.0) / best) for row in rows])

    return Candidates(
        passages=tuple((row.article, row.passage) for row in rows),
        dense=(vectors @ query.vector).astype(np.float64),
        lexical=shares(scores),
        spelled=shares(spelled),
    )
