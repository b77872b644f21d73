"""Ranked passages → the results of a page: grouped by article, noise marked, counted by what filters look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from rag.config import MAX_CANDIDATES
from rag.search.candidates import EncodedQuery, Keys, allowed_keys, generate, nearest_keys
from rag.search.confidence import THRESHOLD, Calibration, features
from rag.search.grouping import Group, group_passages
from rag.search.preferences import doubt
from rag.search.query import ParsedQuestion
from rag.search.ranking import Ranking, extend
from rag.search.retrieval import Retrieval
from rag.search.snapshot import ArchiveSnapshot
from rag.storage.filter_sql import PassageFacts
from rag.types import NO_FILTER, SEARCHED_KINDS, ArticleResult, Citation, Facets, Filter, Sort, primary_language

LIKELY = 0.18
"""A passage is noise if an archive without the better ones would answer with less than this confidence. Measured on the
sample questions: docs/confidence.md."""
# neighbours are merged until there are this many citations: those of an answer
_MERGED = 5


def result_groups(
    ranking: Ranking, query: EncodedQuery, snapshot: ArchiveSnapshot, allowed: Keys | None, *, limit: int, compared: int
) -> tuple[Ranking, list[Group], bool]:
    """Return the ranking, extended if need be, at most `limit` groups of it, and whether there are more.

    The first groups are the same for every limit: neighbours are merged as for an answer of five citations, copies are
    looked for among the first `compared` passages, and whatever is ranked below is a group by itself. If these are too
    few, each index is asked for twice as many candidates, again and again; what is new is put below the rest.
    """
    compared = min(compared, len(ranking.passages))
    groups = group_passages(ranking.passages[:compared], compared, merged=min(limit, _MERGED))
    count = snapshot.ranking.candidates
    total = snapshot.store.passages.count() if allowed is None else len(allowed)
    while True:
        ranked = len(ranking.passages)
        singles = [Group((number,)) for number in range(compared, ranked)]
        if len(groups) + len(singles) > limit or ranked >= total or count >= MAX_CANDIDATES:
            return ranking, [*groups, *singles][:limit], len(groups) + len(singles) > limit
        count = min(2 * count, MAX_CANDIDATES)
        known = frozenset(passage.id for _, passage in ranking.passages)
        added = generate(query, snapshot, allowed, known, count)
        if len(added):
            ranking = extend(ranking, query, added, snapshot.ranking)


def likelihoods(retrieval: Retrieval, ranking: Ranking, query: EncodedQuery, calibration: Calibration) -> list[float]:
    """Return for each citation the confidence that the archive would have without the passages that are ranked higher.

    It is that of the answer for the first one, and 0 for a passage that was not re-ranked where others were, or that is
    not in the ranking.
    """
    names = ranking.signals[0].keys()
    compared = [signals for signals in ranking.signals if signals.keys() == names]
    values = {
        name: np.array([signals[name] for signals in compared])
        for name in names
        if any(feature.startswith(name) for feature in calibration.weights)
    }
    articles = [article.id for article, _ in ranking.passages[: len(compared)]]
    probabilities = []
    for group in retrieval.groups:
        best = min(group.merged + group.copies)
        if best >= len(compared):
            probabilities.append(0.0)
            continue
        lower = features(0, {name: of_all[best:] for name, of_all in values.items()}, articles[best:], None)
        doubtful = doubt(query.preferences, ranking.passages[best], retrieval.absent)
        probabilities.append(calibration.probability({**retrieval.features, **lower}, doubtful))
    return probabilities


def by_article(citations: Sequence[Citation], likelihood: Sequence[float], sort: Sort) -> tuple[ArticleResult, ...]:
    """Return the citations of each article, in the order of the best ones or, by date, the newest article first.

    Raises:
        ValueError: there are not as many probabilities as citations.
    """
    of_articles: dict[str, tuple[list[Citation], list[Citation]]] = {}
    for citation, probability in zip(citations, likelihood, strict=True):
        likely, others = of_articles.setdefault(citation.article.id, ([], []))
        (likely if probability >= LIKELY else others).append(citation)
    results = [ArticleResult((*likely, *others), len(likely)) for likely, others in of_articles.values()]
    if sort == "date":
        # stable: of a day, the best first
        results.sort(key=lambda result: result.article.published or date.min, reverse=True)
    return tuple(results)


@dataclass(frozen=True, slots=True)
class _Facet:
    """How articles are counted: by which value, and by what the filter is widened for it."""

    value: Callable[[PassageFacts], str | None]
    widen: Callable[[Filter], Filter]


_FACETS = {
    "sources": _Facet(lambda facts: facts.source, lambda filter: replace(filter, sources=(), exact_sources=())),
    "languages": _Facet(lambda facts: primary_language(facts.language), lambda filter: replace(filter, languages=())),
    "authors": _Facet(lambda facts: facts.author, lambda filter: replace(filter, authors=(), exact_authors=())),
    "kinds": _Facet(lambda facts: facts.kind, lambda filter: replace(filter, kinds=SEARCHED_KINDS)),
    "months": _Facet(lambda facts: facts.month, lambda filter: replace(filter, since=None, until=None)),
}


def likely_groups(groups: Sequence[Group], likelihood: Sequence[float], confidence: float) -> Sequence[Group]:
    """Return the groups that are not noise; all of them where none answers."""
    if confidence < THRESHOLD:
        return groups
    return [group for group, probability in zip(groups, likelihood, strict=True) if probability >= LIKELY]


def facets_of(
    ranking: Ranking,
    query: EncodedQuery,
    snapshot: ArchiveSnapshot,
    *,
    listed: Iterable[Group],
    question: ParsedQuestion,
    filter: Filter,
) -> Facets:
    """Count the articles of the listed groups; alternatives to a filter among all that would be found without it."""
    facts = snapshot.store.filters.facts
    passing = facts(filter, [passage.key for _, passage in ranking.passages])
    numbers = {number for group in listed for number in (*group.merged, *group.copies)}
    shown = facts(filter, [ranking.passages[number][1].key for number in sorted(numbers)])
    counts = {}
    for name, facet in _FACETS.items():
        wider = facet.widen(filter)
        beside = {} if wider == filter else _count(_facts(question, query, snapshot, wider), facet)
        alternatives = {value: count for value, count in beside.items() if value not in _count(passing, facet)}
        counted = (alternatives | _count(shown, facet)).items()
        # the earliest month, but the most frequent value first
        order = sorted(counted, key=lambda entry: entry[0] if name == "months" else (-entry[1], entry[0]))
        counts[name] = dict(order)
    return Facets(**counts)


def articles_without_filters(question: ParsedQuestion, query: EncodedQuery, snapshot: ArchiveSnapshot) -> int:
    """Return how many articles the question finds without any filter."""
    return len({facts.article for facts in _facts(question, query, snapshot, NO_FILTER)})


def _facts(
    question: ParsedQuestion, query: EncodedQuery, snapshot: ArchiveSnapshot, filter: Filter
) -> list[PassageFacts]:
    allowed = allowed_keys(question, filter, snapshot)
    keys, _ = nearest_keys(query, snapshot, allowed, snapshot.ranking.candidates)
    return snapshot.store.filters.facts(filter, keys)


def _count(passages: Iterable[PassageFacts], facet: _Facet) -> dict[str, int]:
    """Return the number of articles of each value."""
    pairs = {(value, facts.article) for facts in passages if (value := facet.value(facts))}
    return dict(Counter(value for value, _ in pairs))
