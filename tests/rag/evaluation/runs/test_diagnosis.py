"""Which results are judged, and where an answer was lost: rankings made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pytest
from factories import article

from rag.evaluation.questions.files import Label, TestQuestion
from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.runs.diagnosis import beaten_by, expected_answers, fate, sentence_is_right
from rag.evaluation.runs.results import DEPTH, rank_results
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
)
from rag.search.grouping import Group
from rag.search.ranking import Ranking
from rag.search.retrieval import Retrieval
from rag.types import Article, Hit, Passage, passage_at

TEXT = "Null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn. " * 10


A = article("A", TEXT, title="Article A", source="Blatt", published=date(2021, 5, 1))
B, C = article("B", "Ganz andere Worte stehen hier. " * 30), article("C", "Und wieder andere. " * 50)
Place = tuple[Article, int, int]


def judged(places: Mapping[str, tuple[tuple[int, int], ...] | None], **more: object) -> Judgement:
    question = TestQuestion("q", "Wann?", "de", bool(places), (), tuple(Label(one, None) for one in places), "line 1")
    return Judgement(question, places, {"A": A, "B": B, "C": C}, **more)  # type: ignore[arg-type]


def ranking(places: Sequence[Place], fused: Sequence[int] = (), signals: Sequence[Mapping[str, float]] = ()) -> Ranking:
    passages = tuple((one, passage_at(one, start, end)) for one, start, end in places)
    scores = np.linspace(0.9, 0.1, len(places))
    return Ranking(
        passages, scores, tuple(signals) or ({"late": 0.5, "dense": 0.5, "lexical": 0.5},) * len(places),
        (None,) * len(places), tuple(fused) or tuple(range(1, len(places) + 1)),
        {"late": 1.0, "dense": 1.2, "lexical": 0.35}, "de",
    )  # fmt: skip


def found(of: Ranking, groups: Sequence[Group] | None = None) -> Retrieval:
    """Return citations of a ranking: each passage by itself, or the groups that are given."""
    groups = [Group((number,)) for number in range(len(of.passages))] if groups is None else groups
    hits = []
    for rank, group in enumerate(groups, 1):
        one, _ = of.passages[group.merged[0]]
        parts = [of.passages[number][1] for number in group.merged]
        passage = passage_at(one, min(part.start for part in parts), max(part.end for part in parts))
        hits.append(Hit(passage, one, rank, float(of.scores[group.merged[0]]), of.signals[group.merged[0]]))
    return Retrieval(tuple(hits), {}, of, tuple(groups))


def items(judgement: Judgement, of: Ranking, groups: Sequence[Group] | None = None) -> list[tuple[str, int | None]]:
    return [(one.item, one.grade) for one in rank_results(found(of, groups), judgement)]


# -- what is judged ---------------------------------------------------------------------------------


def test_quotes_rank_citations() -> None:
    """What holds half of the quote counts as its article, once; other places of the article are wrong places."""
    judgement = judged({"A": ((100, 120),)})
    of = ranking([(A, 0, 90), (B, 0, 90), (A, 110, 200), (A, 90, 130)])
    assert items(judgement, of) == [("A:0-90", None), ("B:0-90", None), ("A", 1)]


def test_articles_alone_rank_articles() -> None:
    """Each by its best passage, however many of its passages come."""
    of = ranking([(B, 0, 90), (B, 90, 200), (A, 0, 90), (C, 0, 90), (A, 90, 200)])
    assert items(judged({"A": None}), of) == [("B", None), ("A", 1), ("C", None)]
    assert items(judged({"A": None}, wrong={"B": None}, grades={"A": 3}), of) == [("B", 0), ("A", 3), ("C", None)]


def test_neighbours_answer_together() -> None:
    """Of a quote that is cut apart, two merged passages hold all."""
    judgement = judged({"A": ((80, 140),)})
    of = ranking([(A, 0, 100), (A, 115, 200)])
    assert items(judgement, of) == [("A:0-100", None), ("A:115-200", None)]
    assert items(judgement, of, [Group((0, 1))]) == [("A", 1)]


def test_copies_count_if_they_answer() -> None:
    """A report that is folded into another one's citation follows it, if it is judged; else it is no result."""
    of = ranking([(B, 0, 90), (A, 0, 90), (C, 0, 90)])
    groups = [Group((0,), copies=(1, 2))]
    assert items(judged({"A": ((10, 30),)}), of, groups) == [("B:0-90", None), ("A", 1)]


def test_what_was_judged_wrong_is_told_from_what_nobody_judged() -> None:
    """By half of the place, as for what is right."""
    judgement = judged({"A": ((100, 120),)}, wrong={"B": ((0, 50),)})
    assert items(judgement, ranking([(B, 0, 90), (B, 90, 200)])) == [("B:0-90", 0), ("B:90-200", None)]


def test_no_more_results_than_the_measures_look_at() -> None:
    """Of thirty articles, ten."""
    of = ranking([(article(f"n{number}", TEXT), 0, 50) for number in range(30)])
    assert len(rank_results(found(of), judged({"A": None}))) == DEPTH == 10


def test_a_result_begins_with_whole_words() -> None:
    """Two hundred signs at most; without spaces, as in Japanese, as many as there is room for."""
    japanese = article("J", "字" * 500)
    one, other, short = (
        rank_results(found(ranking([(of, 0, end)])), judged({"A": None}))[0].beginning
        for of, end in ((A, 400), (japanese, 500), (A, 20))
    )
    assert TEXT.startswith(one)
    assert 150 < len(one) <= 200
    assert TEXT[len(one)] == " "
    assert other == "字" * 200
    assert short == TEXT[:20].strip()


# -- where it was lost ------------------------------------------------------------------------------


