"""Confidence intervals and significance tests. Pure functions on values, one for each question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

RESAMPLES = 10_000
CONFIDENCE = 0.95
# resamples drawn in one batch, so that ten thousand questions do not need gigabytes
_BATCH = 500
# with at most this many questions, all combinations of signs are tried
_MAX_EXACT_QUESTIONS = 13
# of the standard normal distribution: 97.5% and 80%
_Z_SIGNIFICANCE, _Z_POWER = 1.959964, 0.841621


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the bounds that it lies in with 95% confidence."""

    mean: float
    low: float
    high: float


def bootstrap(values: Sequence[float] | Numbers, resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """Return the mean with its bootstrap interval by percentiles (Efron, 1979; Sakai, 2006, for retrieval).

    Equal values and seeds give equal intervals.

    Raises:
        ValueError: there are no values.
    """
    numbers = np.asarray(values, np.float64)
    if not len(numbers):
        raise ValueError("There is no mean of no values.")
    random = np.random.default_rng(seed)
    means = np.concatenate(
        [
            numbers[random.integers(len(numbers), size=(min(_BATCH, resamples - first), len(numbers)))].mean(axis=1)
            for first in range(0, resamples, _BATCH)
        ]
    )
    outside = (1 - CONFIDENCE) / 2 * 100
    low, high = np.percentile(means, [outside, 100 - outside])
    return Interval(float(numbers.mean()), float(low), float(high))


def randomisation_test(differences: Sequence[float] | Numbers, resamples: int = RESAMPLES, seed: int = 0) -> float:
    """Return the p-value of a mean difference, in (0, 1]: how often chance alone makes one as large; two-sided.

    Each question's difference keeps its size, and its sign is drawn (Fisher; Smucker, Allan and Carterette, 2007). Up
    to thirteen questions, all signs are tried.
    """
    numbers = np.asarray(differences, np.float64)
    # a difference that is larger by the last bit alone is not larger
    least = abs(numbers.sum()) * (1 - 1e-12)
    if len(numbers) <= _MAX_EXACT_QUESTIONS:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(numbers))))
        return float(np.mean(np.abs(signs @ numbers) >= least))
    random = np.random.default_rng(seed)
    larger = 0
    for first in range(0, resamples, _BATCH):
        signs = random.choice((-1.0, 1.0), size=(min(_BATCH, resamples - first), len(numbers)))
        larger += int(np.sum(np.abs(signs @ numbers) >= least))
    # the signs as they are count as one of the draws, so that p is never 0
    return (larger + 1) / (resamples + 1)


def smallest_difference(differences: Sequence[float] | Numbers) -> float:
    """Return the mean difference that these questions would detect with a power of 80%, at a significance of 5%.

    By the power of the paired t-test with its normal approximation: (1.96 + 0.84) · standard deviation / √questions.
    """
    numbers = np.asarray(differences, np.float64)
    if len(numbers) < 2:
        return float("inf")
    return float((_Z_SIGNIFICANCE + _Z_POWER) * numbers.std(ddof=1) / len(numbers) ** 0.5)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, in the same order (Holm, 1979)."""
    corrected = [0.0] * len(p_values)
    running_maximum = 0.0
    for rank, number in enumerate(sorted(range(len(p_values)), key=lambda index: p_values[index])):
        running_maximum = max(running_maximum, min(1.0, (len(p_values) - rank) * p_values[number]))
        corrected[number] = running_maximum
    return corrected
