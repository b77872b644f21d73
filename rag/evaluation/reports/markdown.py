"""A run → Markdown short enough for a pull request. Pure functions on values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.evaluation.measures.comparison import Comparison, verdict
from rag.evaluation.measures.summary import Summary, by_origin
from rag.evaluation.measures.trec_measures import MAIN, MEASURES
from rag.evaluation.reports.svg import printable
from rag.evaluation.reports.wording import (
    ORIGINS,
    asked_sentence,
    bounds,
    config_sentence,
    failed,
    first_right,
    latency_sentence,
    sentences,
    value,
    worst_first,
)
from rag.evaluation.types import FATES, Run

_WORST = 10
_VALUES = 8
_BY_LANGUAGE = ("question language", "article language", "crossing")
# as character references they have no meaning in Markdown, in a cell too
_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>|`*_[]\\~$#"})


def markdown_report(run: Run, comparison: Comparison | None = None) -> str:
    """Return a summary of a run: measures, languages, fates, abstention, and the worst questions.

    Args:
        comparison: of this run with others; comes first.
    """
    summaries = by_origin(run)
    parts = [_head(run)]
    if comparison:
        parts += _comparison(comparison)
    parts.append(_measures(summaries))
    for origin, summary in summaries.items():
        suffix = f" ({ORIGINS[origin].lower()})" if origin else ""
        parts += f"### Notes{suffix}", "\n".join(f"- {_safe(text)}" for text in sentences(summary).values())
        parts += f"### By language{suffix}", _languages(summary)
        parts += f"### Outcomes{suffix}", _fates(summary)
    parts += _worst(run)
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(run: Run) -> str:
    facts = [
        f"{asked_sentence(run)}, from {run.questions}; {run.made}.",
        f"Archive {run.archive}, revision {run.archive_revision}; {run.encoder}, {run.fingerprint}.",
        config_sentence(run.config),
        latency_sentence(run),
    ]
    return f"## Evaluation {_safe(run.name)}\n\n" + "\n".join(f"- {_safe(fact)}" for fact in facts)


def _measures(summaries: dict[str, Summary]) -> str:
    measured = {origin: summary for origin, summary in summaries.items() if summary.measures}
    if not measured:
        return "No question has an answer in the archive."
    head = ["measure", *(f"{ORIGINS[origin]} ({summary.answerable:,})" for origin, summary in measured.items())]
    rows = [
        [
            name,
            *(f"{summary.measures[name].mean:.3f} ({bounds(summary.measures[name])})" for summary in measured.values()),
        ]
        for name in MEASURES
    ]
    return "### Measures, with 95% intervals\n\n" + _table(head, rows)


def _languages(summary: Summary) -> str:
    rows = [
        (dimension, label, f"{values_slice.questions:,}", f"{values_slice.mean.mean:.3f}", bounds(values_slice.mean))
        for dimension in _BY_LANGUAGE
        for label, values_slice in list(summary.slices[dimension].items())[:_VALUES]
    ]
    return (
        _table(("dimension", "value", "questions", MAIN, "95% interval"), rows)
        if rows
        else "No question was answerable."
    )


def _fates(summary: Summary) -> str:
    rows = [(name, f"{count:,}", FATES[name]) for name, count in summary.fates.items()]
    beaten = ", ".join(f"{name} {count:,}" for name, count in summary.beaten_by.items())
    table = _table(("fate", "questions", "meaning"), rows)
    return f"{table}\n\nLost to: {_safe(beaten)}." if beaten else table


def _comparison(comparison: Comparison) -> list[str]:
    head = ("run", "measure", f"mean of {comparison.first}", "mean", "difference", "95% interval", "p (Holm)")
    rows = []
    lines = []
    for run in comparison.compared:
        settings = ", ".join(f"{name} {value(old)} → {value(new)}" for name, (old, new) in run.settings.items())
        sentence = verdict(run.differences[MAIN], comparison.questions)
        suffix = f" ({_safe(settings)})" if settings else ""
        lines.append(f"- **{_safe(run.name)}**{suffix}, {MAIN}: {_safe(sentence)}")
        means = comparison.means[run.name]
        for name, difference in run.differences.items():
            cells = (
                f"{comparison.means[comparison.first][name]:.3f}",
                f"{means[name]:.3f}",
                f"{difference.mean.mean:+.3f}",
            )
            rows.append((run.name, name, *cells, bounds(difference.mean, "+"), f"{difference.p:.3f}"))
    lines += [f"- {_safe(warning)}" for warning in comparison.warnings]
    heading = f"### Compared with {_safe(comparison.first)}, over {comparison.questions:,} questions"
    return [heading, "\n".join(lines), _table(head, rows)]


def _worst(run: Run) -> list[str]:
    worst = [result for result in worst_first(run.results) if failed(result)][:_WORST]
    if not worst:
        return []
    rows = [
        (
            result.id,
            result.question,
            result.language,
            result.fate,
            f"{result.values[MAIN]:.3f}" if MAIN in result.values else "",
            str(first_right(result) or ""),
        )
        for result in worst
    ]
    heading = "### The worst question" if len(worst) == 1 else f"### The {len(worst)} worst questions"
    return [heading, _table(("id", "question", "language", "fate", MAIN, "first right"), rows)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_safe(cell) for cell in line)} |" for line in lines)


def _safe(text: str) -> str:
    """Return text on one line, which shows literally anywhere in a line."""
    return " ".join(printable(text).split()).translate(_SIGNS)
