"""Questions of a run as HTML: what was wanted, what came, and what became of them. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.reports.wording import failed, worst_first
from rag.evaluation.types import Result, Shown, Wanted
from rag.search.confidence import THRESHOLD
from rag.types import Span
from ui.html.markup import escape, reader_address
from ui.wording.evaluation import Words, fixed, percent
from ui.wording.page import count_of, decimal, grouped, language_name

LISTED = 200
"""So many questions are shown at once, so that the page stays quick."""


def questions_list(results: Sequence[Result], words: Words) -> str:
    """Return the questions, to be opened one by one: failures first, the worst first."""
    shown = worst_first(results)[:LISTED]
    parts = []
    for heading, wrong in ((words.failures, True), (words.others, False)):
        rows = "".join(question(one, words) for one in shown if failed(one) == wrong)
        total = grouped(sum(failed(one) == wrong for one in results), words.texts)
        # what succeeded is folded away: the failures tell more
        unfolded = " open" if wrong else ""
        if rows:
            parts.append(
                f'<details class="fs-group"{unfolded}><summary>{escape(heading)} <small>{total}</small></summary>'
                f"{rows}</details>"
            )
    left = len(results) - len(shown)
    if left:
        more = words.more.format(count=count_of(words.questions, left, words.texts))
        parts.append(f'<p class="fs-quiet">{escape(more)}</p>')
    return "".join(parts)


def question(one: Result, words: Words) -> str:
    """Return a row that opens."""
    measure = fixed(one.values[MAIN], words.texts) if MAIN in one.values else ""
    return folded(one, fate_mark(one, words), measure, inside(one, words))


def folded(one: Result, before: str, after: str, body: str) -> str:
    """Return a row with a question in it, words before and after it, and what it opens to."""
    asked = f'<span class="fs-q" lang="{escape(one.language)}" dir="auto">{escape(one.question)}</span>'
    return (
        f'<details class="fs-question"><summary>{before}{asked}<span class="fs-value">{escape(after)}</span></summary>'
        f"<div>{body}</div></details>"
    )


def fate_mark(one: Result, words: Words) -> str:
    """Return what became of a question, in two words."""
    name = words.fates.get(one.fate, (one.fate, ""))[0]
    return f'<span class="fs-fate {"fs-bad" if failed(one) else "fs-good"}">{escape(name)}</span>'


def inside(one: Result, words: Words) -> str:
    """Return what a row opens to: the fate explained, what was wanted, and what came."""
    told = words.fates.get(one.fate, ("", ""))[1]
    if one.beaten_by:
        told += f" {words.beaten}: {words.signals.get(one.beaten_by, one.beaten_by)}."
    wanted = "".join(_wanted(article, words) for article in one.wanted)
    came = "".join(_shown(rank, item, words) for rank, item in enumerate(one.shown, 1))
    return (
        f"<p>{escape(told)}</p>"
        + (f'<h4>{escape(words.wanted)}</h4><ul class="fs-wanted">{wanted}</ul>' if wanted else "")
        + (
            f'<h4>{escape(words.came)}</h4><ol class="fs-came">{came}</ol>'
            if came
            else f"<p>{escape(words.nothing_came)}</p>"
        )
        + f'<p class="fs-quiet">{_facts(one, words)}</p>'
    )


def _facts(one: Result, words: Words) -> str:
    sure = words.sure if one.confidence >= THRESHOLD else words.unsure
    values = ", ".join(f"{name} {fixed(number, words.texts)}" for name, number in one.values.items())
    facts = (sure.format(share=percent(one.confidence, words.texts)), values, ", ".join(one.tags), one.id)
    return " · ".join(f"<bdi>{escape(fact)}</bdi>" for fact in facts if fact)


def _wanted(one: Wanted, words: Words) -> str:
    place = one.spans[0] if one.spans else None
    known = (one.source or "", str(one.year or ""), language_name(one.language, words.texts))
    if one.fused and one.ranked:
        before = words.candidate.format(fused=one.fused, ranked=one.ranked)
    else:
        before = words.no_candidate
    rank = words.rank.format(rank=one.rank) if one.rank else words.no_rank
    told = (*known, *(() if place else (words.anywhere,)), rank, before)
    quote = (
        f'<blockquote lang="{escape(one.language)}" dir="auto">{escape(one.quote)}</blockquote>' if one.quote else ""
    )
    return (
        f"<li><p>{_link(one.article, one.label, place, words)}</p>{quote}"
        f'<p class="fs-quiet">{" · ".join(f"<bdi>{escape(part)}</bdi>" for part in told if part)}</p></li>'
    )


def _shown(rank: int, one: Shown, words: Words) -> str:
    right = None if one.grade is None else one.grade > 0
    kind = {True: "fs-good", False: "fs-bad", None: "fs-quiet"}[right]
    signals = " · ".join(
        f"{escape(words.signals.get(name, name))} {decimal(number, words.texts)}"
        for name, number in one.signals.items()
    )
    more = " …" if len(one.beginning) < one.end - one.start else ""
    return (
        f"<li><b>{rank}</b><p>{_link(one.article, one.label, (one.start, one.end), words)} "
        f'<span class="{kind}">{escape(words.judged[right])}</span></p>'
        f'<p class="fs-beginning" dir="auto">{escape(one.beginning)}{more}</p><p class="fs-quiet">{signals}</p></li>'
    )


def _link(article: str, label: str, place: Span | None, words: Words) -> str:
    """Return the link to an article, which opens beside the page at the place."""
    address = reader_address(article, words.texts, place)
    return (
        f'<a href="{escape(address)}" target="_blank" data-fs-reader="{escape(label)}"><bdi>{escape(label)}</bdi></a>'
    )
