"""Judged questions and an archive → a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from rag.archive import Archive
from rag.config import DEFAULT_RANKING, Config, RankingConfig, settings
from rag.errors import QuestionError
from rag.evaluation.measures.trec_measures import measure
from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.runs.caching_encoder import CachingEncoder
from rag.evaluation.runs.diagnosis import beaten_by, expected_answers, fate, sentence_is_right
from rag.evaluation.runs.results import DEPTH, rank_results
from rag.evaluation.types import Result, Run
from rag.search.confidence import THRESHOLD
from rag.search.query import ParsedQuestion, checked_question, parse
from rag.search.searcher import Searcher
from rag.text.language import language_of
from rag.types import Passage, Span

OnProgress = Callable[[int, int], None]
"""Called with the questions asked so far and their total."""

# questions encoded in one batch, before the first of them is asked
_QUERY_BATCH = 256
# at most this many questions are asked again, one by one, to measure the latency
_MAX_TIMED_QUESTIONS = 25


def evaluate(
    archive: Archive,
    judgements: Sequence[Judgement],
    *,
    name: str,
    questions: str,
    config: Config | None = None,
    ranking: RankingConfig = DEFAULT_RANKING,
    operators: bool = True,
    encoder: CachingEncoder | None = None,
    on_progress: OnProgress | None = None,
) -> Run:
    """Ask all questions and return the run. Ctrl-C ends it early, with the results so far.

    Args:
        questions: the name of the file that they come from.
        config: how the archive's articles are split; stored in the run.
        operators: whether quotes and dashes in a question are operators, as in `ask`.
        encoder: a cache around the archive's encoder, shared by several runs.

    Raises:
        ArchiveError: the archive is empty.
        QuestionError: a question cannot be asked; the message names its line. Raised before the first question.
        EncoderMisfit: the archive's vectors come from another encoder.
    """
    parsed = [_parsed(judgement, operators) for judgement in judgements]
    encoder = encoder or CachingEncoder(archive.encoder)
    searcher = archive.searcher(ranking, encoder)
    searcher.require_articles()
    results: list[Result] = []
    try:
        for judgement, question in zip(judgements, parsed, strict=True):
            if len(results) % _QUERY_BATCH == 0:
                ahead = parsed[len(results) : len(results) + _QUERY_BATCH]
                encoder.token_vectors([question.text for question in ahead], "query")
            results.append(_ask(question, judgement, searcher, archive.passages))
            if on_progress:
                on_progress(len(results), len(judgements))
        latency = _latency(archive, parsed, ranking)
    except KeyboardInterrupt:
        latency = {}
    return Run(
        name=name,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        questions=questions,
        asked_of=len(judgements),
        archive=archive.id,
        archive_revision=archive.status().revision,
        encoder=archive.encoder.name,
        fingerprint=archive.encoder.fingerprint,
        config=settings(config or archive.config, ranking),
        latency_ms=latency,
        results=tuple(_with_measures(results)),
    )


def _parsed(judgement: Judgement, operators: bool) -> ParsedQuestion:
    try:
        text = checked_question(judgement.question.question)
        return parse(text) if operators else ParsedQuestion(text, (), ())
    except QuestionError as error:
        raise QuestionError(f"{judgement.question.location}: {error}") from error


def _ask(
    parsed: ParsedQuestion, judgement: Judgement, searcher: Searcher, passages: Callable[[str], Sequence[Passage]]
) -> Result:
    without = frozenset(
        passage.id for article in judgement.excluded for passage in passages(article) if judgement.hides(passage)
    )
    # articles are ranked by their passages alone, and need no citations
    retrieval = searcher.search(parsed, 1 if judgement.by_article else DEPTH, without=without)
    confidence = searcher.confidence(retrieval)
    results = rank_results(retrieval, judgement)
    expected = expected_answers(judgement, results, retrieval.ranking)
    answering: dict[str, Sequence[Span]] = {}
    for hit in retrieval.hits:
        if judgement.relevant(hit.article.id, hit.passage.start, hit.passage.end):
            answering.setdefault(hit.article.id, hit.highlights)
    question = judgement.question
    return Result(
        id=question.id,
        question=question.question,
        language=question.language or language_of(question.question),
        answerable=question.answerable,
        tags=question.tags,
        wanted=expected,
        shown=results,
        values={},
        confidence=confidence,
        # without re-ranking nothing is highlighted
        sentence=None if searcher.reranker is None else sentence_is_right(judgement, answering),
        fate=fate(judgement, expected, results, retrieval.ranking, passages, sure=confidence >= THRESHOLD),
        beaten_by=beaten_by(expected, retrieval.ranking) if question.answerable else None,
    )


def _with_measures(results: Sequence[Result]) -> list[Result]:
    rankings = {result.id: [item.item for item in result.shown] for result in results}
    grades = {
        result.id: {item.article: item.grade for item in result.wanted}
        | {item.item: item.grade for item in result.shown if item.grade is not None}
        for result in results
        if result.answerable
    }
    values = measure(rankings, grades)
    return [replace(result, values=values.get(result.id, {})) for result in results]


def _latency(archive: Archive, questions: Sequence[ParsedQuestion], ranking: RankingConfig) -> dict[str, float]:
    """Ask some of the questions again, one by one and without a cache; return milliseconds, p50 and p95."""
    searcher = archive.searcher(ranking)
    if not questions:
        return {}
    milliseconds = []
    for question in questions[:: max(1, len(questions) // _MAX_TIMED_QUESTIONS)][:_MAX_TIMED_QUESTIONS]:
        start = time.perf_counter()
        searcher.search(question, 5)
        milliseconds.append((time.perf_counter() - start) * 1000)
    # the first question warms up buffers
    measured = milliseconds[1:] or milliseconds
    return {f"p{percentile}": round(float(np.percentile(measured, percentile)), 1) for percentile in (50, 95)}
