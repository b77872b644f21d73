"""The confidence: features and logistic function by hand, the fit and its figures against scikit-learn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paths import QUESTIONS
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import rag.search
from embeddings.encoder import Encoder
from embeddings.types import Role, TokenVectors, Vectors
from embeddings.vectors.language_neutral import language_neutral
from rag.archive import Archive
from rag.config import RankingConfig
from rag.search.calibration import Example, cross_validated, fit, quality
from rag.search.confidence import (
    OFFSETS,
    TABLES,
    THRESHOLD,
    Calibration,
    QuestionOffset,
    calibrations,
    features,
    from_json,
    question_offset,
    to_json,
    top,
)
from rag.search.query import parse


def examples(count: int, seed: int = 0) -> list[Example]:
    """Answered questions have higher features, but not always."""
    random = np.random.default_rng(seed)
    examples: list[Example] = []
    for number in range(count):
        label = number % 2 == 0
        late, dense = random.normal(0.6 + 0.1 * label, 0.1), random.normal(0.3 + 0.05 * label, 0.1)
        examples.append(({"late": float(late), "dense": float(dense)}, label))
    return examples


def test_the_logistic_function_by_hand() -> None:
    """At 2 · .75 - 1 = .5 the probability is 1 / (1 + e^-.5); far out it stays within [0, 1]."""
    calibration = Calibration(-1.0, {"late": 2.0})
    assert calibration.probability({"late": 0.75, "dense": 9.0}) == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert calibration.probability({"late": 0.75}, doubt=2.0) == pytest.approx(1 / (1 + math.exp(1.5)))
    assert calibration.probability({"late": 1e6}) == 1 / (1 + math.exp(-50))
    assert calibration.probability({"late": -1e6}) == 1 / (1 + math.exp(50))


def test_the_built_in_tables_by_hand() -> None:
    """-18.68 + 20.65 · .8 + 8.91 · .05 + 4.46 · .4 + 2.15 · .1 + .2 = .4845, and without late interaction
    -17.83 + 25.47 · .6 + 8.57 · .2 + 2.71 · .5 - .1 = .421.
    """
    reranked = {"late_top": 0.8, "late_gap": 0.05, "sentence": 0.4, "unknown": 0.1, "question": 0.2, "late": 9.0}
    assert TABLES["reranked"].probability(reranked) == pytest.approx(1 / (1 + math.exp(-0.4845)))
    fast = {"dense_top": 0.6, "lexical": 0.2, "unknown": 0.5, "question": -0.1}
    assert TABLES["fast"].probability(fast) == pytest.approx(1 / (1 + math.exp(-0.421)))
    assert THRESHOLD == 0.5


def test_rivals_are_passages_of_other_articles() -> None:
    """The gap is the distance from the best passage to the mean of the five best of other articles."""
    late = np.array([0.9, 0.8, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0])
    values = features(0, {"late": late}, ["a", "a", *"bcdefg"], 1.5)
    assert values["late"] == 0.9
    weights = [math.exp(-(0.9 - score) / 0.02) for score in late]
    assert values["late_top"] == pytest.approx(
        sum(w * score for w, score in zip(weights, late, strict=True)) / sum(weights)
    )
    assert values["late_gap"] == pytest.approx(0.9 - (0.5 + 0.4 + 0.3 + 0.2 + 0.1) / 5)
    assert values["sentence"] == 1.5
    assert features(0, {"late": np.array([0.9])}, ["a"], None) == {"late": 0.9, "late_top": 0.9, "late_gap": 0}
    # the best need not have the highest score of each signal
    of_second = features(1, {"dense": np.array([0.4, 0.3, 0.1])}, ["a", "b", "b"], None)
    assert (of_second["dense"], of_second["dense_gap"]) == (0.3, pytest.approx(0.3 - 0.4))


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_mean_of_the_best(scores: list[float], random: Random) -> None:
    """It is between the mean and the best, whatever their order, and moves with all of them."""
    mean = top(np.array(scores))
    assert np.mean(scores) - 1e-9 <= mean <= max(scores) + 1e-9
    assert top(np.array(scores) + 0.5) == pytest.approx(mean + 0.5)
    shuffled = list(scores)
    random.shuffle(shuffled)
    assert top(np.array(shuffled)) == pytest.approx(mean)


def test_the_fit_is_that_of_scikit_learn() -> None:
    """Without a pull towards the start, both find the same maximum of the likelihood."""
    data = examples(400)
    ours = fit(data, Calibration(0.0, {"late": 0.0, "dense": 0.0}), pull=0.0)
    inputs = np.array([[example["late"], example["dense"]] for example, _ in data])
    theirs = LogisticRegression(C=1e9, tol=1e-10, max_iter=10_000).fit(inputs, [label for _, label in data])
    assert [*ours.weights.values(), ours.intercept] == pytest.approx([*theirs.coef_[0], theirs.intercept_[0]], rel=1e-3)


def test_each_feature_can_be_pulled_by_itself() -> None:
    """A feature that is pulled strongly keeps its weight, one that is not gets the weight of a fit without it."""
    data = examples(400)
    start = Calibration(0.0, {"late": 0.0, "dense": 0.0})
    fitted = fit(data, start, pull=np.array([0.0, 1e9, 0.0]))
    alone = fit(data, Calibration(0.0, {"late": 0.0}), pull=0.0)
    assert fitted.weights["dense"] == pytest.approx(0, abs=1e-4)
    assert fitted.weights["late"] == pytest.approx(alone.weights["late"], rel=1e-3)


def test_the_offset_of_a_question_by_hand() -> None:
    """(2, 1) · (.6, .8) less the mean of .5; an encoder that none was fitted for has none."""
    offset = QuestionOffset(np.array([2, 1], np.float32), 0.5)
    assert offset(np.array([0.6, 0.8], np.float32)) == pytest.approx(1.5)
    assert question_offset("another encoder") is None
    with np.load(Path(rag.search.__path__[0]) / OFFSETS) as table:
        fitted = question_offset(str(table["fingerprint"]))
        question = np.linspace(-1, 1, len(table["direction"]), dtype=np.float32)
        assert fitted is not None
        assert fitted.direction.dtype == np.float32
        expected = sum(a * b for a, b in zip(table["direction"].tolist(), question.tolist(), strict=True))
        assert fitted(question) == pytest.approx(expected - float(table["mean"]), abs=1e-4)


def test_the_scores_of_vague_questions_mean_more(encoder: Encoder) -> None:
    """Beside those of questions with names; in French and Turkish too, which no offset was learnt from."""
    offset = question_offset(encoder.fingerprint)
    assert offset is not None
    neutral = language_neutral(encoder.fingerprint)
    vague = ["Worum geht es im Text?", "What happened then?", "Que s'est-il passé ensuite ?", "Yazar ne diyor?"]
    clear = [
        "Wann wurde die Elbphilharmonie eröffnet?",
        "Who founded the Red Cross in Geneva?",
        "Qui a construit la tour Eiffel ?",
        "Atatürk ne zaman Samsun'a çıktı?",
    ]
    of_vague, of_clear = (
        [offset(neutral.project_texts(encoder.encode_query(question), "query")) for question in of]
        for of in (vague, clear)
    )
    assert min(of_vague) > max(of_clear)


def test_few_questions_change_little() -> None:
    """With a strong pull the weights stay near those that the fit starts from, with many examples they leave."""
    start = Calibration(-20.0, {"late": 30.0, "dense": 0.0})
    few, many = (fit(examples(count), start, pull=10.0) for count in (10, 4000))
    truth = fit(examples(4000), start, pull=0.0)
    assert abs(few.weights["late"] - 30) < 3 < abs(many.weights["late"] - 30)
    assert abs(many.weights["late"] - truth.weights["late"]) < 0.5 * abs(few.weights["late"] - truth.weights["late"])


def test_examples_of_one_kind_cannot_be_fitted() -> None:
    """There is nothing to tell apart."""
    with pytest.raises(ValueError, match="All examples have the same label"):
        fit([({"late": 0.5}, True)] * 20, Calibration(0.0, {"late": 1.0}), pull=1.0)


def test_quality_by_hand_and_by_scikit_learn() -> None:
    """Of .95 .85 .85 with and .15 .85 without an answer; the error weighs each bin by its size."""
    probabilities = np.array([0.95, 0.85, 0.85, 0.15, 0.85])
    labels = np.array([True, True, True, False, False])
    measured = quality(probabilities, labels)
    assert measured.auroc == pytest.approx(roc_auc_score(labels, probabilities))
    assert measured.error == pytest.approx((abs(0.95 - 1) + abs(3 * 0.85 - 2) + abs(0.15 - 0)) / 5)
    assert measured.right == pytest.approx(4 / 5)


def test_cross_validation_has_not_seen_what_it_judges() -> None:
    """Where features say nothing, a fit that had seen the labels would seem to know them."""
    random = np.random.default_rng(5)
    noise = {f"f{number}": 0.0 for number in range(15)}
    questions: list[list[Example]] = [
        [({name: float(random.normal()) for name in noise}, label) for label in (True, False)] for _ in range(30)
    ]
    flat = [example for group in questions for example in group]
    start = Calibration(0.0, noise)
    seen = fit(flat, start, pull=1e-3)
    optimistic = quality(
        np.array([seen.probability(example) for example, _ in flat]), np.array([label for _, label in flat])
    )
    honest = cross_validated(questions, start, pull=1e-3)
    assert optimistic.auroc > 0.7
    assert honest.auroc < 0.65


def test_tables_survive_writing_and_belong_to_an_encoder() -> None:
    """What was fitted for one encoder says nothing about another's vectors, nor a table of other features anything."""
    written = to_json(TABLES, "abc")
    assert from_json(written, "abc") == TABLES
    assert from_json(written, "abd") == {}
    older = Calibration(1.0, {"late": 2.0, "rarity": 3.0})
    assert from_json(to_json(TABLES | {"fast": older}, "abc"), "abc") == {"reranked": TABLES["reranked"]}
    assert from_json(to_json({"unheard of": older}, "abc"), "abc") == {}


