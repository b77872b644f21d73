"""What a difference between runs is worth, by hand and against scipy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from results import result, run
from scipy import stats

from rag.config import DEFAULT_RANKING, Config, settings
from rag.evaluation.measures.comparison import changed_questions, compare_runs
from rag.evaluation.reports.wording import caution_sentence, verdict
from rag.evaluation.types import Run

FOUND, SECOND, MISSED = ["A", "x"], ["x", "A"], ["x", "y"]


def of(name: str, rankings: dict[str, list[str]], **facts: object) -> Run:
    return run(name, [result(one, items, ["A"]) for one, items in rankings.items()], **facts)


def test_three_questions_by_hand() -> None:
    """One gained 1, one lost .37, one alike: any signs of the two make a difference of .63 or more."""
    before = of("before", {"a": MISSED, "b": FOUND, "c": FOUND})
    after = of("after", {"a": FOUND, "b": SECOND, "c": FOUND})
    found = compare_runs([before, after])
    (other,) = found.compared
    ndcg = other.differences["nDCG@10"]
    lost = 1 - 1 / np.log2(3)
    assert found.questions == 3
    assert found.means["before"]["Success@1"] == pytest.approx(2 / 3)
    assert ndcg.mean.mean == pytest.approx((1 - lost) / 3)
    assert (ndcg.better, ndcg.worse) == (1, 1)
    # |±1 ± .37| >= .63 holds for all four pairs of signs
    assert ndcg.p == 1.0
    assert [(one.before.id, pytest.approx(one.gain)) for one in changed_questions(before, after)] == [
        ("b", -lost),
        ("a", 1.0),
    ]


def test_p_is_that_of_a_permutation_test_and_holm_counts_the_runs() -> None:
    """Against scipy's paired permutation test; with two runs beside the first, the smaller p is doubled."""
    random = np.random.default_rng(3)
    names = [f"q{number}" for number in range(60)]
    first, other, third = (
        of(
            name,
            {one: (FOUND, SECOND, MISSED)[int(random.random() < 0.5) + int(random.random() < loss)] for one in names},
        )
        for name, loss in (("first", 0.5), ("other", 0.1), ("third", 0.5))
    )
    alone = compare_runs([first, other]).compared[0].differences["nDCG@10"]
    pairs = [np.array([one.values["nDCG@10"] for one in of_run.results]) for of_run in (first, other)]
    truth = stats.permutation_test(
        pairs, lambda a, b, axis: np.mean(b - a, axis=axis), vectorized=True, permutation_type="samples",
        n_resamples=20_000, rng=1,
    )  # fmt: skip
    assert alone.p == pytest.approx(truth.pvalue, abs=0.01)
    assert alone.certain
    together = compare_runs([first, other, third]).compared
    assert together[0].differences["nDCG@10"].p == pytest.approx(2 * alone.p)
    assert not together[1].differences["nDCG@10"].certain


def test_the_verdict_says_what_the_questions_cannot_tell() -> None:
    """A gain in one of three questions is no news; forty gains are; no change at all is said as such."""
    three = compare_runs(
        [of("a", {"p": MISSED, "q": FOUND, "r": FOUND}), of("b", {"p": FOUND, "q": FOUND, "r": FOUND})]
    )
    said = verdict(three.compared[0].differences["nDCG@10"], 3)
    assert said.startswith("No significant difference (+0.333, p = 1.000): 3 questions can only detect differences of")
    five = compare_runs([of("a", dict.fromkeys("pqrst", MISSED)), of("b", dict.fromkeys("pqrst", FOUND))])
    said = verdict(five.compared[0].differences["nDCG@10"], 5)
    assert said == "No significant difference (+1.000, p = 0.062): more questions are needed."
    names = [f"q{number}" for number in range(40)]
    forty = compare_runs([of("a", dict.fromkeys(names, SECOND)), of("b", dict.fromkeys(names, FOUND))])
    assert verdict(forty.compared[0].differences["Success@1"], 40).startswith(
        "Better by 1.000 (+1.000 to +1.000, p = 0.0"
    )
    same = of("a", dict.fromkeys(names, FOUND))
    equal = compare_runs([same, replace(same, name="b")]).compared[0]
    assert verdict(equal.differences["nDCG@10"], 40) == "No difference: all 40 questions score the same."


def test_questions_that_a_rule_made_count_only_without_others() -> None:
    """They are easier, and would drown what people ask."""
    people, rule = result("a", FOUND, ["A"]), result("b", MISSED, ["A"], tags=("synthetic",))
    assert compare_runs([run("x", [people, rule]), run("y", [people, rule])]).means["x"]["Success@1"] == 1.0
    assert compare_runs([run("x", [rule]), run("y", [rule])]).means["x"]["Success@1"] == 0.0


def test_only_questions_that_both_asked_in_the_same_words_count() -> None:
    """Others are ignored, and that is said; runs without a common question cannot be compared."""
    first = of("first", {"a": FOUND, "b": FOUND})
    reworded = replace(first.results[1], question="Another question?")
    other = run("other", [first.results[0], reworded, result("c", FOUND, ["A"]), result("u", FOUND, [])])
    found = compare_runs([first, other])
    assert found.questions == 1
    said = [caution_sentence(caution) for caution in found.cautions]
    assert said == ["Only 1 questions of 3 were asked in all runs; the others are ignored."]
    with pytest.raises(ValueError, match="no question"):
        compare_runs([first, of("third", {"z": FOUND})])


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"archive": "another"}, "different archives"),
        ({"archive_revision": 4}, "archive has changed"),
        ({"fingerprint": "def"}, "different encoders"),
        ({"asked_of": 9}, "Interrupted: other"),
    ],
)
def test_runs_that_differ_in_more_than_settings_are_compared_with_a_warning(
    facts: dict[str, object], said: str
) -> None:
    """The figures are given all the same."""
    found = compare_runs([of("first", {"a": FOUND}), of("other", {"a": SECOND}, **facts)])
    assert any(said in caution_sentence(caution) for caution in found.cautions)
    assert found.compared[0].differences


def test_settings_that_differ_are_named() -> None:
    """With both values, and no others."""
    other = replace(DEFAULT_RANKING, lexical_weight=0.5)
    found = compare_runs([of("a", {"q": FOUND}), of("b", {"q": FOUND}, config=settings(Config(), other))])
    assert found.compared[0].settings == {"lexical_weight": (0.35, 0.5)}
