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
    """The measures of a run.

    `measures` are means over the answerable questions, with 95% bootstrap intervals; `sentence` is the share of right
    highlights among the quoted answers that were retrieved, None without any. `slices` are means of the main measure
    by dimension and value. `unjudged` is the unjudged share of the first ten results.
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
    """Return the summary of results."""
    answerable = [result for result in results if result.answerable]
    fate_counts = Counter(result.fate for result in results)
    sentences = [float(result.sentence) for result in answerable if result.sentence is not None]
    items = [item for result in results for item in result.shown[:_CHECKED]]
    return Summary(
        questions=len(results),
        answerable=len(answerable),
        measures={name: bootstrap([result.values[name] for result in answerable]) for name in MEASURES}
        if answerable
        else {},
        sentence=bootstrap(sentences) if sentences else None,
        abstention=abstention(results),
        fates={name: fate_counts[name] for name in FATES if fate_counts[name]},
        beaten_by=dict(Counter(result.beaten_by for result in answerable if result.beaten_by).most_common()),
        slices={name: slice_results(answerable, values_of) for name, values_of in SLICES.items()},
        unjudged=sum(item.grade is None for item in items) / len(items) if items else 0.0,
    )


def by_origin(run: Run) -> dict[str, Summary]:
    """Return the summary of the questions written by people, and separately that of synthetic ones."""
    origins = {"": [result for result in run.results if not result.synthetic]}
    origins["synthetic"] = [result for result in run.results if result.synthetic]
    return {name: summarise(results) for name, results in origins.items() if results}


def slice_results(results: Iterable[Result], values_of: Callable[[Result], Iterable[str]]) -> dict[str, Slice]:
    """Return the mean of the main measure for each value that `of` gives, the most frequent value first.

    A question with several values counts for each of them.
    """
    groups: dict[str, list[float]] = {}
    for result in results:
        for value in dict.fromkeys(values_of(result)):
            groups.setdefault(value, []).append(result.values[MAIN])
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return {value: Slice(len(values), bootstrap(values)) for value, values in ordered}


def _article_languages(result: Result) -> list[str]:
    return [primary_language(article.language) for article in result.wanted]


def _pair(result: Result) -> list[str]:
    """Return the question's language and that of the articles: its own, if one of them is in it."""
    question_language = primary_language(result.language)
    languages = sorted(set(_article_languages(result)))
    return (
        [f"{question_language} → {question_language}"]
        if question_language in languages
        else [f"{question_language} → {language}" for language in languages]
    )


def _crossing(result: Result) -> list[str]:
    is_within = primary_language(result.language) in _article_languages(result)
    return ["within one language" if is_within else "across languages"]


def _length(result: Result) -> list[str]:
    words = len(result.question.split())
    if words <= _SHORT:
        return [f"up to {_SHORT} words"]
    return [f"{_SHORT + 1} to {_LONG} words" if words <= _LONG else f"more than {_LONG} words"]


SLICES: Mapping[str, Callable[[Result], Iterable[str]]] = {
    "question language": lambda result: [primary_language(result.language)],
    "article language": _article_languages,
    "crossing": _crossing,
    "pair": _pair,
    "source": lambda result: [article.source or UNKNOWN for article in result.wanted],
    "year": lambda result: [str(article.year or UNKNOWN) for article in result.wanted],
    "tag": lambda result: result.tags,
    "length": _length,
}
