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
"""Hears how many questions are done, of how many."""

# so many questions are encoded together before the first of them is asked
_READ_AHEAD = 256
# so many questions are asked as a person asks them, for the time that it takes
_TIMED = 25


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
    """Ask all questions and return the run. Ctrl-C ends it early: what was asked is kept.

    Args:
        questions: the name of the file that they come from.
        config: how the archive's articles were cut, to be noted.
        operators: whether quotes and dashes in a question mean what they mean in `ask`.
        encoder: the archive's, if several runs over one archive should read each text once.

    Raises:
        ArchiveError: the archive holds nothing.
        QuestionError: a question cannot be asked; the message names its line. No question was asked then.
        EncoderMisfit: the archive's vectors come from another encoder.
    """
    parsed = [_parsed(one, operators) for one in judgements]
    encoder = encoder or CachingEncoder(archive.encoder)
    searcher = archive.searcher(ranking, encoder)
    searcher.require_articles()
    results: list[Result] = []
    try:
        for judgement, question in zip(judgements, parsed, strict=True):
            if len(results) % _READ_AHEAD == 0:
                ahead = parsed[len(results) : len(results) + _READ_AHEAD]
                encoder.token_vectors([one.text for one in ahead], "query")
            results.append(_asked(question, judgement, searcher, archive.passages))
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
        raise QuestionError(f"{judgement.question.place}: {error}") from error


def _asked(
    question: ParsedQuestion, judgement: Judgement, searcher: Searcher, passages: Callable[[str], Sequence[Passage]]
) -> Result:
    without = frozenset(one.id for article in judgement.hidden for one in passages(article) if judgement.hides(one))
    # articles are ranked by their passages alone, and need no citations
    found = searcher.search(question, 1 if judgement.by_article else DEPTH, without=without)
    confidence = searcher.confidence(found)
    results = rank_results(found, judgement)
    places = expected_answers(judgement, results, found.ranking)
    answering: dict[str, Sequence[Span]] = {}
    for hit in found.hits:
        if judgement.relevant(hit.article.id, hit.passage.start, hit.passage.end):
            answering.setdefault(hit.article.id, hit.highlights)
    asked = judgement.question
    return Result(
        id=asked.id,
        question=asked.question,
        language=asked.language or language_of(asked.question),
        answerable=asked.answerable,
        tags=asked.tags,
        wanted=places,
        shown=results,
        values={},
        confidence=confidence,
        # without re-ranking nothing is highlighted
        sentence=None if searcher.reranker is None else sentence_is_right(judgement, answering),
        fate=fate(judgement, places, results, found.ranking, passages, sure=confidence >= THRESHOLD),
        beaten_by=beaten_by(places, found.ranking) if asked.answerable else None,
    )


def _with_measures(results: Sequence[Result]) -> list[Result]:
    rankings = {one.id: [item.item for item in one.shown] for one in results}
    grades = {
        one.id: {item.article: item.grade for item in one.wanted}
        | {item.item: item.grade for item in one.shown if item.grade is not None}
        for one in results
        if one.answerable
    }
    values = measure(rankings, grades)
    return [replace(one, values=values.get(one.id, {})) for one in results]


def _latency(archive: Archive, questions: Sequence[ParsedQuestion], ranking: RankingConfig) -> dict[str, float]:
    """Ask some of the questions again, one by one and with nothing remembered; return milliseconds, p50 and p95."""
    searcher = archive.searcher(ranking)
    if not questions:
        return {}
    taken = []
    for question in questions[:: max(1, len(questions) // _TIMED)][:_TIMED]:
        started = time.perf_counter()
        searcher.search(question, 5)
        taken.append((time.perf_counter() - started) * 1000)
    # the first one meets buffers of another size
    return {f"p{one}": round(float(np.percentile(taken[1:] or taken, one)), 1) for one in (50, 95)}
