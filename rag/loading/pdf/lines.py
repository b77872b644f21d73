"""The lines of a PDF's pages, with their positions, by PDFium."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median_low
from threading import Lock
from typing import Any

from rag.errors import LoadError
from rag.loading.pdf.annotations import FilledField, PageNote, embedded_files, form_fields, notes_of
from rag.loading.pdf.columns import LineFragment, fragments_of
from rag.loading.pdf.direction import (
    in_reading_order,
    is_right_to_left,
    is_right_to_left_text,
    mirror,
    right_to_left_lines,
)
from rag.loading.pdf.layout import PrintedLine
from rag.loading.pdf.pictures import is_picture
from rag.loading.pdf.words import Edges, Word

_PDFIUM = Lock()  # the library works for one thread at a time
_MAX_PAGES = 5_000
_MAX_LETTERS = 10_000_000
_HYPHENS = (0x02, 0xFFFE)  # each is a hyphen and the line end after it
_LINE_ENDS = (0x0A, 0x0D, *_HYPHENS)
_MIN_INITIAL_SIZE = 1.7  # times the height of most letters of the line
_SAMPLE_STEP = 20  # letters
_MAX_COORDINATE = 100_000.0  # points
_DAMAGED = "Not a PDF, or damaged: open it in a viewer and save it again."

ToUpright = Callable[[float, float, float, float], Edges]
"""Turns the edges of a box (left, right, bottom, top) as the page is turned when it is shown."""


@dataclass(frozen=True, slots=True)
class PdfContent:
    """The lines of a document in reading order, the notes on its pages, and what it states.

    It `is_legible` unless its fonts do not say which letters they show. `picture_pages` are the numbers of the pages
    that show text as pictures, `damaged_pages` of those that cannot be read, `ticked_pages` of those with ticked boxes;
    `files` are the names of embedded files.
    """

    lines: tuple[PrintedLine, ...]
    is_legible: bool
    title: str | None
    author: str | None
    page_count: int = 0
    notes: tuple[PageNote, ...] = ()
    picture_pages: tuple[int, ...] = ()
    damaged_pages: tuple[int, ...] = ()
    ticked_pages: tuple[int, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _PageContent:
    """What is read from one page; `unmapped_letters` are shown by fonts that do not say which letters they are."""

    number: int
    lines: Sequence[PrintedLine]
    notes: Sequence[PageNote]
    is_picture: bool
    has_ticked_boxes: bool
    unmapped_letters: int


def read_pdf(raw: bytes) -> PdfContent:
    """Return the lines of all pages.

    Raises:
        LoadError: it is not a PDF, damaged, encrypted, or has too many pages.
    """
    from pypdfium2 import PdfDocument, PdfiumError
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

    try:
        with _PDFIUM, PdfDocument(raw) as document:
            return _read_document(document)
    except PdfiumError as error:
        if error.err_code in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY):
            raise LoadError("It is encrypted: save a copy without a password.") from error
        raise LoadError(_DAMAGED) from error


def _read_document(document: Any) -> PdfContent:
    from pypdfium2 import PdfiumError

    page_count = len(document)
    if page_count > _MAX_PAGES:
        raise LoadError(f"It has {page_count} pages, more than the {_MAX_PAGES} that can be read: split it.")
    document.init_forms()
    pages: list[_PageContent] = []
    damaged_pages: list[int] = []
    letters = 0
    for number in range(1, page_count + 1):
        try:
            page = document[number - 1]
            text = page.get_textpage()
        except PdfiumError:
            damaged_pages.append(number)
            continue
        letters += text.count_chars()
        if letters > _MAX_LETTERS:
            raise LoadError(f"It has more than {_MAX_LETTERS // 10**6} million letters: split it.")
        pages.append(_read_page(document, page, text, number))
        page.close()
    if len(damaged_pages) == page_count:
        raise LoadError(_DAMAGED)
    lines = tuple(line for page in pages for line in page.lines)
    return PdfContent(
        lines=lines,
        is_legible=_is_legible(lines, sum(page.unmapped_letters for page in pages)),
        title=_information(document, "Title"),
        author=_information(document, "Author"),
        page_count=page_count,
        notes=tuple(note for page in pages for note in page.notes),
        picture_pages=tuple(page.number for page in pages if page.is_picture),
        damaged_pages=tuple(damaged_pages),
        ticked_pages=tuple(page.number for page in pages if page.has_ticked_boxes),
        files=embedded_files(document),
    )


def _read_page(document: Any, page: Any, text: Any, number: int) -> _PageContent:
    form = form_fields(document, page)
    lines = _page_lines(text, page, number, form.filled)
    return _PageContent(
        number=number,
        lines=lines,
        notes=notes_of(page, number),
        is_picture=is_picture(page, sum(len(line.text) for line in lines)),
        has_ticked_boxes=form.ticked_boxes > 0,
        unmapped_letters=_unmapped_letters(text),
    )


def _information(document: Any, field: str) -> str | None:
    """A field of the document information."""
    try:
        return str(document.get_metadata_value(field))
    except UnicodeDecodeError:  # a damaged field
        return None


def _unmapped_letters(text: Any) -> int:
    """An estimate, from a sample, of how many letters of a page are shown by fonts that do not say which they are."""
    from pypdfium2.raw import FPDFText_HasUnicodeMapError

    sample = range(0, text.count_chars(), _SAMPLE_STEP)
    return _SAMPLE_STEP * sum(1 for at in sample if FPDFText_HasUnicodeMapError(text, at))


def _is_legible(lines: Sequence[PrintedLine], unmapped: int) -> bool:
    """Fonts without a table may still number their letters as usual; then the text looks like one."""
    letters = "".join(line.text for line in lines)
    lower_case = sum(letter.islower() for letter in letters)
    return unmapped < len(letters) / 2 or lower_case > len(letters) / 2


def _page_lines(text: Any, page: Any, number: int, fields: Sequence[FilledField]) -> list[PrintedLine]:
    """The lines of a page in reading order, with what is filled into the fields of a form."""
    to_upright = _to_upright(page)
    width, height = max(page.get_width(), 1.0), max(page.get_height(), 1.0)
    lines = list(_printed_words(text, to_upright))
    is_mirrored = is_right_to_left_text("".join(word.text for line in lines for word in line))
    lines += [
        _typed_words(line, edges, to_upright, field_number)
        for field_number, field in enumerate(fields, 1)
        for line, edges in field.lines()
    ]
    if is_mirrored:
        ordered = right_to_left_lines([mirror(word, width) for line in lines for word in line])
    else:
        ordered = [in_reading_order(line) for line in lines]
    return [line for fragment in fragments_of(ordered) for line in _printed_lines(fragment, number, height)]


def _printed_words(text: Any, to_upright: ToUpright) -> Iterator[list[Word]]:
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
            edges.append(Edges(*map(_bounded, to_upright(box.left, box.right, box.bottom, box.top))))
        if code in _LINE_ENDS:
            end_word()
            if line:
                yield line
            line = []
    end_word()
    if line:
        yield line


def _typed_words(text: str, edges: Edges, to_upright: ToUpright, field: int) -> list[Word]:
    """The words of a line in a form field: each letter gets the same share of the line's box."""
    width = min((edges.right - edges.left) / len(text), edges.height / 2)
    letter_edges = [
        to_upright(edges.left + at * width, edges.left + (at + 1) * width, edges.bottom, edges.top)
        for at in range(len(text))
    ]
    words: list[Word] = []
    start = 0
    for word in text.split():
        start = text.index(word, start)
        end = start + len(word)
        words.append(Word(word, letter_edges[start:end], field))
        start = end
    return words


