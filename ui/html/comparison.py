"""Two runs compared, as HTML: what differs, and whether it is more than chance. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from rag.config import Value
from rag.evaluation.measures.comparison import (
    ChangedQuestion,
    Difference,
    RunComparison,
    changed_questions,
    compare_runs,
)
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.reports.wording import caution_sentence
from rag.evaluation.types import Run
from ui.html.markup import escape
from ui.html.questions import foldable_row, outcome_label, question_details
from ui.wording.evaluation import bounds, fixed, report_texts
from ui.wording.page import count_of, grouped
from ui.wording.texts import Words

_CHANGES_LISTED = 10  # questions at most, of the losses and of the gains


def comparison_html(run: Run, baseline: Run, words: Words) -> str:
    """Return how a run differs from a baseline.

    Raises:
        ValueError: they have no question in common that has an answer.
    """
    comparison = compare_runs([baseline, run])
    differences = comparison.compared[0]
    count = count_of(words.questions, comparison.questions, words.texts)
    warnings = "".join(
        f'<p class="fs-warning">{escape(caution_sentence(caution, report_texts(words)))}</p>'
        for caution in comparison.cautions
    )
    rows = "".join(
        _measure_row(
            name,
            baseline=comparison.means[baseline.name][name],
            mean=comparison.means[run.name][name],
            difference=difference,
            words=words,
        )
        for name, difference in differences.differences.items()
    )
    columns = (baseline.name, run.name, words.difference, words.interval, "p", words.better, words.worse)
    head = "<td></td>" + "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    changes = changed_questions(baseline, run)
    losses = [change for change in changes if change.gain < 0]
    gains = [change for change in reversed(changes) if change.gain > 0]
    return (
        f'<section class="fs fs-run fs-compared" lang="{words.texts.code}">'
        f"<h2>{escape(words.comparison_heading.format(run=run.name, baseline=baseline.name))}</h2>"
        f'<p class="fs-verdict" role="status">{escape(verdict(run.name, differences.differences[MAIN], words))}</p>'
        f'<p class="fs-quiet">{escape(words.common_questions.format(count=count))}{_settings(differences, words)}</p>'
        f"{warnings}"
        f'<div class="fs-scroll" role="region" tabindex="0" aria-label="{escape(words.measures)}">'
        f'<table class="fs-differences"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        f"{_changes(words.losses, losses, run, baseline, words)}"
        f"{_changes(words.gains, gains, run, baseline, words)}</section>"
    )


def verdict(run: str, difference: Difference, words: Words) -> str:
    """Return a sentence on whether a run is better or worse, or the difference may be chance."""
    texts = words.texts
    if not (difference.better or difference.worse):
        return words.no_difference
    mean, p = difference.mean, fixed(difference.p, texts)
    if not difference.certain:
        sentence = words.not_significant if abs(mean.mean) < difference.smallest else words.more_questions
        return sentence.format(mean=fixed(mean.mean, texts, "+"), p=p, smallest=fixed(difference.smallest, texts))
    low, high = (fixed(end, texts, "+") for end in (mean.low, mean.high))
    return words.verdict[mean.mean > 0].format(run=run, mean=fixed(abs(mean.mean), texts), low=low, high=high, p=p)


def _measure_row(name: str, *, baseline: float, mean: float, difference: Difference, words: Words) -> str:
    texts = words.texts
    written = fixed(difference.mean.mean, texts, "+")
    cells = (
        fixed(baseline, texts),
        fixed(mean, texts),
        f"<strong>{written}</strong>" if difference.certain else written,
        bounds(difference.mean, texts, "+"),
        fixed(difference.p, texts),
        grouped(difference.better, texts),
        grouped(difference.worse, texts),
    )
    return f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _settings(differences: RunComparison, words: Words) -> str:
    changes = (f"{name} {_setting(old)} → {_setting(new)}" for name, (old, new) in differences.settings.items())
    listed = ", ".join(changes)
    return f" {escape(words.settings)}: {escape(listed)}." if listed else ""


def _setting(value: Value | None) -> str:
    if value is None:
        return "–"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


def _changes(heading: str, changes: Sequence[ChangedQuestion], run: Run, baseline: Run, words: Words) -> str:
    if not changes:
        return ""
    rows = "".join(_change_row(change, run, baseline, words) for change in changes[:_CHANGES_LISTED])
    return f"<h3>{escape(heading)} <small>{grouped(len(changes), words.texts)}</small></h3>{rows}"


def _change_row(change: ChangedQuestion, run: Run, baseline: Run, words: Words) -> str:
    body = "".join(
        f"<h4><bdi>{escape(name)}</bdi> {outcome_label(result, words)} "
        f"{escape(f'{MAIN} {fixed(result.values[MAIN], words.texts)}')}</h4>{question_details(result, words)}"
        for name, result in ((baseline.name, change.before), (run.name, change.after))
    )
    gain = fixed(change.gain, words.texts, "+")
    return foldable_row(change.after, outcome_label(change.after, words), gain, body)
