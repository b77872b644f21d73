"""Vectors without what tells their language."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.encoder import Encoder
from embeddings.vectors.language_neutral import LanguageNeutral, language_neutral

# the same two things said in languages of four scripts
HARVEST = [
    "Die Weizenernte fiel wegen der Dürre geringer aus.",
    "The wheat harvest was smaller because of the drought.",
    "Из-за засухи урожай пшеницы оказался меньше.",
    "Kuraklık nedeniyle buğday hasadı daha az oldu.",
    "干旱导致小麦收成减少。",
]
STADIUM = [
    "Das Stadion wurde nach drei Jahren Bauzeit eröffnet.",
    "The stadium opened after three years of construction.",
    "Стадион открылся после трёх лет строительства.",
    "Stadyum üç yıllık inşaatın ardından açıldı.",
    "体育场经过三年建设后开放。",
]


@pytest.fixture(scope="module")
def neutral(encoder: Encoder) -> LanguageNeutral:
    return language_neutral(encoder.fingerprint)


def test_what_is_said_counts_more_than_the_language(encoder: Encoder, neutral: LanguageNeutral) -> None:
    """A sentence is nearer to its translations than to another sentence of its language, and by more than before."""
    raw = encoder.encode_passages([*HARVEST, *STADIUM])
    margins = []
    for vectors in (raw, neutral.project_texts(raw, "passage")):
        similar = vectors @ vectors.T
        count = len(HARVEST)
        translations = np.array([np.delete(similar[one, :count], one).min() for one in range(count)])
        same_language = np.array([similar[one, count + one] for one in range(count)])
        margins.append((translations - same_language) / similar.std())
    before, after = margins
    assert (after > 0).all()
    assert after.min() > before.min() + 0.5


def test_neutral_vectors_have_length_one_and_no_direction_of_a_language(
    encoder: Encoder, neutral: LanguageNeutral
) -> None:
    """Of texts and of tokens, in both roles, whatever the number of dimensions of the array."""
    query = neutral.project_texts(encoder.encode_query("Wer kam?"), "query")
    texts = neutral.project_texts(encoder.encode_passages(HARVEST), "passage")
    tokens = neutral.project_tokens(encoder.token_vectors(["Wer kam?"], "query")[0].vectors, "query")
    assert query.shape == (encoder.dim,)
    for vectors, kind in ((query[None], "text"), (texts, "text"), (tokens, "token")):
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
        assert np.abs(vectors @ neutral.languages[kind].T).max() < 1e-2  # type: ignore[index]


def test_the_directions_are_orthonormal(neutral: LanguageNeutral) -> None:
    """As a projection needs; the table holds them in 16 bits."""
    for directions in neutral.languages.values():
        assert directions @ directions.T == pytest.approx(np.eye(len(directions)), abs=2e-3)


def test_vectors_of_another_encoder_stay_as_they_are() -> None:
    """The table was made for one model; it says nothing about others, and has another name for them."""
    other = language_neutral("0123456789abcdef")
    vectors = np.random.default_rng(1).normal(size=(3, 8)).astype(np.float32)
    assert other.project_texts(vectors, "passage") is vectors
    assert other.project_tokens(vectors, "query") is vectors
