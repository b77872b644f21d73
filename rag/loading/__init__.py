"""A file → an article."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from rag.errors import LoadError
from rag.language import language_of
from rag.loading.docx import load_docx
from rag.loading.draft import Block, Draft
from rag.loading.epub import load_epub
from rag.loading.html import load_html
from rag.loading.mail import load_eml, load_mhtml
from rag.loading.markdown import load_markdown
from rag.loading.normal import normalised
from rag.loading.odt import load_odt
from rag.loading.pdf import load_pdf
from rag.loading.rtf import load_rtf
from rag.loading.text import load_text
from rag.types import Article, Aside

VERSION = 2
"""Raised whenever a loader reads the same bytes differently; stored articles are then loaded anew."""
MAX_BYTES = 20_000_000

LOADERS: dict[str, Callable[[bytes], Draft]] = {
    ".txt": load_text,
    ".md": load_markdown,
    ".html": load_html,
    ".htm": load_html,
    ".pdf": load_pdf,
    ".docx": load_docx,
    ".odt": load_odt,
    ".rtf": load_rtf,
    ".epub": load_epub,
    ".eml": load_eml,
    ".mhtml": load_mhtml,
    ".mht": load_mhtml,
}

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
    text, asides, pages = joined(draft.blocks)
    if not any(character.isalnum() for character in draft.text):
        raise LoadError("It holds no text: check that the article was saved with its body.")
    stated = _language(draft)
    told = {} if stated else {"language": "the text's words"}
    return Article(
        id=article_id(path),
        title=_line(draft.title),
        text=text,
        language=stated or language_of(f"{draft.title or ''}\n{normalised(draft.text)}"),
        source=_line(draft.source),
        author=_line(draft.author),
        published=draft.published,
        url=_line(draft.url),
        path=path.as_posix(),
        sha256=hashlib.sha256(raw).hexdigest(),
        place=_line(draft.place),
        asides=asides,
        pages=pages,
        origins={**draft.origins, **told},
    )


def joined(blocks: Sequence[Block]) -> tuple[str, tuple[Aside, ...], tuple[int, ...]]:
    """Return the text of the blocks without white space around it, what is set aside in it, and where pages begin."""
    texts = [normalised(block.text) for block in blocks]
    whole = "".join(texts)
    first, last = len(whole) - len(whole.lstrip()), len(whole.rstrip())
    asides: list[Aside] = []
    pages: dict[int, int] = {}
    at = 0
    for block, text in zip(blocks, texts, strict=True):
        start, end = (min(max(one, first), last) - first for one in (at, at + len(text)))
        at += len(text)
        if block.page is not None:
            pages.setdefault(block.page, start)
        if block.kind == "article" or start == end:
            continue
        if asides and (asides[-1].kind, asides[-1].end) == (block.kind, start):
            start = asides.pop().start
        asides.append(Aside(start, end, block.kind))
    # a page without text begins where the next one does
    count = max(pages, default=0)
    starts = [pages.get(count, 0)]
    for number in range(count - 1, 0, -1):
        starts.append(pages.get(number, starts[-1]))
    return whole[first:last], tuple(asides), tuple(starts[::-1]) if pages else ()


def _language(draft: Draft) -> str | None:
    """What the file states, if it is a BCP-47 tag."""
    stated = (draft.language or "").strip().replace("_", "-")
    return stated if _LANGUAGE.fullmatch(stated) else None


def _line(value: str | None) -> str | None:
    """A field of metadata is one line, or nothing."""
    return " ".join(normalised(value).split()) or None if value else None
