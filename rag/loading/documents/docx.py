"""Word documents: paragraphs and tables in order, with text boxes, notes, and insertions that were not yet accepted."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from rag.errors import LoadError
from rag.loading.common.draft import Block, Draft, paragraph_blocks
from rag.loading.common.guard import result_or_error
from rag.loading.common.xml import attribute, descendants, name_of, remove_elements, text_of
from rag.loading.documents.office_xml import Markup, document, paragraphs_in, unlike
from rag.loading.documents.zipped_xml import damaged, embedded, parsed, unpacked, unread_files

ReadPart = Callable[[str, bytes], list[str]]
_WHAT = "docx"
_GONE = {"del", "moveFrom", "Fallback"}  # deleted, moved away, or there twice, for older programs
_HIDDEN = {*_GONE, "pPr", "rPr", "instrText", "delText", "txbxContent"}
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_TITLE_STYLES = {"title", "heading 1"}


def unknown_part(path: str, raw: bytes) -> list[str]:
    """Refuse a part of another format."""
    raise LoadError("It is of no kind that can be read.")


def load_docx(raw: bytes, read_part: ReadPart = unknown_part) -> Draft:
    """Read a Word document; its title is the one in its properties, or else its first line in a style for titles.

    Args:
        read_part: returns the paragraphs of a part in another format, by its path and its bytes, or raises LoadError.

    Raises:
        LoadError: it is no such document, damaged, encrypted, or unpacks to too much.
    """
    texts = unpacked(raw, _WHAT)
    package = _related(texts, "")
    main = next(iter(package.get("officeDocument", ())), "")
    body = next(descendants(parsed(texts, main, _WHAT), "body"), None)
    if body is None:
        raise damaged(_WHAT)
    parts = _related(texts, main)
    styles = [parsed(texts, path, _WHAT) for path in parts.get("styles", ()) if path in texts]
    hidden = _hidden_styles(styles)
    _without_hidden(body, hidden)
    chunks, missed = _chunks(body, texts, main, read_part)

    def inside(kind: str, element: str) -> list[str]:
        """The paragraphs of all parts of a kind; footnotes that are lines between text and notes have a type."""
        roots = [parsed(texts, path, _WHAT) for path in parts.get(kind, ()) if path in texts]
        for root in roots:
            _without_hidden(root, hidden)
        found = [each for root in roots for each in descendants(root, element) if attribute(each, "type") is None]
        return [text for each in found for text in paragraphs_in(each, _MARKUP)]

    blocks: tuple[Block, ...] = (
        *paragraph_blocks(unlike(inside("header", "hdr")), "boilerplate"),
        *paragraph_blocks([*_with_chunks(body, chunks), *inside("diagramData", "t"), *inside("chart", "rich")]),
        *paragraph_blocks([*inside("footnotes", "footnote"), *inside("endnotes", "endnote")]),
        *paragraph_blocks(unlike(inside("footer", "ftr")), "boilerplate"),
        *paragraph_blocks(inside("comments", "comment"), "comment"),
    )
    properties = [parsed(texts, path, _WHAT) for path in package.get("core-properties", ()) if path in texts]
    return document(
        blocks,
        title=next((text_of(each, "title") for each in properties), None),
        author=next((text_of(each, "creator") for each in properties), None),
        heading=_heading(body, styles),
        unread=unread_files([*embedded(texts), *missed]),
    )


def _related(texts: Mapping[str, bytes], part: str) -> dict[str, list[str]]:
    """The paths of the parts that belong to a part, by what they are to it; the package itself is ''."""
    found: dict[str, list[str]] = {}
    for _, kind, path in _relations(texts, part):
        found.setdefault(kind, []).append(path)
    return found


def _relations(texts: Mapping[str, bytes], part: str) -> Iterator[tuple[str, str, str]]:
    """The id, kind and path of each part that belongs to a part."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations in texts:
        for relation in descendants(parsed(texts, relations, _WHAT), "Relationship"):
            kind, target = (attribute(relation, "Type") or "").rpartition("/")[2], attribute(relation, "Target") or ""
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            yield attribute(relation, "Id") or "", kind, path


def _is_on(switch: Any) -> bool:
    return (attribute(switch, "val") or "1").lower() not in ("0", "false", "off")


def _hidden_styles(styles: Sequence[Any]) -> frozenset[str]:
    """The ids of styles whose text is hidden."""
    return frozenset(
        attribute(style, "styleId") or ""
        for root in styles
        for style in descendants(root, "style")
        if any(map(_is_on, descendants(style, "vanish")))
    )


def _without_hidden(root: Any, hidden: Container[str]) -> None:
    """Take out what is formatted as hidden."""
    for run in list(descendants(root, "r")):
        own = [each for properties in run if name_of(properties) == "rPr" for each in properties]
        switches = [each for each in own if name_of(each) == "vanish"]
        styled = any(name_of(each) == "rStyle" and attribute(each, "val") in hidden for each in own)
        if any(map(_is_on, switches)) or (styled and not switches):
            remove_elements([run])
    styles = ((paragraph, next(descendants(paragraph, "pStyle"), None)) for paragraph in descendants(root, "p"))
    remove_elements(
        [paragraph for paragraph, style in styles if style is not None and attribute(style, "val") in hidden]
    )


def _chunks(
    body: Any, texts: Mapping[str, bytes], main: str, read_part: ReadPart
) -> tuple[dict[Any, list[str]], list[str]]:
    """The paragraphs of documents of other formats that Word takes in when it opens the file, by the elements that
    stand for them, and the names of those that cannot be read."""
    paths = {id_: path for id_, _, path in _relations(texts, main)}
    found: dict[Any, list[str]] = {}
    missed: list[str] = []
    for chunk in descendants(body, "altChunk"):
        path = paths.get(attribute(chunk, "id") or "", "")
        words = result_or_error(partial(read_part, path), texts.get(path, b""))
        if isinstance(words, LoadError):
            missed.append(posixpath.basename(path) or "a part")
        else:
            found[chunk] = words
    return found, missed


def _with_chunks(body: Any, chunks: Mapping[Any, list[str]]) -> Iterator[str]:
    """The paragraphs of the text, with those of other documents where they belong."""
    for child in body:
        if child in chunks:
            yield from chunks[child]
        else:
            # as if the element stood alone
            yield from paragraphs_in([child], _MARKUP)


def _text(element: Any) -> str:
    name = name_of(element)
    if name in _HIDDEN:
        return ""
    if name == "t":
        return element.text or ""
    return _SIGNS.get(name) or "".join(map(_text, element))


_MARKUP = Markup(
    paragraph=frozenset({"p"}),
    table="tbl",
    row="tr",
    cell="tc",
    frame="txbxContent",
    gone=frozenset({*_GONE, "sectPr"}),
    words=_text,
)


def _heading(body: Any, styles: list[Any]) -> str | None:
    """The first paragraph in a style whose name, in Word of any language, says that it is a title."""
    titles = {
        attribute(style, "styleId")
        for root in styles
        for style in descendants(root, "style")
        for name in descendants(style, "name")
        if (attribute(name, "val") or "").lower() in _TITLE_STYLES
    }
    for paragraph in descendants(body, "p"):
        style = next(descendants(paragraph, "pStyle"), None)
        if style is not None and attribute(style, "val") in titles and (text := _text(paragraph).strip()):
            return text
    return None
