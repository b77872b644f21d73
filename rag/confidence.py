"""How sure an answer is: signals of the best passages → the probability that one of them answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.fusion import Scores

THRESHOLD = 0.5

_RIVALS = 5


@dataclass(frozen=True)
class Calibration:
    """A logistic regression: its intercept and a weight for each feature of `features`."""

    intercept: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability, in [0, 1], that the passages with these features answer."""
        logit = self.intercept + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


# Made by benchmarks/fit_confidence.py from MLQA German and Belebele in four pairs of languages.
# "fast" is for answers without late interaction.
RERANKED = Calibration(-7.68, {"late": 3.73, "late_gap": 19.54, "sentence": 2.91})
FAST = Calibration(-7.74, {"dense": 10.48, "dense_gap": 16.13, "lexical_gap": 7.14})
TABLES = {"reranked": RERANKED, "fast": FAST}


def features(
    best: int, scores: Mapping[str, Scores], articles: Sequence[str], sentence: float | None
) -> dict[str, float]:
    """Return what the confidence rests on.

    Args:
        best: the number of the passage that is ranked first.
        scores: for each signal, the scores of all passages that have it, in the same order.
        articles: the ids of their articles.
        sentence: the score of the best sentence of that passage, or None if sentences were not scored.

    The features are the signals of the best passage and, for each, how far it is above the best few of other
    articles; with `sentence`, how well its best sentence answers.
    """
    found = {}
    others = np.array(articles) != articles[best]
    for name, values in scores.items():
        rivals = np.sort(values[others])[::-1][:_RIVALS]
        found[name] = float(values[best])
        found[f"{name}_gap"] = float(values[best] - rivals.mean()) if len(rivals) else 0.0
    if sentence is not None:
        found["sentence"] = sentence
    return found
