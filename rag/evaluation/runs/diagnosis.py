"""What became of a question: where its answer was lost, and to what. Pure functions on values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.types import (
    ANSWERED,
    DOUBTFUL,
    FIRST,
    FUSION,
    NO_CANDIDATE,
    REFUSED,
    RERANKING,
    SPLIT,
    WRONGLY_REFUSED,
    ExpectedAnswer,
    RankedResult,
)
from rag.search.ranking import Ranking
from rag.types import Passage, Span

# so alike are two texts, in percent, that say the same: the share of equal letters of the shorter one
_ALIKE = 85.0
_NOT_READ = "not read again"


def expected_answers(
    judgement: Judgement, results: Sequence[RankedResult], ranking: Ranking
) -> tuple[ExpectedAnswer, ...]:
    """Return, for each article that answers, where it came."""
    ranks = {one.item: rank for rank, one in enumerate(results, 1) if one.grade}
    places = {article: _best(judgement, ranking, article) for article in judgement.places}
    found = []
    for article_id, spans in judgement.places.items():
        article, best = judgement.articles[article_id], places[article_id]
        found.append(
            ExpectedAnswer(
                article=article_id,
                label=article.label,
                language=article.language,
                source=article.source,
                year=article.published.year if article.published else None,
                grade=judgement.grades.get(article_id, 1),
                spans=spans,
                quote=article.text[slice(*spans[0])] if spans else None,
                rank=ranks.get(article_id),
                fused=None if best is None else ranking.fused[best],
                ranked=None if best is None else best + 1,
            )
        )
    return tuple(found)


def _best(judgement: Judgement, ranking: Ranking, article_id: str) -> int | None:
    """Return the number of the best passage that answers from an article."""
    for number, (article, passage) in enumerate(ranking.passages):
        if article.id == article_id and judgement.relevant(article.id, passage.start, passage.end):
            return number
    return None


def fate(
    judgement: Judgement,
    places: Sequence[ExpectedAnswer],
    results: Sequence[RankedResult],
    ranking: Ranking,
    passages: Callable[[str], Sequence[Passage]],
    *,
    sure: bool,
) -> str:
    """Return what became of a question, one of `rag.evaluation.types.FATES`.

    Args:
        passages: returns all passages of an article.
        sure: whether the archive said that it has an answer.
    """
    if not judgement.question.answerable:
        return ANSWERED if sure else REFUSED
    if not sure and any(one.grade for one in results):
        return WRONGLY_REFUSED
    if results and results[0].grade:
        return FIRST
    if ranking.passages and results and _says_the_same(places, results[0], ranking):
        return DOUBTFUL
    candidates = [one for one in places if one.ranked is not None and one.fused is not None]
    if not candidates:
        whole = (one for one in places if one.spans is not None)
        cut = any(not _held(passages(one.article), judgement) for one in whole)
        return SPLIT if cut else NO_CANDIDATE
    after, before = min((one.ranked or 0, one.fused or 0) for one in candidates)
    return RERANKING if before < after else FUSION


def _held(passages: Sequence[Passage], judgement: Judgement) -> bool:
    return any(judgement.relevant(one.article_id, one.start, one.end) for one in passages)


def _says_the_same(places: Sequence[ExpectedAnswer], first: RankedResult, ranking: Ranking) -> bool:
    # imported here, since few questions need it
    from rapidfuzz.fuzz import partial_ratio

    text = next(
        (article.text[first.start : first.end] for article, _ in ranking.passages if article.id == first.article), ""
    )
    quotes = [one.quote for one in places if one.quote]
    return any(len(quote) <= len(text) and partial_ratio(quote, text) >= _ALIKE for quote in quotes)


def beaten_by(places: Sequence[ExpectedAnswer], ranking: Ranking) -> str | None:
    """Return the signal by which the first passage is furthest above the best one that answers; None if that is first.

    Each signal counts with its weight in the score. A passage that was not read once more loses by that.
    """
    after = min((one.ranked for one in places if one.ranked), default=None)
    if after is None or after == 1:
        return None
    winner, loser = ranking.signals[0], ranking.signals[after - 1]
    if winner.keys() != loser.keys():
        return _NOT_READ
    lead = {name: weight * (winner[name] - loser[name]) for name, weight in ranking.weights.items()}
    return max(lead, key=lambda name: lead[name]) if lead else None


def sentence_is_right(judgement: Judgement, highlights: Mapping[str, Sequence[Span]]) -> bool | None:
    """Return whether a highlighted sentence is of the quote, of the first article that answers; None if none was found.

    Args:
        highlights: of the citations that answer, by article, the first first.
    """
    for article, marked in highlights.items():
        spans = judgement.places.get(article)
        if spans:
            return any(min(end, last) > max(start, first) for start, end in marked for first, last in spans)
    return None