def _printed_lines(fragment: LineFragment, page: int, page_height: float) -> Iterator[PrintedLine]:
    """The line of these words; a large first letter is a line of its own."""
    heights = [edges.height for word in fragment.words for edges in word.edges]
    first, *following = fragment.words
    if not is_right_to_left(first.letters[0]) and heights[0] > _MIN_INITIAL_SIZE * median_low(heights) > 0:
        initial = Word(first.letters[:1], first.edges[:1])
        yield _printed_line(replace(fragment, words=(initial,)), page, page_height)
        if len(first.letters) > 1:
            following = [Word(first.letters[1:], first.edges[1:]), *following]
        fragment = replace(fragment, words=tuple(following), is_separate=False)
    if fragment.words:
        yield _printed_line(fragment, page, page_height)


def _printed_line(fragment: LineFragment, page: int, page_height: float) -> PrintedLine:
    words = fragment.words
    lefts, rights, bottoms, tops = zip(*(edges for word in words for edges in word.edges), strict=True)
    bottom = median_low(bottoms)
    return PrintedLine(
        text=" ".join(word.text for word in words).encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
        left=min(lefts),
        right=max(rights),
        bottom=bottom,
        top=max(median_low(tops), bottom + 1),
        first_word_width=words[0].right - words[0].left,
        page=page,
        page_height=page_height,
        is_separate=fragment.is_separate,
        column=fragment.column,
    )


def _bounded(coordinate: float) -> float:
    """The coordinate, or 0 where that of a damaged file is out of all bounds or not a number."""
    return coordinate if -_MAX_COORDINATE < coordinate < _MAX_COORDINATE else 0.0


def _to_upright(page: Any) -> ToUpright:
    """How the edges of a box lie when the page is turned as it is shown, from its lower left corner."""
    x0, y0, x1, y1 = page.get_bbox()
    turns: dict[int, ToUpright] = {
        0: lambda left, right, bottom, top: Edges(left - x0, right - x0, bottom - y0, top - y0),
        90: lambda left, right, bottom, top: Edges(bottom - y0, top - y0, x1 - right, x1 - left),
        180: lambda left, right, bottom, top: Edges(x1 - right, x1 - left, y1 - top, y1 - bottom),
        270: lambda left, right, bottom, top: Edges(y1 - top, y1 - bottom, left - x0, right - x0),
    }
    return turns[page.get_rotation()]
