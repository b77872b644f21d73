"""A run → one page of HTML that needs nothing else: no network, no script. Pure functions on values."""

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
    ORIGINS,
    SIGNALS,
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
    "Where articles in several languages answer, the question counts for its own language if that is one of them, else "
    "for each of them."
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class _Section(NamedTuple):
    """A part of the page: its id, its heading as plain text, and as HTML what is beside that and below."""

    key: str
    heading: str
    aside: str
    body: str


def html_report(run: Run, comparison: Comparison | None = None) -> str:
    """Return a page on a run: its measures, where it is good and where not, and each question with what came.

    Args:
        comparison: of this run with others, to be told too.
    """
    sections = [_comparison_section(comparison)] if comparison else []
    for origin, summary in by_origin(run).items():
        results = [one for one in run.results if one.synthetic == (origin == "synthetic")]
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
    nav = "".join(f'<a href="#{one.key}">{escaped(one.heading)}{one.aside}</a>' for one in sections)
    return f"<header>\n<h1><bdi>{escaped(run.name)}</bdi></h1>\n{_facts(facts)}<nav>{nav}</nav>\n</header>"


def _settings(run: Run) -> str:
    changed = changed_settings(run.config)
    parts = [
        f"<strong>{escaped(name)} {value(given)}</strong> <small>(default {value(changed[name][0])})</small>"
        if name in changed
        else f"<small>{escaped(name)} {value(given)}</small>"
        for name, given in run.config.items()
    ]
    return " · ".join(sorted(parts, key=lambda part: not part.startswith("<strong>")))


def _measures_section(origin: str, summary: Summary) -> _Section:
    said = _facts({heading: escaped(text) for heading, text in sentences(summary).items()})
    counted = f"{summary.answerable:,} of {summary.questions:,} questions have an answer in the archive."
    if not summary.measures:
        return _of(origin, "measures", "Measures", f"<p>{counted}</p>\n{said}")
    rows = [
        (name, f"<strong>{one.mean:.3f}</strong>" if name == MAIN else f"{one.mean:.3f}", bounds(one), GLOSSES[name])
        for name, one in summary.measures.items()
    ]
    table = _table(("measure", "mean", "95% interval", "what it says"), rows, "lrrw")
    figure = f"<figure>{charts.measure_bars(summary.measures)}</figure>"
    return _of(origin, "measures", "Measures", f"<p>{counted}</p>\n{said}{table}\n{figure}")


def _fates_section(origin: str, summary: Summary, results: Sequence[Result]) -> _Section:
    rows = [
        (_fate(name), f"{count:,}", f"{count / summary.questions:.1%}", escaped(FATES[name]))
        for name, count in summary.fates.items()
    ]
    parts = [_table(("fate", "questions", "share", "what it means"), rows, "lrrw")]
    if summary.beaten_by:
        beaten = [
            (escaped(name), f"{count:,}", escaped(SIGNALS.get(name, ""))) for name, count in summary.beaten_by.items()
        ]
        parts.append("<h3>What the passage that answers was beaten by</h3>")
        parts.append(_table(("signal", "questions", "what it says"), beaten, "lrw"))
    note = f"the dashed line is the threshold of the confidence, {THRESHOLD:g}"
    figures = _figure("If only the surest are answered", charts.risk_coverage_curve(results), note)
    if summary.answerable:
        figures = _figure("Where the first answer came", charts.rank_histogram(results)) + figures
    parts.append(f'<div class="figures">{figures}</div>')
    return _of(origin, "fates", "What became of the questions", "\n".join(parts))


def _slices_section(origin: str, summary: Summary) -> _Section:
    figures = "\n".join(_dimension(name, of) for name, of in summary.slices.items() if of and name != _PAIR)
    parts = [f"<p>Means of {MAIN} with 95% intervals. Few questions make wide intervals.</p>"]
    if pairs := summary.slices[_PAIR]:
        note = f"{MAIN} and the number of questions; the stronger the colour, the more is missing. {_COUNTED}"
        drawn = f'<div class="wide">{charts.gap_matrix(pairs)}</div>'
        parts.append(f'<h3>From one language to another</h3><p class="quiet">{note}</p>{drawn}{_values(_PAIR, pairs)}')
    parts.append(f'<div class="figures">{figures}</div>')
    return _of(origin, "slices", "Where it is good and where not", "\n".join(parts))


