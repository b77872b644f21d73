"""EPUB: the chapters of a book or magazine in their order, and what the package says about it."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from rag.errors import LoadError
from rag.loading.documents.packed import attribute, damaged, descendants, parsed, unpacked
from rag.loading.draft import Block, Draft, day_of, paragraphs
from rag.loading.names import safe_name
from rag.loading.web.markup import paragraphs_of_markup, parsed_markup

_WHAT = "epub"
_CONTAINER = "META-INF/container.xml"
_TEXT = "application/xhtml+xml"
_ENCRYPTION = "META-INF/encryption.xml"


def load_epub(raw: bytes) -> Draft:
    """Read an EPUB: all of its chapters; tables of contents are boilerplate.

    Raises:
        LoadError: it is no EPUB, damaged, protected against copying, or unpacks to too much.
    """
    texts = unpacked(raw, _WHAT)
    rootfile = next(descendants(parsed(texts, _CONTAINER, _WHAT), "rootfile"), None)
    if rootfile is None:
        raise damaged(_WHAT)
    path = attribute(rootfile, "full-path") or ""
    package = parsed(texts, path, _WHAT)
    chapters = list(_chapters(package, posixpath.dirname(path)))
    locked = _encrypted(texts)
    blocks: list[Block] = []
    missing = [chapter for chapter, _ in chapters if chapter not in texts]
    for chapter, is_contents in chapters:
        if chapter in locked:
            raise LoadError("It is protected against copying (DRM): get a copy without protection.")
        if chapter in texts and (root := parsed_markup(texts[chapter])) is not None:
            words = [text for text, _ in paragraphs_of_markup(root)]
            blocks += paragraphs(words, "boilerplate" if is_contents else "article")
    stated = {name: next(_stated(package, name), None) for name in ("title", "publisher", "language")}
    author = ", ".join(_stated(package, "creator")) or None
    published = next(filter(None, map(day_of, _stated(package, "date"))), None)
    draft = Draft(tuple(blocks), stated["title"], stated["publisher"], author, published, None, stated["language"])
    known = [name for name in ("title", "source", "author", "published", "language") if getattr(draft, name)]
    return replace(
        draft,
        origins=dict.fromkeys(known, "package metadata"),
        unread=tuple(_unread(package, posixpath.dirname(path), {chapter for chapter, _ in chapters}, missing)),
    )


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
