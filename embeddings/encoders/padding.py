"""The lengths that texts are padded to before a compiled graph reads them, and which texts are read together.

For each new shape OpenVINO prepares itself for some 20 ms, so there are few lengths; for each, the self-test of a new
processor takes some 50 ms. Texts of more than 256 tokens are rare.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

PADDED_LENGTHS = (*range(16, 257, 16), *range(288, 513, 32))
# large enough to keep the processor busy, small enough that texts of a batch are of much the same length
BATCH_TOKENS = 1024


def padded_length(tokens: int, lengths: Sequence[int]) -> int:
    """Return the least of the lengths, ascending, that holds so many tokens.

    Raises:
        ValueError: none does.
    """
    at = bisect_left(lengths, tokens)
    if at == len(lengths):
        raise ValueError(f"A text of {tokens} tokens is longer than any length that texts are padded to.")
    return lengths[at]


def batches(lengths: Sequence[int], budget: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Group rows of similar length so that a padded group has at most `budget` tokens (or one row)."""
    group: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if group and lengths[group[0]] * (len(group) + 1) > budget:
            yield group
            group = []
        group.append(row)
    if group:
        yield group
