"""Which rows of the last hidden state belong to the text, and which code points of it they cover."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.types import TokenVectors, Vectors


def content_tokens(
    *, vectors: Vectors, pooled: Vectors, text: str, prompt_length: int, offsets: Sequence[tuple[int, int]]
) -> TokenVectors:
    """Return the tokens of the text itself, without those of its prompt.

    Args:
        vectors: (tokens, dim), a row for each token of prompt + text, without special tokens.
        pooled: (dim,), the vector of prompt + text.
        text: the text without its prompt.
        prompt_length: code points of the prompt.
        offsets: for each row, the code points of prompt + text that it covers.
    """
    rows, spans = [], []
    for row, (start, end) in enumerate(offsets):
        if end <= prompt_length:
            continue
        text_start, text_end = max(0, start - prompt_length), end - prompt_length
        # a SentencePiece token begins with the space before its word
        while text_start < text_end - 1 and text[text_start].isspace():
            text_start += 1
        rows.append(row)
        spans.append((text_start, text_end))
    return TokenVectors(vectors[rows], np.array(spans, np.int32).reshape(-1, 2), pooled)


def drop_punctuation(text: str, tokens: TokenVectors) -> TokenVectors:
    """Return the tokens of a text that contain a letter or a digit; all tokens if none does.

    Punctuation matches nothing, and it is a tenth of all tokens (Khattab and Zaharia, "ColBERT", 2020).
    """
    has_letter = np.array([any(map(str.isalnum, text[start:end])) for start, end in tokens.spans.tolist()], bool)
    return tokens.select(has_letter) if has_letter.any() else tokens
