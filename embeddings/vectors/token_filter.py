"""Which rows of the last hidden state belong to the text, and where in the text they stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.types import TokenVectors, Vectors


def content_tokens(
    vectors: Vectors, whole: Vectors, text: str, prompt_length: int, offsets: Sequence[tuple[int, int]]
) -> TokenVectors:
    """Keep the tokens of the text itself.

    Args:
        vectors: (tokens, dim), one row for each token of prompt + text, special tokens left out.
        whole: (dim,), the vector of prompt + text.
        text: the text without its prompt.
        prompt_length: code points of the prompt.
        offsets: for each row, the code points of prompt + text that it covers.
    """
    rows, spans = [], []
    for row, (start, end) in enumerate(offsets):
        if end <= prompt_length:
            continue
        first, last = max(0, start - prompt_length), end - prompt_length
        # a SentencePiece token begins with the space before its word
        while first < last - 1 and text[first].isspace():
            first += 1
        rows.append(row)
        spans.append((first, last))
    return TokenVectors(vectors[rows], np.array(spans, np.int32).reshape(-1, 2), whole)


def drop_punctuation(text: str, tokens: TokenVectors) -> TokenVectors:
    """Return a text's tokens without those that hold no letter and no digit; all, if there are no others.

    Nothing is found by punctuation alone, and it is a tenth of all tokens (Khattab and Zaharia, "ColBERT", 2020).
    """
    held = np.array([any(map(str.isalnum, text[start:end])) for start, end in tokens.spans.tolist()], bool)
    return tokens.select(held) if held.any() else tokens
