"""Runs and judgements in the files of TREC, in and out, so that results can be checked with other tools.

A run has six columns: query, `Q0`, item, rank, score, name of the run; a judgement file (qrels) four: query, `0`, item,
grade. White space in a name is written as %20 and the like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from rag.errors import NotFound, QuestionError
from rag.evaluation.measures.trec_measures import measure, trec_scores
from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.runs.results import DEPTH
from rag.evaluation.types import FIRST, NO_CANDIDATE, ExpectedAnswer, RankedResult, Result

RUN, QRELS = "run.trec", "qrels.trec"
_COLUMNS = 6
_BREAKING = re.compile(r"[\s%]")


def write_trec(folder: Path, name: str, results: Sequence[Result]) -> None:
    """Write the results of a run, and the judgements of its questions, as `run.trec` and `qrels.trec`.

    Scores fall strictly, since trec_eval orders equal ones by the item's id.

    Raises:
        NotFound: the folder cannot be written.
    """
    run, qrels = [], []
    for result in results:
        query = _word(result.id)
        scores = trec_scores([item.item for item in result.shown])
        run += [
            f"{query} Q0 {_word(item)} {rank} {score:.6f} {_word(name)}\n"
            for rank, (item, score) in enumerate(scores.items(), 1)
        ]
        grades = {item.article: item.grade for item in result.wanted}
        grades |= {item.item: item.grade for item in result.shown if item.grade is not None}
        qrels += [f"{query} 0 {_word(item)} {grade}\n" for item, grade in grades.items() if result.answerable]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RUN).write_text("".join(run), encoding="utf-8")
        (folder / QRELS).write_text("".join(qrels), encoding="utf-8")
    except OSError as error:
        raise NotFound(f"{folder} cannot be written ({error.strerror}): choose another folder with --trec.") from error


def read_trec_run(path: Path) -> dict[str, list[str]]:
    """Return for each query of a run its items, by descending score; equal scores in the order of the file.

    Raises:
        NotFound: the file cannot be read.
        QuestionError: a line is not valid, or an item occurs twice; the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"The run {path} cannot be read: give a file of TREC's six columns in UTF-8.") from error
    scores: dict[str, dict[str, float]] = {}
    for number, line in enumerate(lines, 1):
        cells = line.split()
        if not cells:
            continue
        try:
            query, _, item, _, score, _ = cells
            value = float(score)
        except ValueError as error:
            raise QuestionError(
                f"{path}, line {number} is not a result: write query, Q0, document, rank, score and name."
            ) from error
        items = scores.setdefault(unquote(query), {})
        if unquote(item) in items:
            raise QuestionError(f"{path}, line {number}: {item} occurs twice for {query}.")
        items[unquote(item)] = value
    return {query: sorted(items, key=lambda item: -items[item]) for query, items in scores.items()}


def trec_results(rankings: dict[str, list[str]], judgements: Sequence[Judgement]) -> list[Result]:
    """Return the results of another program's run; the stage at which an answer was lost is unknown."""
    results = []
    for judgement in judgements:
        question = judgement.question
        items = rankings.get(question.id, [])[:DEPTH]
        grades = {article: judgement.grades.get(article, 1) for article in judgement.answers}
        grades |= dict.fromkeys((article for article in judgement.wrong if article not in grades), 0)
        ranks = {item: rank for rank, item in enumerate(items, 1)}
        values = measure({question.id: items}, {question.id: grades})[question.id]
        results.append(
            Result(
                id=question.id,
                question=question.question,
                language=question.language or "",
                answerable=True,
                tags=question.tags,
                wanted=tuple(_expected_answer(judgement, article, ranks.get(article)) for article in judgement.answers),
                shown=tuple(
                    RankedResult(article, article, article, 0, 0, "", 0.0, {}, grades.get(article)) for article in items
                ),
                values=values,
                confidence=1.0,
                sentence=None,
                fate=FIRST if items and grades.get(items[0]) else NO_CANDIDATE,
                beaten_by=None,
            )
        )
    return results


def _expected_answer(judgement: Judgement, article_id: str, rank: int | None) -> ExpectedAnswer:
    article = judgement.articles[article_id]
    year = article.published.year if article.published else None
    grade = judgement.grades.get(article_id, 1)
    return ExpectedAnswer(
        article_id, article.label, article.language, article.source, year, grade, None, None, rank, rank, rank
    )


def _word(name: str) -> str:
    return _BREAKING.sub(lambda match: quote(match[0]), name)