def fate_of(
    judgement: Judgement, of: Ranking, passages: Sequence[Passage] = (passage_at(A, 0, 200),), *, sure: bool = True
) -> str:
    results = rank_results(found(of), judgement)
    return fate(judgement, expected_answers(judgement, results, of), results, of, lambda _: passages, sure=sure)


QUOTE = judged({"A": ((100, 120),)})


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (ranking([(A, 90, 130), (B, 0, 90)]), FIRST),
        (ranking([(B, 0, 50), (A, 90, 130)]), FUSION),
        (ranking([(B, 0, 50), (A, 90, 130)], fused=[1, 5]), FUSION),
        (ranking([(B, 0, 50), (A, 90, 130)], fused=[2, 1]), RERANKING),
        (ranking([(B, 0, 50), (C, 0, 50), (A, 90, 130)], fused=[1, 3, 2]), RERANKING),
        (ranking([(B, 0, 50), (A, 0, 50)]), NO_CANDIDATE),
        (ranking([]), NO_CANDIDATE),
    ],
)
def test_the_place_where_an_answer_was_lost(of: Ranking, expected: str) -> None:
    """First; behind another already after fusion; put back by re-ranking; not even a candidate."""
    assert fate_of(QUOTE, of) == expected


def test_a_quote_that_was_cut_apart() -> None:
    """No passage of the article holds half of it: the cut is to blame, not the search."""
    parts = (passage_at(A, 0, 108), passage_at(A, 112, 200))
    assert fate_of(QUOTE, ranking([(B, 0, 50)]), parts) == SPLIT
    assert fate_of(QUOTE, ranking([(B, 0, 50)]), (*parts, passage_at(A, 100, 120))) == NO_CANDIDATE


def test_a_first_passage_that_says_the_same_makes_the_label_doubtful() -> None:
    """Another paper's words, but for a comma; words of another kind do not."""
    quote = "Am 3. Mai 1998 wurde die Brücke nach vier Jahren eröffnet."
    one, other = article("A", f"Vorher. {quote} Nachher."), article("B", f"Ach: {quote.replace('Mai', 'Mai,')} So.")
    question = TestQuestion("q", "Wann?", "de", True, (), (Label("A", quote),), "line 1")
    judgement = Judgement(question, {"A": ((8, 8 + len(quote)),)}, {"A": one})
    assert fate_of(judgement, ranking([(other, 0, len(other.text)), (one, 0, 70)])) == DOUBTFUL
    assert fate_of(judgement, ranking([(B, 0, 200), (one, 0, 70)])) == FUSION


def test_a_question_that_nothing_answers() -> None:
    """Was refused, or not."""
    assert fate_of(judged({}), ranking([(B, 0, 50)]), sure=False) == REFUSED
    assert fate_of(judged({}), ranking([(B, 0, 50)]), sure=True) == ANSWERED


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (ranking([(A, 90, 130), (B, 0, 90)]), WRONGLY_REFUSED),
        (ranking([(B, 0, 50), (A, 90, 130)]), WRONGLY_REFUSED),
        (ranking([(B, 0, 50), (A, 0, 50)]), NO_CANDIDATE),
        (ranking([(article(f"n{number}", B.text), 0, 50) for number in range(DEPTH)] + [(A, 90, 130)]), FUSION),
    ],
)
def test_an_answer_that_was_shown_and_denied(of: Ranking, expected: str) -> None:
    """First or further down, it is no success that the archive claimed to have none; what was not shown was lost."""
    assert fate_of(QUOTE, of, sure=False) == expected


def test_where_the_wanted_article_came() -> None:
    """Its rank among results, and its best passage's rank before and after re-ranking."""
    of = ranking([(B, 0, 90), (A, 0, 50), (A, 90, 130)], fused=[2, 1, 3])
    (one,) = expected_answers(QUOTE, rank_results(found(of), QUOTE), of)
    assert (one.rank, one.fused, one.ranked) == (3, 3, 3)
    assert (one.label, one.source, one.year, one.quote) == ("Article A", "Blatt", 2021, TEXT[100:120])
    (gone,) = expected_answers(QUOTE, (), ranking([]))
    assert (gone.rank, gone.fused, gone.ranked) == (None, None, None)


def test_the_signal_that_decided() -> None:
    """By hand: a cosine lead of .1 counts 1.2 · .1, a lead of .3 in words .35 · .3, which is less."""
    of = ranking(
        [(B, 0, 90), (A, 90, 130)],
        signals=[{"late": 0.5, "dense": 0.6, "lexical": 0.5}, {"late": 0.5, "dense": 0.5, "lexical": 0.2}],
    )
    places = expected_answers(QUOTE, rank_results(found(of), QUOTE), of)
    assert beaten_by(places, of) == "dense"
    unread = ranking([(B, 0, 90), (A, 90, 130)], signals=[{"late": 0.5, "dense": 0.6}, {"dense": 0.9}])
    assert beaten_by(places, unread) == "not read again"
    assert beaten_by(expected_answers(QUOTE, (), ranking([(A, 90, 130)])), ranking([(A, 90, 130)])) is None
    assert beaten_by((), of) is None


def test_a_highlight_is_right_if_it_meets_the_quote() -> None:
    """Of the first article that answers; an empty one is wrong, and without a quote nothing is told."""
    assert sentence_is_right(QUOTE, {"A": [(119, 200)]}) is True
    assert sentence_is_right(QUOTE, {"A": [(120, 200)]}) is False
    assert sentence_is_right(QUOTE, {"A": []}) is False
    assert sentence_is_right(QUOTE, {}) is None
    assert sentence_is_right(judged({"A": None}), {"A": [(0, 9)]}) is None
