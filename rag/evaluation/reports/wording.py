"""Wording shared by all reports of a run. Pure functions; callers escape the texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rag.config import DEFAULT_RANKING, Config, Value, settings
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Summary
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.types import FIRST, REFUSED, Result, Run
from rag.search.confidence import THRESHOLD
from rag.types import SIGNALS

GLOSSES: Mapping[str, str] = {
    "nDCG@10": "how close to the top the answers are; the main measure",
    "RR@10": "reciprocal rank of the first answer",
    "Success@1": "the first result answers",
    "R@5": "share of the answers in the top five",
    "R@10": "share of the answers in the top ten",
    "AP@10": "precision, averaged over the ranks of all answers",
    "P@5": "share of answers among the top five results",
}
LOST_TO: Mapping[str, str] = {**SIGNALS, "not read again": "the passage that answers was not re-ranked"}
"""What the first passage owed its rank to, where another one answers."""
ORIGINS = {"": "Questions written by people", "synthetic": "Synthetic questions, made by rules"}


def failed(result: Result) -> bool:
    """Whether a question failed: the first result is wrong, or it was answered although nothing answers it."""
    return result.fate not in (FIRST, REFUSED)


def worst_first(results: Iterable[Result]) -> list[Result]:
    """Sort results: failures first, then those of people, then answerable ones, then the lowest measures."""
    return sorted(
        results,
        key=lambda result: (
            not failed(result),
            result.synthetic,
            not result.answerable,
            result.values.get(MAIN, 0.0),
            -result.confidence,
        ),
    )


def first_right(result: Result) -> int | None:
    """Return the rank of the first result that answers."""
    return next((rank for rank, retrieved in enumerate(result.shown, 1) if retrieved.grade), None)


def bounds(interval: Interval, sign: str = "") -> str:
    """Return the ends of an interval."""
    return f"{interval.low:{sign}.3f} to {interval.high:{sign}.3f}"


def value(number: Value | None) -> str:
    """Return a setting as a user would write it; `-` for a setting that the run did not have."""
    if number is None:
        return "-"
    return str(number).lower() if isinstance(number, bool) else f"{number:g}"


def changed_settings(config: Mapping[str, Value]) -> dict[str, tuple[Value | None, Value]]:
    """Return the settings that differ from the defaults: the default, and the value of the run."""
    defaults = settings(Config(), DEFAULT_RANKING)
    return {name: (defaults.get(name), setting) for name, setting in config.items() if defaults.get(name) != setting}


def config_sentence(config: Mapping[str, Value]) -> str:
    """Say which settings differ from the defaults."""
    phrases = [
        f"{name} {value(setting)} (default {value(default)})"
        for name, (default, setting) in changed_settings(config).items()
    ]
    return f"{', '.join(phrases)}; all others are the defaults." if phrases else "All settings are the defaults."


def asked_sentence(run: Run) -> str:
    """Say how many questions were asked."""
    sentence = f"{len(run.results):,} questions"
    return sentence if len(run.results) >= run.asked_of else f"{sentence} of {run.asked_of:,} (interrupted)"


def latency_sentence(run: Run) -> str:
    """Say how long a question takes."""
    if not run.latency_ms:
        return "Not measured."
    times = [f"{time:,.0f} ms ({name})" for name, time in run.latency_ms.items()]
    return f"{', '.join(times)} for a question asked by itself."


def sentences(summary: Summary) -> dict[str, str]:
    """Return the sentences below the measures, by heading: highlighted sentence, abstention, judgements."""
    texts = {"Highlighted sentence": _sentence(summary), "Abstention": _abstention(summary)}
    if summary.answerable < summary.questions or summary.abstention.auroc is not None:
        texts["Confidence"] = _confidence(summary)
    texts["Judgements"] = (
        f"{summary.unjudged:.1%} of the top ten results are unjudged and count as wrong: if some of them answer, the "
        "measures are too low."
    )
    return texts


def _sentence(summary: Summary) -> str:
    if summary.sentence is None:
        return "Not measured: no quoted answer was retrieved, or re-ranking was skipped."
    return (
        f"Where a quoted answer was retrieved, the highlighted sentence is part of the quote in "
        f"{summary.sentence.mean:.1%} ({summary.sentence.low:.1%} to {summary.sentence.high:.1%}) of the cases."
    )


def _abstention(summary: Summary) -> str:
    abstention = summary.abstention
    covered = f"The archive answered {abstention.coverage:.1%} of the questions (coverage, threshold {THRESHOLD:g})"
    if abstention.precision is None:
        return f"{covered}."
    return f"{covered}; {abstention.precision:.1%} of these have an answer in the top five (precision)."


def _confidence(summary: Summary) -> str:
    abstention = summary.abstention
    if abstention.auroc is None or abstention.calibration_error is None:
        return "Not measured: this needs questions with an answer and questions without."
    return (
        f"In {abstention.auroc:.1%} of all pairs, the question with an answer got the higher confidence (AUROC; chance "
        f"is 50%). Confidence is {abstention.calibration_error:.3f} off on average (expected calibration error)."
    )
