"""Questions with known answers → the weights of the confidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.search.confidence import THRESHOLD, Calibration

Numbers = NDArray[np.float64]
Example = tuple[Mapping[str, float], bool]
"""The features of a question's hits, and whether the archive answered it."""

_STEPS = 10_000
_FAR = 50.0
_BINS = 10
_SMALL = 1e-9


@dataclass(frozen=True)
class Quality:
    """How good probabilities are.

    `auroc`: how often an answered question gets the higher one (area under the ROC curve). `error`: the expected
    calibration error, by ten bins of equal width (Naeini et al., 2015). `right`: how often the side of one half is.
    """

    auroc: float
    error: float
    right: float


@dataclass(frozen=True)
class CalibrationReport:
    """How good the confidence was on test questions, and how good it is, on questions that it has not seen."""

    questions: int
    before: Quality
    after: Quality


def fit(
    examples: Sequence[Example],
    start: Calibration,
    pull: float | Numbers,
    weights: Sequence[float] | None = None,
) -> Calibration:
    """Fit a logistic regression by its likelihood, pulled towards the weights that it starts from.

    Args:
        start: names the features, and is the mean of the Gaussian prior.
        pull: its precision, for features scaled to unit variance: how many sure examples it weighs as much as. One
            for all, or one for each feature and for the intercept after them.
        weights: of the examples; all 1 if left out.

    Raises:
        ValueError: all examples have the same label.
    """
    # imported here, since a question needs no fit and should not wait for it
    from scipy.optimize import minimize

    names = list(start.weights)
    features = np.array([[example[name] for name in names] for example, _ in examples])
    labels = np.array([label for _, label in examples], np.float64)
    if len(set(labels.tolist())) < 2:
        raise ValueError("There are no two kinds of examples to tell apart.")
    scale = features.std(axis=0) + _SMALL
    inputs = np.column_stack([features / scale, np.ones(len(features))])
    prior = np.array([*(start.weights[name] * unit for name, unit in zip(names, scale, strict=True)), start.intercept])
    of_example = np.ones(len(labels)) if weights is None else np.asarray(weights, np.float64)

    def loss(tried: Numbers) -> tuple[float, Numbers]:
        logits = inputs @ tried
        away = tried - prior
        probability = 1 / (1 + np.exp(-np.clip(logits, -_FAR, _FAR)))
        log_loss = of_example @ (np.logaddexp(0, logits) - labels * logits)
        return float(log_loss + (pull * away) @ away / 2), inputs.T @ (
            of_example * (probability - labels)
        ) + pull * away

    fitted = minimize(loss, prior, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "ftol": 1e-12}).x
    found = fitted[:-1] / scale
    return Calibration(float(fitted[-1]), dict(zip(names, found.tolist(), strict=True)))


def judged(calibration: Calibration, examples: Sequence[Example]) -> Quality:
    """Return how good a calibration is on examples of both kinds."""
    probabilities = np.array([calibration.probability(features) for features, _ in examples])
    labels = np.array([label for _, label in examples])
    return quality(probabilities, labels)


def quality(probabilities: Numbers, labels: NDArray[np.bool_]) -> Quality:
    """Return how good probabilities are for labels of both kinds."""
    with_answer, without = probabilities[labels], probabilities[~labels]
    above = np.mean(with_answer[:, None] > without[None]) + 0.5 * np.mean(with_answer[:, None] == without[None])
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    error = sum(abs(probabilities[bins == one].sum() - labels[bins == one].sum()) for one in range(_BINS)) / len(labels)
    return Quality(float(above), float(error), float(np.mean((probabilities >= THRESHOLD) == labels)))


def cross_validated(examples: Sequence[Sequence[Example]], start: Calibration, pull: float, folds: int = 5) -> Quality:
    """Return how good a fit is on questions that it has not seen; the examples of one question stay together."""
    probabilities, labels = [], []
    for fold in range(folds):
        seen = [example for number, of_one in enumerate(examples) if number % folds != fold for example in of_one]
        fitted = fit(seen, start, pull)
        for number, of_one in enumerate(examples):
            if number % folds == fold:
                probabilities += [fitted.probability(features) for features, _ in of_one]
                labels += [label for _, label in of_one]
    return quality(np.array(probabilities), np.array(labels))
