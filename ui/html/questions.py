"""Questions of a run as HTML: expected answers, results and outcomes. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.reports.wording import failed, outcome_of, worst_first
from rag.evaluation.types import (
    ANSWERED,
    FATES,
    FIRST,
    REFUSED,
    WRONGLY_REFUSED,
    ExpectedAnswer,
    RankedResult,
    Result,
)
from rag.search.confidence import THRESHOLD
from rag.types import Span
from ui.html.markup import escape, reader_address
from ui.wording.evaluation import fixed, percent, report_texts, signal_label
from ui.wording.page import count_of, decimal, grouped, language_name
from ui.wording.texts import Words

LISTED = 50
"""At most this many questions of an outcome are listed, so that the page stays quick."""


def outcome_groups(results: Sequence[Result], words: Words) -> str:
    """Return the outcomes with their questions, each to be opened.

    That no question was wrongly refused, or wrongly answered, is worth a line, too.
    """
    by_fate: dict[str, list[Result]] = {fate: [] for fate in FATES}
    for result in worst_first(results):
        by_fate.setdefault(result.fate, []).append(result)
    possible = {
        WRONGLY_REFUSED: any(result.answerable for result in results),
        ANSWERED: not all(result.answerable for result in results),
    }
    groups = (_outcome_group(fate, group, words) for fate, group in by_fate.items() if group or possible.get(fate))
    return f'<div class="fs-outcomes">{"".join(groups)}</div>'


def _outcome_group(fate: str, results: Sequence[Result], words: Words) -> str:
    outcome = outcome_of(fate, report_texts(words))
    line = (
        f'<span class="fs-count">{grouped(len(results), words.texts)}</span>'
        f"<strong>{escape(outcome.label)}</strong> <span>{escape(outcome.meaning)}</span>"
    )
    style = "fs-good" if fate in (FIRST, REFUSED) else "fs-bad" if results else "fs-none"
    if not results:
        return f'<p class="fs-outcome {style}">{line}</p>'
    rows = "".join(question_row(result, words) for result in results[:LISTED])
    missing = len(results) - LISTED
    sentence = words.not_listed.format(count=count_of(words.questions, missing, words.texts)) if missing > 0 else ""
    rest = f'<p class="fs-quiet">{escape(sentence)}</p>' if sentence else ""
    return f'<details class="fs-outcome {style}"><summary>{line}</summary>{rows}{rest}</details>'


def question_row(result: Result, words: Words) -> str:
    """Return a question as a row that opens to its details."""
    measure = fixed(result.values[MAIN], words.texts) if MAIN in result.values else ""
    return foldable_row(result, "", measure, question_details(result, words))


def foldable_row(result: Result, label: str, value: str, body: str) -> str:
    """Return a row with a question in it, a label before and a value after it, and the body that it opens to."""
    question = f'<span class="fs-q" lang="{escape(result.language)}" dir="auto">{escape(result.question)}</span>'
    return (
        f'<details class="fs-question"><summary>{label}{question}'
        f'<span class="fs-value">{escape(value)}</span></summary><div>{body}</div></details>'
    )


def outcome_label(result: Result, words: Words) -> str:
    """Return the outcome of a question in two words."""
    label = outcome_of(result.fate, report_texts(words)).label
    return f'<span class="fs-fate {"fs-bad" if failed(result) else "fs-good"}">{escape(label)}</span>'


def question_details(result: Result, words: Words) -> str:
    """Return what a row opens to: its outcome explained, the expected answers, and the results."""
    meaning = outcome_of(result.fate, report_texts(words)).sentence
    beaten = f" {words.beaten_by}: {signal_label(result.beaten_by, words)}." if result.beaten_by else ""
    expected = "".join(_expected_answer(answer, words) for answer in result.wanted)
    results = "".join(_result(rank, passage, words) for rank, passage in enumerate(result.shown, 1))
    return (
        f"<p>{escape(meaning[0].upper() + meaning[1:] + beaten)}</p>"
        + (f'<h4>{escape(words.expected)}</h4><ul class="fs-wanted">{expected}</ul>' if expected else "")
        + (
            f'<h4>{escape(words.results)}</h4><ol class="fs-came">{results}</ol>'
            if results
            else f"<p>{escape(words.no_results)}</p>"
        )
        + f'<p class="fs-quiet">{_facts(result, words)}</p>'
    )


def _facts(result: Result, words: Words) -> str:
    claim = words.claimed if result.confidence >= THRESHOLD else words.not_claimed
    measures = ", ".join(f"{name} {fixed(number, words.texts)}" for name, number in result.values.items())
    facts = (claim.format(share=percent(result.confidence, words.texts)), measures, ", ".join(result.tags), result.id)
    return _dotted(facts)


def _expected_answer(answer: ExpectedAnswer, words: Words) -> str:
    span = answer.spans[0] if answer.spans else None
    if answer.fused and answer.ranked:
        candidate = words.candidate.format(fused=answer.fused, ranked=answer.ranked)
    else:
        candidate = words.no_candidate
    facts = (
        answer.source or "",
        str(answer.year or ""),
        language_name(answer.language, words.texts),
        "" if span else words.anywhere,
        words.rank.format(rank=answer.rank) if answer.rank else words.no_rank,
        candidate,
    )
    lang = escape(answer.language)
    quote = f'<blockquote lang="{lang}" dir="auto">{escape(answer.quote)}</blockquote>' if answer.quote else ""
    return (
        f"<li><p>{_link(answer.article, answer.label, span, words)}</p>{quote}"
        f'<p class="fs-quiet">{_dotted(facts)}</p></li>'
    )


def _result(rank: int, passage: RankedResult, words: Words) -> str:
    right = None if passage.grade is None else passage.grade > 0
    style = {True: "fs-good", False: "fs-bad", None: "fs-quiet"}[right]
    signals = " · ".join(
        f"{escape(signal_label(name, words))} {decimal(number, words.texts)}"
        for name, number in passage.signals.items()
    )
    ellipsis = " …" if len(passage.beginning) < passage.end - passage.start else ""
    return (
        f"<li><b>{rank}</b><p>{_link(passage.article, passage.label, (passage.start, passage.end), words)} "
        f'<span class="{style}">{escape(words.judgements[right])}</span></p>'
        f'<p class="fs-beginning" dir="auto">{escape(passage.beginning)}{ellipsis}</p>'
        f'<p class="fs-quiet">{signals}</p></li>'
    )


def _dotted(facts: Sequence[str]) -> str:
    """Return the facts that are known in a line, with dots between them."""
    return " · ".join(f"<bdi>{escape(fact)}</bdi>" for fact in facts if fact)


def _link(article: str, label: str, span: Span | None, words: Words) -> str:
    """Return the link to an article, which opens next to the page at the span."""
    address = reader_address(article, words.texts, span)
    return (
        f'<a href="{escape(address)}" target="_blank" data-fs-reader="{escape(label)}"><bdi>{escape(label)}</bdi></a>'
    )
