"""A run → its means with intervals, by slices too. Pure functions on values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.evaluation.measures.abstention import Abstention, abstention
from rag.evaluation.measures.statistics import Interval, bootstrap
from rag.evaluation.measures.trec_measures import MAIN, MEASURES
from rag.evaluation.types import FATES, Result, Run
from rag.types import primary_language

UNKNOWN = "unknown"
_SHORT, _LONG = 6, 12
_CHECKED = 10


@dataclass(frozen=True, slots=True)
class Slice:
    """The questions that have something in common: how many, and the mean of the main measure."""

    questions: int
    mean: Interval


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to.

    `measures` are means over the answerable questions, with 95% bootstrap intervals; `sentence` that of the right
    highlights, over the questions whose answer was found and quoted; None if there are none. `slices` hold the main
    measure by dimension and value. `unjudged` is the share of the first ten results that nobody has judged.
    """

    questions: int
    answerable: int
    measures: Mapping[str, Interval]
    sentence: Interval | None
    abstention: Abstention
    fates: Mapping[str, int]
    beaten_by: Mapping[str, int]
    slices: Mapping[str, Mapping[str, Slice]]
    unjudged: float


def summarise(results: Sequence[Result]) -> Summary:
    """Return what results came to."""
    judged = [one for one in results if one.answerable]
    found = Counter(one.fate for one in results)
    sentences = [float(one.sentence) for one in judged if one.sentence is not None]
    items = [item for one in results for item in one.shown[:_CHECKED]]
    return Summary(
        questions=len(results),
        answerable=len(judged),
        measures={name: bootstrap([one.values[name] for one in judged]) for name in MEASURES} if judged else {},
        sentence=bootstrap(sentences) if sentences else None,
        abstention=abstention(results),
        fates={name: found[name] for name in FATES if found[name]},
        beaten_by=dict(Counter(one.beaten_by for one in judged if one.beaten_by).most_common()),
        slices={name: slice_results(judged, of) for name, of in SLICES.items()},
        unjudged=sum(item.grade is None for item in items) / len(items) if items else 0.0,
    )


def by_origin(run: Run) -> dict[str, Summary]:
    """Return what the questions that people wrote came to, and apart from them those that a rule made."""
    origins = {"": [one for one in run.results if not one.synthetic]}
    origins["synthetic"] = [one for one in run.results if one.synthetic]
    return {name: summarise(results) for name, results in origins.items() if results}


def slice_results(results: Iterable[Result], of: Callable[[Result], Iterable[str]]) -> dict[str, Slice]:
    """Return the mean of the main measure for each value that `of` gives, the most frequent value first.

    A question with several values counts for each of them.
    """
    groups: dict[str, list[float]] = {}
    for one in results:
        for value in dict.fromkeys(of(one)):
            groups.setdefault(value, []).append(one.values[MAIN])
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return {value: Slice(len(values), bootstrap(values)) for value, values in ordered}


def _article_languages(one: Result) -> list[str]:
    return [primary_language(article.language) for article in one.wanted]


def _pair(one: Result) -> list[str]:
    """Return the question's language and that of the articles: its own, if one of them is in it."""
    own = primary_language(one.language)
    languages = sorted(set(_article_languages(one)))
    return [f"{own} → {own}"] if own in languages else [f"{own} → {other}" for other in languages]


def _crossing(one: Result) -> list[str]:
    within = primary_language(one.language) in _article_languages(one)
    return ["within one language" if within else "across languages"]


def _length(one: Result) -> list[str]:
    words = len(one.question.split())
    if words <= _SHORT:
        return [f"up to {_SHORT} words"]
    return [f"{_SHORT + 1} to {_LONG} words" if words <= _LONG else f"more than {_LONG} words"]


SLICES: Mapping[str, Callable[[Result], Iterable[str]]] = {
    "question language": lambda one: [primary_language(one.language)],
    "article language": _article_languages,
    "crossing": _crossing,
    "pair": _pair,
    "source": lambda one: [article.source or UNKNOWN for article in one.wanted],
    "year": lambda one: [str(article.year or UNKNOWN) for article in one.wanted],
    "tag": lambda one: one.tags,
    "length": _length,
}
