"""Texts of every padded length with the vectors that float32 gives them: what a compiled graph is checked against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.types import Vectors

FILE = "reference.npz"
# so many tokens are left for padding in every second text
_PADDED = 5


@dataclass(frozen=True)
class ReferenceText:
    """The ids of a text, with prompt and special tokens, and what float32 makes of it.

    `pooled` is its vector, shape (dim,); `tokens` are those of its ids, shape (ids, dim), rows of length 1.
    """

    ids: NDArray[np.int64]
    pooled: Vectors
    tokens: Vectors


def texts_of_all_lengths(
    lines: Sequence[tuple[Sequence[int], Sequence[int]]],
    before: Sequence[int],
    after: Sequence[int],
    lengths: Sequence[int],
) -> Iterator[list[int]]:
    """Yield, for each length, the ids of a text that fills it and of one that leaves some room.

    Each begins with another line, so that all languages take their turn, and goes on with the lines that follow.

    Args:
        lines: the ids of each prompt and of each text after it.
        before: the ids of the special tokens before a text.
        after: those after it.
    """
    starts = [number * len(lines) // (2 * len(lengths)) for number in range(2 * len(lengths))]
    wanted = [room for length in lengths for room in (length, length - _PADDED)]
    for start, length in zip(starts, wanted, strict=True):
        prompt = lines[start][0]
        words = chain.from_iterable(line for _, line in [*lines[start:], *lines[:start]])
        yield [*before, *islice(chain(prompt, words), length - len(before) - len(after)), *after]


def write_reference(folder: Path, texts: Sequence[ReferenceText]) -> None:
    """Write texts into a folder; vectors in half precision, which costs less than a millionth of a cosine."""
    np.savez(
        folder / FILE,
        ids=np.concatenate([one.ids for one in texts]).astype(np.int32),
        lengths=np.array([len(one.ids) for one in texts], np.int32),
        wholes=np.stack([one.pooled for one in texts]).astype(np.float16),
        tokens=np.concatenate([one.tokens for one in texts]).astype(np.float16),
    )


def read_reference(folder: Path) -> list[ReferenceText]:
    """Read what `write_reference` wrote.

    Raises:
        OSError, ValueError, KeyError: there is nothing of the kind.
    """
    with np.load(folder / FILE) as table:
        ends = np.cumsum(table["lengths"])[:-1]
        ids = np.split(table["ids"].astype(np.int64), ends)
        tokens = np.split(table["tokens"].astype(np.float32), ends)
        wholes = table["wholes"].astype(np.float32)
    return [ReferenceText(*one) for one in zip(ids, wholes, tokens, strict=True)]
