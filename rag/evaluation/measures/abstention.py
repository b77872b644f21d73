"""How well the confidence separates answerable from unanswerable questions. Pure functions on results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.evaluation.types import Result
from rag.search.calibration import quality
from rag.search.confidence import THRESHOLD

_CLASSES = 2  # answerable and unanswerable


@dataclass(frozen=True, slots=True)
class Abstention:
    """How good the confidence was.

    `auroc`: how often an answerable question got a higher confidence than one that nothing answers (area under the
    ROC curve); None unless there are questions of both kinds. `calibration_error`: the expected difference of
    confidence and share of answerable questions (Naeini et al., 2015; ten bins); None unless there are both kinds.
    `coverage`: the share of all questions that the archive seemed to answer, at the threshold of one half.
    `precision`: of these, the share with an answer among the first five results; None if there are none.
    """

    auroc: float | None
    calibration_error: float | None
    coverage: float
    precision: float | None


def abstention(results: Sequence[Result]) -> Abstention:
    """Return how good the confidence was on questions; on none, nothing is covered."""
    confidences = np.array([result.confidence for result in results])
    answerable = np.array([result.answerable for result in results])
    is_right = np.array([result.right for result in results])
    covered = confidences >= THRESHOLD
    both = quality(confidences, answerable) if len(set(answerable.tolist())) == _CLASSES else None
    return Abstention(
        auroc=both.auroc if both else None,
        calibration_error=both.error if both else None,
        coverage=float(covered.mean()) if len(results) else 0.0,
        precision=float(is_right[covered].mean()) if covered.any() else None,
    )


def risk_coverage(results: Sequence[Result]) -> list[tuple[float, float]]:
    """Return the risk-coverage curve (El-Yaniv and Wiener, 2010): pairs of coverage and risk, coverage ascending.

    If only the questions with the highest confidence are answered, a share `coverage` of all, then `risk` is the
    share of these without an answer among the first five results. Equal confidences are answered together.
    """
    ordered = sorted(results, key=lambda result: -result.confidence)
    curve = []
    wrong = 0
    for number, result in enumerate(ordered, 1):
        wrong += not result.right
        if number == len(ordered) or ordered[number].confidence < result.confidence:
            curve.append((number / len(ordered), wrong / number))
    return curve
