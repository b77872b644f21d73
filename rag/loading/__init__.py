"""A file → an article."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from rag.errors import LoadError
from rag.language import language_of
from rag.loading.draft import Draft
from rag.loading.html import load_html
from rag.loading.markdown import load_markdown
from rag.loading.text import load_text
from rag.types import Article

VERSION = 1
"""Raised whenever a loader reads the same bytes differently; stored articles are then loaded anew."""
MAX_BYTES = 20_000_000

LOADERS: dict[str, Callable[[bytes], Draft]] = {
    ".txt": load_text,
    ".md": load_markdown,
    ".html": load_html,
    ".htm": load_html,
}

# C0 and C1 controls other than line feed and tab, and the marks of byte order
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe]")


def article_id(path: Path) -> str:
    """Return the id of the article at an absolute path: the same path always gives the same id."""
    return hashlib.sha256(path.as_posix().encode("utf-8", "surrogateescape")).hexdigest()[:12]


def read_file(path: Path) -> bytes:
    """Return the file's bytes.

    Raises:
        LoadError: the file cannot be read, is empty, or is too large for one article.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise LoadError(
                f"It has {size / 1e6:.0f} MB, and an article may have {MAX_BYTES // 10**6} MB: "
                "split it into one file for each article."
            )
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LoadError(f"It cannot be read ({reason}): check that it is there and that you may read it.") from error
    if not raw.strip():
        raise LoadError("It is empty: delete it, or save the article again.")
    return raw


def load(path: Path, raw: bytes) -> Article:
    """Return the article in the file at an absolute path, given the file's bytes.

    Raises:
        LoadError: it holds no article that can be read; the message says why.
    """
    draft = LOADERS[path.suffix.lower()](raw)
    text = normalised(draft.text).strip()
    if not any(character.isalnum() for character in text):
        raise LoadError("It holds no text: check that the article was saved with its body.")
    return Article(
        id=article_id(path),
        title=_line(draft.title),
        text=text,
        language=draft.language or language_of(f"{draft.title or ''}\n{text}"),
        source=_line(draft.source),
        author=_line(draft.author),
        published=draft.published,
        url=_line(draft.url),
        path=path.as_posix(),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def normalised(text: str) -> str:
    """Return the text in Unicode NFC with line feeds, without control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    text = text.replace("\f", "\n").replace("\v", "\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text))


def _line(value: str | None) -> str | None:
    """A field of metadata is one line, or nothing."""
    return " ".join(normalised(value).split()) or None if value else None
