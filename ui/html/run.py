"""A run as HTML: its measures, overall and by language and tag, and the outcomes of its questions. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Slice, Summary, by_origin
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.questions.feedback import MARKED
from rag.evaluation.types import Result, Run
from ui.html.markup import escape
from ui.html.questions import outcome_groups
from ui.wording.evaluation import bounds, fixed, percent, signal_label
from ui.wording.page import count_of, grouped, language_name, long_date
from ui.wording.texts import Texts, Words

_LANGUAGES = ("question language", "article language")
_CROSSING = "crossing"

UPLOAD_PREFIX = "uploaded: "
"""Before the name of a file handed in at the page, in the runs that are stored."""

_UNFOLDED = ("question language", _CROSSING)
_MIN_VALUES, _MAX_VALUES = 2, 12  # of a dimension, the most frequent


def run_html(run: Run, words: Words) -> str:
    """Return everything that is shown of a run."""
    summaries = by_origin(run)
    parts = [_head(run, words)]
    for origin, summary in summaries.items():
        kind = (words.synthetic_questions if origin else words.human_questions) if len(summaries) > 1 else ""
        results = [result for result in run.results if result.synthetic == bool(origin)]
        parts.append(_summary(summary, results, run.latency_ms, kind, words))
    return f'<section class="fs fs-run" lang="{words.texts.code}">{"".join(parts)}</section>'


def report_address(name: str, texts: Texts) -> str:
    """Return the address of a run's report in the page's language, relative to the page's own."""
    return f"evaluation/{quote(name, safe='')}.html?lang={texts.code}"


def source_name(questions: str, words: Words) -> str:
    """Return where the questions of a run come from: the marked passages, or a file."""
    return words.feedback_source if questions == MARKED else questions.removeprefix(UPLOAD_PREFIX)


def local_time(timestamp: str, words: Words) -> str:
    """Return an ISO time in this computer's time zone: `3 December 2024, 14:05`."""
    try:
        time = datetime.fromisoformat(timestamp).astimezone()
    except ValueError:
        return timestamp
    return f"{long_date(time.date(), words.texts)}, {time:%H:%M}"


def bar(interval: Interval) -> str:
    """Return a bar from 0 to 1 with the interval on it."""
    mean, low, high = (f"{100 * min(max(end, 0.0), 1.0):.1f}%" for end in (interval.mean, interval.low, interval.high))
    return f'<span class="fs-bar" style="--mean:{mean};--low:{low};--high:{high}" aria-hidden="true"></span>'


def _head(run: Run, words: Words) -> str:
    texts = words.texts
    count = count_of(words.questions, len(run.results), texts)
    source, date = source_name(run.questions, words), local_time(run.made, words)
    facts = words.run_facts.format(count=count, source=source, date=date)
    sentence = words.interrupted.format(done=grouped(len(run.results), texts), total=grouped(run.asked_of, texts))
    interrupted = f'<p class="fs-warning">{escape(sentence)}</p>' if len(run.results) < run.asked_of else ""
    # the second click deletes: at the first one, the tab's script changes the label
    return (
        f'<header><h2><bdi>{escape(run.name)}</bdi></h2><p class="fs-quiet">{escape(facts)}</p>'
        f'{interrupted}<p class="fs-actions"><a href="{escape(report_address(run.name, texts))}" download>'
        f"{escape(words.report)}</a>"
        f'<button type="button" data-fs-delete="{escape(words.confirm_delete)}">{escape(words.delete)}</button>'
        "</p></header>"
    )


def _summary(summary: Summary, results: Sequence[Result], latency: Mapping[str, float], kind: str, words: Words) -> str:
    heading = f'<h3 class="fs-kind">{escape(kind)}</h3>' if kind else ""
    return (
        f"{heading}{_measures(summary, words)}{_outcomes(summary, results, words)}{_slices(summary.slices, words)}"
        f"{_details(summary, latency, words)}"
    )


