"""A run as HTML: its measures, where it is good and where not, and what became of the questions. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import quote

from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Slice, Summary, by_origin
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.types import FIRST, REFUSED, Run
from ui.html.markup import escape
from ui.html.questions import questions_list
from ui.wording.evaluation import Words, bounds, fixed, percent
from ui.wording.page import count_of, grouped, language_name, long_date

_LANGUAGES = ("question language", "article language")
_CROSSING = "crossing"
_FIRST_SEEN = ("question language", _CROSSING)
_VALUES = 12


def run_html(run: Run, words: Words) -> str:
    """Return everything that is shown of a run."""
    summaries = by_origin(run)
    parts = [_head(run, words)]
    for origin, summary in summaries.items():
        kind = (words.synthetic if origin else words.written) if len(summaries) > 1 else ""
        parts.append(_summary(summary, run, kind, words))
    parts.append(questions_list(run.results, words))
    return f'<section class="fs fs-run" lang="{words.texts.code}">{"".join(parts)}</section>'


def report_address(name: str) -> str:
    """Return the address of a run's report, relative to the page's own."""
    return f"evaluation/{quote(name, safe='')}.html"


def source_name(questions: str, words: Words) -> str:
    """Return where a run's questions come from, as the page says it."""
    return words.marked.partition(" (")[0] if questions == "marked" else questions


def moment(made: str, words: Words) -> str:
    """Return when a run was made: `3 December 2024, 14:05`, in this computer's time."""
    try:
        when = datetime.fromisoformat(made).astimezone()
    except ValueError:
        return made
    return f"{long_date(when.date(), words.texts)}, {when:%H:%M}"


def bar(interval: Interval) -> str:
    """Return a bar from 0 to 1 with its interval on it; the number stands beside it."""
    mean, low, high = (f"{100 * min(max(one, 0.0), 1.0):.1f}%" for one in (interval.mean, interval.low, interval.high))
    return f'<span class="fs-bar" style="--mean:{mean};--low:{low};--high:{high}" aria-hidden="true"></span>'


def _head(run: Run, words: Words) -> str:
    texts = words.texts
    count = count_of(words.questions, len(run.results), texts)
    made = words.made.format(count=count, source=source_name(run.questions, words), made=moment(run.made, words))
    part = words.asked_of.format(done=grouped(len(run.results), texts), total=grouped(run.asked_of, texts))
    interrupted = f'<p class="fs-warning">{escape(part)}</p>' if len(run.results) < run.asked_of else ""
    # the second click deletes: the tab's script changes the words at the first one
    return (
        f'<header><h2><bdi>{escape(run.name)}</bdi></h2><p class="fs-quiet">{escape(made)}</p>'
        f'{interrupted}<p class="fs-actions"><a href="{escape(report_address(run.name))}" download>'
        f"{escape(words.report)}</a>"
        f'<button type="button" data-fs-delete="{escape(words.really)}">{escape(words.delete)}</button></p></header>'
    )


def _summary(summary: Summary, run: Run, kind: str, words: Words) -> str:
    heading = f'<h3 class="fs-kind">{escape(kind)}</h3>' if kind else ""
    return (
        f"{heading}{_measures(summary, words)}{_slices(summary.slices, words)}{_fates(summary, words)}"
        f"{_certainty(summary, run.latency_ms, words)}"
    )


def _measures(summary: Summary, words: Words) -> str:
    if not summary.measures:
        return ""
    rows = "".join(
        f'<tr{" class=fs-main" if name == MAIN else ""}><th scope="row">{escape(name)} '
        f"<small>{escape(words.glosses.get(name, ''))}</small></th>{_cells(one, words)}</tr>"
        for name, one in summary.measures.items()
    )
    counted = words.answerable.format(count=count_of(words.questions, summary.answerable, words.texts))
    return f"<h3>{escape(words.measures)} <small>{escape(counted)}</small></h3>{_table(words, rows)}"


def _slices(slices: Mapping[str, Mapping[str, Slice]], words: Words) -> str:
    """Return the main measure by language and tag; a dimension with one value tells nothing."""
    parts = []
    for dimension, name in words.slices.items():
        values = slices.get(dimension, {})
        if len(values) > 1:
            rows = "".join(
                f'<tr><th scope="row"><bdi>{escape(_value(dimension, value, words))}</bdi> '
                f"<small>{grouped(one.questions, words.texts)}</small></th>{_cells(one.mean, words)}</tr>"
                for value, one in list(values.items())[:_VALUES]
            )
            table = _table(words, rows, "fs-slices")
            parts.append(
                f"<h3>{escape(name)}</h3>{table}"
                if dimension in _FIRST_SEEN
                else f'<details class="fs-more"><summary>{escape(name)}</summary>{table}</details>'
            )
    return "".join(parts)


def _value(dimension: str, value: str, words: Words) -> str:
    if dimension in _LANGUAGES:
        return language_name(value, words.texts)
    return words.crossing.get(value, value) if dimension == _CROSSING else value


def _fates(summary: Summary, words: Words) -> str:
    rows = "".join(
        f'<tr class="{"fs-good" if name in (FIRST, REFUSED) else "fs-bad"}"><td>{grouped(count, words.texts)}</td>'
        f'<th scope="row">{escape(words.fates.get(name, (name, ""))[0])}</th>'
        f"<td>{escape(words.fates.get(name, ('', ''))[1])}</td></tr>"
        for name, count in summary.fates.items()
    )
    listed = ", ".join(
        f"{words.signals.get(name, name)} ({grouped(count, words.texts)})" for name, count in summary.beaten_by.items()
    )
    beaten = f'<p class="fs-quiet">{escape(words.beaten)}: {escape(listed)}.</p>' if listed else ""
    return f'<h3>{escape(words.became)}</h3><table class="fs-fates"><tbody>{rows}</tbody></table>{beaten}'


def _certainty(summary: Summary, latency: Mapping[str, float], words: Words) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in _facts(summary, latency, words))
    return f'<h3>{escape(words.certainty)}</h3><ul class="fs-facts">{lines}</ul>'


def _facts(summary: Summary, latency: Mapping[str, float], words: Words) -> Iterable[str]:
    """Yield what is said in sentences: abstention, confidence, the highlighted sentence, judgements, time."""
    texts, known = words.texts, summary.abstention
    yield words.coverage.format(share=percent(known.coverage, texts))
    if known.precision is not None:
        yield words.precision.format(share=percent(known.precision, texts))
    if known.auroc is not None:
        yield words.auroc.format(share=percent(known.auroc, texts))
    if known.calibration_error is not None:
        yield words.calibration.format(error=fixed(known.calibration_error, texts))
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