def test_own_tables_take_the_place_of_the_built_in_ones() -> None:
    """Those that were fitted for the encoder; the others stay."""
    own = replace(TABLES["fast"], intercept=1.0)
    stored = to_json({"fast": own}, "abc")
    assert calibrations(stored, "abc") == {"reranked": TABLES["reranked"], "fast": own}
    assert calibrations(stored, "abd") == calibrations(None, "abc") == TABLES


class OtherProcessor:
    """The encoder as another processor computes it: all vectors of questions turned to a cosine, at random.

    `read` keeps the questions that the encoder has read.
    """

    def __init__(self, encoder: Encoder, cosine: float, read: dict[str, TokenVectors]) -> None:
        self._encoder = encoder
        self._cosine = cosine
        self._read = read
        self._random = np.random.default_rng(18)

    def __getattr__(self, name: str) -> object:
        return getattr(self._encoder, name)

    def turned(self, vectors: Vectors) -> Vectors:
        """Return vectors of length 1, each turned into a random direction."""
        aside = self._random.standard_normal(vectors.shape)
        aside -= (aside * vectors).sum(axis=-1, keepdims=True) * vectors
        aside /= np.linalg.norm(aside, axis=-1, keepdims=True)
        return (self._cosine * vectors + math.sqrt(1 - self._cosine**2) * aside).astype(np.float32)

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        """Encode texts token by token, questions with noise."""
        if role == "passage":
            return self._encoder.token_vectors(texts, role)
        for text in texts:
            if text not in self._read:
                (self._read[text],) = self._encoder.token_vectors([text], role)
        read = [self._read[text] for text in texts]
        return [TokenVectors(self.turned(tokens.vectors), tokens.spans, self.turned(tokens.pooled)) for tokens in read]


