"""Fitting the confidence: questions with known answers → its weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.search.confidence import THRESHOLD, Calibration

Numbers = NDArray[np.float64]
Example = tuple[Mapping[str, float], bool]
"""The features of a question's hits, and whether the archive answered it."""

_MAX_STEPS = 10_000
# logits are cut off here, so that exp does not overflow
_MAX_LOGIT = 50.0
_BINS = 10
# keeps a constant feature from a division by 0
_MIN_SCALE = 1e-9


@dataclass(frozen=True)
class Quality:
    """The quality of probabilities.

    `auroc`: how often an answered question gets the higher one (area under the ROC curve). `error`: the expected
    calibration error, by ten bins of equal width (Naeini et al., 2015). `right`: the share on the right side of 0.5.
    """

    auroc: float
    error: float
    right: float


@dataclass(frozen=True)
class CalibrationReport:
    """The quality of the confidence on test questions before the fit, and after it, by cross-validation."""

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
        raise ValueError("All examples have the same label: add answered and unanswered questions.")
    scale = features.std(axis=0) + _MIN_SCALE
    inputs = np.column_stack([features / scale, np.ones(len(features))])
    prior = np.array([*(start.weights[name] * unit for name, unit in zip(names, scale, strict=True)), start.intercept])
    of_example = np.ones(len(labels)) if weights is None else np.asarray(weights, np.float64)

    def loss(parameters: Numbers) -> tuple[float, Numbers]:
        logits = inputs @ parameters
        distance = parameters - prior
        probability = 1 / (1 + np.exp(-np.clip(logits, -_MAX_LOGIT, _MAX_LOGIT)))
        log_loss = of_example @ (np.logaddexp(0, logits) - labels * logits)
        return float(log_loss + (pull * distance) @ distance / 2), inputs.T @ (
            of_example * (probability - labels)
        ) + pull * distance

    fitted = minimize(loss, prior, jac=True, method="L-BFGS-B", options={"maxiter": _MAX_STEPS, "ftol": 1e-12}).x
    unscaled = fitted[:-1] / scale
    return Calibration(float(fitted[-1]), dict(zip(names, unscaled.tolist(), strict=True)))


def quality_on(calibration: Calibration, examples: Sequence[Example]) -> Quality:
    """Return the quality of a calibration on examples of both kinds."""
    probabilities = np.array([calibration.probability(features) for features, _ in examples])
    labels = np.array([label for _, label in examples])
    return quality(probabilities, labels)


def quality(probabilities: Numbers, labels: NDArray[np.bool_]) -> Quality:
    """Return the quality of probabilities for labels of both kinds."""
    positive, negative = probabilities[labels], probabilities[~labels]
    auroc = np.mean(positive[:, None] > negative[None]) + 0.5 * np.mean(positive[:, None] == negative[None])
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    error = sum(abs(probabilities[bins == number].sum() - labels[bins == number].sum()) for number in range(_BINS))
    error /= len(labels)
    return Quality(float(auroc), float(error), float(np.mean((probabilities >= THRESHOLD) == labels)))


def cross_validated(examples: Sequence[Sequence[Example]], start: Calibration, pull: float, folds: int = 5) -> Quality:
    """Return the quality of a fit by cross-validation; the examples of a question stay in the same fold."""
    probabilities, labels = [], []
    for fold in range(folds):
        training = [example for number, group in enumerate(examples) if number % folds != fold for example in group]
        fitted = fit(training, start, pull)
        for number, group in enumerate(examples):
            if number % folds == fold:
                probabilities += [fitted.probability(features) for features, _ in group]
                labels += [label for _, label in group]
    return quality(np.array(probabilities), np.array(labels))
