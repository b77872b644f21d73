"""Saved web pages: main text and metadata by trafilatura (Barbaresi, 2021)."""

from __future__ import annotations

import re

from rag.errors import LoadError
from rag.loading.draft import Draft, day_of, paragraphs
from rag.loading.text import decode

# only dates that the page states as its own, not any year that stands somewhere in it
_DATES = {"extensive_search": False, "original_date": True}
_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def load_html(raw: bytes) -> Draft:
    """Read a saved page: the article without navigation, teasers and comments.

    Raises:
        LoadError: the page holds no article, or is no text in any known encoding.
    """
    from trafilatura import bare_extraction

    page = bare_extraction(
        _decoded(raw), include_comments=False, include_tables=True, with_metadata=True, date_extraction_params=_DATES
    )
    if page is None or not page.text:
        raise LoadError("No article was found in the page: open it and save it again, or save its text as .txt.")
    body = page.text.split("\n")
    if page.title and body[0].strip() == page.title.strip() and len(body) > 1:
        del body[0]
    return Draft(
        blocks=paragraphs(body),
        title=page.title,
        source=page.sitename,
        author=page.author,
        published=day_of(page.date) if page.date else None,
        url=page.url,
    )


def _decoded(raw: bytes) -> str:
    """The encoding that the page declares is right more often than a guess, if it fits."""
    declared = _DECLARED.search(raw[:4096])
    if declared:
        try:
            return raw.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeError):
            pass
    return decode(raw)
