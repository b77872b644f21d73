"""The fate of a question: at which stage its answer was lost, and to which signal. Pure functions on values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.types import (
    ANSWERED,
    DOUBTFUL,
    FIRST,
    FUSION,
    NO_CANDIDATE,
    NOT_RERANKED,
    REFUSED,
    RERANKING,
    SPLIT,
    WRONGLY_REFUSED,
    ExpectedAnswer,
    RankedResult,
)
from rag.search.ranking import Ranking
from rag.types import Passage, Span

# least partial ratio of two texts that say the same, 0 to 100: the share of equal letters of the shorter text
_MIN_PARTIAL_RATIO = 85.0


def expected_answers(
    judgement: Judgement, results: Sequence[RankedResult], ranking: Ranking
) -> tuple[ExpectedAnswer, ...]:
    """Return the ranks of each article that answers: among the results, and before and after re-ranking."""
    ranks = {result.item: rank for rank, result in enumerate(results, 1) if result.grade}
    best_passages = {article: _best(judgement, ranking, article) for article in judgement.answers}
    answers = []
    for article_id, spans in judgement.answers.items():
        article, best = judgement.articles[article_id], best_passages[article_id]
        answers.append(
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
    return tuple(answers)


def _best(judgement: Judgement, ranking: Ranking, article_id: str) -> int | None:
    """Return the number of the best passage that answers from an article."""
    for number, (article, passage) in enumerate(ranking.passages):
        if article.id == article_id and judgement.relevant(article.id, passage.start, passage.end):
            return number
    return None


def fate(
    judgement: Judgement,
    expected: Sequence[ExpectedAnswer],
    results: Sequence[RankedResult],
    ranking: Ranking,
    passages: Callable[[str], Sequence[Passage]],
    *,
    sure: bool,
) -> str:
    """Return the fate of a question, one of `rag.evaluation.types.FATES`.

    Args:
        passages: returns all passages of an article.
        sure: whether the confidence reached the threshold.
    """
    if not judgement.question.answerable:
        return ANSWERED if sure else REFUSED
    if not sure and any(result.grade for result in results):
        return WRONGLY_REFUSED
    if results and results[0].grade:
        return FIRST
    if ranking.passages and results and _says_the_same(expected, results[0], ranking):
        return DOUBTFUL
    candidates = [answer for answer in expected if answer.ranked is not None and answer.fused is not None]
    if not candidates:
        quoted = (answer for answer in expected if answer.spans is not None)
        is_split = any(not _has_relevant(passages(answer.article), judgement) for answer in quoted)
        return SPLIT if is_split else NO_CANDIDATE
    final_rank, fused_rank = min((answer.ranked or 0, answer.fused or 0) for answer in candidates)
    return RERANKING if fused_rank < final_rank else FUSION


def _has_relevant(passages: Sequence[Passage], judgement: Judgement) -> bool:
    return any(judgement.relevant(passage.article_id, passage.start, passage.end) for passage in passages)


def _says_the_same(expected: Sequence[ExpectedAnswer], first: RankedResult, ranking: Ranking) -> bool:
    # imported here, since few questions need it
    from rapidfuzz.fuzz import partial_ratio

    text = next(
        (article.text[first.start : first.end] for article, _ in ranking.passages if article.id == first.article), ""
    )
    quotes = [answer.quote for answer in expected if answer.quote]
    return any(len(quote) <= len(text) and partial_ratio(quote, text) >= _MIN_PARTIAL_RATIO for quote in quotes)


def beaten_by(expected: Sequence[ExpectedAnswer], ranking: Ranking) -> str | None:
    """Return the signal by which the first passage leads most over the best one that answers; None if that is first.

    Signals are weighted as in the score. A passage that was not re-ranked has lost by that.
    """
    best_rank = min((answer.ranked for answer in expected if answer.ranked), default=None)
    if best_rank is None or best_rank == 1:
        return None
    winner, loser = ranking.signals[0], ranking.signals[best_rank - 1]
    if winner.keys() != loser.keys():
        return NOT_RERANKED
    lead = {name: weight * (winner[name] - loser[name]) for name, weight in ranking.weights.items()}
    return max(lead, key=lambda name: lead[name]) if lead else None


def sentence_is_right(judgement: Judgement, highlights: Mapping[str, Sequence[Span]]) -> bool | None:
    """Whether a highlighted sentence overlaps the quote of the first article that answers; None without one.

    Args:
        highlights: of the citations that answer, by article, best first.
    """
    for article, highlighted in highlights.items():
        spans = judgement.answers.get(article)
        if spans:
            return any(min(end, last) > max(start, first) for start, end in highlighted for first, last in spans)
    return None
