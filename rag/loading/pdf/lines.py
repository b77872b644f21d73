"""The lines of a PDF's pages, with their places, by PDFium."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median_low
from threading import Lock
from typing import Any

from rag.errors import LoadError
from rag.loading.pdf.annotations import Filled, Note, files_within, filled_fields, notes_of
from rag.loading.pdf.columns import Fragment, fragments_of
from rag.loading.pdf.direction import backward_lines, in_order, is_backward, is_backward_text, mirrored
from rag.loading.pdf.layout import Line
from rag.loading.pdf.pictures import is_picture
from rag.loading.pdf.words import Edges, Word

_PDFIUM = Lock()  # the library works for one thread at a time
_MAX_PAGES = 5_000
_MAX_LETTERS = 10_000_000
_HYPHENS = (0x02, 0xFFFE)  # each stands for a hyphen and the line end after it
_LINE_ENDS = (0x0A, 0x0D, *_HYPHENS)
_INITIAL = 1.7
_SAMPLE = 20
_FAR = 100_000.0
_DAMAGED = "It is no PDF, or damaged: open it in a viewer and save it again."


@dataclass(frozen=True, slots=True)
class Pages:
    """The lines of a document in the order of reading, the notes on its pages, and what it states.

    It is legible unless its fonts do not tell which letters they show. `pictures` are the numbers of the pages that
    show text as pictures, `damaged` those that cannot be read, `ticked` those with boxes that are ticked; `files` are
    the names of files inside.
    """

    lines: tuple[Line, ...]
    legible: bool
    title: str | None
    author: str | None
    count: int = 0
    notes: tuple[Note, ...] = ()
    pictures: tuple[int, ...] = ()
    damaged: tuple[int, ...] = ()
    ticked: tuple[int, ...] = ()
    files: tuple[str, ...] = ()


def read_pages(raw: bytes) -> Pages:
    """Return the lines of all pages.

    Raises:
        LoadError: it is no PDF, damaged, encrypted, or has too many pages.
    """
    from pypdfium2 import PdfDocument, PdfiumError
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

    lines: list[Line] = []
    notes: list[Note] = []
    pictures: list[int] = []
    damaged: list[int] = []
    ticked: list[int] = []
    letters = unknown = 0
    try:
        with _PDFIUM, PdfDocument(raw) as document:
            if len(document) > _MAX_PAGES:
                raise LoadError(f"It has {len(document)} pages, and an article may have {_MAX_PAGES}: split it.")
            document.init_forms()
            for number in range(1, len(document) + 1):
                try:
                    page = document[number - 1]
                    text = page.get_textpage()
                except PdfiumError:
                    damaged.append(number)
                    continue
                letters += text.count_chars()
                if letters > _MAX_LETTERS:
                    raise LoadError(f"It has more than {_MAX_LETTERS // 10**6} million letters: split it.")
                fields = filled_fields(document, page)
                there = _lines(text, page, number, fields.typed)
                if is_picture(page, sum(len(line.text) for line in there)):
                    pictures.append(number)
                ticked += [number] * fields.ticked
                lines += there
                notes += notes_of(page, number)
                unknown += _unknown(text)
                page.close()
            if len(damaged) == len(document):
                raise LoadError(_DAMAGED)
            return Pages(
                tuple(lines),
                _is_legible(lines, unknown),
                _stated(document, "Title"),
                _stated(document, "Author"),
                len(document),
                tuple(notes),
                tuple(pictures),
                tuple(damaged),
                tuple(ticked),
                files_within(document),
            )
    except PdfiumError as error:
        if error.err_code in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY):
            raise LoadError("It is encrypted: save a copy without password.") from error
        raise LoadError(_DAMAGED) from error


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


def _lines(text: Any, page: Any, number: int, filled: Sequence[Filled]) -> list[Line]:
    """The lines of a page in the order of reading, with what is filled into the fields of a form."""
    upright, (width, height) = _upright(page), (max(page.get_width(), 1.0), max(page.get_height(), 1.0))
    written = list(_written(text, upright))
    backward = is_backward_text("".join(word.text for line in written for word in line))
    written += [_typed(line, edges, upright, at) for at, field in enumerate(filled, 1) for line, edges in field.lines()]
    if backward:
        ordered = backward_lines([mirrored(word, width) for line in written for word in line])
    else:
        ordered = [in_order(line) for line in written]
    return [line for part in fragments_of(ordered) for line in _line(part, number, height)]


def _written(text: Any, upright: Callable[[float, float, float, float], Edges]) -> Iterator[list[Word]]:
    """The words of a page by lines, as PDFium finds them."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    letters: list[str] = []
    edges: list[Edges] = []
    line: list[Word] = []

    def end_word() -> None:
        if letters:
            line.append(Word(letters, edges))
            letters.clear()
            edges.clear()

    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        letter = "-" if code in _HYPHENS else chr(min(code, sys.maxunicode))
        if letter.isspace():
            end_word()
        else:
            raw.FPDFText_GetLooseCharBox(text, at, box)
            letters.append(letter)
            left, right, bottom, top = map(_near, upright(box.left, box.right, box.bottom, box.top))
            edges.append((left, right, bottom, top))
        if code in _LINE_ENDS:
            end_word()
            if line:
                yield line
            line = []
    end_word()
    if line:
        yield line


def _typed(text: str, edges: Edges, upright: Callable[[float, float, float, float], Edges], field: int) -> list[Word]:
    """The words of a line that has a box as a whole: each letter gets the same share of it."""
    left, right, bottom, top = edges
    width = min((right - left) / len(text), (top - bottom) / 2)
    places = [upright(left + at * width, left + (at + 1) * width, bottom, top) for at in range(len(text))]
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append(Word(word, places[at : at + len(word)], field))
        at += len(word)
    return found


def _line(part: Fragment, page: int, height: float) -> Iterator[Line]:
    """The line of these words; a large first letter is a line of its own."""
    heights = [_height(edges) for word in part.words for edges in word.edges]
    first = part.words[0]
    if not is_backward(first.letters[0]) and heights[0] > _INITIAL * median_low(heights) > 0:
        yield _whole(replace(part, words=(Word(first.letters[:1], first.edges[:1]),)), page, height)
        rest = [Word(first.letters[1:], first.edges[1:])] if len(first.letters) > 1 else []
        part = replace(part, words=(*rest, *part.words[1:]), apart=False)
    if part.words:
        yield _whole(part, page, height)


def _whole(part: Fragment, page: int, height: float) -> Line:
    words = part.words
    lefts, rights, bottoms, tops = zip(*(edges for word in words for edges in word.edges), strict=True)
    bottom = median_low(bottoms)
    return Line(
        text=" ".join(word.text for word in words).encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
        left=min(lefts),
        right=max(rights),
        bottom=bottom,
        top=max(median_low(tops), bottom + 1),
        first=words[0].right - words[0].left,
        page=page,
        height=height,
        apart=part.apart,
        column=part.column,
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
