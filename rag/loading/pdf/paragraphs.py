"""Which lines of printed pages form a paragraph: by their distance, size, indentation and length."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from rag.loading.common.typography import is_cut
from rag.loading.pdf.layout import PrintedLine, line_step, same_row

SAME_SIZE = 1.12
"""Sizes of letters that differ by less than this factor are the same."""
_WIDE_STEP = 1.3  # times the usual step from line to line
_MIN_INDENT = 0.5  # times the size, as the next two
_SAME_EDGE = 0.1
_SPACE_WIDTH = 0.25
_MAX_COLUMN_LINES = 10  # above and below a line
_SENTENCE_END = re.compile(r"[.!?:…][\"'”“’‘»«›‹)\]\d]*$")
_LIST_ITEM = re.compile(r"([•▪◦‣●■□\uf0b7\uf0a7])|([–—*-]|\(?\w{1,3}[.)])\s")

Paragraph = list[PrintedLine]


def paragraphs_of(lines: Sequence[PrintedLine]) -> list[Paragraph]:
    """Return the lines by paragraphs; a paragraph may continue in the next column or on the next page."""
    style = _style_of(lines)
    paragraphs: list[Paragraph] = []
    for at, line in enumerate(lines):
        if at and not _begins_paragraph(lines, at, len(paragraphs[-1]), style):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return paragraphs


def usual_size(lines: Sequence[PrintedLine]) -> float:
    """Return the size of most letters, or 0 if there are no lines."""
    sizes = sorted((line.size, len(line.text)) for line in lines)
    half = sum(length for _, length in sizes) / 2
    cumulative = accumulate(length for _, length in sizes)
    return next((size for (size, _), count in zip(sizes, cumulative, strict=True) if count >= half), 0)


@dataclass(frozen=True, slots=True)
class _Style:
    """How the pages are set.

    `size` is that of most letters, `steps` are the usual steps from line to line by size, and `indented` says whether
    the first lines of paragraphs are indented.
    """

    size: float
    steps: Mapping[int, float]
    indented: bool


def _style_of(lines: Sequence[PrintedLine]) -> _Style:
    steps: dict[int, list[float]] = defaultdict(list)
    indents_after_sentences = []
    for upper, lower in pairwise(lines):
        if _follows(upper, lower):
            steps[round(lower.size)].append(line_step(upper, lower))
            if _indent(upper, lower) > _MIN_INDENT:
                indents_after_sentences.append(_ends_sentence(upper))
    return _Style(
        size=usual_size(lines),
        steps={size: sorted(of_size)[len(of_size) // 4] for size, of_size in steps.items()},
        indented=sum(indents_after_sentences) > len(indents_after_sentences) / 2,
    )


def _ends_sentence(line: PrintedLine) -> bool:
    return _SENTENCE_END.search(line.text) is not None


def _follows(upper: PrintedLine, lower: PrintedLine) -> bool:
    """Whether a line is below another in the same column, in the same size."""
    return (
        upper.page == lower.page
        and _same_size(upper, lower)
        and min(upper.right, lower.right) > max(upper.left, lower.left)
        and upper.bottom > lower.bottom
        and not same_row(upper, lower)
    )


def _follows_in_column(upper: PrintedLine, lower: PrintedLine) -> bool:
    return upper.column == lower.column and _follows(upper, lower)


def _same_size(first: PrintedLine, second: PrintedLine) -> bool:
    return max(first.size, second.size) < SAME_SIZE * min(first.size, second.size)


def _indent(upper: PrintedLine, lower: PrintedLine) -> float:
    """How far a line begins to the right of the line above, in multiples of its size."""
    return (lower.left - upper.left) / lower.size


def _begins_paragraph(lines: Sequence[PrintedLine], at: int, paragraph_lines: int, style: _Style) -> bool:
    """Whether a paragraph begins with this line; the paragraph before it has `paragraph_lines` lines."""
    previous, line = lines[at - 1], lines[at]
    if line.is_separate or not _same_size(previous, line):
        return True
    if same_row(previous, line) and line.left > previous.left:
        return False
    ends_sentence = _ends_sentence(previous)
    continues = is_cut(previous.text) or line.text[0].islower()
    is_headline = line.size > SAME_SIZE * style.size
    is_short = not continues and not is_headline and _is_short(lines, at - 1)
    if not _follows(previous, line):
        is_mid_paragraph = style.indented and at + 1 < len(lines) and _indent(line, lines[at + 1]) > -_MIN_INDENT
        return not continues and (is_short or (ends_sentence and not is_mid_paragraph))
    item, indent = _LIST_ITEM.match(line.text), _indent(previous, line)
    is_indented = indent > _MIN_INDENT and not _LIST_ITEM.match(previous.text)
    return (
        is_short
        or line_step(previous, line) > _WIDE_STEP * style.steps[round(line.size)]
        or bool(item and (item[1] or ends_sentence))
        or (is_indented and (ends_sentence or (style.indented and not continues)))
        or (indent < -_MIN_INDENT and paragraph_lines > 1 and ends_sentence)
    )


def _is_short(lines: Sequence[PrintedLine], at: int) -> bool:
    """Whether the line has room for the first word of the next, so that it was meant to end."""
    line, following = lines[at], lines[at + 1]
    neighbours = [lines[index] for index in (max(0, at - 1), at + 1) if index != at]
    if any(abs(line.right - neighbour.right) < _SAME_EDGE * line.size for neighbour in neighbours):
        return False
    rights = [column_line.right for column_line in _column_lines(lines, at)]
    room = max(rights) - line.right
    full_lines = sum(max(rights) - right < _SAME_EDGE * line.size for right in rights)
    is_justified = full_lines > max(2, len(rights) / 2) and " " in line.text
    needed_room = _MIN_INDENT * line.size if is_justified else following.first_word_width + _SPACE_WIDTH * line.size
    return room > needed_room


def _column_lines(lines: Sequence[PrintedLine], at: int) -> Iterator[PrintedLine]:
    """The line, and those near it that are above and below in its column."""
    yield lines[at]
    for index in range(at, min(at + _MAX_COLUMN_LINES, len(lines) - 1)):
        if not _follows_in_column(lines[index], lines[index + 1]):
            break
        yield lines[index + 1]
    for index in range(at, max(at - _MAX_COLUMN_LINES, 0), -1):
        if not _follows_in_column(lines[index - 1], lines[index]):
            break
        yield lines[index - 1]
