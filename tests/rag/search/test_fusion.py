"""What holds for every ranking: order, bounds, and what a better signal does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from factories import article
from hypothesis import given
from hypothesis import strategies as st

from embeddings.types import TokenVectors
from rag.config import RankingConfig
from rag.lexical.query import LexicalQuery
from rag.search.candidates import Candidates, EncodedQuery
from rag.search.fusion import reciprocal_ranks
from rag.search.preferences import Preferences
from rag.search.ranking import Ranking, extend, rank
from rag.search.reranking import Reranked, Reranker
from rag.types import Article, Passage, passage_at

Scored = tuple[float, float, float, str]
"""The cosine and the lexical share of a candidate, the score that a re-ranker gives it, and its language."""

scores = st.floats(0, 1).map(lambda score: round(score, 3))
pools = st.lists(st.tuples(scores, scores, scores, st.sampled_from(["de", "de-AT", "en"])), min_size=1, max_size=12)
monolingual = st.lists(st.tuples(scores, scores, scores, st.just("de")), min_size=1, max_size=12)


def question(*numbers: str) -> EncodedQuery:
    """Return a question without words, which prefers passages with numbers."""
    vectors = TokenVectors(np.empty((0, 1), np.float32), np.empty((0, 2), np.int32), np.zeros(1, np.float32))
    return EncodedQuery("x", LexicalQuery((), 100), vectors, Preferences(tuple(map(frozenset, zip(numbers)))))


def candidates(scored: Sequence[tuple[int, Scored]], text: str = "Ein Satz.") -> Candidates:
    """Return candidates of articles that have their numbers as ids."""
    passages = []
    for number, (*_, language) in scored:
        source = article(str(number), text, language=language)
        passages.append((source, passage_at(source, 0, len(text))))
    dense, lexical = (np.array([signals[place] for _, signals in scored]) for place in (0, 1))
    return Candidates(tuple(passages), dense, lexical, spelled=lexical)


class ByTable:
    """A re-ranker that looks its scores up; like late interaction it is blended with the others."""

    def __init__(self, table: dict[str, float], *, decides: bool) -> None:
        self._table, self._decides = table, decides

    def rerank(self, query: EncodedQuery, passages: Sequence[tuple[Article, Passage]]) -> Reranked:
        read = np.array([self._table[source.id] for source, _ in passages])
        return Reranked("late", read, (None,) * len(read), self._decides)


def ranked(scored: Sequence[tuple[int, Scored]], config: RankingConfig, *, decides: bool | None = None) -> Ranking:
    reranker: Reranker | None = None
    if decides is not None:
        reranker = ByTable({str(number): late for number, (_, _, late, _) in scored}, decides=decides)
    return rank(question(), candidates(scored), reranker, config)


def ids(ranking: Ranking) -> list[str]:
    return [source.id for source, _ in ranking.passages]


@given(pools, st.integers(1, 14), st.sampled_from([None, False, True]), st.randoms(use_true_random=False))
def test_every_candidate_once_best_first(
    pool: list[Scored], reranked: int, decides: bool | None, random: object
) -> None:
    """Each candidate keeps its own signals, scores fall, and only the best of the fused order are read."""
    scored = list(enumerate(pool))
    ranking = ranked(scored, RankingConfig(reranked=reranked), decides=decides)
    assert sorted(ids(ranking), key=int) == [str(number) for number, _ in scored]
    assert (np.diff(ranking.scores) <= 1e-12).all()
    for name, signals in zip(ids(ranking), ranking.signals, strict=True):
        dense, lexical, late, _ = pool[int(name)]
        assert (signals["dense"], signals["lexical"]) == (dense, lexical)
        assert signals.get("late", late) == late
    fused = ids(ranked(scored, RankingConfig()))
    count = 0 if decides is None else min(reranked, len(pool))
    assert ["late" in signals for signals in ranking.signals] == [True] * count + [False] * (len(pool) - count)
    assert set(ids(ranking)[:count]) == set(fused[:count])
    assert ids(ranking)[count:] == fused[count:]
    assert [fused[place - 1] for place in ranking.fused] == ids(ranking)
    if 0 < count < len(pool):
        assert ranking.scores[count] <= ranking.scores[count - 1] - 1e-3 + 1e-12


@given(pools, st.sampled_from([None, False, True]), st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(pool: list[Scored], decides: bool | None, random: object) -> None:
    """However the indexes hand them over: scores that differ give one order."""
    scored = list(enumerate(pool))
    shuffled = list(scored)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    best_shares = sorted((lexical for _, (_, lexical, _, _) in scored), reverse=True)
    first, second = (ranked(order, RankingConfig(), decides=decides) for order in (scored, shuffled))
    if best_shares[:1] != best_shares[1:2]:  # else the question may be in the language of either
        assert second.scores == pytest.approx(first.scores)
        assert second.language == first.language
        if all(better - worse > 1e-9 for better, worse in pairwise(first.scores.tolist())):
            assert ids(second) == ids(first)


@given(monolingual, st.data(), scores, st.sampled_from([0, 1]))
def test_a_better_signal_never_lowers_a_passage(
    pool: list[Scored], data: st.DataObject, raised: float, signal: int
) -> None:
    """In one language, a higher cosine or share of words moves no passage down, and no other one up past it."""
    number = data.draw(st.integers(0, len(pool) - 1))
    better = list(pool[number])
    better[signal] = max(raised, better[signal])
    before = ids(ranked(list(enumerate(pool)), RankingConfig()))
    pool[number] = tuple(better)  # type: ignore[assignment]
    after = ids(ranked(list(enumerate(pool)), RankingConfig()))
    assert after.index(str(number)) <= before.index(str(number))


@given(pools, pools)
def test_more_candidates_come_below(first: list[Scored], more: list[Scored]) -> None:
    """What is ranked keeps its places and scores; the new ones follow in the order of their fused scores."""
    ranking = ranked(list(enumerate(first)), RankingConfig(), decides=False)
    added = [(number, scored) for number, scored in enumerate(more, len(first))]
    longer = extend(ranking, question(), candidates(added), RankingConfig())
    count = len(first)
    assert ids(longer) == ids(ranking) + ids(ranked(added, RankingConfig()))
    assert longer.scores[:count].tolist() == ranking.scores.tolist()
    assert longer.scores[count] <= longer.scores[count - 1] - 1e-3 + 1e-12
    assert (np.diff(longer.scores) <= 1e-12).all()
    assert (longer.signals[:count], longer.alignments[:count]) == (ranking.signals, ranking.alignments)
    assert longer.fused == (*ranking.fused, *range(count + 1, count + len(more) + 1))
    assert len(longer.signals) == len(longer.alignments) == len(longer.passages)


@pytest.mark.parametrize("decides", [None, False, True])
def test_equal_scores_keep_their_order(decides: bool | None) -> None:
    """Of forty passages that are alike, the first stays first."""
    scored: list[tuple[int, Scored]] = [(number, (0.5, 0.2, 0.4, "de")) for number in range(40)]
    assert ids(ranked(scored, RankingConfig(reranked=40), decides=decides)) == [str(number) for number in range(40)]


def test_gaps_by_hand() -> None:
    """Two ninths are below already: they stay; a better one is moved to .001 below the last one above it."""
    ranking = ranked([(0, (0.5, 0.0, 0.9, "de"))], RankingConfig(lexical_weight=0.0), decides=True)
    for dense, score in ((0.2, 0.2), (0.95, 0.899)):
        longer = extend(ranking, question(), candidates([(1, (dense, 0, 0, "de"))]), RankingConfig(lexical_weight=0.0))
        assert longer.scores == pytest.approx([0.9, score])
    pool = [(0, (0.9, 0.0, 0.3, "de")), (1, (0.8, 0.0, 0.0, "de")), (2, (0.1, 0.0, 0.0, "de"))]
    merged = ranked(pool, RankingConfig(lexical_weight=0.0, reranked=1), decides=True)
    assert merged.scores == pytest.approx([0.3, 0.299, -0.401])


@pytest.mark.parametrize("decides", [None, False])
def test_a_number_of_the_question_is_a_gain(decides: bool | None) -> None:
    """Of two passages that are alike, the one with the number is first, before and after re-ranking."""
    with_number = candidates([(1, (0.5, 0.2, 0.4, "de"))], "Es waren 73412 Tonnen.")
    plain = candidates([(0, (0.5, 0.2, 0.4, "de"))])
    shares = np.array([0.2, 0.2])
    pool = Candidates((*plain.passages, *with_number.passages), np.array([0.5, 0.5]), shares, spelled=shares)
    reranker = None if decides is None else ByTable({"0": 0.4, "1": 0.4}, decides=decides)
    ranking = rank(question("73412"), pool, reranker, RankingConfig())
    assert ids(ranking) == ["1", "0"]
    assert ranking.scores[0] - ranking.scores[1] == pytest.approx(5 * 0.022)


def test_what_the_language_of_the_question_is_known_from() -> None:
    """From a share of words above .1; the weights are those of the signals that count."""
    pool: list[tuple[int, Scored]] = [(0, (0.5, 0.1, 0.7, "de")), (1, (0.4, 0.0, 0.7, "en-GB"))]
    assert ranked(pool, RankingConfig()).language == ""
    pool[0] = (0, (0.5, 0.11, 0.7, "de-AT"))
    assert ranked(pool, RankingConfig()).language == "de"
    config = RankingConfig(dense_weight=2.0, lexical_weight=0.5)
    assert ranked(pool, config).weights == {"dense": 1.0, "lexical": 0.5}
    assert ranked(pool, config, decides=True).weights == {"late": 1.0}
    assert ranked(pool, config, decides=False).weights == pytest.approx({"late": 1.0, "dense": 0.1, "lexical": 0.5})


@given(st.lists(st.lists(st.integers(0, 9), max_size=6, unique=True), max_size=4), st.randoms(use_true_random=False))
def test_reciprocal_ranks_do_not_depend_on_the_order(rankings: list[list[int]], random: object) -> None:
    """Whichever ranking comes first; each key has the sum of 1 / (60 + rank)."""
    shuffled = list(rankings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    expected = {
        key: sum(1 / (61 + ranking.index(key)) for ranking in rankings if key in ranking)
        for key in {key for ranking in rankings for key in ranking}
    }
    assert reciprocal_ranks(shuffled) == pytest.approx(expected)
