"""What the encoder reads of texts with signs that nobody sees."""

from __future__ import annotations

import numpy as np
from factories import article
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoder import Encoder
from rag.dense.token_vectors import PassageTokens
from rag.search.query import parse
from rag.text.encoder_input import encoder_input, legible, legible_offsets
from rag.types import passage_at

PLAIN = "Der Landkreis Wesselau hat am Montag den Haushalt beschlossen."
MARKED = (
    PLAIN.replace("Landkreis", "Land\u200bkreis").replace("Wesselau", "Wes\u00adselau\u200e").replace("ss", "s\u2060s")
)


@given(st.text(st.sampled_from("ab ñשل\u200b\u200c\u00ad\u0640\u202e\ufeff")))
def test_each_character_has_its_place(text: str) -> None:
    """The characters at the places are those that are read, in their order."""
    assert "".join(text[offset] for offset in legible_offsets(text)) == legible(text)


def test_joiners_of_persian_and_hindi_stay() -> None:
    """There they are spelling; in Latin they are dirt."""
    assert legible("می\u200cشود क्षेत्र\u200dीय be\u200cschlossen") == "می\u200cشود क्षेत्र\u200dीय beschlossen"


def test_the_encoder_reads_the_words_alone() -> None:
    """With the signs and without them, passages and questions give the encoder the same text."""
    marked, plain = (article(text=text, title="Haus\u00adhalt") for text in (MARKED, PLAIN))
    assert MARKED != PLAIN
    read = [encoder_input(source, passage_at(source, 0, len(source.text), "de")) for source in (marked, plain)]
    assert read[0] == read[1] == f"Haushalt\n{PLAIN}"
    assert parse(MARKED).text == PLAIN


def test_tokens_stand_where_their_words_do(encoder: Encoder) -> None:
    """The places of tokens in a text with such signs, without the signs, are those in the text without them."""
    marked, plain = (article(text=text, title="Kreistag") for text in (MARKED, PLAIN))
    spans = [
        PassageTokens(encoder).get([(source, passage_at(source, 0, len(source.text), "de"))])[0].spans
        for source in (marked, plain)
    ]
    assert len(spans[0]) == len(spans[1])
    inside = spans[1][:, 1] > 0
    assert np.array_equal(spans[0][~inside], spans[1][~inside])
    assert [legible(MARKED[start:end]) for start, end in spans[0][inside]] == [
        PLAIN[start:end] for start, end in spans[1][inside]
    ]
