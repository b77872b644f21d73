"""Means, slices and the knowledge of not knowing, by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from results import result, run, wanted
from sklearn.metrics import roc_auc_score

from rag.evaluation.measures.abstention import abstention, risk_coverage
from rag.evaluation.measures.summary import by_origin, slice_results, summarise
from rag.evaluation.types import ANSWERED, FUSION, REFUSED

FOUND, SECOND, MISSED = ["A", "x"], ["x", "A"], ["x", "y"]


def test_the_knowledge_of_not_knowing_by_hand() -> None:
    """Four answered with right, right, wrong, unanswerable; one refused: coverage 4/5, precision 2/4."""
    results = [
        result("a", FOUND, ["A"], confidence=0.9),
        result("b", SECOND, ["A"], confidence=0.8),
        result("c", MISSED, ["A"], confidence=0.7),
        result("d", MISSED, [], confidence=0.6),
        result("e", MISSED, [], confidence=0.1),
    ]
    found = abstention(results)
    assert (found.coverage, found.precision) == (0.8, 0.5)
    labels, sure = [True, True, True, False, False], [0.9, 0.8, 0.7, 0.6, 0.1]
    assert found.auroc == roc_auc_score(labels, sure) == 1.0
    assert found.calibration_error == pytest.approx((0.1 + 0.2 + 0.3 + 0.6 + 0.1) / 5)
    curve = np.array(risk_coverage(results))
    assert curve == pytest.approx(np.array([(0.2, 0), (0.4, 0), (0.6, 1 / 3), (0.8, 0.5), (1, 0.6)]))


def test_without_questions_of_both_kinds_there_is_no_auroc() -> None:
    """And without any that is answered no precision."""
    found = abstention([result("a", FOUND, ["A"], confidence=0.2)])
    assert (found.auroc, found.calibration_error, found.coverage, found.precision) == (None, None, 0.0, None)
    assert abstention([]).coverage == 0.0
    assert risk_coverage([]) == []


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=12))
def test_the_curve_ends_with_all_questions_and_does_not_depend_on_their_order(asked: list[tuple[float, bool]]) -> None:
    """Ties included: each point is the risk of all questions at least as sure as some."""
    results = [result(str(n), FOUND if right else MISSED, ["A"], confidence=c) for n, (c, right) in enumerate(asked)]
    curve = risk_coverage(results)
    assert curve == risk_coverage(results[::-1])
    assert curve[-1] == (1.0, pytest.approx(np.mean([not right for _, right in asked])))
    for threshold in {c for c, _ in asked}:
        wrong = [not right for c, right in asked if c >= threshold]
        assert (len(wrong) / len(asked), pytest.approx(np.mean(wrong))) in curve


def test_means_are_over_answerable_questions() -> None:
    """1, 1/log2(3) and 0; the unanswerable one counts for the confidence alone."""
    found = summarise(
        [
            result("a", FOUND, ["A"], sentence=True),
            result("b", SECOND, ["A"], sentence=False, fate=FUSION, beaten_by="late"),
            result("c", MISSED, ["A"], fate=FUSION, beaten_by="late"),
            result("d", MISSED, [], fate=REFUSED),
        ]
    )
    assert (found.questions, found.answerable) == (4, 3)
    assert found.measures["nDCG@10"].mean == pytest.approx((1 + 1 / np.log2(3)) / 3)
    assert found.sentence is not None
    assert found.sentence.mean == 0.5
    assert dict(found.fates) == {"first": 1, FUSION: 2, REFUSED: 1}
    assert dict(found.beaten_by) == {"late": 2}
    assert found.unjudged == pytest.approx(6 / 8)


def test_slices_by_hand() -> None:
    """A question with two answering articles counts for both sources, and is within one language if one of them is."""
    two = [wanted("A", "de", "Blatt", 2021), wanted("B", "fr-FR", "Feuille", None)]
    results = [
        result("a", FOUND, ["A", "B"], language="fr", places=two, tags=("who",)),
        result("b", MISSED, ["A"], language="en-GB", tags=("who", "typo")),
        result("u", MISSED, [], language="en", fate=ANSWERED),
    ]
    found = summarise(results).slices
    a = results[0].values["nDCG@10"]
    told = {
        dimension: {value: (one.questions, pytest.approx(one.mean.mean)) for value, one in values.items()}
        for dimension, values in found.items()
    }
    assert told["question language"] == {"en": (1, 0.0), "fr": (1, a)}
    assert told["article language"] == {"de": (2, a / 2), "fr": (1, a)}
    assert told["crossing"] == {"across languages": (1, 0.0), "within one language": (1, a)}
    assert told["pair"] == {"en → de": (1, 0.0), "fr → fr": (1, a)}
    assert told["source"] == {"Blatt": (2, a / 2), "Feuille": (1, a)}
    assert told["year"] == {"2022": (1, 0.0), "2021": (1, a), "unknown": (1, a)}
    assert told["tag"] == {"who": (2, a / 2), "typo": (1, 0.0)}
    assert told["length"] == {"up to 6 words": (2, a / 2)}


def test_questions_of_a_rule_are_told_apart() -> None:
    """Each kind is summarised by itself; a kind without questions is left out."""
    people, rule = result("a", FOUND, ["A"]), result("b", MISSED, ["A"], tags=("synthetic",))
    found = by_origin(run("r", [people, rule]))
    assert {name: one.measures["Success@1"].mean for name, one in found.items()} == {"": 1.0, "synthetic": 0.0}
    assert list(by_origin(run("r", [rule]))) == ["synthetic"]


def test_a_value_counts_once_for_a_question() -> None:
    """Two articles of one source are one."""
    found = slice_results([result("a", FOUND, ["A"])], lambda _: ["x", "x"])
    assert found["x"].questions == 1
