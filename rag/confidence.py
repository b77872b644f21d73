"""How sure an answer is: the nearest passage's cosine → the probability that it answers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag.types import Hit, primary

# Logistic regression, made by benchmarks/fit_confidence.py from questions with their answers in the corpus and
# the same questions with them taken out (MLQA German, Belebele in four pairs of languages). The threshold is
# right for 78% of them. Cosines across languages are lower, hence the second weight.
COSINE = 68.11
SAME_LANGUAGE = -2.96
INTERCEPT = -54.62
THRESHOLD = 0.5

FOUND = "The first passage is close enough to the question to answer it."
NOT_FOUND = "Nothing in this archive answers the question well; these are the nearest passages."
EMPTY = "The archive holds no passages yet: add articles with `fundstelle index FOLDER`."


def confidence(hits: Sequence[Hit], language: str) -> float:
    """Return the probability, in [0, 1], that the hits hold an answer to a question in a language (BCP-47)."""
    if not hits:
        return 0.0
    same = primary(hits[0].article.language) == primary(language)
    return 1.0 / (1.0 + math.exp(-(COSINE * hits[0].signals["dense"] + SAME_LANGUAGE * same + INTERCEPT)))
