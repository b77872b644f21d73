"""The part of a report that lists each question with its expected answers, results and fate."""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.reports.svg import escaped
from rag.evaluation.reports.wording import LOST_TO, failed, worst_first
from rag.evaluation.runs.results import DEPTH
from rag.evaluation.types import FATES, ExpectedAnswer, RankedResult, Result
from rag.search.confidence import THRESHOLD

LISTED = 2000
"""At most this many questions are listed, so that a browser can open the page."""


def questions_list(results: Sequence[Result]) -> str:
    """Return all questions as HTML that can be expanded one by one, failures and the lowest measures first."""
    ordered = worst_first(results)[:LISTED]
    failures, successes = (
        [result for result in ordered if failed(result)],
        [result for result in ordered if not failed(result)],
    )
    signals = " · ".join(f"{name}: {text}" for name, text in LOST_TO.items())
    parts = [f'<p class="quiet">Signals: {escaped(signals)}.</p>']
    if len(results) > LISTED:
        parts.append(f"<p>Of {len(results):,} questions, the {LISTED:,} worst are listed.</p>")
    for heading, group in (("Failures", failures), ("Successes", successes)):
        if group:
            parts.append(f"<h3>{heading} <small>{len(group):,}</small></h3>")
            parts += [_question(result) for result in group]
    return "\n".join(parts)


def _question(result: Result) -> str:
    mark = "bad" if failed(result) else "good"
    measure = f"{result.values[MAIN]:.3f}" if MAIN in result.values else ""
    question = f'<span class="asked" lang="{escaped(result.language)}" dir="auto">{escaped(result.question)}</span>'
    summary = f'<span class="fate {mark}">{escaped(result.fate)}</span>{question}<span class="n quiet">{measure}</span>'
    beaten = f" Lost to: {escaped(result.beaten_by)}." if result.beaten_by else ""
    fate = (
        f'<p><strong class="{mark}">{escaped(result.fate)}</strong>: {escaped(FATES.get(result.fate, ""))}.{beaten}</p>'
    )
    expected = f"<h4>Expected</h4><ul>{''.join(map(_expected_answer, result.wanted))}</ul>" if result.wanted else ""
    items = "".join(_result(rank, passage) for rank, passage in enumerate(result.shown, 1))
    results = f'<h4>Results</h4><ol class="results">{items}</ol>' if items else "<p>No results.</p>"
    return (
        f'<details class="question"><summary>{summary}</summary>\n'
        f'<div class="inside">{fate}{_facts(result)}{expected}{results}</div></details>'
    )


def _facts(result: Result) -> str:
    claim = "has an answer" if result.confidence >= THRESHOLD else "has no answer"
    sentence = {
        True: "the highlighted sentence is part of the quote",
        False: "the highlighted sentence is not part of the quote",
        None: "",
    }
    facts = [
        result.id,
        f"language {result.language}",
        ", ".join(result.tags),
        f"confidence {result.confidence:.2f}: the archive said it {claim}",
        sentence[result.sentence],
        ", ".join(f"{name} {number:.3f}" for name, number in result.values.items()),
    ]
    return f'<p class="quiet">{" · ".join(f"<bdi>{escaped(fact)}</bdi>" for fact in facts if fact)}</p>'


def _expected_answer(answer: ExpectedAnswer) -> str:
    details = [
        answer.language,
        answer.source or "",
        str(answer.year or ""),
        f"grade {answer.grade}" if answer.grade != 1 else "",
    ]
    details_html = " · ".join(f"<bdi>{escaped(part)}</bdi>" for part in details if part)
    quote = (
        f'<blockquote lang="{escaped(answer.language)}" dir="auto">{escaped(answer.quote)}</blockquote>'
        if answer.quote
        else ""
    )
    scope = "" if answer.spans else "anywhere in the article · "
    rank = f"rank {answer.rank}" if answer.rank else f"not among {DEPTH}"
    stages = (
        f"candidate {answer.fused} after fusion, {answer.ranked} after re-ranking"
        if answer.ranked
        else "no candidate answers"
    )
    return (
        f"<li><p><strong><bdi>{escaped(answer.label)}</bdi></strong> <small>{details_html}</small></p>{quote}"
        f'<p class="quiet">{scope}{rank} · {stages}</p></li>'
    )


def _result(rank: int, passage: RankedResult) -> str:
    if passage.grade is None:
        verdict = '<span class="quiet">unjudged</span>'
    else:
        verdict = '<span class="good">right</span>' if passage.grade else '<span class="bad">wrong</span>'
    ellipsis = " …" if len(passage.beginning) < passage.end - passage.start else ""
    signals = " · ".join(f"{escaped(name)} {number:.3f}" for name, number in passage.signals.items())
    return (
        f"<li><b>{rank}</b><p><strong><bdi>{escaped(passage.label)}</bdi></strong> {verdict}</p>"
        f'<p class="beginning" dir="auto">{escaped(passage.beginning)}{ellipsis}</p>'
        f'<p class="quiet">score {passage.score:.3f} · {signals} · characters {passage.start}–{passage.end}</p></li>'
    )
