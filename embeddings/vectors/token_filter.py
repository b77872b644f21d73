"""Which rows of the last hidden state belong to the text, and which code points of it they cover."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.types import TokenVectors, Vectors


def content_tokens(
    *, vectors: Vectors, pooled: Vectors, text: str, prompt_length: int, offsets: NDArray[np.int32]
) -> TokenVectors:
    """Return the tokens of the text itself, without those of its prompt.

    Args:
        vectors: (tokens, dim), a row for each token of prompt + text, without special tokens; they are copied.
        pooled: (dim,), the vector of prompt + text.
        text: the text without its prompt.
        prompt_length: code points of the prompt.
        offsets: (tokens, 2), for each row the code points of prompt + text that it covers.
    """
    in_text = offsets[:, 1] > prompt_length
    spans = np.maximum(offsets[in_text] - prompt_length, 0)
    # a SentencePiece token begins with the space before its word
    is_space = np.fromiter(map(str.isspace, f"{text}."), bool, len(text) + 1)
    while (spaced := (spans[:, 0] < spans[:, 1] - 1) & is_space[spans[:, 0]]).any():
        spans[spaced, 0] += 1
    return TokenVectors(vectors[in_text], spans, pooled)


def drop_punctuation(text: str, tokens: TokenVectors) -> TokenVectors:
    """Return the tokens of a text that contain a letter or a digit; all tokens if none does.

    Punctuation matches nothing, and it is a tenth of all tokens (Khattab and Zaharia, "ColBERT", 2020).
    """
    letters_before = np.zeros(len(text) + 1, np.int32)
    np.cumsum(np.fromiter(map(str.isalnum, text), bool, len(text)), out=letters_before[1:])
    has_letter = letters_before[tokens.spans[:, 1]] > letters_before[tokens.spans[:, 0]]
    return tokens.select(has_letter) if has_letter.any() else tokens
