"""The part of a report that shows each question: what was wanted, what came, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.reports.svg import escaped
from rag.evaluation.reports.wording import SIGNALS, failed, worst_first
from rag.evaluation.runs.results import DEPTH
from rag.evaluation.types import FATES, ExpectedAnswer, RankedResult, Result
from rag.search.confidence import THRESHOLD

LISTED = 2000
"""So many questions are shown, so that a browser can open the page."""


def questions_list(results: Sequence[Result]) -> str:
    """Return all questions as HTML to be opened one by one: failures first, the worst first."""
    ordered = worst_first(results)[:LISTED]
    failures, others = [one for one in ordered if failed(one)], [one for one in ordered if not failed(one)]
    signals = " · ".join(f"{name}: {text}" for name, text in SIGNALS.items())
    parts = [f'<p class="quiet">Signals: {escaped(signals)}.</p>']
    if len(results) > LISTED:
        parts.append(f"<p>Of {len(results):,} questions, the {LISTED:,} worst are shown.</p>")
    for heading, group in (("Failures", failures), ("The others", others)):
        if group:
            parts.append(f"<h3>{heading} <small>{len(group):,}</small></h3>")
            parts += [_question(one) for one in group]
    return "\n".join(parts)


def _question(one: Result) -> str:
    mark = "bad" if failed(one) else "good"
    measure = f"{one.values[MAIN]:.3f}" if MAIN in one.values else ""
    asked = f'<span class="asked" lang="{escaped(one.language)}" dir="auto">{escaped(one.question)}</span>'
    summary = f'<span class="fate {mark}">{escaped(one.fate)}</span>{asked}<span class="n quiet">{measure}</span>'
    beaten = f" Beaten by: {escaped(one.beaten_by)}." if one.beaten_by else ""
    fate = f'<p><strong class="{mark}">{escaped(one.fate)}</strong>: {escaped(FATES.get(one.fate, ""))}.{beaten}</p>'
    wanted = f"<h4>Wanted</h4><ul>{''.join(map(_wanted, one.wanted))}</ul>" if one.wanted else ""
    came = "".join(_shown(rank, shown) for rank, shown in enumerate(one.shown, 1))
    shown = f'<h4>What came</h4><ol class="results">{came}</ol>' if came else "<p>Nothing came.</p>"
    return (
        f'<details class="question"><summary>{summary}</summary>\n'
        f'<div class="inside">{fate}{_facts(one)}{wanted}{shown}</div></details>'
    )


def _facts(one: Result) -> str:
    said = "has an answer" if one.confidence >= THRESHOLD else "has no answer"
    sentence = {True: "the marked sentence is of the quote", False: "the marked sentence is not of the quote", None: ""}
    facts = [
        one.id,
        f"language {one.language}",
        ", ".join(one.tags),
        f"confidence {one.confidence:.2f}: the archive said that it {said}",
        sentence[one.sentence],
        ", ".join(f"{name} {number:.3f}" for name, number in one.values.items()),
    ]
    return f'<p class="quiet">{" · ".join(f"<bdi>{escaped(fact)}</bdi>" for fact in facts if fact)}</p>'


def _wanted(one: ExpectedAnswer) -> str:
    known = [one.language, one.source or "", str(one.year or ""), f"grade {one.grade}" if one.grade != 1 else ""]
    told = " · ".join(f"<bdi>{escaped(part)}</bdi>" for part in known if part)
    quote = (
        f'<blockquote lang="{escaped(one.language)}" dir="auto">{escaped(one.quote)}</blockquote>' if one.quote else ""
    )
    where = "" if one.spans else "anywhere in the article · "
    came = f"rank {one.rank}" if one.rank else f"not among {DEPTH}"
    before = (
        f"candidate {one.fused} after fusion, {one.ranked} after re-ranking" if one.ranked else "no candidate answers"
    )
    return (
        f"<li><p><strong><bdi>{escaped(one.label)}</bdi></strong> <small>{told}</small></p>{quote}"
        f'<p class="quiet">{where}{came} · {before}</p></li>'
    )


def _shown(rank: int, one: RankedResult) -> str:
    if one.grade is None:
        judged = '<span class="quiet">unjudged</span>'
    else:
        judged = '<span class="good">right</span>' if one.grade else '<span class="bad">wrong</span>'
    more = " …" if len(one.beginning) < one.end - one.start else ""
    signals = " · ".join(f"{escaped(name)} {number:.3f}" for name, number in one.signals.items())
    return (
        f"<li><b>{rank}</b><p><strong><bdi>{escaped(one.label)}</bdi></strong> {judged}</p>"
        f'<p class="beginning" dir="auto">{escaped(one.beginning)}{more}</p>'
        f'<p class="quiet">score {one.score:.3f} · {signals} · characters {one.start}–{one.end}</p></li>'
    )
