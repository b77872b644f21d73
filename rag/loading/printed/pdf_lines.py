"""The lines of a PDF's pages, with their places, by PDFium."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median_low
from threading import Lock
from typing import Any

from rag.errors import LoadError
from rag.loading.printed.layout import Line

_PDFIUM = Lock()  # the library works for one thread at a time
_MAX_PAGES = 5_000
_MAX_LETTERS = 10_000_000
_HYPHENS = (0x02, 0xFFFE)  # each stands for a hyphen and the line end after it
_LINE_ENDS = (0x0A, 0x0D, *_HYPHENS)
_INITIAL = 1.7
_SAMPLE = 20
_FAR = 100_000.0

Edges = tuple[float, float, float, float]
"""Left, right, bottom and top."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The lines of a document as its writer ordered them, which is mostly as they are read, and what it states.

    It is legible unless its fonts do not tell which letters they show.
    """

    lines: tuple[Line, ...]
    legible: bool
    title: str | None
    author: str | None


def read_pages(raw: bytes) -> Pages:
    """Return the lines of all pages.

    Raises:
        LoadError: it is no PDF, damaged, encrypted, or has too many pages.
    """
    from pypdfium2 import PdfDocument, PdfiumError
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

    lines: list[Line] = []
    number = letters = unknown = 0
    try:
        with _PDFIUM, PdfDocument(raw) as document:
            if len(document) > _MAX_PAGES:
                raise LoadError(f"It has {len(document)} pages, and an article may have {_MAX_PAGES}: split it.")
            for number, page in enumerate(document, 1):
                text = page.get_textpage()
                letters += text.count_chars()
                if letters > _MAX_LETTERS:
                    raise LoadError(f"It has more than {_MAX_LETTERS // 10**6} million letters: split it.")
                lines += _lines(text, page, number)
                unknown += _unknown(text)
                page.close()
            title, author = _stated(document, "Title"), _stated(document, "Author")
    except PdfiumError as error:
        if error.err_code in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY):
            raise LoadError("It is encrypted: save a copy without password.") from error
        # the page after the last one that could be read
        where = f"Its page {number + 1} is damaged" if number else "It is no PDF, or damaged"
        raise LoadError(f"{where}: open it in a viewer and save it again.") from error
    return Pages(tuple(lines), _is_legible(lines, unknown), title, author)


def _stated(document: Any, field: str) -> str | None:
    try:
        return str(document.get_metadata_value(field))
    except UnicodeDecodeError:  # of a damaged field, as good as none
        return None


def _unknown(text: Any) -> int:
    """How many letters of the page are shown by fonts that do not say which they are, by a sample."""
    from pypdfium2.raw import FPDFText_HasUnicodeMapError

    sample = range(0, text.count_chars(), _SAMPLE)
    return _SAMPLE * sum(1 for at in sample if FPDFText_HasUnicodeMapError(text, at))


def _is_legible(lines: list[Line], unknown: int) -> bool:
    """Fonts without a table may still number their letters as usual; then the text reads like one."""
    letters = "".join(line.text for line in lines)
    small = sum(letter.islower() for letter in letters)
    return unknown < len(letters) / 2 or small > len(letters) / 2


def _lines(text: Any, page: Any, number: int) -> Iterator[Line]:
    from pypdfium2 import raw

    upright, height = _upright(page), max(page.get_height(), 1.0)
    box = raw.FS_RECTF()
    letters: list[str] = []
    edges: list[Edges] = []
    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        letter = "-" if code in _HYPHENS else chr(min(code, sys.maxunicode))
        if not letter.isspace():
            raw.FPDFText_GetLooseCharBox(text, at, box)
            letters.append(letter)
            edges.append(upright(box.left, box.right, box.bottom, box.top))
        elif letters and letters[-1] != " ":
            letters.append(" ")
        if code in _LINE_ENDS:
            yield from _line(letters, edges, number, height)
            letters, edges = [], []
    yield from _line(letters, edges, number, height)


def _line(letters: list[str], edges: list[Edges], page: int, height: float) -> Iterator[Line]:
    """The line of these letters; a large first letter is a line of its own."""
    if not edges:
        return
    if _height(edges[0]) > _INITIAL * median_low(map(_height, edges)) > 0:
        yield from _line(letters[:1], edges[:1], page, height)
        letters, edges = letters[1:], edges[1:]
    text = "".join(letters).strip()
    lefts, rights, bottoms, tops = (tuple(map(_near, edge)) for edge in zip(*edges, strict=True))
    first = len(text.split()[0])
    bottom = median_low(bottoms)
    yield Line(
        text=text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
        left=min(lefts),
        right=max(rights),
        bottom=bottom,
        top=max(median_low(tops), bottom + 1),
        first=max(rights[:first]) - min(lefts[:first]),
        page=page,
        height=height,
    )


def _near(edge: float) -> float:
    """The edge, or 0 where a damaged file puts it out of all bounds or gives no number."""
    return edge if -_FAR < edge < _FAR else 0.0


def _height(edges: Edges) -> float:
    return edges[3] - edges[2]


def _upright(page: Any) -> Callable[[float, float, float, float], Edges]:
    """How the edges of a box lie when the page is turned as it is shown, from its lower left corner."""
    x0, y0, x1, y1 = page.get_bbox()
    turns: dict[int, Callable[[float, float, float, float], Edges]] = {
        0: lambda left, right, bottom, top: (left - x0, right - x0, bottom - y0, top - y0),
        90: lambda left, right, bottom, top: (bottom - y0, top - y0, x1 - right, x1 - left),
        180: lambda left, right, bottom, top: (x1 - right, x1 - left, y1 - top, y1 - bottom),
        270: lambda left, right, bottom, top: (y1 - top, y1 - bottom, left - x0, right - x0),
    }
    return turns[page.get_rotation()]
