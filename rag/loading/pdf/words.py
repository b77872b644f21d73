"""Words on printed pages: their letters, the edges of each, and the box around them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low
from typing import NamedTuple


class Edges(NamedTuple):
    """The edges of a box in points."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.top - self.bottom

    @property
    def middle(self) -> float:
        """Halfway between bottom and top."""
        return (self.bottom + self.top) / 2


class Word:
    """Letters without white space between them, in reading order, each with its edges.

    On a page that is read from right to left, edges are counted from the right. `left` and `right` are where the word
    begins and ends, `middle` is halfway up, `height` is that of most letters, at least a point. `field` is the number
    of the form field that it was typed into, 0 for what is printed.
    """

    __slots__ = ("edges", "field", "height", "left", "letters", "middle", "right")

    def __init__(self, letters: Sequence[str], edges: Sequence[Edges], field: int = 0) -> None:
        self.field = field
        self.letters = tuple(letters)
        self.edges = tuple(edges)
        lefts, rights, bottoms, tops = zip(*edges, strict=True)
        self.left: float = min(lefts)
        self.right: float = max(rights)
        bottom, top = median_low(bottoms), median_low(tops)
        self.height: float = max(top - bottom, 1.0)
        self.middle: float = (bottom + top) / 2

    @property
    def text(self) -> str:
        """The word as it is written."""
        return "".join(self.letters)


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Return the words by rows, from the top, each from its beginning to its end."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -word.middle):
        if rows and abs(rows[-1][0].middle - word.middle) < word.height / 3:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.left) for row in rows]


def letter_count(words: Sequence[Word]) -> int:
    """Return how many letters the words have together."""
    return sum(len(word.letters) for word in words)
