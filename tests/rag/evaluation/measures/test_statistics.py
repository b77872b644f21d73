"""Intervals and tests against scipy, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rag.evaluation.measures.statistics import bootstrap, holm, randomisation_test, smallest_difference

VALUES = np.random.default_rng(1).beta(0.5, 0.4, 120)
DIFFERENCES = np.random.default_rng(2).normal(0.03, 0.2, 80)


def test_the_bootstrap_interval_is_that_of_scipy() -> None:
    """By percentiles, within what two random draws differ."""
    found = bootstrap(VALUES)
    truth = stats.bootstrap((VALUES,), np.mean, method="percentile", n_resamples=10_000, rng=3).confidence_interval
    assert found.mean == pytest.approx(VALUES.mean())
    assert (found.low, found.high) == pytest.approx((truth.low, truth.high), abs=0.004)


def test_the_bootstrap_repeats_itself() -> None:
    """Equal values give an equal interval, however many are drawn at once; one value is its own interval."""
    assert bootstrap(VALUES) == bootstrap(VALUES.tolist())
    assert bootstrap(VALUES, seed=1) != bootstrap(VALUES)
    one = bootstrap([0.4])
    assert (one.mean, one.low, one.high) == pytest.approx((0.4, 0.4, 0.4))
    with pytest.raises(ValueError, match="no values"):
        bootstrap([])


def test_the_randomisation_test_is_that_of_scipy() -> None:
    """Few questions exactly, many by chance, against the permutation test of paired samples."""
    for numbers, tolerance in ((DIFFERENCES[:10], 1e-9), (DIFFERENCES, 0.01)):
        truth = stats.permutation_test(
            (numbers, np.zeros(len(numbers))), lambda a, b, axis: np.mean(a - b, axis=axis), vectorized=True,
            permutation_type="samples", n_resamples=20_000, rng=4,
        )  # fmt: skip
        assert randomisation_test(numbers) == pytest.approx(truth.pvalue, abs=tolerance)


def test_equal_runs_do_not_differ() -> None:
    """No difference at all is as likely as can be; three equal gains are made by two of eight draws of signs."""
    assert randomisation_test([0.0] * 40) == 1.0
    assert randomisation_test([0.1, 0.1, 0.1]) == pytest.approx(2 / 8)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30), st.floats(0.1, 10))
def test_scale_and_direction_do_not_matter(differences: list[float], factor: float) -> None:
    """The other run first, or percent in place of shares: the same p, in (0, 1]."""
    numbers = np.round(differences, 3)
    p = randomisation_test(numbers, resamples=200)
    assert 0 < p <= 1
    assert randomisation_test(-numbers, resamples=200) == p
    assert randomisation_test(numbers * 2 ** int(factor), resamples=200) == p


def test_the_power_is_that_of_the_paired_test() -> None:
    """About four of five samples of 60 questions find a true difference of the size that is named significant."""
    random = np.random.default_rng(5)
    named = smallest_difference(random.normal(0, 0.2, 60))
    found = [stats.ttest_1samp(random.normal(named, 0.2, 60), 0).pvalue < 0.05 for _ in range(2000)]
    assert 0.7 < np.mean(found) < 0.9
    assert smallest_difference([0.3]) == float("inf")


def test_holms_correction_by_hand() -> None:
    """Of .01, .04, .03 the smallest counts threefold, the next twofold, and none falls below the one before it."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
