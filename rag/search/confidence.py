"""Confidence: signals of the best passages → the probability that one of them answers."""

from __future__ import annotations

import importlib.resources
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from embeddings.types import Vectors
from rag.search.fusion import Scores

THRESHOLD = 0.5
RELATED_FROM = 0.25
"""Below it, passages are probably about something else: of questions whose articles were taken out of an archive, half
to two thirds are below it; of those about a passage that leaves the answer out, one in thirty."""
OFFSETS = "confidence.npz"

# passages of other articles with which the best one is compared, at most
_MAX_RIVALS = 5
# a score this far below the best has the weight 1/e in the mean of the best
_TOP_SCALE = 0.02


@dataclass(frozen=True)
class Calibration:
    """A logistic regression: its intercept and a weight for each feature of `features`."""

    intercept: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float], doubt: float = 0.0) -> float:
        """Return the probability, in [0, 1], that the passages with these features answer; doubt lowers its logit."""
        logit = self.intercept - doubt + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


# Made by benchmarks/fit_confidence.py from MLQA German, Belebele in four pairs of languages, XQuAD in six more, and the
# sample questions. "fast" is for answers without late interaction.
RERANKED = Calibration(
    -18.68, {"late_top": 20.65, "late_gap": 8.91, "sentence": 4.46, "unknown": 2.15, "question": 1.0}
)
FAST = Calibration(-17.83, {"dense_top": 25.47, "lexical": 8.57, "unknown": 2.71, "question": 1.0})
TABLES = {"reranked": RERANKED, "fast": FAST}


def to_json(tables: Mapping[str, Calibration], fingerprint: str) -> str:
    """Write tables for an encoder as JSON."""
    stored = {name: {"intercept": table.intercept, "weights": dict(table.weights)} for name, table in tables.items()}
    return json.dumps({"fingerprint": fingerprint, "tables": stored})


def from_json(text: str, fingerprint: str) -> dict[str, Calibration]:
    """Read what `to_json` wrote; nothing if it was for another encoder, and no table of other features than now."""
    stored = json.loads(text)
    if stored["fingerprint"] != fingerprint:
        return {}
    tables = {name: Calibration(table["intercept"], table["weights"]) for name, table in stored["tables"].items()}
    features = {name: table.weights.keys() for name, table in TABLES.items()}
    return {name: table for name, table in tables.items() if table.weights.keys() == features.get(name)}


@lru_cache(16)
def calibrations(stored: str | None, fingerprint: str) -> Mapping[str, Calibration]:
    """Return the tables that an archive uses: those that were fitted for it, as JSON, instead of the built-in ones."""
    return TABLES | (from_json(stored, fingerprint) if stored else {})


@dataclass(frozen=True)
class QuestionOffset:
    """The question-dependent offset of the logit.

    A question with names is near to passages with these names, whether they answer it or not; a vague one is far even
    from passages that do, so that the same scores mean more.

    `direction` has shape (dim,); `mean` is its product with the average question.
    """

    direction: Vectors
    mean: float

    def __call__(self, question: Vectors) -> float:
        """Return the offset of a question's neutral vector: higher if its scores mean more, 0 in the mean."""
        return float(self.direction @ question) - self.mean


@cache
def question_offset(fingerprint: str) -> QuestionOffset | None:
    """Return the offsets for the encoder with this fingerprint, or None if none were fitted for it."""
    with importlib.resources.files("rag.search").joinpath(OFFSETS).open("rb") as file, np.load(file) as table:
        if str(table["fingerprint"]) != fingerprint:
            return None
        return QuestionOffset(table["direction"].astype(np.float32), float(table["mean"]))


def features(
    best: int, scores: Mapping[str, Scores], articles: Sequence[str], sentence: float | None
) -> dict[str, float]:
    """Return the features of the confidence.

    Args:
        best: the number of the passage that is ranked first.
        scores: for each signal, the scores of all passages that have it, in the same order.
        articles: the ids of their articles.
        sentence: the score of the best sentence of that passage, or None if sentences were not scored.

    The features are the signals of the best passage and, for each, how far it is above the best few of other
    articles, and the mean of the best scores of all (`_top`); with `sentence`, how well its best sentence answers.
    """
    values_of: dict[str, float] = {}
    is_rival = np.array(articles) != articles[best]
    for name, values in scores.items():
        rivals = np.sort(values[is_rival])[::-1][:_MAX_RIVALS]
        values_of[name] = float(values[best])
        values_of[f"{name}_top"] = top(values)
        values_of[f"{name}_gap"] = float(values[best] - rivals.mean()) if len(rivals) else 0.0
    if sentence is not None:
        values_of["sentence"] = sentence
    return values_of


def top(scores: Scores) -> float:
    """Return a mean of scores in which the best count most; it does not jump when two passages swap ranks."""
    weights = np.exp((scores - scores.max()) / _TOP_SCALE)
    return float(weights @ scores / weights.sum())
