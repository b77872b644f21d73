"""A retrieval → the results that are judged. Pure functions on values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.types import RankedResult
from rag.search.retrieval import Retrieval
from rag.types import Article

DEPTH = 10
"""Number of results that are judged, the depth of the measures."""
_MAX_BEGINNING = 200  # characters


def rank_results(retrieval: Retrieval, judgement: Judgement) -> tuple[RankedResult, ...]:
    """Return the results of a question, best first.

    A question whose labels name articles alone ranks articles, each by its best passage (as retrieval sets are
    measured). One whose labels quote ranks citations, as a person sees them: neighbours are one, and copies of it in
    other articles follow it if they answer too.
    """
    candidates = _articles(retrieval, judgement) if judgement.by_article else _citations(retrieval, judgement)
    first: dict[str, RankedResult] = {}
    for result in candidates:
        # the second passage that answers from an article tells nothing new
        first.setdefault(result.item, result)
        if len(first) == DEPTH:
            break
    return tuple(first.values())


def _articles(retrieval: Retrieval, judgement: Judgement) -> Iterator[RankedResult]:
    ranking = retrieval.ranking
    ranked: set[str] = set()
    for (article, passage), score, signals in zip(ranking.passages, ranking.scores, ranking.signals, strict=True):
        if article.id not in ranked:
            ranked.add(article.id)
            result = _result(article, passage.start, passage.end, judgement, score=float(score), signals=signals)
            yield replace(result, item=article.id)


def _citations(retrieval: Retrieval, judgement: Judgement) -> Iterator[RankedResult]:
    for hit, group in zip(retrieval.hits, retrieval.groups, strict=True):
        yield _result(hit.article, hit.passage.start, hit.passage.end, judgement, score=hit.score, signals=hit.signals)
        for number in group.copies:
            article, passage = retrieval.ranking.passages[number]
            signals = retrieval.ranking.signals[number]
            copy = _result(article, passage.start, passage.end, judgement, score=hit.score, signals=signals)
            if copy.grade:
                yield copy


def _result(
    article: Article, start: int, end: int, judgement: Judgement, *, score: float, signals: Mapping[str, float]
) -> RankedResult:
    grade = judgement.grade(article.id, start, end)
    item = article.id if grade else f"{article.id}:{start}-{end}"
    return RankedResult(
        item, article.id, article.label, start, end, _beginning(article.text[start:end]), score, signals, grade
    )


def _beginning(text: str) -> str:
    """Return the first words of a text; in scripts without spaces its first signs."""
    words = " ".join(text[: 2 * _MAX_BEGINNING].split())
    if len(words) <= _MAX_BEGINNING:
        return words
    return words[: max(words.rfind(" ", _MAX_BEGINNING // 2, _MAX_BEGINNING), 0) or _MAX_BEGINNING]
