"""Words on printed pages: their letters, the edges of each, and the box around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median_low

Edges = tuple[float, float, float, float]
"""Left, right, bottom and top."""


@dataclass(frozen=True)
class Word:
    """Letters without white space between them, in the order in which they are read, each with its edges in points.

    On a page that is read from right to left, edges are counted from the right.
    """

    letters: tuple[str, ...]
    edges: tuple[Edges, ...]

    @property
    def text(self) -> str:
        """The word as it is written."""
        return "".join(self.letters)

    @cached_property
    def left(self) -> float:
        """Where it begins."""
        return min(edges[0] for edges in self.edges)

    @cached_property
    def right(self) -> float:
        """Where it ends."""
        return max(edges[1] for edges in self.edges)

    @cached_property
    def height(self) -> float:
        """How high most of its letters are, at least a point."""
        return max(median_low(edges[3] - edges[2] for edges in self.edges), 1.0)

    @cached_property
    def middle(self) -> float:
        """Half way between its lower and its upper edge."""
        return median_low((edges[2] + edges[3]) / 2 for edges in self.edges)


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Return the words by rows, from above, each from its beginning to its end."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -word.middle):
        if rows and abs(rows[-1][0].middle - word.middle) < word.height / 3:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.left) for row in rows]
