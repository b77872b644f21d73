"""A page of a PDF as a picture, with a passage boxed."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from rag.errors import LoadError
from rag.loading.pdf.letters import folded_letters, matching_spans
from rag.types import Span

# pixels for a point of a usual page, of a picture, and of its longer side
_SCALE, _MAX_PIXELS, _MAX_SIDE = 2.0, 6_000_000, 5_000
_MAX_LETTERS = 200_000
_MARK, _FRAME = (255, 229, 154), (15, 95, 92)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in a picture, in pixels from its upper left corner."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as a PNG file, its size in pixels, and the lines of the passage in it."""

    png: bytes
    width: int
    height: int
    lines: tuple[Box, ...]


def page_picture(raw: bytes, number: int, text: str = "", span: Span | None = None) -> PagePicture:
    """Return the picture of a page of a PDF, drawn in this process.

    Args:
        raw: the bytes of the PDF.
        number: that of the page, from 1.
        text: the text of the page.
        span: a passage in this text, which is boxed; None for no box.

    Raises:
        LoadError: it is not a PDF, is damaged, or has no such page.
    """
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        with PdfDocument(raw) as document:
            if not 1 <= number <= len(document):
                raise LoadError(f"It has no page {number}: it has {len(document)}.")
            document.init_forms()
            return _picture(document[number - 1], text, span)
    except PdfiumError as error:
        raise LoadError("Its page cannot be drawn: open the file in a viewer.") from error


def _picture(page: Any, text: str, span: Span | None) -> PagePicture:
    from PIL import Image, ImageChops, ImageDraw

    width, height = max(page.get_width(), 1.0), max(page.get_height(), 1.0)
    scale = min(_SCALE, sqrt(_MAX_PIXELS / (width * height)), _MAX_SIDE / max(width, height))
    bitmap = page.render(scale=scale)
    picture = bitmap.to_pil().convert("RGB")
    lines: tuple[Box, ...] = ()
    if span:
        to_pixels = bitmap.get_posconv(page).to_bitmap
        lines = tuple(_merged(_letter_boxes(page.get_textpage(), text, span, to_pixels)))
    if lines:
        marks = Image.new("RGB", picture.size, "white")
        for line in lines:
            ImageDraw.Draw(marks).rectangle((line.left, line.top, line.right, line.bottom), fill=_MARK)
        picture = ImageChops.multiply(picture, marks)
        for block in _blocks(lines):
            edges = (block.left - 6, block.top - 4, block.right + 6, block.bottom + 4)
            ImageDraw.Draw(picture).rectangle(edges, outline=_FRAME, width=2)
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=3)
    return PagePicture(file.getvalue(), picture.width, picture.height, lines)


def _letter_boxes(textpage: Any, text: str, span: Span, to_pixels: Any) -> Iterator[Box]:
    """Yield the boxes of the letters of a passage, in their order on the page."""
    from pypdfium2 import raw

    count = min(textpage.count_chars(), _MAX_LETTERS)
    codes = (raw.FPDFText_GetUnicode(textpage, at) for at in range(count))
    page_letters, characters = folded_letters(chr(min(code, sys.maxunicode)) for code in codes)
    before, _ = folded_letters(text[: span[0]])
    passage, _ = folded_letters(text[slice(*span)])
    edges = raw.FS_RECTF()
    for start, end in matching_spans(passage, page_letters, len(before)):
        for at in dict.fromkeys(characters[start:end]):
            raw.FPDFText_GetLooseCharBox(textpage, at, edges)
            try:
                (x0, y0), (x1, y1) = to_pixels(edges.left, edges.bottom), to_pixels(edges.right, edges.top)
            except (ValueError, OverflowError):
                # a damaged file says that a letter is nowhere
                continue
            yield Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _merged(boxes: Iterable[Box]) -> Iterator[Box]:
    """Yield a box for each line of letters."""
    line: Box | None = None
    for box in boxes:
        if line and _is_same_line(line, box):
            line = _around((line, box))
        else:
            if line:
                yield line
            line = box
    if line:
        yield line


def _is_same_line(line: Box, box: Box) -> bool:
    """Whether a letter goes on with a line, of which it may be a word away; a line from top to bottom does not."""
    height = max(line.bottom - line.top, 1)
    overlap = min(line.bottom, box.bottom) - max(line.top, box.top)
    gap = max(box.left - line.right, line.left - box.right)
    return 2 * overlap > min(height, max(box.bottom - box.top, 1)) and gap < 2 * height


def _blocks(lines: Sequence[Box]) -> Iterator[Box]:
    """Yield a box around the lines that follow each other in a column."""
    block: list[Box] = []
    for line in lines:
        if block and not _is_next_line(block[-1], line):
            yield _around(block)
            block = []
        block.append(line)
    yield _around(block)


def _is_next_line(line: Box, following: Box) -> bool:
    height = line.bottom - line.top
    return 0 < following.bottom - line.top < 4 * height and line.left < following.right and following.left < line.right


def _around(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*((box.left, box.top, box.right, box.bottom) for box in boxes), strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))
