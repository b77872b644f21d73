"""The loader of each kind of file."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Callable, Iterable

from rag.loading.common.draft import Draft, Flaw
from rag.loading.common.file_types import HEAD_BYTES, kind_of
from rag.loading.containers.feeds import load_feed
from rag.loading.containers.warc import load_warc
from rag.loading.documents.docx import load_docx, refuse_part
from rag.loading.documents.epub import load_epub, load_issue
from rag.loading.documents.mail import load_eml, load_mhtml
from rag.loading.documents.odt import load_odt
from rag.loading.documents.rtf import load_rtf
from rag.loading.exports.split import split_export
from rag.loading.pdf.pdf import load_pdf
from rag.loading.plain_text.markdown import load_markdown
from rag.loading.plain_text.text import load_text, load_texts
from rag.loading.web.html import load_html
from rag.loading.web.prose_html import parse_prose, prose_paragraphs
from rag.loading.web.several_articles import load_html_articles


def _paragraphs_of_part(path: str, raw: bytes) -> list[str]:
    """Return the paragraphs of a part of a Word document that is stored in another format."""
    kind = kind_of(posixpath.basename(path), raw[:HEAD_BYTES])
    if kind == "html":
        root = parse_prose(raw)
        return [paragraph.text for paragraph in prose_paragraphs(root)] if root is not None else []
    if kind not in LOADERS or not raw:
        return refuse_part(path, raw)
    return [block.text.strip() for block in LOADERS[kind](raw).blocks]


def _load_docx(raw: bytes) -> Draft:
    return load_docx(raw, _paragraphs_of_part)


LOADERS: dict[str, Callable[[bytes], Draft]] = {
    "text": load_text,
    "markdown": load_markdown,
    "html": load_html,
    "mhtml": load_mhtml,
    "pdf": load_pdf,
    "docx": _load_docx,
    "odt": load_odt,
    "rtf": load_rtf,
    "epub": load_epub,
    "eml": load_eml,
}
"""For each kind of file with one article, its loader."""
MANY_IN_ONE: dict[str, Callable[[bytes], Iterable[Draft | Flaw]]] = {
    "text": load_texts,
    "pdf": lambda raw: split_export(load_pdf(raw)),
    "docx": lambda raw: split_export(_load_docx(raw)),
    "odt": lambda raw: split_export(load_odt(raw)),
    "rtf": lambda raw: split_export(load_rtf(raw)),
    "html": load_html_articles,
    "epub": load_issue,
}
"""For kinds of files that may contain many articles, the loader of all of them."""


def drafts_of(kind: str, raw: bytes) -> Iterable[Draft | Flaw]:
    """Return the drafts in a file of a kind that `kind_of` returns, except archives and tables.

    Raises:
        LoadError: it cannot be read.
    """
    if kind == "feed":
        return load_feed(raw)
    if kind == "warc":
        return load_warc(io.BytesIO(raw))
    return MANY_IN_ONE[kind](raw) if kind in MANY_IN_ONE else [LOADERS[kind](raw)]
