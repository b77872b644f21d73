"""Texts of every padded length with their float32 vectors: the reference that a compiled graph is checked against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.types import Vectors

FILE = "reference.npz"
# tokens of padding in every second text
_PADDING_TOKENS = 5


@dataclass(frozen=True)
class ReferenceText:
    """The ids of a text, with prompt and special tokens, and its float32 vectors.

    `pooled` is the vector of the text, shape (dim,); `tokens` those of its ids, shape (ids, dim), rows of length 1.
    """

    ids: NDArray[np.int64]
    pooled: Vectors
    tokens: Vectors


def texts_of_all_lengths(
    lines: Sequence[tuple[Sequence[int], Sequence[int]]],
    prefix: Sequence[int],
    suffix: Sequence[int],
    lengths: Sequence[int],
) -> Iterator[list[int]]:
    """Yield, for each length, the ids of a text that fills it and of a slightly shorter text.

    Each starts at a different line, so that all languages are covered, and continues with the lines that follow.

    Args:
        lines: the ids of each prompt and of each text after it.
        prefix: the ids of the special tokens before a text.
        suffix: the ids of the special tokens after a text.
        lengths: the padded lengths, in tokens.
    """
    starts = [number * len(lines) // (2 * len(lengths)) for number in range(2 * len(lengths))]
    text_lengths = [tokens for length in lengths for tokens in (length, length - _PADDING_TOKENS)]
    for start, length in zip(starts, text_lengths, strict=True):
        prompt = lines[start][0]
        words = chain.from_iterable(line for _, line in [*lines[start:], *lines[:start]])
        yield [*prefix, *islice(chain(prompt, words), length - len(prefix) - len(suffix)), *suffix]


def write_reference(folder: Path, texts: Sequence[ReferenceText]) -> None:
    """Write texts into a folder; vectors in half precision, which changes a cosine by less than 1e-6."""
    np.savez(
        folder / FILE,
        ids=np.concatenate([text.ids for text in texts]).astype(np.int32),
        lengths=np.array([len(text.ids) for text in texts], np.int32),
        wholes=np.stack([text.pooled for text in texts]).astype(np.float16),
        tokens=np.concatenate([text.tokens for text in texts]).astype(np.float16),
    )


def read_reference(folder: Path) -> list[ReferenceText]:
    """Read the texts that `write_reference` wrote.

    Raises:
        OSError, ValueError, KeyError: the file is missing or unreadable.
    """
    with np.load(folder / FILE) as table:
        ends = np.cumsum(table["lengths"])[:-1]
        ids = np.split(table["ids"].astype(np.int64), ends)
        tokens = np.split(table["tokens"].astype(np.float32), ends)
        pooled = table["wholes"].astype(np.float32)
    return [ReferenceText(*row) for row in zip(ids, pooled, tokens, strict=True)]
