"""A run → one self-contained HTML page, without network or scripts. Pure functions on values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

from rag.evaluation.measures.comparison import Comparison, Difference, RunComparison
from rag.evaluation.measures.summary import Slice, Summary, by_origin
from rag.evaluation.measures.trec_measures import MAIN, MEASURES
from rag.evaluation.reports import charts
from rag.evaluation.reports.html_questions import questions_list
from rag.evaluation.reports.svg import escaped
from rag.evaluation.reports.texts import ReportTexts
from rag.evaluation.reports.wording import (
    REPORT_TEXTS,
    asked_sentence,
    bounds,
    caution_sentence,
    changed_settings,
    latency_sentence,
    outcome_of,
    sentences,
    signal_of,
    slice_value,
    value,
    verdict,
)
from rag.evaluation.types import FIRST, REFUSED, Result, Run
from rag.search.confidence import THRESHOLD

_KINDS = {"l": "", "r": ' class="n"', "w": ' class="w"'}
_PAIR = "pair"
_YEAR = "year"
# fonts only where the page serves a report
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'"


class _Section(NamedTuple):
    """A part of the page: its id, its heading as plain text, and as HTML an addition to the heading and the body."""

    key: str
    heading: str
    aside: str
    body: str


def html_report(run: Run, comparison: Comparison | None = None, language: str = "en") -> str:
    """Return a page on a run: its measures, their values by slices, and the results of each question.

    Args:
        comparison: of this run with others; shown on top.
        language: of the page, one of `REPORT_TEXTS`.
    """
    texts = REPORT_TEXTS[language]
    sections = [_comparison_section(comparison, texts)] if comparison else []
    for origin, summary in by_origin(run).items():
        results = [result for result in run.results if result.synthetic == (origin == "synthetic")]
        sections += _measures_section(origin, summary, texts), _outcomes_section(origin, summary, results, texts)
        if summary.answerable:
            sections.append(_slices_section(origin, summary, texts))
    sections.append(_Section("questions", texts.each_question, "", questions_list(run.results, texts)))
    return _page(run.name, "\n".join([_head(run, sections, texts), *map(_section, sections)]), texts)


def _page(title: str, body: str, texts: ReportTexts) -> str:
    style = files("rag.evaluation.reports").joinpath("report.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{texts.code}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escaped(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)} · Fundstelle</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _head(run: Run, sections: Iterable[_Section], texts: ReportTexts) -> str:
    source = f"<code>{escaped(run.questions)}</code>"
    archive = f"<code>{escaped(run.archive)}</code>"
    facts = {
        texts.questions_heading: texts.from_source.format(asked=escaped(asked_sentence(run, texts)), source=source),
        texts.made: f"<time>{escaped(run.made.replace('T', ' ').replace('+00:00', ' UTC'))}</time>",
        texts.archive: texts.revision.format(archive=archive, revision=run.archive_revision),
        texts.encoder: f"{escaped(run.encoder)} <small><code>{escaped(run.fingerprint)}</code></small>",
        texts.settings: _settings(run, texts),
        texts.latency: escaped(latency_sentence(run, texts)),
    }
    nav = "".join(f'<a href="#{section.key}">{escaped(section.heading)}{section.aside}</a>' for section in sections)
    return f"<header>\n<h1><bdi>{escaped(run.name)}</bdi></h1>\n{_facts(facts)}<nav>{nav}</nav>\n</header>"


def _settings(run: Run, texts: ReportTexts) -> str:
    differing = changed_settings(run.config)
    parts = [
        f"<strong>{escaped(name)} {value(setting)}</strong> "
        f"<small>{texts.default.format(value=value(differing[name][0]))}</small>"
        if name in differing
        else f"<small>{escaped(name)} {value(setting)}</small>"
        for name, setting in run.config.items()
    ]
    return " · ".join(sorted(parts, key=lambda part: not part.startswith("<strong>")))


def _measures_section(origin: str, summary: Summary, texts: ReportTexts) -> _Section:
    facts = _facts({heading: escaped(text) for heading, text in sentences(summary, texts).items()})
    count = texts.answerable.format(
        answerable=texts.number(summary.answerable, ","), questions=texts.number(summary.questions, ",")
    )
    if not summary.measures:
        return _origin_section(origin, "measures", texts.measures, f"<p>{count}</p>\n{facts}", texts)
    rows = [
        (
            name,
            f"<strong>{mean}</strong>" if name == MAIN else mean,
            bounds(interval, texts),
            texts.measure_meanings[name],
        )
        for name, interval in summary.measures.items()
        for mean in [texts.number(interval.mean, ".3f")]
    ]
    table = _table((texts.measure, texts.mean, texts.interval, texts.meaning), rows, "lrrw")
    figure = f"<figure>{charts.measure_bars(summary.measures, texts)}</figure>"
    return _origin_section(origin, "measures", texts.measures, f"<p>{count}</p>\n{facts}{table}\n{figure}", texts)


def _outcomes_section(origin: str, summary: Summary, results: Sequence[Result], texts: ReportTexts) -> _Section:
    rows = [
        (
            _fate(name, texts),
            texts.number(count, ","),
            texts.number(count / summary.questions, ".1%"),
            escaped(outcome_of(name, texts).meaning),
        )
        for name, count in summary.fates.items()
    ]
    parts = [_table((texts.outcome, texts.questions, texts.share, texts.meaning), rows, "lrrw")]
    if summary.beaten_by:
        beaten = [
            (escaped(signal.label), texts.number(count, ","), escaped(signal.meaning))
            for name, count in summary.beaten_by.items()
            for signal in [signal_of(name, texts)]
        ]
        parts.append(f"<h3>{texts.lost_heading}</h3>")
        parts.append(_table((texts.signal, texts.questions, texts.meaning), beaten, "lrw"))
    note = texts.threshold_note.format(threshold=texts.number(THRESHOLD, "g"))
    figures = _figure(texts.risk_caption, charts.risk_coverage_curve(results, texts), note)
    if summary.answerable:
        figures = _figure(texts.rank_caption, charts.rank_histogram(results, texts)) + figures
    parts.append(f'<div class="figures">{figures}</div>')
    return _origin_section(origin, "fates", texts.outcomes_heading, "\n".join(parts), texts)


def _slices_section(origin: str, summary: Summary, texts: ReportTexts) -> _Section:
    figures = "\n".join(
        _dimension(name, slices, texts) for name, slices in summary.slices.items() if slices and name != _PAIR
    )
    parts = [f"<p>{texts.slices_intro.format(measure=MAIN)}</p>"]
    if pairs := summary.slices[_PAIR]:
        note = texts.pairs_note.format(measure=MAIN)
        matrix = f'<div class="wide">{charts.gap_matrix(pairs, texts)}</div>'
        heading = f'<h3>{texts.pairs_heading}</h3><p class="quiet">{note}</p>'
        parts.append(f"{heading}{matrix}{_values(_PAIR, pairs, texts)}")
    parts.append(f'<div class="figures">{figures}</div>')
    return _origin_section(origin, "slices", texts.slices_heading, "\n".join(parts), texts)


def _dimension(name: str, slices: Mapping[str, Slice], texts: ReportTexts) -> str:
    charted = dict(list(slices.items())[: charts.VALUES])
    if name == _YEAR:
        charted = dict(sorted(charted.items()))
    omitted = len(slices) - len(charted)
    note = texts.most_frequent.format(drawn=len(charted), omitted=omitted) if omitted else ""
    label = texts.dimensions[name]
    chart = charts.slice_bars(name, charted, texts)
    return _figure(label[0].upper() + label[1:], chart + _values(name, slices, texts), note)


def _values(name: str, slices: Mapping[str, Slice], texts: ReportTexts) -> str:
    rows = [
        (
            f"<bdi>{escaped(slice_value(name, label, texts))}</bdi>",
            texts.number(values_slice.questions, ","),
            texts.number(values_slice.mean.mean, ".3f"),
            bounds(values_slice.mean, texts),
        )
        for label, values_slice in slices.items()
    ]
    table = _table((escaped(texts.dimensions[name]), texts.questions, MAIN, texts.interval), rows, "lrrr")
    return f'<details class="values"><summary>{texts.all_values}</summary>{table}</details>'


def _comparison_section(comparison: Comparison, texts: ReportTexts) -> _Section:
    parts = [f"<p>{texts.common_questions.format(count=texts.number(comparison.questions, ','))}</p>"]
    parts += [f'<p class="warning">{escaped(caution_sentence(caution, texts))}</p>' for caution in comparison.cautions]
    if len(comparison.compared) > 1:
        differences = {run.name: run.differences[MAIN] for run in comparison.compared}
        caption = texts.differences_from.format(first=comparison.first, measure=MAIN)
        parts.append(_figure(caption, charts.difference_bars(differences, comparison.first, texts)))
    parts += [_compared(run, comparison, texts) for run in comparison.compared]
    return _Section("comparison", texts.compared_with.format(first=comparison.first), "", "\n".join(parts))


def _compared(run: RunComparison, comparison: Comparison, texts: ReportTexts) -> str:
    settings = [f"{escaped(name)} {value(old)} → {value(new)}" for name, (old, new) in run.settings.items()]
    settings_text = texts.settings_differ.format(settings=", ".join(settings)) if settings else texts.settings_equal
    rows = [_difference_row(name, run.name, comparison, run.differences[name], texts) for name in MEASURES]
    head = (
        texts.measure,
        escaped(comparison.first),
        escaped(run.name),
        texts.difference,
        texts.interval,
        texts.p_value,
        texts.better,
        texts.worse,
    )
    table = _table(head, rows, "lrrrrrrr")
    sentence = verdict(run.differences[MAIN], comparison.questions, texts)
    return (
        f"<h3><bdi>{escaped(run.name)}</bdi></h3>\n<p><strong>{MAIN}: {escaped(sentence)}</strong></p>\n"
        f'<p class="quiet">{settings_text}</p>\n{table}\n'
        f"<figure>{charts.difference_bars(run.differences, comparison.first, texts)}</figure>"
    )


def _difference_row(
    name: str, run: str, comparison: Comparison, difference: Difference, texts: ReportTexts
) -> tuple[str, ...]:
    mean = texts.number(difference.mean.mean, "+.3f")
    return (
        name,
        texts.number(comparison.means[comparison.first][name], ".3f"),
        texts.number(comparison.means[run][name], ".3f"),
        f"<strong>{mean}</strong>" if difference.certain else mean,
        bounds(difference.mean, texts, "+"),
        texts.number(difference.p, ".3f"),
        texts.number(difference.better, ","),
        texts.number(difference.worse, ","),
    )


def _origin_section(origin: str, name: str, heading: str, body: str, texts: ReportTexts) -> _Section:
    """Return a section on the questions of one origin: written by people, or synthetic."""
    return (
        _Section(f"{origin}-{name}", heading, f" <small>{texts.synthetic}</small>", body)
        if origin
        else _Section(name, heading, "", body)
    )


def _section(section: _Section) -> str:
    heading = f'<h2 id="{section.key}"><bdi>{escaped(section.heading)}</bdi>{section.aside}</h2>'
    return f"<section>\n{heading}\n{section.body}\n</section>"


def _fate(name: str, texts: ReportTexts) -> str:
    mark = "good" if name in (FIRST, REFUSED) else "bad"
    return f'<span class="{mark}">{escaped(outcome_of(name, texts).label)}</span>'


def _figure(caption: str, chart: str, note: str = "") -> str:
    small = f"<small>{escaped(note)}</small>" if note else ""
    return f"<figure><figcaption>{escaped(caption)}{small}</figcaption>{chart}</figure>"


def _facts(facts: Mapping[str, str]) -> str:
    """Return a list of names and HTML."""
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts.items()) + "</dl>\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], sides: str) -> str:
    """Return a table of HTML cells; `sides` has a letter for each column: a name (l), numbers (r) or text (w)."""
    kinds = [_KINDS[side] for side in sides]
    first = "".join(f"<th{kind}>{name}</th>" for name, kind in zip(head, kinds, strict=True))
    body_rows = (
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(row, kinds, strict=True)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><thead><tr>{first}</tr></thead><tbody>{"".join(body_rows)}</tbody></table></div>'
    )