def _dimension(name: str, slices: Mapping[str, Slice]) -> str:
    drawn = dict(list(slices.items())[: charts.VALUES])
    if name == _YEAR:
        drawn = dict(sorted(drawn.items()))
    left = len(slices) - len(drawn)
    note = f"the {len(drawn)} most frequent; {left} more in the table" if left else ""
    return _figure(name.capitalize(), charts.slice_bars(name, drawn) + _values(name, slices), note)


def _values(name: str, slices: Mapping[str, Slice]) -> str:
    rows = [
        (f"<bdi>{escaped(label)}</bdi>", f"{one.questions:,}", f"{one.mean.mean:.3f}", bounds(one.mean))
        for label, one in slices.items()
    ]
    table = _table((escaped(name), "questions", MAIN, "95% interval"), rows, "lrrr")
    return f'<details class="values"><summary>All values as a table</summary>{table}</details>'


def _comparison_section(comparison: Comparison) -> _Section:
    parts = [f"<p>Over {comparison.questions:,} questions that all runs asked and that have an answer.</p>"]
    parts += [f'<p class="warning">{escaped(warning)}</p>' for warning in comparison.warnings]
    if len(comparison.compared) > 1:
        drawn = {one.name: one.differences[MAIN] for one in comparison.compared}
        parts.append(
            _figure(f"Differences to {comparison.first}, {MAIN}", charts.difference_bars(drawn, comparison.first))
        )
    parts += [_compared(one, comparison) for one in comparison.compared]
    return _Section("comparison", f"Compared with {comparison.first}", "", "\n".join(parts))


def _compared(one: RunComparison, comparison: Comparison) -> str:
    settings = [f"{escaped(name)} {value(old)} → {value(new)}" for name, (old, new) in one.settings.items()]
    changed = f"Settings that differ: {', '.join(settings)}." if settings else "No setting differs."
    rows = [_difference_row(name, one.name, comparison, one.differences[name]) for name in MEASURES]
    head = (
        "measure",
        escaped(comparison.first),
        escaped(one.name),
        "difference",
        "95% interval",
        "p (Holm)",
        "better",
        "worse",
    )
    table = _table(head, rows, "lrrrrrrr")
    said = verdict(one.differences[MAIN], comparison.questions)
    return (
        f"<h3><bdi>{escaped(one.name)}</bdi></h3>\n<p><strong>{MAIN}: {escaped(said)}</strong></p>\n"
        f'<p class="quiet">{changed}</p>\n{table}\n'
        f"<figure>{charts.difference_bars(one.differences, comparison.first)}</figure>"
    )


def _difference_row(name: str, run: str, comparison: Comparison, found: Difference) -> tuple[str, ...]:
    mean = f"{found.mean.mean:+.3f}"
    return (
        name,
        f"{comparison.means[comparison.first][name]:.3f}",
        f"{comparison.means[run][name]:.3f}",
        f"<strong>{mean}</strong>" if found.certain else mean,
        bounds(found.mean, "+"),
        f"{found.p:.3f}",
        f"{found.better:,}",
        f"{found.worse:,}",
    )


def _of(origin: str, name: str, heading: str, body: str) -> _Section:
    """Return a section on the questions that people wrote, or on those of another origin."""
    return (
        _Section(f"{origin}-{name}", heading, f" <small>{ORIGINS[origin]}</small>", body)
        if origin
        else _Section(name, heading, "", body)
    )


def _section(one: _Section) -> str:
    return f'<section>\n<h2 id="{one.key}"><bdi>{escaped(one.heading)}</bdi>{one.aside}</h2>\n{one.body}\n</section>'


def _fate(name: str) -> str:
    return f'<span class="{"good" if name in (FIRST, REFUSED) else "bad"}">{escaped(name)}</span>'


def _figure(caption: str, drawn: str, note: str = "") -> str:
    small = f"<small>{escaped(note)}</small>" if note else ""
    return f"<figure><figcaption>{escaped(caption)}{small}</figcaption>{drawn}</figure>"


def _facts(facts: Mapping[str, str]) -> str:
    """Return a list of names and HTML."""
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts.items()) + "</dl>\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], sides: str) -> str:
    """Return a table of HTML cells; `sides` says of each column whether it is a name (l), numbers (r) or words (w)."""
    kinds = [_KINDS[side] for side in sides]
    first = "".join(f"<th{kind}>{name}</th>" for name, kind in zip(head, kinds, strict=True))
    others = (
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(row, kinds, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{first}</tr></thead><tbody>{"".join(others)}</tbody></table></div>'
