"""The lengths that texts are padded to for a compiled graph, and how texts are batched.

OpenVINO spends some 20 ms on each new input shape, and keeps some 5 MB for each as long as the program runs: so there
are few lengths, and few numbers of texts in a batch. The self-test on a new processor takes some 50 ms for each length.
Texts of more than 256 tokens are rare.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence

PADDED_LENGTHS = (*range(16, 257, 16), *range(288, 513, 32))
# tokens of a batch: enough to keep the processor busy, few enough that the texts of a batch have similar lengths
BATCH_TOKENS = 512


def padded_length(tokens: int, lengths: Sequence[int]) -> int:
    """Return the smallest of the ascending `lengths` that fits a text of `tokens` tokens.

    Raises:
        ValueError: the text is longer than all of them.
    """
    position = bisect_left(lengths, tokens)
    if position == len(lengths):
        raise ValueError(f"A text of {tokens} tokens is longer than any length that texts are padded to.")
    return lengths[position]


def batches(lengths: Sequence[int], budget: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Group rows of similar length so that a padded group has about `budget` tokens (or one row).

    The number of rows of a group is a power of two: the one that comes nearest to the budget by ratio, or fewer.
    """
    rows = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    while rows:
        nearest = round(math.log2(max(1.0, budget / lengths[rows[0]])))
        size = 1 << min(nearest, len(rows).bit_length() - 1)
        yield rows[:size]
        rows = rows[size:]
