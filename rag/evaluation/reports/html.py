"""A run → one self-contained HTML page, without network or scripts. Pure functions on values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

from rag.evaluation.measures.comparison import Comparison, Difference, RunComparison, verdict
from rag.evaluation.measures.summary import Slice, Summary, by_origin
from rag.evaluation.measures.trec_measures import MAIN, MEASURES
from rag.evaluation.reports import charts
from rag.evaluation.reports.html_questions import questions_list
from rag.evaluation.reports.svg import escaped
from rag.evaluation.reports.wording import (
    GLOSSES,
    LOST_TO,
    ORIGINS,
    asked_sentence,
    bounds,
    changed_settings,
    latency_sentence,
    sentences,
    value,
)
from rag.evaluation.types import FATES, FIRST, REFUSED, Result, Run
from rag.search.confidence import THRESHOLD

_KINDS = {"l": "", "r": ' class="n"', "w": ' class="w"'}
_PAIR = "pair"
_YEAR = "year"
_COUNTED = (
    "Where articles in several languages answer, the question counts for its own language if that is one of them, or "
    "else for each of them."
)
# fonts only where the page serves a report
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'"


class _Section(NamedTuple):
    """A part of the page: its id, its heading as plain text, and as HTML an addition to the heading and the body."""

    key: str
    heading: str
    aside: str
    body: str


def html_report(run: Run, comparison: Comparison | None = None) -> str:
    """Return a page on a run: its measures, their values by slices, and the results of each question.

    Args:
        comparison: of this run with others; shown on top.
    """
    sections = [_comparison_section(comparison)] if comparison else []
    for origin, summary in by_origin(run).items():
        results = [result for result in run.results if result.synthetic == (origin == "synthetic")]
        sections += _measures_section(origin, summary), _fates_section(origin, summary, results)
        if summary.answerable:
            sections.append(_slices_section(origin, summary))
    sections.append(_Section("questions", "Each question", "", questions_list(run.results)))
    return _page(run.name, "\n".join([_head(run, sections), *map(_section, sections)]))


def _page(title: str, body: str) -> str:
    style = files("rag.evaluation.reports").joinpath("report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escaped(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)} · Fundstelle</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _head(run: Run, sections: Iterable[_Section]) -> str:
    facts = {
        "Questions": f"{escaped(asked_sentence(run))}, from <code>{escaped(run.questions)}</code>",
        "Made": f"<time>{escaped(run.made.replace('T', ' ').replace('+00:00', ' UTC'))}</time>",
        "Archive": f"<code>{escaped(run.archive)}</code>, revision {run.archive_revision}",
        "Encoder": f"{escaped(run.encoder)} <small><code>{escaped(run.fingerprint)}</code></small>",
        "Settings": _settings(run),
        "Latency": escaped(latency_sentence(run)),
    }
    nav = "".join(f'<a href="#{section.key}">{escaped(section.heading)}{section.aside}</a>' for section in sections)
    return f"<header>\n<h1><bdi>{escaped(run.name)}</bdi></h1>\n{_facts(facts)}<nav>{nav}</nav>\n</header>"


def _settings(run: Run) -> str:
    differing = changed_settings(run.config)
    parts = [
        f"<strong>{escaped(name)} {value(setting)}</strong> <small>(default {value(differing[name][0])})</small>"
        if name in differing
        else f"<small>{escaped(name)} {value(setting)}</small>"
        for name, setting in run.config.items()
    ]
    return " · ".join(sorted(parts, key=lambda part: not part.startswith("<strong>")))


def _measures_section(origin: str, summary: Summary) -> _Section:
    facts = _facts({heading: escaped(text) for heading, text in sentences(summary).items()})
    count = f"{summary.answerable:,} of {summary.questions:,} questions have an answer in the archive."
    if not summary.measures:
        return _origin_section(origin, "measures", "Measures", f"<p>{count}</p>\n{facts}")
    rows = [
        (
            name,
            f"<strong>{interval.mean:.3f}</strong>" if name == MAIN else f"{interval.mean:.3f}",
            bounds(interval),
            GLOSSES[name],
        )
        for name, interval in summary.measures.items()
    ]
    table = _table(("measure", "mean", "95% interval", "meaning"), rows, "lrrw")
    figure = f"<figure>{charts.measure_bars(summary.measures)}</figure>"
    return _origin_section(origin, "measures", "Measures", f"<p>{count}</p>\n{facts}{table}\n{figure}")


def _fates_section(origin: str, summary: Summary, results: Sequence[Result]) -> _Section:
    rows = [
        (_fate(name), f"{count:,}", f"{count / summary.questions:.1%}", escaped(FATES[name]))
        for name, count in summary.fates.items()
    ]
    parts = [_table(("fate", "questions", "share", "meaning"), rows, "lrrw")]
    if summary.beaten_by:
        beaten = [
            (escaped(name), f"{count:,}", escaped(LOST_TO.get(name, ""))) for name, count in summary.beaten_by.items()
        ]
        parts.append("<h3>Signals that the answer lost to</h3>")
        parts.append(_table(("signal", "questions", "meaning"), beaten, "lrw"))
    note = f"the dashed line is the threshold of the confidence, {THRESHOLD:g}"
    figures = _figure("Risk if only the most confident are answered", charts.risk_coverage_curve(results), note)
    if summary.answerable:
        figures = _figure("Rank of the first answer", charts.rank_histogram(results)) + figures
    parts.append(f'<div class="figures">{figures}</div>')
    return _origin_section(origin, "fates", "Outcomes", "\n".join(parts))


def _slices_section(origin: str, summary: Summary) -> _Section:
    figures = "\n".join(_dimension(name, slices) for name, slices in summary.slices.items() if slices and name != _PAIR)
    parts = [f"<p>Means of {MAIN} with 95% intervals. With few questions, intervals are wide.</p>"]
    if pairs := summary.slices[_PAIR]:
        note = f"{MAIN} and the number of questions; the darker the cell, the lower the measure. {_COUNTED}"
        matrix = f'<div class="wide">{charts.gap_matrix(pairs)}</div>'
        parts.append(f'<h3>From one language to another</h3><p class="quiet">{note}</p>{matrix}{_values(_PAIR, pairs)}')
    parts.append(f'<div class="figures">{figures}</div>')
    return _origin_section(origin, "slices", "By language, source, year and length", "\n".join(parts))


def _dimension(name: str, slices: Mapping[str, Slice]) -> str:
    charted = dict(list(slices.items())[: charts.VALUES])
    if name == _YEAR:
        charted = dict(sorted(charted.items()))
    omitted = len(slices) - len(charted)
    note = f"the {len(charted)} most frequent; {omitted} more in the table" if omitted else ""
    return _figure(name.capitalize(), charts.slice_bars(name, charted) + _values(name, slices), note)


def _values(name: str, slices: Mapping[str, Slice]) -> str:
    rows = [
        (
            f"<bdi>{escaped(label)}</bdi>",
            f"{values_slice.questions:,}",
            f"{values_slice.mean.mean:.3f}",
            bounds(values_slice.mean),
        )
        for label, values_slice in slices.items()
    ]
    table = _table((escaped(name), "questions", MAIN, "95% interval"), rows, "lrrr")
    return f'<details class="values"><summary>All values as a table</summary>{table}</details>'


def _comparison_section(comparison: Comparison) -> _Section:
    parts = [f"<p>Over {comparison.questions:,} questions that all runs asked and that have an answer.</p>"]
    parts += [f'<p class="warning">{escaped(warning)}</p>' for warning in comparison.warnings]
    if len(comparison.compared) > 1:
        differences = {run.name: run.differences[MAIN] for run in comparison.compared}
        parts.append(
            _figure(
                f"Differences from {comparison.first}, {MAIN}", charts.difference_bars(differences, comparison.first)
            )
        )
    parts += [_compared(run, comparison) for run in comparison.compared]
    return _Section("comparison", f"Compared with {comparison.first}", "", "\n".join(parts))


def _compared(run: RunComparison, comparison: Comparison) -> str:
    settings = [f"{escaped(name)} {value(old)} → {value(new)}" for name, (old, new) in run.settings.items()]
    settings_text = f"Settings that differ: {', '.join(settings)}." if settings else "No setting differs."
    rows = [_difference_row(name, run.name, comparison, run.differences[name]) for name in MEASURES]
    head = (
        "measure",
        escaped(comparison.first),
        escaped(run.name),
        "difference",
        "95% interval",
        "p (Holm)",
        "better",
        "worse",
    )
    table = _table(head, rows, "lrrrrrrr")
    sentence = verdict(run.differences[MAIN], comparison.questions)
    return (
        f"<h3><bdi>{escaped(run.name)}</bdi></h3>\n<p><strong>{MAIN}: {escaped(sentence)}</strong></p>\n"
        f'<p class="quiet">{settings_text}</p>\n{table}\n'
        f"<figure>{charts.difference_bars(run.differences, comparison.first)}</figure>"
    )


def _difference_row(name: str, run: str, comparison: Comparison, difference: Difference) -> tuple[str, ...]:
    mean = f"{difference.mean.mean:+.3f}"
    return (
        name,
        f"{comparison.means[comparison.first][name]:.3f}",
        f"{comparison.means[run][name]:.3f}",
        f"<strong>{mean}</strong>" if difference.certain else mean,
        bounds(difference.mean, "+"),
        f"{difference.p:.3f}",
        f"{difference.better:,}",
        f"{difference.worse:,}",
    )


def _origin_section(origin: str, name: str, heading: str, body: str) -> _Section:
    """Return a section on the questions of one origin: written by people, or synthetic."""
    return (
        _Section(f"{origin}-{name}", heading, f" <small>{ORIGINS[origin]}</small>", body)
        if origin
        else _Section(name, heading, "", body)
    )


def _section(section: _Section) -> str:
    heading = f'<h2 id="{section.key}"><bdi>{escaped(section.heading)}</bdi>{section.aside}</h2>'
    return f"<section>\n{heading}\n{section.body}\n</section>"


def _fate(name: str) -> str:
    return f'<span class="{"good" if name in (FIRST, REFUSED) else "bad"}">{escaped(name)}</span>'


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
