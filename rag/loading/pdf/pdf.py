"""PDF: letters and their positions by PDFium, reassembled into paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from rag.errors import LoadError
from rag.loading.common.draft import Block, Draft, iso_or_german_day
from rag.loading.common.safe_names import safe_name
from rag.loading.documents.properties import stated_author, stated_title
from rag.loading.pdf.layout import running_lines
from rag.loading.pdf.lines import PdfContent, read_pdf
from rag.loading.pdf.pages import blocks_of, headline_of
from rag.loading.pdf.pictures import MAX_STAMP_LETTERS

_OCR_ADVICE = "run a text recognition (OCR) over it, for example ocrmypdf"
_XMP_DATE = re.compile(rb"prism:(?:publicationDate|coverDate)\s*(?:>|=\s*[\"'])\s*([\d.-]{8,10})")


def load_pdf(raw: bytes) -> Draft:
    """Read a PDF with text: paragraphs page by page; its title is the one that it states, or else its headline.

    Filled form fields are text; notes are comments below the text of their page. Pages that are pictures of text, and
    embedded files, are reported as unread.

    Raises:
        LoadError: it is damaged, encrypted, without text, or too long.
    """
    content = read_pdf(raw)
    scanned = _scanned_pages(content)
    if (not content.lines and not content.notes) or len(scanned) == content.page_count:
        raise LoadError(f"It contains pictures of pages and no text: {_OCR_ADVICE}.")
    if not content.is_legible:
        raise LoadError(f"Its fonts do not say which letters they show: {_OCR_ADVICE} --force-ocr.")
    title, author, published = stated_title(content.title), stated_author(content.author), _publication_date(raw)
    headline = None if title else headline_of(content.lines)
    origins = {
        "title": "document information" if title else "largest letters of the first page" if headline else None,
        "author": "document information" if author else None,
        "published": "XMP" if published else None,
    }
    notes = [Block(f"{note.text}\n\n", "comment", note.page) for note in content.notes]
    return Draft(
        blocks=tuple(sorted([*blocks_of(content.lines), *notes], key=lambda block: block.page or 0)),
        title=title or headline,
        author=author,
        published=published,
        origins={field: origin for field, origin in origins.items() if origin},
        unread=tuple(_unread_parts(content, scanned)),
    )


def _scanned_pages(content: PdfContent) -> list[int]:
    """The pages with a picture and hardly any text, apart from page headers and footers."""
    running = running_lines(content.lines)
    letters: Counter[int] = Counter()
    for at, line in enumerate(content.lines):
        letters[line.page] += 0 if at in running else len(line.text)
    return [page for page in content.picture_pages if letters[page] <= MAX_STAMP_LETTERS]


def _unread_parts(content: PdfContent, scanned: Sequence[int]) -> Iterator[str]:
    """A sentence for each kind of part that was not read."""
    for numbers, reason, advice in (
        (scanned, "a picture of text", _OCR_ADVICE),
        (content.damaged_pages, "damaged", "open it in a viewer and save it again"),
    ):
        if numbers:
            subject = f"Page {numbers[0]} was" if len(numbers) == 1 else f"Pages {_ranges(numbers)} were"
            yield f"{subject} not read ({reason}): {advice}."
    if content.ticked_pages:
        yield f"Boxes that are ticked were not read: see page {_ranges(content.ticked_pages)}."
    if content.files:
        names = ", ".join(map(safe_name, content.files))
        yield f"Files inside were not read ({names}): save them beside it."


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers in short: 2-4, 7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _publication_date(raw: bytes) -> date | None:
    """The day of publication that the XMP states; the dates of the document information are those of the file."""
    xmp_date = _XMP_DATE.search(raw)
    return iso_or_german_day(xmp_date[1].decode("ascii")) if xmp_date else None