@pytest.fixture(scope="module")
def questions_read() -> dict[str, TokenVectors]:
    """The sample questions as the encoder reads them, each once."""
    return {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fast", "every"),
    [
        (False, 4),
        pytest.param(False, 1, marks=pytest.mark.heavy),
        pytest.param(True, 1, marks=pytest.mark.heavy),
    ],
)
def test_noise_of_another_processor_moves_few_answers(
    sample: Archive, questions_read: dict[str, TokenVectors], fast: bool, every: int
) -> None:
    """Vectors at a cosine of .9995 move the log-odds of half of the answers by at most .05, of nine in ten by .15.

    At even odds that is a confidence of .5 plus or minus .0125 and .0375. How many answers cross the threshold is
    chance, since few are near it.
    """
    ranking = RankingConfig(fast=fast)
    exact, moved = (
        sample.searcher(ranking, OtherProcessor(sample.encoder, cosine, questions_read))  # type: ignore[arg-type]
        for cosine in (1.0, 0.9995)
    )
    questions = [parse(row["question"]) for row in QUESTIONS[::every]]
    before, after = (
        np.array([searcher.confidence(searcher.search(question, 1)) for question in questions])
        for searcher in (exact, moved)
    )
    changes = np.abs(np.log(after / (1 - after)) - np.log(before / (1 - before)))
    assert changes.max() > 0
    assert np.median(changes) <= 0.05
    assert np.quantile(changes, 0.9) <= 0.15