def _measures(summary: Summary, words: Words) -> str:
    if not summary.measures:
        return ""
    rows = "".join(
        f'<tr{" class=fs-main" if name == MAIN else ""}><th scope="row">{escape(name)} '
        f"<small>{escape(words.measure_meanings.get(name, ''))}</small></th>{_cells(interval, words)}</tr>"
        for name, interval in summary.measures.items()
    )
    answerable = words.answerable.format(count=count_of(words.questions, summary.answerable, words.texts))
    return f"<h3>{escape(words.measures)} <small>{escape(answerable)}</small></h3>{_table(words, rows)}"


def _slices(slices: Mapping[str, Mapping[str, Slice]], words: Words) -> str:
    """Return the main measure by language and tag; a dimension with a single value is left out."""
    parts = []
    for dimension, name in words.slices.items():
        values = slices.get(dimension, {})
        if len(values) < _MIN_VALUES:
            continue
        table = _slice_table(dimension, values, words)
        if dimension in _UNFOLDED:
            parts.append(f"<h3>{escape(name)}</h3>{table}")
        else:
            parts.append(f'<details class="fs-more"><summary>{escape(name)}</summary>{table}</details>')
    return "".join(parts)


def _slice_table(dimension: str, values: Mapping[str, Slice], words: Words) -> str:
    rows = "".join(
        f'<tr><th scope="row"><bdi>{escape(_value(dimension, value, words))}</bdi> '
        f"<small>{grouped(part.questions, words.texts)}</small></th>{_cells(part.mean, words)}</tr>"
        for value, part in list(values.items())[:_MAX_VALUES]
    )
    return _table(words, rows, "fs-slices")


def _value(dimension: str, value: str, words: Words) -> str:
    if dimension in _LANGUAGES:
        return language_name(value, words.texts)
    return words.crossing.get(value, value) if dimension == _CROSSING else value


def _outcomes(summary: Summary, results: Sequence[Result], words: Words) -> str:
    signals = ", ".join(
        f"{signal_label(name, words)} ({grouped(count, words.texts)})" for name, count in summary.beaten_by.items()
    )
    sentence = f'<p class="fs-quiet">{escape(words.beaten_by)}: {escape(signals)}.</p>' if signals else ""
    return f"<h3>{escape(words.outcomes_heading)}</h3>{outcome_groups(results, words)}{sentence}"


def _details(summary: Summary, latency: Mapping[str, float], words: Words) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in _facts(summary, latency, words))
    return f'<h3>{escape(words.details_heading)}</h3><ul class="fs-facts">{lines}</ul>'


def _facts(summary: Summary, latency: Mapping[str, float], words: Words) -> Iterable[str]:
    """Yield sentences on abstention, confidence, highlighted sentences, judgements and latency."""
    texts, abstention = words.texts, summary.abstention
    yield words.coverage.format(share=percent(abstention.coverage, texts))
    if abstention.precision is not None:
        yield words.precision.format(share=percent(abstention.precision, texts))
    if abstention.auroc is not None:
        yield words.auroc.format(share=percent(abstention.auroc, texts))
    if abstention.calibration_error is not None:
        yield words.calibration.format(error=fixed(abstention.calibration_error, texts))
    if summary.sentence:
        yield words.sentence.format(share=percent(summary.sentence.mean, texts))
    yield words.unjudged.format(share=percent(summary.unjudged, texts))
    if {"p50", "p95"} <= latency.keys():
        yield words.latency.format(**{name: grouped(round(latency[name]), texts) for name in ("p50", "p95")})


def _cells(interval: Interval, words: Words) -> str:
    texts = words.texts
    return f"<td>{bar(interval)}</td><td>{fixed(interval.mean, texts)}</td><td>{bounds(interval, texts)}</td>"


def _table(words: Words, rows: str, kind: str = "") -> str:
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in (words.mean, words.interval))
    head = f"<thead><tr><td></td><td></td>{names}</tr></thead>"
    return f'<table class="fs-measures {kind}">{head}<tbody>{rows}</tbody></table>'
