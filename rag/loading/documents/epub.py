"""EPUB: the chapters of a book or magazine in their order, and the metadata of the package."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import unquote

from rag.errors import LoadError
from rag.loading.common.draft import Block, Draft, iso_or_german_day, paragraph_blocks
from rag.loading.common.safe_names import safe_name
from rag.loading.common.xml import attribute, descendants
from rag.loading.documents.zipped_xml import damaged_error, parse_xml, unzip_texts
from rag.loading.plain_text.bylines import find_byline
from rag.loading.web.prose_html import parse_prose, prose_paragraphs

_FORMAT = "epub"
_CONTAINER = "META-INF/container.xml"
_XHTML = "application/xhtml+xml"
_ENCRYPTION = "META-INF/encryption.xml"
# signs of an issue of a periodical: in its title, and in its package
_ISSUE_TITLE = re.compile(
    r"\b(?:nr|no|heft|ausgabe|issue|edition|numéro|número|vol)\b\.?\s*\d|\b\d{1,2}[./]\s?(?:\d{1,2}[./]\s?)?(?:19|20)\d\d\b|"
    r"\b(?:zeitung|magazin|magazine|kurier|bote|anzeiger|newspaper|gazette|weekly|daily)\b|\[\w{2,4}\.?, ",
    re.IGNORECASE,
)
_PERIODICAL_PACKAGE = re.compile(
    rb"periodical|>\s*(?:magazine|newspaper|zeitschrift|zeitung)\s*<|prism:|calibre:publication_type", re.I
)
_MAX_BYLINE_PARAGRAPHS = 6  # at the top of a chapter
_MIN_SIGNED_SHARE = 0.5  # of the chapters of a periodical


def load_epub(raw: bytes) -> Draft:
    """Read an EPUB: all of its chapters; tables of contents are boilerplate.

    Raises:
        LoadError: it is not an EPUB, damaged, protected against copying, or unpacks to too much.
    """
    return _book(*_read_package(raw))


def _book(metadata: Draft, chapters: Sequence[Draft]) -> Draft:
    return replace(metadata, blocks=tuple(block for chapter in chapters for block in chapter.blocks))


def load_issue(raw: bytes) -> list[Draft]:
    """Read an EPUB that may be an issue of a newspaper or magazine, in which each chapter is an article.

    A chapter without a heading continues the chapter before it. A book is one article.

    Raises:
        LoadError: as `load_epub`.
    """
    metadata, chapters = _read_package(raw)
    articles: list[Draft] = []
    front_matter: tuple[Block, ...] = ()
    for chapter in chapters:
        if chapter.title and any(block.kind == "article" for block in chapter.blocks):
            articles.append(replace(chapter, blocks=(*front_matter, *chapter.blocks)))
            front_matter = ()
        elif articles:
            articles[-1] = replace(articles[-1], blocks=(*articles[-1].blocks, *chapter.blocks))
        else:
            front_matter += chapter.blocks
    signed = sum(article.author is not None for article in articles)
    is_signed = signed >= _MIN_SIGNED_SHARE * len(articles)
    if len(articles) < 2 or (metadata.author and not _is_periodical(metadata, raw) and not is_signed):
        return [_book(metadata, chapters)]
    # the package states as the author of an issue the person who made the file
    issue = replace(metadata, title=None, author=None, source=metadata.title or metadata.source)
    return [_article(article, issue, number) for number, article in enumerate(articles, 1)]


def _article(chapter: Draft, issue: Draft, number: int) -> Draft:
    """A chapter as an article with the metadata of its issue."""
    origins = {field: origin for field, origin in issue.origins.items() if field in ("published", "language")}
    origins |= {"title": "heading"} | ({"source": "package metadata"} if issue.source else {})
    origins |= {"author": "byline"} if chapter.author else {}
    return replace(
        issue,
        blocks=chapter.blocks,
        title=chapter.title,
        author=chapter.author,
        origins=origins,
        name=f"article {number}",
        # unread parts of the issue are reported once
        unread=issue.unread if number == 1 else (),
    )


def _is_periodical(metadata: Draft, raw: bytes) -> bool:
    if _ISSUE_TITLE.search(metadata.title or ""):
        return True
    _, package = _package(unzip_texts(raw, _FORMAT))
    return _PERIODICAL_PACKAGE.search(package) is not None


def _package(texts: Mapping[str, bytes]) -> tuple[str, bytes]:
    """The path of the package in the archive, and its bytes."""
    rootfile = next(descendants(parse_xml(texts, _CONTAINER, _FORMAT), "rootfile"), None)
    if rootfile is None:
        raise damaged_error(_FORMAT)
    path = attribute(rootfile, "full-path") or ""
    return path, texts.get(path, b"")


class _ChapterReference(NamedTuple):
    """The path of a chapter in the archive, and whether it is a table of contents."""

    path: str
    is_contents: bool


def _read_package(raw: bytes) -> tuple[Draft, list[Draft]]:
    """The metadata of the package, and its chapters, each with its heading as title and the author of its byline."""
    texts = unzip_texts(raw, _FORMAT)
    package_path, _ = _package(texts)
    package = parse_xml(texts, package_path, _FORMAT)
    encrypted = _encrypted_paths(texts)
    chapters: list[Draft] = []
    references = list(_chapter_references(package, posixpath.dirname(package_path)))
    for path, is_contents in references:
        if path in encrypted:
            raise LoadError("It is protected against copying (DRM): get a copy without protection.")
        if path in texts and (root := parse_prose(texts[path])) is not None:
            paragraphs = [paragraph.text for paragraph in prose_paragraphs(root)]
            blocks = paragraph_blocks(paragraphs, "boilerplate" if is_contents else "article")
            author = find_byline(paragraphs[:_MAX_BYLINE_PARAGRAPHS], None).author
            chapters.append(Draft(blocks, title=_heading(root), author=author))
    metadata = Draft(
        blocks=(),
        title=next(_dublin_core(package, "title"), None),
        source=next(_dublin_core(package, "publisher"), None),
        author=", ".join(_dublin_core(package, "creator")) or None,
        published=next(filter(None, map(iso_or_german_day, _dublin_core(package, "date"))), None),
        language=next(_dublin_core(package, "language"), None),
    )
    fields = [field for field in ("title", "source", "author", "published", "language") if getattr(metadata, field)]
    origins = dict.fromkeys(fields, "package metadata")
    paths = [reference.path for reference in references]
    missing = [path for path in paths if path not in texts]
    unread = _unread_texts(package, posixpath.dirname(package_path), paths, missing)
    return replace(metadata, origins=origins, unread=tuple(unread)), chapters


def _heading(root: Any) -> str | None:
    headings = (" ".join("".join(heading.itertext()).split()) for heading in descendants(root, "h1", "h2", "h3"))
    return next(filter(None, headings), None)


def _unread_texts(package: Any, folder: str, chapters: Container[str], missing: Sequence[str]) -> Iterator[str]:
    """Report texts that are not in the reading order, and chapters that are missing."""
    texts = [
        _item_path(item, folder)
        for item in descendants(package, "item")
        if attribute(item, "media-type") == _XHTML and not _is_contents(item)
    ]
    if outside := [posixpath.basename(text) for text in texts if text not in chapters]:
        yield f"Texts outside the order of reading were not read: {', '.join(map(safe_name, outside))}."
    if missing:
        yield f"Chapters are missing: {', '.join(safe_name(posixpath.basename(path)) for path in missing)}."


def _chapter_references(package: Any, folder: str) -> Iterator[_ChapterReference]:
    """The chapters in reading order."""
    items = {attribute(item, "id"): item for item in descendants(package, "item")}
    for reference in descendants(package, "itemref"):
        item = items.get(attribute(reference, "idref"))
        if item is not None:
            yield _ChapterReference(_item_path(item, folder), _is_contents(item))


def _item_path(item: Any, folder: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href") or "")))


def _is_contents(item: Any) -> bool:
    return "nav" in (attribute(item, "properties") or "").split()


def _encrypted_paths(texts: Mapping[str, bytes]) -> set[str]:
    """The paths of encrypted files, which may be fonts."""
    if _ENCRYPTION not in texts:
        return set()
    references = descendants(parse_xml(texts, _ENCRYPTION, _FORMAT), "CipherReference")
    return {unquote(attribute(reference, "URI") or "") for reference in references}


def _dublin_core(package: Any, name: str) -> Iterator[str]:
    """The values of a Dublin Core element; of several dates, only those of publication."""
    for metadata in descendants(package, "metadata"):
        for element in descendants(metadata, name):
            text = " ".join("".join(element.itertext()).split())
            if text and attribute(element, "event") in (None, "publication"):
                yield text
