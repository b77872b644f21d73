"""PDF: letters and their places by PDFium, made into paragraphs again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from rag.errors import LoadError
from rag.loading.common.draft import Block, Draft, parse_day
from rag.loading.common.safe_names import safe_name
from rag.loading.documents.properties import stated_author, stated_title
from rag.loading.pdf.layout import running_lines
from rag.loading.pdf.lines import Pages, read_pages
from rag.loading.pdf.pages import blocks_of, headline_of
from rag.loading.pdf.pictures import FEW_LETTERS

_RECOGNISE = "run a text recognition (OCR) over it, for example ocrmypdf"
_PUBLISHED = re.compile(rb"prism:(?:publicationDate|coverDate)\s*(?:>|=\s*[\"'])\s*([\d.-]{8,10})")


def load_pdf(raw: bytes) -> Draft:
    """Read a PDF with text: paragraphs page by page; its title is the one that it states, or else its headline.

    What is filled into forms is text; notes are comments below the text of their page. Pages that show pictures of text
    and files inside are named as unread.

    Raises:
        LoadError: it is damaged, encrypted, without text, or too long.
    """
    pages = read_pages(raw)
    scanned = _scanned(pages)
    if (not pages.lines and not pages.notes) or len(scanned) == pages.count:
        raise LoadError(f"It holds pictures of pages and no text: {_RECOGNISE}.")
    if not pages.legible:
        raise LoadError(f"Its fonts do not say which letters they show: {_RECOGNISE} --force-ocr.")
    title, author, published = stated_title(pages.title), stated_author(pages.author), _published(raw)
    headline = None if title else headline_of(pages.lines)
    origins = {
        "title": "document information" if title else "largest letters of the first page" if headline else None,
        "author": "document information" if author else None,
        "published": "XMP" if published else None,
    }
    notes = [Block(f"{note.text}\n\n", "comment", note.page) for note in pages.notes]
    return Draft(
        blocks=tuple(sorted([*blocks_of(pages.lines), *notes], key=lambda block: block.page or 0)),
        title=title or headline,
        author=author,
        published=published,
        origins={name: origin for name, origin in origins.items() if origin},
        unread=tuple(_unread(pages, scanned)),
    )


def _scanned(pages: Pages) -> list[int]:
    """The pages with a picture and hardly any text, apart from what stands on each of them."""
    running = running_lines(pages.lines)
    letters: Counter[int] = Counter()
    for at, line in enumerate(pages.lines):
        letters[line.page] += 0 if at in running else len(line.text)
    return [page for page in pages.pictures if letters[page] <= FEW_LETTERS]


def _unread(pages: Pages, scanned: Sequence[int]) -> Iterator[str]:
    for numbers, why, instead in (
        (scanned, "a picture of text", _RECOGNISE),
        (pages.damaged, "damaged", "open it in a viewer and save it again"),
    ):
        if numbers:
            which = f"Page {numbers[0]} was" if len(numbers) == 1 else f"Pages {_ranges(numbers)} were"
            yield f"{which} not read ({why}): {instead}."
    if pages.ticked:
        yield f"Boxes that are ticked were not read: see page {_ranges(sorted(set(pages.ticked)))}."
    if pages.files:
        names = ", ".join(map(safe_name, pages.files))
        yield f"Files inside were not read ({names}): save them beside it."


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers as people write them: 2-4, 7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _published(raw: bytes) -> date | None:
    """The day of publication that the XMP states; the dates of the document information are those of the file."""
    stated = _PUBLISHED.search(raw)
    return parse_day(stated[1].decode("ascii")) if stated else None
