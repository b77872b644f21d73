"""Measures against trec_eval's own code, by hand, and against the example in the documentation."""

from __future__ import annotations

import re
from itertools import pairwise
from math import log2

import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import ROOT

from rag.evaluation.measures.trec_measures import MEASURES, measure, trec_scores

_OF_TREC = {
    "nDCG@10": "ndcg_cut_10",
    "Success@1": "success_1",
    "R@5": "recall_5",
    "R@10": "recall_10",
    "AP@10": "map_cut_10",
    "P@5": "P_5",
}
_ITEMS = [f"d{number}" for number in range(25)]

judgements = st.dictionaries(st.sampled_from(_ITEMS), st.integers(0, 3), min_size=1, max_size=8).filter(
    lambda grades: any(grades.values())
)
rankings = st.lists(st.sampled_from(_ITEMS), unique=True, max_size=20)


@settings(deadline=None)
@given(st.lists(st.tuples(judgements, rankings), min_size=1, max_size=6))
def test_measures_are_those_of_trec_eval(asked: list[tuple[dict[str, int], list[str]]]) -> None:
    """Whatever was judged and found: each measure of each question, to the ninth digit."""
    qrels = {f"q{number}": grades for number, (grades, _) in enumerate(asked)}
    runs = {f"q{number}": ranking for number, (_, ranking) in enumerate(asked)}
    found = measure(runs, qrels)
    scored = {query: trec_scores(items) for query, items in runs.items() if items}
    truth = pytrec_eval.RelevanceEvaluator(qrels, set(_OF_TREC.values()) | {"recip_rank"}).evaluate(scored)
    for query, values in found.items():
        if not runs[query]:
            assert set(values.values()) == {0.0}
            continue
        for name, of_trec in _OF_TREC.items():
            assert values[name] == pytest.approx(truth[query][of_trec], abs=1e-9)
        whole = truth[query]["recip_rank"]
        assert values["RR@10"] == pytest.approx(whole if whole >= 0.1 else 0.0, abs=1e-9)


def test_a_question_without_results_counts_nothing() -> None:
    """Beside others and alone; what was never judged is not measured."""
    assert measure({"a": [], "b": ["x"]}, {"a": {"x": 1}, "b": {"x": 1}})["a"] == dict.fromkeys(MEASURES, 0.0)
    assert measure({}, {"a": {"x": 1}}) == {"a": dict.fromkeys(MEASURES, 0.0)}
    assert measure({"c": ["x"]}, {}) == {}


def test_any_name_is_measured() -> None:
    """A name that ends a string in C, and two that differ behind that."""
    found = measure({"\0": ["a\0x", "a\0y"], "q": ["a"]}, {"\0": {"a\0y": 1}, "q": {"a": 1}})
    assert [values["RR@10"] for values in found.values()] == [0.5, 1.0]


def test_grades_are_gains() -> None:
    """By hand: grades 1 and 3 at ranks 1 and 2 against the other order."""
    found = measure({"q": ["one", "three"]}, {"q": {"one": 1, "three": 3}})["q"]
    assert found["nDCG@10"] == pytest.approx((1 + 3 / log2(3)) / (3 + 1 / log2(3)))


def test_scores_fall_strictly() -> None:
    """Since trec_eval orders equal scores by the item's name, and not by the rank."""
    scores = list(trec_scores(["b", "a", "c"]).values())
    assert all(one > other for one, other in pairwise(scores))


def test_the_worked_example_of_the_documentation() -> None:
    """Five questions in docs/evaluation.md, worked by hand: each number in the table, and the means below it."""
    rows = re.findall(r"^\| (q\d) \| (.*?) \| (.*?) \| (.*?) \|$", _documentation(), re.MULTILINE)
    answers = {name: dict.fromkeys(answering.split(", "), 1) for name, answering, *_ in rows}
    results = {name: [one for one in shown.split(", ") if one != "none"] for name, _, shown, _ in rows}
    found = measure(results, answers)
    assert len(rows) == 5
    for name, _, _, numbers in rows:
        written = [float(one) for one in numbers.split(" | ")]
        assert written == pytest.approx([found[name][measure] for measure in MEASURES], abs=5e-4)
    (means,) = re.findall(r"^\| mean \| \| \| (.*?) \|$", _documentation(), re.MULTILINE)
    mean = [sum(of[measure] for of in found.values()) / 5 for measure in MEASURES]
    assert [float(one) for one in means.split(" | ")] == pytest.approx(mean, abs=5e-4)


def _documentation() -> str:
    return (ROOT / "docs" / "evaluation.md").read_text("utf-8")
