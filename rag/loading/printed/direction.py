"""Letters that are read from right to left: in the order of reading, whatever order a file draws them in.

The order follows from their places on the paper, as the Unicode Bidirectional Algorithm (UAX #9) lays them out: words
and letters run against each other, numbers and words of other scripts run from left to right between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import TypeVar

from rag.loading.printed.words import Edges, Word

_T = TypeVar("_T")
# shapes of letters as fonts number them: Hebrew and Arabic presentation forms
_SHAPES = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]")
_SEPARATORS = frozenset(".,:/+-٫٬'’&_@")
_TERMINATORS = frozenset("%‰٪€$£¥₪#°")
_BRACKETS = {"(": ")", "[": "]", "{": "}", "«": "»", "‹": "›"}
_SWAPPED = str.maketrans("".join(("".join(_BRACKETS), *_BRACKETS.values())), "".join((*_BRACKETS.values(), *_BRACKETS)))


def is_backward(letter: str) -> bool:
    """Tell whether a letter is read from right to left."""
    return unicodedata.bidirectional(letter) in ("R", "AL")


def is_backward_text(letters: Sequence[str]) -> bool:
    """Tell whether most letters of a text are read from right to left."""
    backward = sum(map(is_backward, letters))
    return backward > 0 and 2 * backward > sum(letter.isalpha() for letter in letters)


def mirrored(edges: Edges, width: float) -> Edges:
    """Return the edges counted from the right edge of a page of this width."""
    left, right, bottom, top = edges
    return width - right, width - left, bottom, top


def in_order(line: Sequence[Word], backward: bool) -> list[Word]:
    """Return the words of a line, and the letters in them, in the order of reading.

    Args:
        line: with edges counted from the side where the page's lines begin.
        backward: whether that is the right side.
    """
    if not any(is_backward(letter) for word in line for letter in word.letters):
        return list(line)
    words = [_word(word, backward) for word in sorted(line, key=lambda word: word.left + word.right)]
    kinds = [_kind_of_word(word) for word in words]
    return _in_pairs(_turned(words, kinds, "L" if backward else "R"))


def _word(word: Word, backward: bool) -> Word:
    """The word with its letters as they are read; marks stand behind the letter that they are set over."""
    pairs = sorted(zip(word.letters, word.edges, strict=True), key=lambda pair: pair[1][0] + pair[1][1])
    bases = [pair for pair in pairs if not unicodedata.combining(pair[0])] or pairs[:1]
    clusters = [[base] for base in bases]
    for pair in pairs:
        if pair not in bases:
            near = min(range(len(bases)), key=lambda at: abs(sum(bases[at][1][:2]) - sum(pair[1][:2])))
            clusters[near].append(pair)
    texts = [letter for letter, _ in bases]
    kinds = ["F" if _stands_forward(texts, at) else "R" if is_backward(texts[at]) else "" for at in range(len(texts))]
    if backward:
        clusters = _runs_turned(clusters, kinds)
    elif "R" in kinds:
        first, end = kinds.index("R"), len(kinds) - kinds[::-1].index("R")
        inner = _runs_turned(clusters[first:end][::-1], kinds[first:end][::-1])
        clusters = [*clusters[:first], *inner, *clusters[end:]]
    found = [(plain, edges) for cluster in clusters for letter, edges in cluster if (plain := _plain(letter))]
    return Word(tuple(letter for letter, _ in found), tuple(edges for _, edges in found)) if found else word


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFKC", letter).strip() if _SHAPES.match(letter) else letter


def _stands_forward(letters: Sequence[str], at: int) -> bool:
    """Whether a letter belongs to a number, or to letters of another script, that run from left to right."""
    letter = letters[at]
    if _is_forward(letter):
        return True
    around = [*letters[max(at - 1, 0) : at], *letters[at + 1 : at + 2]]
    joins = letter in _SEPARATORS and len(around) > 1 and all(map(_is_forward, around))
    return joins or (letter in _TERMINATORS and any(one.isdigit() for one in around))


def _is_forward(letter: str) -> bool:
    return letter.isdigit() or (letter.isalpha() and not is_backward(letter))


def _runs_turned(items: Sequence[_T], kinds: Sequence[str]) -> list[_T]:
    """The letters with each run that stands from left to right turned round."""
    found: list[_T] = []
    for forward, run in groupby(zip(items, kinds, strict=True), key=lambda each: each[1] == "F"):
        there = [item for item, _ in run]
        found += there[::-1] if forward else there
    return found


def _kind_of_word(word: Word) -> str:
    """R or L by the letters in it; of numbers and signs, nothing."""
    if any(map(is_backward, word.letters)):
        return "R"
    return "L" if any(letter.isalpha() for letter in word.letters) else ""


def _turned(words: Sequence[Word], kinds: Sequence[str], against: str) -> list[Word]:
    """The words with each run of those that are read against the line turned round, and numbers inside it with them."""
    found: list[Word] = []
    at = 0
    while at < len(words):
        end = at
        reach = at
        while kinds[at] == against and reach < len(words) and kinds[reach] in (against, ""):
            end = reach if kinds[reach] == against else end
            reach += 1
        found += words[at : end + 1][::-1]
        at = end + 1
    return found


def _in_pairs(words: list[Word]) -> list[Word]:
    """The words with brackets the right way round: fonts name the shape that is seen, others the one that is meant."""
    letters = [letter for word in words for letter in word.letters]
    first = next((letter for letter in letters if letter in _BRACKETS or letter in _BRACKETS.values()), "")
    if first in _BRACKETS or not any(letter in _BRACKETS for letter in letters):
        return words
    return [Word(tuple(letter.translate(_SWAPPED) for letter in word.letters), word.edges) for word in words]
