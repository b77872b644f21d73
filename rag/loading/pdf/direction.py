"""Letters that are read from right to left: in the order of reading, whatever order a file draws them in.

The order follows from their places on the paper, as the Unicode Bidirectional Algorithm (UAX #9) lays them out: words
and letters run against each other, numbers and words of other scripts run from left to right between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from rag.loading.pdf.words import Edges, Word

# shapes of letters as fonts number them: Hebrew and Arabic presentation forms
_SHAPES = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]")
_BACKWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_SEPARATORS = frozenset(".,:/٫٬")
_EUROPEAN = frozenset("+-%‰$€£¥₪#°")
_INSIDE_WORDS = frozenset("'’&_@-")
_OPENING, _CLOSING = "([{«‹", ")]}»›"
_SWAPPED = str.maketrans(_OPENING + _CLOSING, _CLOSING + _OPENING)
_GAP = 0.15  # times the height of letters, as the next two
_ROW = 0.5
_ALIKE = 0.4
_TALL = 0.9


def is_backward(letter: str) -> bool:
    """Tell whether a letter is read from right to left."""
    return unicodedata.bidirectional(letter) in ("R", "AL")


def has_backward(text: str) -> bool:
    """Tell whether there may be letters in a text that are read from right to left."""
    return _BACKWARD.search(text) is not None


def is_backward_text(text: str) -> bool:
    """Tell whether most letters of a text are read from right to left."""
    backward = sum(map(is_backward, text)) if has_backward(text) else 0
    return backward > 0 and 2 * backward > sum(letter.isalpha() for letter in text)


def mirrored(word: Word, width: float) -> Word:
    """Return the word with edges counted from the right edge of a page of this width."""
    return Word(
        word.letters,
        tuple((width - right, width - left, low, high) for left, right, low, high in word.edges),
        word.field,
    )


@dataclass(frozen=True)
class _Glyph:
    """A letter with the marks that are set over it, or a space; `kind` is R, L, N for a number, or nothing."""

    letters: str
    edges: Edges
    kind: str = ""

    @property
    def center(self) -> float:
        return self.edges[0] + self.edges[1]

    @property
    def middle(self) -> float:
        return (self.edges[2] + self.edges[3]) / 2

    @property
    def height(self) -> float:
        return self.edges[3] - self.edges[2]


def backward_lines(words: Sequence[Word]) -> list[list[Word]]:
    """Return the words of a page that is read from right to left, by lines, from above.

    Args:
        words: with edges counted from the right, in any order, whole or not.
    """
    rows: list[list[_Glyph]] = []
    for glyph in sorted(_glyphs(words), key=lambda glyph: -glyph.middle):
        tall = max([glyph.height, *(each.height for each in rows[-1])]) if rows else 0.0
        if rows and median(each.middle for each in rows[-1][-20:]) - glyph.middle < _ROW * tall:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    heights = [sorted(glyph.height for glyph in row)[int(_TALL * (len(row) - 1))] for row in rows]
    usual = median(heights) if heights else 0.0
    lines = []
    for row, height in zip(rows, heights, strict=True):
        # the boxes of letters may be as high as each letter is; those of a line are made alike
        size = usual if abs(height - usual) < _ALIKE * usual else height
        low = median(glyph.edges[2] for glyph in row)
        lines.append([_with_height(word, low, low + size) for word in _line(row, height, backward=True)])
    return lines


def in_order(line: Sequence[Word]) -> list[Word]:
    """Return the words of a line that is read from left to right, with those in it that are not in their order."""
    if not has_backward("".join(word.text for word in line)):
        return list(line)
    return _line(_glyphs(line), median(word.height for word in line), backward=False)


def _with_height(word: Word, bottom: float, top: float) -> Word:
    return Word(word.letters, tuple((left, right, bottom, top) for left, right, _, _ in word.edges))


def _glyphs(words: Sequence[Word]) -> list[_Glyph]:
    """The letters of words; a mark joins the letter that has its box, or is nearest."""
    pairs = [pair for word in words for pair in zip(word.letters, word.edges, strict=True)]
    bases = [(letter, edges, [letter]) for letter, edges in pairs if not unicodedata.combining(letter)]
    for at, (letter, edges) in enumerate(pairs):
        if not unicodedata.combining(letter) or not bases:
            continue
        around = {id(each[1]) for each in pairs[max(at - 4, 0) : at + 5]}
        near = [each for each in bases if id(each[1]) in around] or bases
        _, _, cluster = min(near, key=lambda each: (each[1][2:] != edges[2:], _distance(each[1], edges)))
        cluster.append(letter)
    arabic = any(unicodedata.bidirectional(letter) == "AL" for letter, _ in pairs)
    european = _SEPARATORS if arabic else _SEPARATORS | _EUROPEAN
    return [_Glyph("".join(cluster), edges, _kind(letter, european)) for letter, edges, cluster in bases]


def _distance(one: Edges, other: Edges) -> float:
    return abs(one[0] + one[1] - other[0] - other[1]) + abs(one[2] + one[3] - other[2] - other[3])


def _kind(letter: str, of_numbers: frozenset[str]) -> str:
    if is_backward(letter):
        return "R"
    if letter.isdigit():
        return "N"
    if letter.isalpha():
        return "L"
    return "n" if letter in of_numbers else "l" if letter in _INSIDE_WORDS else ""


def _line(row: Sequence[_Glyph], height: float, backward: bool) -> list[Word]:
    """The words of a line in the order of reading."""
    ordered = sorted(row, key=lambda glyph: glyph.center)
    items: list[_Glyph] = []
    reach = ordered[0].edges[1] if ordered else 0.0
    for glyph in ordered:
        if glyph.edges[0] - reach > _GAP * height:
            items.append(_Glyph(" ", glyph.edges))
        items.append(glyph)
        reach = max(reach, glyph.edges[1])
    glyphs = [glyph for token in _turned(_tokens(items), "L" if backward else "R") for glyph in token]
    swap = _is_swapped(glyphs)
    words: list[Word] = []
    for is_space, there in groupby(glyphs, key=lambda glyph: glyph.letters == " "):
        letters = [] if is_space else list(_plain(there, swap))
        if letters:
            words.append(Word(tuple(letter for letter, _ in letters), tuple(edges for _, edges in letters)))
    return words


def _tokens(items: Sequence[_Glyph]) -> list[list[_Glyph]]:
    """Runs of letters, and signs each by itself; numbers keep the signs that belong to them."""
    kinds = [item.kind for item in items]
    for at, kind in enumerate(kinds):
        around = [kinds[near] for near in (at - 1, at + 1) if 0 <= near < len(kinds)]
        if kind == "n":
            joins = len(around) > 1 and set(around) <= {"N", "L"}
            ends = items[at].letters in _EUROPEAN and "N" in around and items[at].letters not in "+-"
            kinds[at] = "N" if joins or ends else ""
        elif kind == "l":
            kinds[at] = "L" if len(around) > 1 and set(around) <= {"N", "L"} and "L" in around else ""
    tokens: list[list[_Glyph]] = []
    before = ""
    for item, kind in zip(items, kinds, strict=True):
        forward = "F" if kind in ("N", "L") else kind
        if tokens and forward and forward == before:
            tokens[-1].append(item)
        else:
            tokens.append([item])
        before = forward
    return tokens


def _direction(token: Sequence[_Glyph]) -> str:
    kinds = {glyph.kind for glyph in token}
    return "L" if "L" in kinds else "R" if "R" in kinds else "N" if "N" in kinds else ""


def _turned(tokens: Sequence[list[_Glyph]], against: str) -> list[list[_Glyph]]:
    """The tokens with each run of those that are read against the line turned round, and numbers inside it with them.

    In a line from right to left, numbers by themselves are turned, too.
    """
    found: list[list[_Glyph]] = []
    kinds = [_direction(token) for token in tokens]
    at = 0
    while at < len(tokens):
        end = reach = at
        while kinds[at] == against and reach < len(tokens) and kinds[reach] in (against, "N", ""):
            end = reach if kinds[reach] == against else end
            reach += 1
        run = tokens[at : end + 1]
        if kinds[at] == against:
            # numbers stand from left to right in runs of either direction
            run = [token if against == "R" and _direction(token) == "N" else token[::-1] for token in run[::-1]]
        elif against == "L" and kinds[at] == "N":
            run = [token[::-1] for token in run]
        found += run
        at = end + 1
    return found


def _is_swapped(glyphs: Sequence[_Glyph]) -> bool:
    """Whether brackets are named by the shape that is seen, and not by the one that is meant."""
    brackets = [glyph.letters for glyph in glyphs if glyph.letters in (*_OPENING, *_CLOSING)]
    return bool(brackets) and brackets[0] in _CLOSING and any(one in _OPENING for one in brackets)


def _plain(glyphs: Iterable[_Glyph], swap: bool) -> Iterator[tuple[str, Edges]]:
    for glyph in glyphs:
        letters = glyph.letters.translate(_SWAPPED) if swap else glyph.letters
        plain = _SHAPES.sub(lambda shape: unicodedata.normalize("NFKC", shape[0]).strip(), letters)
        yield from ((letter, glyph.edges) for letter in plain)
