"""A run → Markdown short enough for a pull request. Pure functions on values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.evaluation.measures.comparison import Comparison
from rag.evaluation.measures.summary import Summary, by_origin
from rag.evaluation.measures.trec_measures import MAIN, MEASURES
from rag.evaluation.reports.svg import printable
from rag.evaluation.reports.texts import ReportTexts
from rag.evaluation.reports.wording import (
    REPORT_TEXTS,
    asked_sentence,
    bounds,
    caution_sentence,
    config_sentence,
    failed,
    first_right,
    latency_sentence,
    outcome_of,
    sentences,
    signal_of,
    slice_value,
    value,
    verdict,
    worst_first,
)
from rag.evaluation.types import Run

_WORST = 10
_VALUES = 8
_BY_LANGUAGE = ("question language", "article language", "crossing")
# as character references they have no meaning in Markdown, in a cell too
_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>|`*_[]\\~$#"})


def markdown_report(run: Run, comparison: Comparison | None = None, language: str = "en") -> str:
    """Return a summary of a run: measures, languages, outcomes, abstention, and the worst questions.

    Args:
        comparison: of this run with others; comes first.
        language: of the report, one of `REPORT_TEXTS`.
    """
    texts = REPORT_TEXTS[language]
    summaries = by_origin(run)
    parts = [_head(run, texts)]
    if comparison:
        parts += _comparison(comparison, texts)
    parts.append(_measures(summaries, texts))
    for origin, summary in summaries.items():
        suffix = f" ({texts.synthetic[0].lower()}{texts.synthetic[1:]})" if origin else ""
        notes = "\n".join(f"- {_safe(text)}" for text in sentences(summary, texts).values())
        parts += f"### {texts.notes}{suffix}", notes
        parts += f"### {texts.by_language}{suffix}", _languages(summary, texts)
        parts += f"### {texts.outcomes_heading}{suffix}", _outcomes(summary, texts)
    parts += _worst(run, texts)
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(run: Run, texts: ReportTexts) -> str:
    facts = [
        f"{texts.from_source.format(asked=asked_sentence(run, texts), source=run.questions)}; {run.made}.",
        f"{texts.archive} {texts.revision.format(archive=run.archive, revision=run.archive_revision)}; {run.encoder}, "
        f"{run.fingerprint}.",
        config_sentence(run.config, texts),
        latency_sentence(run, texts),
    ]
    return f"## {texts.title.format(name=_safe(run.name))}\n\n" + "\n".join(f"- {_safe(fact)}" for fact in facts)


def _measures(summaries: dict[str, Summary], texts: ReportTexts) -> str:
    measured = {origin: summary for origin, summary in summaries.items() if summary.measures}
    if not measured:
        return texts.no_measures
    head = [
        texts.measure,
        *(
            f"{texts.synthetic if origin else texts.human} ({texts.number(summary.answerable, ',')})"
            for origin, summary in measured.items()
        ),
    ]
    rows = [
        [
            name,
            *(
                f"{texts.number(interval.mean, '.3f')} ({bounds(interval, texts)})"
                for summary in measured.values()
                for interval in [summary.measures[name]]
            ),
        ]
        for name in MEASURES
    ]
    return f"### {texts.measures_with_intervals}\n\n" + _table(head, rows)


def _languages(summary: Summary, texts: ReportTexts) -> str:
    rows = [
        (
            texts.dimensions[dimension],
            slice_value(dimension, label, texts),
            texts.number(values_slice.questions, ","),
            texts.number(values_slice.mean.mean, ".3f"),
            bounds(values_slice.mean, texts),
        )
        for dimension in _BY_LANGUAGE
        for label, values_slice in list(summary.slices[dimension].items())[:_VALUES]
    ]
    head = (texts.dimension, texts.value, texts.questions, MAIN, texts.interval)
    return _table(head, rows) if rows else texts.no_answerable


def _outcomes(summary: Summary, texts: ReportTexts) -> str:
    rows = [
        (label, texts.number(count, ","), meaning)
        for name, count in summary.fates.items()
        for label, meaning in [outcome_of(name, texts)]
    ]
    beaten = ", ".join(
        f"{signal_of(name, texts).label} {texts.number(count, ',')}" for name, count in summary.beaten_by.items()
    )
    table = _table((texts.outcome, texts.questions, texts.meaning), rows)
    return f"{table}\n\n{texts.lost_to.format(signals=_safe(beaten))}" if beaten else table


def _comparison(comparison: Comparison, texts: ReportTexts) -> list[str]:
    head = (
        texts.run,
        texts.measure,
        texts.mean_of.format(first=comparison.first),
        texts.mean,
        texts.difference,
        texts.interval,
        texts.p_value,
    )
    rows = []
    lines = []
    for run in comparison.compared:
        settings = ", ".join(f"{name} {value(old)} → {value(new)}" for name, (old, new) in run.settings.items())
        sentence = verdict(run.differences[MAIN], comparison.questions, texts)
        suffix = f" ({_safe(settings)})" if settings else ""
        lines.append(f"- **{_safe(run.name)}**{suffix}, {MAIN}: {_safe(sentence)}")
        means = comparison.means[run.name]
        for name, difference in run.differences.items():
            cells = (
                texts.number(comparison.means[comparison.first][name], ".3f"),
                texts.number(means[name], ".3f"),
                texts.number(difference.mean.mean, "+.3f"),
            )
            p_value = texts.number(difference.p, ".3f")
            rows.append((run.name, name, *cells, bounds(difference.mean, texts, "+"), p_value))
    lines += [f"- {_safe(caution_sentence(caution, texts))}" for caution in comparison.cautions]
    heading = texts.compared_over.format(first=_safe(comparison.first), count=texts.number(comparison.questions, ","))
    return [f"### {heading}", "\n".join(lines), _table(head, rows)]


def _worst(run: Run, texts: ReportTexts) -> list[str]:
    worst = [result for result in worst_first(run.results) if failed(result)][:_WORST]
    if not worst:
        return []
    rows = [
        (
            result.id,
            result.question,
            result.language,
            outcome_of(result.fate, texts).label,
            texts.number(result.values[MAIN], ".3f") if MAIN in result.values else "",
            str(first_right(result) or ""),
        )
        for result in worst
    ]
    head = (texts.identifier, texts.question, texts.language, texts.outcome, MAIN, texts.first_right)
    return [f"### {texts.count_of(texts.worst_questions, len(worst))}", _table(head, rows)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_safe(cell) for cell in line)} |" for line in lines)


def _safe(text: str) -> str:
    """Return text on one line, which shows literally anywhere in a line."""
    return " ".join(printable(text).split()).translate(_SIGNS)
