"""Sentences that all reports share, in the language of their texts. Pure functions; callers escape what they return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rag.config import DEFAULT_RANKING, Config, Value, settings
from rag.evaluation.measures.comparison import Caution, Difference
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Summary
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.reports.english import ENGLISH
from rag.evaluation.reports.german import GERMAN
from rag.evaluation.reports.texts import Named, ReportTexts
from rag.evaluation.types import FIRST, REFUSED, Result, Run
from rag.search.confidence import THRESHOLD

REPORT_TEXTS: Mapping[str, ReportTexts] = {texts.code: texts for texts in (ENGLISH, GERMAN)}


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


def value(number: Value | None) -> str:
    """Return a setting as a user would write it, with a point; `-` for a setting that the run did not have."""
    if number is None:
        return "-"
    return str(number).lower() if isinstance(number, bool) else f"{number:g}"


def changed_settings(config: Mapping[str, Value]) -> dict[str, tuple[Value | None, Value]]:
    """Return the settings that differ from the defaults: the default, and the value of the run."""
    defaults = settings(Config(), DEFAULT_RANKING)
    return {name: (defaults.get(name), setting) for name, setting in config.items() if defaults.get(name) != setting}


def outcome_of(fate: str, texts: ReportTexts) -> Named:
    """Return the wording of an outcome as runs store it; an unknown one is its own label."""
    return texts.outcomes.get(fate, Named(fate, ""))


def signal_of(name: str, texts: ReportTexts) -> Named:
    """Return the wording of a signal as runs store it; an unknown one is its own label."""
    return texts.signals.get(name, Named(name, ""))


def slice_value(dimension: str, label: str, texts: ReportTexts) -> str:
    """Return the name of a slice's value; tags name themselves."""
    return label if dimension == "tag" else texts.values.get(label, label)


def bounds(interval: Interval, texts: ReportTexts, sign: str = "") -> str:
    """Return the ends of an interval: `0.712 to 0.850`."""
    low, high = (texts.number(end, f"{sign}.3f") for end in (interval.low, interval.high))
    return texts.interval_ends.format(low=low, high=high)


def config_sentence(config: Mapping[str, Value], texts: ReportTexts) -> str:
    """Say which settings differ from the defaults."""
    phrases = [
        f"{name} {value(setting)} {texts.default.format(value=value(default))}"
        for name, (default, setting) in changed_settings(config).items()
    ]
    return texts.settings_changed.format(settings=", ".join(phrases)) if phrases else texts.settings_default


def asked_sentence(run: Run, texts: ReportTexts) -> str:
    """Say how many questions were asked."""
    count = texts.count_of(texts.questions_count, len(run.results))
    if len(run.results) >= run.asked_of:
        return count
    return texts.interrupted.format(asked=count, total=texts.number(run.asked_of, ","))


def latency_sentence(run: Run, texts: ReportTexts) -> str:
    """Say how long a question takes."""
    if not run.latency_ms:
        return texts.not_measured
    times = [f"{texts.number(time, ',.0f')} ms ({name})" for name, time in run.latency_ms.items()]
    return texts.latency_sentence.format(times=", ".join(times))


def verdict(difference: Difference, questions: int, texts: ReportTexts = ENGLISH) -> str:
    """Say in a sentence whether a difference is more than chance."""
    mean, count = difference.mean.mean, texts.number(questions, "d")
    if not (difference.better or difference.worse):
        return texts.identical.format(count=count)
    p = texts.number(difference.p, ".3f")
    if difference.certain:
        size, interval = texts.number(abs(mean), ".3f"), bounds(difference.mean, texts, "+")
        return texts.verdict[mean > 0].format(mean=size, interval=interval, p=p)
    limit = texts.undetectable.format(count=count, smallest=texts.number(difference.smallest, ".3f"))
    if abs(mean) >= difference.smallest or questions == 1:
        limit = texts.more_questions
    return texts.not_significant.format(mean=texts.number(mean, "+.3f"), p=p, limit=limit)


def caution_sentence(caution: Caution, texts: ReportTexts = ENGLISH) -> str:
    """Say why runs should be compared with care."""
    counts = {"common": texts.number(caution.common, "d"), "total": texts.number(caution.total, "d")}
    return texts.cautions[caution.kind].format(runs=", ".join(caution.runs), **counts)


def sentences(summary: Summary, texts: ReportTexts) -> dict[str, str]:
    """Return the sentences below the measures, by heading: highlighted sentence, abstention, judgements."""
    by_heading = {
        texts.sentence_heading: _sentence(summary, texts),
        texts.abstention_heading: _abstention(summary, texts),
    }
    if summary.answerable < summary.questions or summary.abstention.auroc is not None:
        by_heading[texts.confidence_heading] = _confidence(summary, texts)
    by_heading[texts.judgements_heading] = texts.unjudged_share.format(share=texts.number(summary.unjudged, ".1%"))
    return by_heading


def _sentence(summary: Summary, texts: ReportTexts) -> str:
    if summary.sentence is None:
        return texts.sentence_not_measured
    mean, low, high = (
        texts.number(share, ".1%") for share in (summary.sentence.mean, summary.sentence.low, summary.sentence.high)
    )
    return texts.sentence_found.format(mean=mean, interval=texts.interval_ends.format(low=low, high=high))


def _abstention(summary: Summary, texts: ReportTexts) -> str:
    coverage, threshold = texts.number(summary.abstention.coverage, ".1%"), texts.number(THRESHOLD, "g")
    if summary.abstention.precision is None:
        return texts.coverage.format(coverage=coverage, threshold=threshold)
    precision = texts.number(summary.abstention.precision, ".1%")
    return texts.coverage_and_precision.format(coverage=coverage, threshold=threshold, precision=precision)


def _confidence(summary: Summary, texts: ReportTexts) -> str:
    auroc, error = summary.abstention.auroc, summary.abstention.calibration_error
    if auroc is None or error is None:
        return texts.confidence_not_measured
    return texts.confidence_measured.format(auroc=texts.number(auroc, ".1%"), error=texts.number(error, ".3f"))
