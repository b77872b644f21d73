"""Text that is read from right to left, in reading order, whatever order a file draws its letters in.

The order follows from the letters' positions, as the Unicode Bidirectional Algorithm (UAX #9) lays them out: words and
letters run from right to left, numbers and words of other scripts between them from left to right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from statistics import median

from rag.loading.pdf.words import Edges, Word

# Hebrew and Arabic letters by their shapes, as fonts number them
_PRESENTATION_FORMS = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_NUMBER_SEPARATORS = frozenset(".,:/٫٬")
_NUMBER_SIGNS = frozenset("+-%‰$€£¥₪#°")
_WORD_SIGNS = frozenset("'’&_@-")
_OPENING, _CLOSING = "([{«‹", ")]}»›"
_MIRRORED_BRACKETS = str.maketrans(_OPENING + _CLOSING, _CLOSING + _OPENING)
_MIN_SPACE = 0.15  # times the height of letters
_MAX_ROW_OFFSET = 0.5  # times the height of letters
_SAME_HEIGHT = 0.4  # times the usual height
_TALL_PERCENTILE = 0.9
_MAX_MARK_DISTANCE = 4  # letters between a mark and the letter that it is set over
_MAX_ROW_SAMPLE = 20  # letters


class _Kind(Enum):
    """How a letter or sign takes part in the direction of its line."""

    RIGHT_TO_LEFT = "letters of scripts that are read from right to left"
    LEFT_TO_RIGHT = "letters of other scripts"
    NUMBER = "digits"
    NUMBER_SIGN = "signs that may belong to a number"
    WORD_SIGN = "signs that may belong to a word"
    NEUTRAL = "spaces and other signs"


_FORWARD = frozenset((_Kind.NUMBER, _Kind.LEFT_TO_RIGHT))


def is_right_to_left(letter: str) -> bool:
    """Whether a letter is read from right to left."""
    return unicodedata.bidirectional(letter) in ("R", "AL")


def is_right_to_left_text(text: str) -> bool:
    """Whether most letters of a text are read from right to left."""
    count = sum(map(is_right_to_left, text)) if _may_be_right_to_left(text) else 0
    return count > 0 and 2 * count > sum(letter.isalpha() for letter in text)


def _may_be_right_to_left(text: str) -> bool:
    return _RIGHT_TO_LEFT.search(text) is not None


def mirror(word: Word, width: float) -> Word:
    """Return the word with edges counted from the right edge of a page of this width."""
    edges = [Edges(width - right, width - left, bottom, top) for left, right, bottom, top in word.edges]
    return Word(word.letters, edges, word.field)


@dataclass(frozen=True)
class _Glyph:
    """A letter with the marks that are set over it, or a space."""

    letters: str
    edges: Edges
    kind: _Kind = _Kind.NEUTRAL

    @property
    def center(self) -> float:
        return (self.edges.left + self.edges.right) / 2


def right_to_left_lines(words: Sequence[Word]) -> list[list[Word]]:
    """Return the words of a page that is read from right to left, by lines, from the top.

    Args:
        words: with edges counted from the right, in any order, whole or in parts.
    """
    rows: list[list[_Glyph]] = []
    for glyph in sorted(_glyphs(words), key=lambda glyph: -glyph.edges.middle):
        tallest = max([glyph.edges.height, *(member.edges.height for member in rows[-1])]) if rows else 0.0
        if rows and _row_middle(rows[-1]) - glyph.edges.middle < _MAX_ROW_OFFSET * tallest:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    heights = [sorted(glyph.edges.height for glyph in row)[int(_TALL_PERCENTILE * (len(row) - 1))] for row in rows]
    usual = median(heights) if heights else 0.0
    lines = []
    for row, height in zip(rows, heights, strict=True):
        # the box of a letter may be only as high as the letter; those of a line get the same height
        line_height = usual if abs(height - usual) < _SAME_HEIGHT * usual else height
        bottom = median(glyph.edges.bottom for glyph in row)
        line = _words_in_order(row, height, is_right_to_left_line=True)
        lines.append([_with_height(word, bottom, bottom + line_height) for word in line])
    return lines


def _row_middle(row: Sequence[_Glyph]) -> float:
    return median(glyph.edges.middle for glyph in row[-_MAX_ROW_SAMPLE:])


def in_reading_order(line: Sequence[Word]) -> list[Word]:
    """Return the words of a line that is read from left to right, with right-to-left words in it in their order."""
    if not _may_be_right_to_left("".join(word.text for word in line)):
        return list(line)
    return _words_in_order(_glyphs(line), median(word.height for word in line), is_right_to_left_line=False)


def _with_height(word: Word, bottom: float, top: float) -> Word:
    return Word(word.letters, [Edges(edges.left, edges.right, bottom, top) for edges in word.edges])


def _glyphs(words: Sequence[Word]) -> list[_Glyph]:
    """The letters of words; a mark joins the letter that has its box, or is nearest."""
    pairs = [pair for word in words for pair in zip(word.letters, word.edges, strict=True)]
    bases = [(letter, edges, [letter]) for letter, edges in pairs if not unicodedata.combining(letter)]
    for at, (mark, mark_edges) in enumerate(pairs):
        if not unicodedata.combining(mark) or not bases:
            continue
        window = pairs[max(at - _MAX_MARK_DISTANCE, 0) : at + _MAX_MARK_DISTANCE + 1]
        edge_ids = {id(edges) for _, edges in window}
        candidates = [base for base in bases if id(base[1]) in edge_ids] or bases
        _, _, cluster = min(
            candidates, key=lambda base: (base[1][2:] != mark_edges[2:], _distance(base[1], mark_edges))
        )
        cluster.append(mark)
    is_arabic = any(unicodedata.bidirectional(letter) == "AL" for letter, _ in pairs)
    number_signs = _NUMBER_SEPARATORS if is_arabic else _NUMBER_SEPARATORS | _NUMBER_SIGNS
    return [_Glyph("".join(cluster), edges, _kind(letter, number_signs)) for letter, edges, cluster in bases]


def _distance(first: Edges, second: Edges) -> float:
    return abs(first.left + first.right - second.left - second.right) + abs(
        first.bottom + first.top - second.bottom - second.top
    )


def _kind(letter: str, number_signs: frozenset[str]) -> _Kind:
    if is_right_to_left(letter):
        return _Kind.RIGHT_TO_LEFT
    if letter.isdigit():
        return _Kind.NUMBER
    if letter.isalpha():
        return _Kind.LEFT_TO_RIGHT
    if letter in number_signs:
        return _Kind.NUMBER_SIGN
    return _Kind.WORD_SIGN if letter in _WORD_SIGNS else _Kind.NEUTRAL


def _words_in_order(row: Sequence[_Glyph], height: float, is_right_to_left_line: bool) -> list[Word]:
    """The words of a line in reading order, given its glyphs in any order."""
    from_start = sorted(row, key=lambda glyph: glyph.center)
    spaced: list[_Glyph] = []
    reach = from_start[0].edges.right if from_start else 0.0
    for glyph in from_start:
        if glyph.edges.left - reach > _MIN_SPACE * height:
            spaced.append(_Glyph(" ", glyph.edges))
        spaced.append(glyph)
        reach = max(reach, glyph.edges.right)
    against = _Kind.LEFT_TO_RIGHT if is_right_to_left_line else _Kind.RIGHT_TO_LEFT
    glyphs = [glyph for token in _reverse_runs(_tokens(spaced), against) for glyph in token]
    is_mirrored = _has_mirrored_brackets(glyphs)
    words: list[Word] = []
    for is_space, group in groupby(glyphs, key=lambda glyph: glyph.letters == " "):
        letters = [] if is_space else list(_plain_letters(group, is_mirrored))
        if letters:
            words.append(Word([letter for letter, _ in letters], [edges for _, edges in letters]))
    return words


def _tokens(glyphs: Sequence[_Glyph]) -> list[list[_Glyph]]:
    """Runs of letters, and signs each by itself; numbers and words include the signs that belong to them."""
    kinds = [glyph.kind for glyph in glyphs]
    for at, kind in enumerate(kinds):
        neighbours = kinds[max(at - 1, 0) : at] + kinds[at + 1 : at + 2]
        is_within = len(neighbours) > 1 and _FORWARD.issuperset(neighbours)
        sign = glyphs[at].letters
        if kind is _Kind.NUMBER_SIGN:
            is_unit = sign in _NUMBER_SIGNS and _Kind.NUMBER in neighbours and sign not in "+-"
            kinds[at] = _Kind.NUMBER if is_within or is_unit else _Kind.NEUTRAL
        elif kind is _Kind.WORD_SIGN:
            is_in_word = is_within and _Kind.LEFT_TO_RIGHT in neighbours
            kinds[at] = _Kind.LEFT_TO_RIGHT if is_in_word else _Kind.NEUTRAL
    tokens: list[list[_Glyph]] = []
    previous = _Kind.NEUTRAL
    for glyph, kind in zip(glyphs, kinds, strict=True):
        run = _Kind.LEFT_TO_RIGHT if kind in _FORWARD else kind
        if tokens and run is not _Kind.NEUTRAL and run is previous:
            tokens[-1].append(glyph)
        else:
            tokens.append([glyph])
        previous = run
    return tokens


def _direction(token: Sequence[_Glyph]) -> _Kind:
    kinds = {glyph.kind for glyph in token}
    strongest = (_Kind.LEFT_TO_RIGHT, _Kind.RIGHT_TO_LEFT, _Kind.NUMBER)
    return next((kind for kind in strongest if kind in kinds), _Kind.NEUTRAL)


def _reverse_runs(tokens: Sequence[list[_Glyph]], against: _Kind) -> list[list[_Glyph]]:
    """The tokens with each run of those that are read against the line reversed, including numbers inside it.

    In a line from right to left, numbers by themselves are reversed, too.
    """
    ordered: list[list[_Glyph]] = []
    directions = [_direction(token) for token in tokens]
    at = 0
    while at < len(tokens):
        last = at
        if directions[at] is against:
            for ahead in range(at, len(tokens)):
                if directions[ahead] is against:
                    last = ahead
                elif directions[ahead] not in (_Kind.NUMBER, _Kind.NEUTRAL):
                    break
        run = tokens[at : last + 1]
        if directions[at] is against:
            # numbers run from left to right in lines of either direction
            is_right_to_left_run = against is _Kind.RIGHT_TO_LEFT
            run = [
                token if is_right_to_left_run and _direction(token) is _Kind.NUMBER else token[::-1]
                for token in reversed(run)
            ]
        elif against is _Kind.LEFT_TO_RIGHT and directions[at] is _Kind.NUMBER:
            run = [token[::-1] for token in run]
        ordered += run
        at = last + 1
    return ordered


def _has_mirrored_brackets(glyphs: Sequence[_Glyph]) -> bool:
    """Whether brackets are encoded by the shape that is seen, and not by the one that is meant."""
    brackets = [glyph.letters for glyph in glyphs if glyph.letters in (*_OPENING, *_CLOSING)]
    return bool(brackets) and brackets[0] in _CLOSING and any(bracket in _OPENING for bracket in brackets)


def _plain_letters(glyphs: Iterable[_Glyph], is_mirrored: bool) -> Iterator[tuple[str, Edges]]:
    for glyph in glyphs:
        letters = glyph.letters.translate(_MIRRORED_BRACKETS) if is_mirrored else glyph.letters
        plain = _PRESENTATION_FORMS.sub(lambda form: unicodedata.normalize("NFKC", form[0]).strip(), letters)
        yield from ((letter, glyph.edges) for letter in plain)
