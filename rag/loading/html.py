"""Saved web pages: main text and metadata by trafilatura (Barbaresi, 2021)."""

from __future__ import annotations

import re

from rag.errors import LoadError
from rag.loading.draft import Draft, iso_date
from rag.loading.text import decode

_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def load_html(raw: bytes) -> Draft:
    """Read a saved page: the article without navigation, teasers and comments.

    Raises:
        LoadError: the page holds no article, or is no text in any known encoding.
    """
    from trafilatura import bare_extraction

    page = bare_extraction(_decoded(raw), include_comments=False, include_tables=True, with_metadata=True)
    if page is None or not page.text:
        raise LoadError("No article was found in the page: open it and save it again, or save its text as .txt.")
    paragraphs = page.text.split("\n")
    if page.title and paragraphs[0].strip() == page.title.strip() and len(paragraphs) > 1:
        del paragraphs[0]
    return Draft(
        text="\n\n".join(paragraphs),
        title=page.title,
        source=page.sitename,
        author=page.author,
        published=iso_date(page.date),
        url=page.url,
    )


def _decoded(raw: bytes) -> str:
    """The encoding that the page declares is right more often than a guess, if it fits."""
    declared = _DECLARED.search(raw[:4096])
    if declared:
        try:
            return raw.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(raw)
