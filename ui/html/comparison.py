"""Two runs side by side as HTML: what differs, and whether it is more than chance. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from rag.config import Value
from rag.evaluation.measures.comparison import Changed, Compared, Difference, changed_questions, compared
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.types import Run
from ui.html.markup import escape
from ui.html.questions import fate_mark, folded, inside
from ui.wording.evaluation import Words, bounds, fixed
from ui.wording.page import count_of, grouped

_LISTED = 10


def compared_html(run: Run, other: Run, words: Words) -> str:
    """Return how a run differs from another one.

    Raises:
        ValueError: they have no question in common that has an answer.
    """
    found = compared([other, run])
    one = found.compared[0]
    count = count_of(words.questions, found.questions, words.texts)
    warnings = "".join(f'<p class="fs-warning" lang="en">{escape(warning)}</p>' for warning in found.warnings)
    rows = "".join(
        _row(name, found.means[other.name][name], found.means[run.name][name], of, words)
        for name, of in one.differences.items()
    )
    names = (words.difference, words.interval, "p", words.better, words.worse)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("", other.name, run.name, *names))
    changes = changed_questions(other, run)
    return (
        f'<section class="fs fs-run fs-compared" lang="{words.texts.code}">'
        f"<h2>{escape(words.compared.format(run=run.name, other=other.name))}</h2>"
        f'<p class="fs-verdict" role="status">{escape(verdict(run.name, one.differences[MAIN], words))}</p>'
        f'<p class="fs-quiet">{escape(words.shared.format(count=count))}{_settings(one, words)}</p>{warnings}'
        f'<div class="fs-scroll"><table class="fs-differences"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        f"{_changed(words.losses, [pair for pair in changes if pair.gain < 0], run, other, words)}"
        f"{_changed(words.gains, [pair for pair in reversed(changes) if pair.gain > 0], run, other, words)}</section>"
    )


def verdict(run: str, found: Difference, words: Words) -> str:
    """Say in a sentence what a difference is worth."""
    texts = words.texts
    if not (found.better or found.worse):
        return words.same
    mean, p = found.mean, fixed(found.p, texts)
    if not found.certain:
        smallest = fixed(found.smallest, texts)
        return words.uncertain.format(mean=fixed(mean.mean, texts, "+"), p=p, smallest=smallest)
    low, high = (fixed(end, texts, "+") for end in (mean.low, mean.high))
    return words.verdict[mean.mean > 0].format(run=run, mean=fixed(abs(mean.mean), texts), low=low, high=high, p=p)


def _row(name: str, before: float, after: float, found: Difference, words: Words) -> str:
    texts = words.texts
    difference = fixed(found.mean.mean, texts, "+")
    cells = (
        fixed(before, texts),
        fixed(after, texts),
        f"<strong>{difference}</strong>" if found.certain else difference,
        bounds(found.mean, texts, "+"),
        fixed(found.p, texts),
        grouped(found.better, texts),
        grouped(found.worse, texts),
    )
    return f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _settings(one: Compared, words: Words) -> str:
    changed = (f"{name} {_value(old)} → {_value(new)}" for name, (old, new) in one.settings.items())
    listed = ", ".join(changed)
    return f" {escape(words.settings)}: {escape(listed)}." if listed else ""


def _value(number: Value | None) -> str:
    if number is None:
        return "–"
    return str(number).lower() if isinstance(number, bool) else f"{number:g}"


def _changed(heading: str, pairs: Sequence[Changed], run: Run, other: Run, words: Words) -> str:
    if not pairs:
        return ""
    rows = "".join(_pair(pair, run, other, words) for pair in pairs[:_LISTED])
    return f"<h3>{escape(heading)} <small>{grouped(len(pairs), words.texts)}</small></h3>{rows}"


def _pair(pair: Changed, run: Run, other: Run, words: Words) -> str:
    body = "".join(
        f"<h4><bdi>{escape(name)}</bdi> {fate_mark(result, words)} "
        f"{escape(f'{MAIN} {fixed(result.values[MAIN], words.texts)}')}</h4>{inside(result, words)}"
        for name, result in ((other.name, pair.before), (run.name, pair.after))
    )
    return folded(pair.after, fate_mark(pair.after, words), fixed(pair.gain, words.texts, "+"), body)
