"""Token vectors in a few bytes, and back."""

from __future__ import annotations

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoder import Encoder
from embeddings.types import TokenVectors
from embeddings.vectors.language_neutral import language_neutral
from embeddings.vectors.token_codec import TokenCodec, token_codec
from embeddings.vectors.token_filter import drop_punctuation

TEXTS = [
    "Der Gotthard-Basistunnel ist 57 Kilometer lang und wurde am 1. Juni 2016 eröffnet.",
    "La cathédrale Notre-Dame a rouvert ses portes cinq ans après l'incendie.",
    "6 Şubat depremlerinde on binlerce insan hayatını kaybetti.",
    "干旱导致小麦收成减少，农民要求补偿。",
]
SMALL = TokenCodec(0.5, np.zeros(4, np.float32), np.eye(4, dtype=np.float32), np.zeros((2, 256, 2), np.float32))


@pytest.fixture(scope="module")
def codec(encoder: Encoder) -> TokenCodec:
    found = token_codec(encoder.fingerprint)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def read(encoder: Encoder) -> list[TokenVectors]:
    return language_neutral(encoder.fingerprint).project(encoder.token_vectors(TEXTS, "passage"), "passage")


def test_punctuation_is_left_out(encoder: Encoder) -> None:
    """Tokens without letter or digit are left out, and the others stay as they were; a text of no others keeps all."""
    text = "„Ja“ – 57 %, ¡sí! 好。"
    (all_tokens,) = encoder.token_vectors([text], "passage")
    left = drop_punctuation(text, all_tokens)
    spelled = [text[start:end] for start, end in all_tokens.spans]
    places = [place for place, piece in enumerate(spelled) if piece.strip("„“–%,¡!。 ")]
    assert [text[start:end] for start, end in left.spans] == [spelled[place] for place in places]
    assert {"Ja", "57", "sí", "好"} <= {text[start:end] for start, end in left.spans}
    assert np.array_equal(left.vectors, all_tokens.vectors[places])
    assert np.array_equal(left.pooled, all_tokens.pooled)
    (stars,) = encoder.token_vectors(["* * *"], "passage")
    assert drop_punctuation("* * *", stars) is stars


def kept(codec: TokenCodec, read: list[TokenVectors]) -> list[bytes]:
    """The bytes of texts that can all be kept."""
    return [code for code in codec.encode(read) if code is not None]


def test_tokens_come_back_nearly(codec: TokenCodec, read: list[TokenVectors]) -> None:
    """In four languages that are not all those of its sample, tokens keep a cosine of .94 to themselves."""
    back = codec.decode(kept(codec, read), [one.pooled for one in read])
    for one, again in zip(read, back, strict=True):
        assert (codec.rotate(one).vectors * again.vectors).sum(1).mean() > 0.94
        assert again.pooled == pytest.approx(codec.rotate(one).pooled, abs=1e-6)
        assert np.linalg.norm(again.vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_the_nearest_token_stays_the_nearest(codec: TokenCodec, read: list[TokenVectors]) -> None:
    """Of all tokens of the text, nearly each is nearest to what came back of itself."""
    back = codec.decode(kept(codec, read), [one.pooled for one in read])
    right = [(codec.rotate(one).vectors @ again.vectors.T).argmax(0) for one, again in zip(read, back, strict=True)]
    assert np.mean(np.concatenate([found == np.arange(len(found)) for found in right])) > 0.95


def test_turning_keeps_cosines(codec: TokenCodec, read: list[TokenVectors]) -> None:
    """Tokens of two texts have the same cosines turned as they had, within the precision of the table."""
    one, other = read[:2]
    turned = codec.rotate(one).vectors @ codec.rotate(other).vectors.T
    assert turned == pytest.approx(one.vectors @ other.vectors.T, abs=2e-3)


def test_places_come_back_exactly(codec: TokenCodec, read: list[TokenVectors]) -> None:
    """Every token stands where it stood, for 38 bytes a token."""
    codes = kept(codec, read)
    back = codec.decode(codes, [one.pooled for one in read])
    for one, again, code in zip(read, back, codes, strict=True):
        assert again.spans.tolist() == one.spans.tolist()
        assert len(code) == 38 * len(one.vectors)


def test_words_are_those_of_faiss(codec: TokenCodec, read: list[TokenVectors]) -> None:
    """FAISS, given the same words, decodes the same residuals from the bytes."""
    parts, _, width = codec.words.shape
    quantiser = faiss.ProductQuantizer(parts * width, parts, 8)
    faiss.copy_array_to_vector(codec.words.ravel(), quantiser.centroids)
    code, whole = kept(codec, read)[0], read[0].pooled
    bytes_ = np.frombuffer(code, np.uint8).reshape(-1, 38)[:, :36]
    vectors = codec.offset + codec.share * np.repeat([whole @ codec.directions], len(bytes_), axis=0)
    vectors[:, : parts * width] += quantiser.decode(np.ascontiguousarray(bytes_))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert codec.decode([code], [whole])[0].vectors == pytest.approx(vectors, abs=1e-5)


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(1, 255)), max_size=40))
def test_any_places_come_back(places: list[tuple[int, int]]) -> None:
    """Spans that follow on each other with gaps and lengths of up to 255 come back as they are."""
    spans, at = [], 0
    for gap, length in places:
        spans.append((at + gap, at + gap + length))
        at += gap + length
    one = TokenVectors(
        np.ones((len(spans), 4), np.float32), np.array(spans, np.int32).reshape(-1, 2), np.ones(4, np.float32)
    )
    (code,) = SMALL.encode([one])
    assert code is not None
    (back,) = SMALL.decode([code], [one.pooled])
    assert back.spans.tolist() == one.spans.tolist()


@pytest.mark.parametrize("spans", [[(0, 256)], [(300, 301)], [(5, 9), (4, 9)]])
def test_places_that_do_not_fit_are_not_kept(spans: list[tuple[int, int]]) -> None:
    """A token that is too long, too far, or begins before the one before ends, cannot be kept in its two bytes."""
    one = TokenVectors(np.ones((len(spans), 4), np.float32), np.array(spans, np.int32), np.ones(4, np.float32))
    assert SMALL.encode([one]) == [None]


def test_no_texts(codec: TokenCodec) -> None:
    """Nothing gives nothing."""
    assert codec.encode([]) == []
    assert codec.decode([], []) == []


def test_an_unknown_encoder_has_no_codec() -> None:
    """The table belongs to one encoder."""
    assert token_codec("another") is None
