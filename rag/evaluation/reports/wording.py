"""What a run came to, in words that its reports share. Pure functions; whoever shows the texts escapes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rag.config import DEFAULT_RANKING, Config, Value, settings
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Summary
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.types import FIRST, REFUSED, Result, Run
from rag.search.confidence import THRESHOLD

GLOSSES = {
    "nDCG@10": "how near to the top all answers are; the main measure",
    "RR@10": "one divided by the rank of the first answer",
    "Success@1": "the first result answers",
    "R@5": "share of the answers among the first five",
    "R@10": "share of the answers among the first ten",
    "AP@10": "precision, averaged over the ranks of all answers",
    "P@5": "share of answers among the first five results",
}
SIGNALS = {
    "late": "how well the question’s words find their like in the passage",
    "dense": "how near the passage as a whole is in meaning",
    "lexical": "how much of the question’s words it holds",
    "cross": "what a cross-encoder says of both together",
    "not read again": "the passage that answers was not among those that were read once more",
}
ORIGINS = {"": "Questions that people wrote", "synthetic": "Synthetic questions, made by a rule"}


def failed(result: Result) -> bool:
    """Return whether a question came out wrong: no answer first, or one where there is none."""
    return result.fate not in (FIRST, REFUSED)


def worst_first(results: Iterable[Result]) -> list[Result]:
    """Order questions: failures first, people's before synthetic ones, answerable before others, the worst first."""
    return sorted(
        results,
        key=lambda one: (
            not failed(one),
            one.synthetic,
            not one.answerable,
            one.values.get(MAIN, 0.0),
            -one.confidence,
        ),
    )


def first_right(result: Result) -> int | None:
    """Return the rank of the first result that answers."""
    return next((rank for rank, shown in enumerate(result.shown, 1) if shown.grade), None)


def bounds(interval: Interval, sign: str = "") -> str:
    """Return the ends of an interval."""
    return f"{interval.low:{sign}.3f} to {interval.high:{sign}.3f}"


def value(number: Value | None) -> str:
    """Return a setting as a person would write it; `-` for one that a run does not know."""
    if number is None:
        return "-"
    return str(number).lower() if isinstance(number, bool) else f"{number:g}"


def changed_settings(config: Mapping[str, Value]) -> dict[str, tuple[Value | None, Value]]:
    """Return the settings that are not the defaults: the default, and what was chosen."""
    defaults = settings(Config(), DEFAULT_RANKING)
    return {name: (defaults.get(name), given) for name, given in config.items() if defaults.get(name) != given}


def config_sentence(config: Mapping[str, Value]) -> str:
    """Say which settings are not the defaults."""
    changed = [
        f"{name} {value(given)} (default {value(default)})"
        for name, (default, given) in changed_settings(config).items()
    ]
    return f"{', '.join(changed)}; all others are the defaults." if changed else "All settings are the defaults."


def asked_sentence(run: Run) -> str:
    """Say how many questions were asked."""
    asked = f"{len(run.results):,} questions"
    return asked if len(run.results) >= run.asked_of else f"{asked} of {run.asked_of:,}: it was interrupted"


def latency_sentence(run: Run) -> str:
    """Say how long a question took."""
    if not run.latency_ms:
        return "Not measured."
    times = [f"{time:,.0f} ms ({name})" for name, time in run.latency_ms.items()]
    return f"A question asked alone took {', '.join(times)}."


def sentences(summary: Summary) -> dict[str, str]:
    """Return what stands beside the measures, by heading: the marked sentence, abstention, judgements."""
    found = {"Marked sentence": _sentence(summary), "Abstention": _abstention(summary)}
    if summary.answerable < summary.questions or summary.abstention.auroc is not None:
        found["Confidence"] = _confidence(summary)
    found["Judgements"] = (
        f"Of the first ten results, nobody has judged {summary.unjudged:.1%}. They count as wrong: if some of them "
        "answer, the measures are too low."
    )
    return found


def _sentence(summary: Summary) -> str:
    if summary.sentence is None:
        return "Which sentence was marked was not judged: no quoted answer was found, or re-ranking was left out."
    return (
        f"Where a quoted answer was found, the marked sentence was of the quote in {summary.sentence.mean:.1%} "
        f"({summary.sentence.low:.1%} to {summary.sentence.high:.1%})."
    )


def _abstention(summary: Summary) -> str:
    known = summary.abstention
    covered = (
        f"The archive said that it answers {known.coverage:.1%} of the questions (coverage, threshold {THRESHOLD:g})"
    )
    if known.precision is None:
        return f"{covered}."
    return f"{covered}; of these, {known.precision:.1%} have an answer among the first five results (precision)."


def _confidence(summary: Summary) -> str:
    known = summary.abstention
    if known.auroc is None or known.calibration_error is None:
        return "How good the confidence is needs questions of both kinds, with an answer and without."
    return (
        f"A question with an answer got a higher confidence than one without in {known.auroc:.1%} of all pairs (AUROC; "
        f"chance is 50%). Confidence and truth are {known.calibration_error:.3f} apart (expected calibration error)."
    )
