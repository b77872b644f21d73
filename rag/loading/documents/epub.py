"""EPUB: the chapters of a book or magazine in their order, and what the package says about it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from rag.errors import LoadError
from rag.loading.common.draft import Block, Draft, paragraph_blocks, parse_day
from rag.loading.common.safe_names import safe_name
from rag.loading.common.xml import attribute, descendants
from rag.loading.documents.zipped_xml import damaged, parsed, unpacked
from rag.loading.plain_text.bylines import find_byline
from rag.loading.web.prose_html import parse_prose, prose_paragraphs

_WHAT = "epub"
_CONTAINER = "META-INF/container.xml"
_TEXT = "application/xhtml+xml"
_ENCRYPTION = "META-INF/encryption.xml"
# what says that it is an issue: in its title, and in its package
_ISSUE = re.compile(
    r"\b(?:nr|no|heft|ausgabe|issue|edition|numéro|número|vol)\b\.?\s*\d|\b\d{1,2}[./]\s?(?:\d{1,2}[./]\s?)?(?:19|20)\d\d\b|"
    r"\b(?:zeitung|magazin|magazine|kurier|bote|anzeiger|newspaper|gazette|weekly|daily)\b|\[\w{2,4}\.?, ",
    re.IGNORECASE,
)
_PERIODICAL = re.compile(
    rb"periodical|>\s*(?:magazine|newspaper|zeitschrift|zeitung)\s*<|prism:|calibre:publication_type", re.I
)
_TOP, _SIGNED = 6, 0.5


def load_epub(raw: bytes) -> Draft:
    """Read an EPUB: all of its chapters; tables of contents are boilerplate.

    Raises:
        LoadError: it is no EPUB, damaged, protected against copying, or unpacks to too much.
    """
    return _book(*_read(raw))


def _book(stated: Draft, parts: Sequence[Draft]) -> Draft:
    return replace(stated, blocks=tuple(block for part in parts for block in part.blocks))


def load_issue(raw: bytes) -> list[Draft]:
    """Read an EPUB that may be an issue of a newspaper or magazine: each chapter is an article then.

    A chapter without a heading goes on from the one before it. A book is one article.

    Raises:
        LoadError: as `load_epub`.
    """
    stated, parts = _read(raw)
    articles: list[Draft] = []
    before: tuple[Block, ...] = ()
    for part in parts:
        if part.title and any(block.kind == "article" for block in part.blocks):
            articles.append(replace(part, blocks=(*before, *part.blocks)))
            before = ()
        elif articles:
            articles[-1] = replace(articles[-1], blocks=(*articles[-1].blocks, *part.blocks))
        else:
            before += part.blocks
    signed = sum(part.author is not None for part in articles)
    if not articles[1:] or (stated.author and not _is_periodical(stated, raw) and signed < _SIGNED * len(articles)):
        return [_book(stated, parts)]
    # what is stated of an issue as its author is whoever made the file
    common = replace(stated, title=None, author=None, source=stated.title or stated.source)
    return [_article(part, common, stated, number) for number, part in enumerate(articles, 1)]


def _article(part: Draft, common: Draft, stated: Draft, number: int) -> Draft:
    origins = {name: origin for name, origin in stated.origins.items() if name in ("published", "language")}
    origins |= {"title": "heading"} | ({"source": "package metadata"} if common.source else {})
    origins |= {"author": "byline"} if part.author else {}
    return replace(
        common,
        blocks=part.blocks,
        title=part.title,
        author=part.author,
        origins=origins,
        name=f"article {number}",
        # what was not read of the issue is said once
        unread=common.unread if number == 1 else (),
    )


def _is_periodical(stated: Draft, raw: bytes) -> bool:
    return bool(_ISSUE.search(stated.title or "") or _PERIODICAL.search(_package(unpacked(raw, _WHAT))[1]))


def _package(texts: Mapping[str, bytes]) -> tuple[str, bytes]:
    """The path of the package in the archive, and its bytes."""
    rootfile = next(descendants(parsed(texts, _CONTAINER, _WHAT), "rootfile"), None)
    if rootfile is None:
        raise damaged(_WHAT)
    path = attribute(rootfile, "full-path") or ""
    return path, texts.get(path, b"")


def _read(raw: bytes) -> tuple[Draft, list[Draft]]:
    """What the package states, and its chapters, each with its heading as title and the author that it names."""
    texts = unpacked(raw, _WHAT)
    path, _ = _package(texts)
    package = parsed(texts, path, _WHAT)
    locked = _encrypted(texts)
    parts: list[Draft] = []
    chapters = list(_chapters(package, posixpath.dirname(path)))
    missing = [chapter for chapter, _ in chapters if chapter not in texts]
    for chapter, is_contents in chapters:
        if chapter in locked:
            raise LoadError("It is protected against copying (DRM): get a copy without protection.")
        if chapter in texts and (root := parse_prose(texts[chapter])) is not None:
            words = [paragraph.text for paragraph in prose_paragraphs(root)]
            blocks = paragraph_blocks(words, "boilerplate" if is_contents else "article")
            parts.append(Draft(blocks, title=_heading(root), author=find_byline(words[:_TOP], None).author))
    stated = {name: next(_stated(package, name), None) for name in ("title", "publisher", "language")}
    author = ", ".join(_stated(package, "creator")) or None
    published = next(filter(None, map(parse_day, _stated(package, "date"))), None)
    draft = Draft((), stated["title"], stated["publisher"], author, published, None, stated["language"])
    known = [name for name in ("title", "source", "author", "published", "language") if getattr(draft, name)]
    unread = _unread(package, posixpath.dirname(path), {chapter for chapter, _ in chapters}, missing)
    return replace(draft, origins=dict.fromkeys(known, "package metadata"), unread=tuple(unread)), parts


def _heading(root: Any) -> str | None:
    headings = (" ".join("".join(one.itertext()).split()) for one in descendants(root, "h1", "h2", "h3"))
    return next(filter(None, headings), None)


def _unread(package: Any, folder: str, chapters: Container[str], missing: Sequence[str]) -> Iterator[str]:
    """Say which texts are not among those in the order of reading, and which of those are not there."""
    texts = [
        posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href") or "")))
        for item in descendants(package, "item")
        if attribute(item, "media-type") == _TEXT and "nav" not in (attribute(item, "properties") or "").split()
    ]
    if outside := [posixpath.basename(text) for text in texts if text not in chapters]:
        yield f"Texts outside the order of reading were not read: {', '.join(map(safe_name, outside))}."
    if missing:
        yield f"Chapters are missing: {', '.join(safe_name(posixpath.basename(each)) for each in missing)}."


def _chapters(package: Any, folder: str) -> Iterator[tuple[str, bool]]:
    """The paths of the texts in the order of reading, and whether each is a table of contents."""
    items = {attribute(item, "id"): item for item in descendants(package, "item")}
    for reference in descendants(package, "itemref"):
        item = items.get(attribute(reference, "idref"))
        if item is not None:
            path = posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href") or "")))
            yield path, "nav" in (attribute(item, "properties") or "").split()


def _encrypted(texts: Mapping[str, bytes]) -> set[str]:
    """The paths of what is encrypted: fonts may be, without harm."""
    if _ENCRYPTION not in texts:
        return set()
    references = descendants(parsed(texts, _ENCRYPTION, _WHAT), "CipherReference")
    return {unquote(attribute(each, "URI") or "") for each in references}


def _stated(package: Any, name: str) -> Iterator[str]:
    """What the metadata say under a name of Dublin Core; of several dates, only those that are of publication."""
    for metadata in descendants(package, "metadata"):
        for each in descendants(metadata, name):
            text = " ".join("".join(each.itertext()).split())
            if text and attribute(each, "event") in (None, "publication"):
                yield text
