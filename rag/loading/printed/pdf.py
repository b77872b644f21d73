"""PDF: letters and their places by PDFium, made into paragraphs again."""

from __future__ import annotations

import re
from datetime import date

from rag.errors import LoadError
from rag.loading.documents.properties import stated_author, stated_title
from rag.loading.draft import Draft, day_of
from rag.loading.printed.pages import blocks_of, headline_of
from rag.loading.printed.pdf_lines import read_pages

_RECOGNISE = "run a text recognition (OCR) over it, for example ocrmypdf"
_PUBLISHED = re.compile(rb"prism:(?:publicationDate|coverDate)\s*(?:>|=\s*[\"'])\s*([\d.-]{8,10})")


def load_pdf(raw: bytes) -> Draft:
    """Read a PDF with text: paragraphs page by page; its title is the one that it states, or else its headline.

    Raises:
        LoadError: it is damaged, encrypted, without text, or too long.
    """
    pages = read_pages(raw)
    if not pages.lines:
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
    return Draft(
        blocks=blocks_of(pages.lines),
        title=title or headline,
        author=author,
        published=published,
        origins={name: origin for name, origin in origins.items() if origin},
    )


def _published(raw: bytes) -> date | None:
    """The day of publication that the XMP states; the dates of the document information are those of the file."""
    stated = _PUBLISHED.search(raw)
    return day_of(stated[1].decode("ascii")) if stated else None
