"""A file → an article."""

from __future__ import annotations

import hashlib
import re
import stat
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

VERSION = 2
"""Raised whenever a loader reads the same bytes differently; stored articles are then loaded anew."""
MAX_BYTES = 20_000_000

LOADERS: dict[str, Callable[[bytes], Draft]] = {
    ".txt": load_text,
    ".md": load_markdown,
    ".html": load_html,
    ".htm": load_html,
}

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028]")
# C0 and C1 controls other than line feed and tab, the marks of byte order, and halves of characters
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def article_id(path: Path) -> str:
    """Return the id of the article at an absolute path: the same path always gives the same id."""
    return hashlib.sha256(path.as_posix().encode("utf-8", "surrogateescape")).hexdigest()[:12]


def read_file(path: Path) -> bytes:
    """Return the file's bytes.

    Raises:
        LoadError: the file cannot be read, is empty, or is too large for one article.
    """
    try:
        path.as_posix().encode("utf-8")
    except UnicodeEncodeError as error:
        raise LoadError("Its name holds bytes that are no text: rename the file.") from error
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise LoadError("It is no file but a pipe, a device or the like: save the article as a file.")
        if status.st_size > MAX_BYTES:
            raise LoadError(
                f"It has {status.st_size / 1e6:.0f} MB, and an article may have {MAX_BYTES // 10**6} MB: "
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
        language=_language(draft) or language_of(f"{draft.title or ''}\n{text}"),
        source=_line(draft.source),
        author=_line(draft.author),
        published=draft.published,
        url=_line(draft.url),
        path=path.as_posix(),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def normalised(text: str) -> str:
    """Return the text in Unicode NFC with line feeds, without control characters."""
    lines = _LINE_ENDS.sub("\n", text).replace("\u2029", "\n\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", lines))


def _language(draft: Draft) -> str | None:
    """What the file states, if it is a BCP-47 tag."""
    stated = (draft.language or "").strip().replace("_", "-")
    return stated if _LANGUAGE.fullmatch(stated) else None


def _line(value: str | None) -> str | None:
    """A field of metadata is one line, or nothing."""
    return " ".join(normalised(value).split()) or None if value else None
