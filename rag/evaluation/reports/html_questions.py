"""The part of a report that lists each question with its expected answers, results and outcome."""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.reports.svg import escaped
from rag.evaluation.reports.texts import ReportTexts
from rag.evaluation.reports.wording import failed, outcome_of, signal_of, worst_first
from rag.evaluation.runs.results import DEPTH
from rag.evaluation.types import ExpectedAnswer, RankedResult, Result
from rag.search.confidence import THRESHOLD

LISTED = 2000
"""At most this many questions are listed, so that a browser can open the page."""


def questions_list(results: Sequence[Result], texts: ReportTexts) -> str:
    """Return all questions as HTML that can be expanded one by one, failures and the lowest measures first."""
    ordered = worst_first(results)[:LISTED]
    failures, successes = (
        [result for result in ordered if failed(result)],
        [result for result in ordered if not failed(result)],
    )
    signals = " · ".join(f"{label}: {meaning}" for label, meaning in texts.signals.values())
    legend = texts.signals_legend.format(signals=signals)
    parts = [f'<p class="quiet">{escaped(legend)}</p>']
    if len(results) > LISTED:
        counts = {"count": texts.number(len(results), ","), "listed": texts.number(LISTED, ",")}
        parts.append(f"<p>{texts.worst_listed.format(**counts)}</p>")
    for heading, group in ((texts.failures, failures), (texts.successes, successes)):
        if group:
            parts.append(f"<h3>{heading} <small>{texts.number(len(group), ',')}</small></h3>")
            parts += [_question(result, texts) for result in group]
    return "\n".join(parts)


def _question(result: Result, texts: ReportTexts) -> str:
    mark = "bad" if failed(result) else "good"
    named = outcome_of(result.fate, texts)
    measure = texts.number(result.values[MAIN], ".3f") if MAIN in result.values else ""
    question = f'<span class="asked" lang="{escaped(result.language)}" dir="auto">{escaped(result.question)}</span>'
    summary = f'<span class="fate {mark}">{escaped(named.label)}</span>{question}<span class="n quiet">{measure}</span>'
    signal = signal_of(result.beaten_by, texts).label if result.beaten_by else ""
    beaten = f" {texts.lost_to.format(signals=escaped(signal))}" if signal else ""
    outcome = f'<p><strong class="{mark}">{escaped(named.label)}</strong>: {escaped(named.sentence)}{beaten}</p>'
    wanted = "".join(_expected_answer(answer, texts) for answer in result.wanted)
    expected = f"<h4>{texts.expected}</h4><ul>{wanted}</ul>" if wanted else ""
    items = "".join(_result(rank, passage, texts) for rank, passage in enumerate(result.shown, 1))
    results = f'<h4>{texts.results}</h4><ol class="results">{items}</ol>' if items else f"<p>{texts.no_results}</p>"
    return (
        f'<details class="question"><summary>{summary}</summary>\n'
        f'<div class="inside">{outcome}{_facts(result, texts)}{expected}{results}</div></details>'
    )


def _facts(result: Result, texts: ReportTexts) -> str:
    claim = texts.claims[result.confidence >= THRESHOLD]
    facts = [
        result.id,
        texts.question_language.format(language=result.language),
        ", ".join(result.tags),
        claim.format(confidence=texts.number(result.confidence, ".2f")),
        "" if result.sentence is None else texts.sentence_is_quote[result.sentence],
        ", ".join(f"{name} {texts.number(number, '.3f')}" for name, number in result.values.items()),
    ]
    return f'<p class="quiet">{" · ".join(f"<bdi>{escaped(fact)}</bdi>" for fact in facts if fact)}</p>'


def _expected_answer(answer: ExpectedAnswer, texts: ReportTexts) -> str:
    details = [
        answer.language,
        answer.source or "",
        str(answer.year or ""),
        texts.grade.format(grade=answer.grade) if answer.grade != 1 else "",
    ]
    details_html = " · ".join(f"<bdi>{escaped(part)}</bdi>" for part in details if part)
    quote = (
        f'<blockquote lang="{escaped(answer.language)}" dir="auto">{escaped(answer.quote)}</blockquote>'
        if answer.quote
        else ""
    )
    facts = [
        "" if answer.spans else texts.anywhere,
        texts.rank.format(rank=answer.rank) if answer.rank else texts.not_among.format(depth=DEPTH),
        texts.candidate.format(fused=answer.fused, ranked=answer.ranked) if answer.ranked else texts.no_candidate,
    ]
    return (
        f"<li><p><strong><bdi>{escaped(answer.label)}</bdi></strong> <small>{details_html}</small></p>{quote}"
        f'<p class="quiet">{" · ".join(fact for fact in facts if fact)}</p></li>'
    )


def _result(rank: int, passage: RankedResult, texts: ReportTexts) -> str:
    right = None if passage.grade is None else passage.grade > 0
    style = {True: "good", False: "bad", None: "quiet"}[right]
    ellipsis = " …" if len(passage.beginning) < passage.end - passage.start else ""
    facts = [
        texts.score.format(score=texts.number(passage.score, ".3f")),
        *(
            f"{escaped(signal_of(name, texts).label)} {texts.number(number, '.3f')}"
            for name, number in passage.signals.items()
        ),
        texts.characters.format(start=passage.start, end=passage.end),
    ]
    return (
        f"<li><b>{rank}</b><p><strong><bdi>{escaped(passage.label)}</bdi></strong> "
        f'<span class="{style}">{texts.judgements[right]}</span></p>'
        f'<p class="beginning" dir="auto">{escaped(passage.beginning)}{ellipsis}</p>'
        f'<p class="quiet">{" · ".join(facts)}</p></li>'
    )
