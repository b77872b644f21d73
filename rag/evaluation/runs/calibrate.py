"""Test questions → a confidence that fits the archive that they are about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.archive import Archive
from rag.config import RankingConfig
from rag.errors import QuestionError
from rag.evaluation.questions.files import TestQuestion
from rag.search.calibration import CalibrationReport, Example, cross_validated, fit, quality_on
from rag.search.confidence import TABLES
from rag.search.query import checked_question, parse

_MIN_QUESTIONS = 10
# weight of the built-in calibration, in questions
_PULL = 10.0


def calibrate(
    archive: Archive, questions: Sequence[TestQuestion], on_progress: Callable[[int, int], None] | None = None
) -> CalibrationReport:
    """Fit the confidence to test questions, and use it for this archive from now on.

    Each answerable question is asked twice, the second time without the articles that answer it. Few questions
    change little: the fit starts from the weights that Fundstelle comes with.

    Args:
        on_progress: called with the questions done and their total.

    Raises:
        ArchiveError: there is nothing in the archive.
        QuestionError: there are fewer than ten questions, or one cannot be asked.
        NotFound: an article that answers is not in the archive.
    """
    if len(questions) < _MIN_QUESTIONS:
        raise QuestionError(f"There are {len(questions)} questions: write at least {_MIN_QUESTIONS}.")
    answering = [frozenset(archive.original(label).id for label in question.articles) for question in questions]
    examples_of: dict[str, list[list[Example]]] = {name: [] for name in TABLES}
    searchers = {name: archive.searcher(RankingConfig(fast=name == "fast")) for name in TABLES}
    searchers["reranked"].require_articles()
    for number, (question, articles) in enumerate(zip(questions, answering, strict=True), 1):
        parsed = parse(checked_question(question.question))
        for name, searcher in searchers.items():
            examples: list[Example] = [(searcher.search(parsed, 1).features, question.answerable)]
            if question.answerable:
                examples.append((searcher.search(parsed, 1, without=articles).features, False))
            examples_of[name].append([example for example in examples if example[0]])
        if on_progress is not None:
            on_progress(number, len(questions))
    flat = {name: [example for of_one in of_table for example in of_one] for name, of_table in examples_of.items()}
    archive.set_calibration({name: fit(examples, TABLES[name], _PULL) for name, examples in flat.items()})
    before_fit = quality_on(TABLES["reranked"], flat["reranked"])
    return CalibrationReport(
        len(questions), before_fit, cross_validated(examples_of["reranked"], TABLES["reranked"], _PULL)
    )
