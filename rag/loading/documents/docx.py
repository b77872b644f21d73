"""Word documents: paragraphs and tables in order, with text boxes, notes, and insertions that were not yet accepted."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from rag.errors import LoadError
from rag.loading.common.draft import Block, Draft, paragraph_blocks
from rag.loading.common.guard import result_or_error
from rag.loading.common.xml import attribute, descendants, name_of, remove_elements, text_of
from rag.loading.documents.office_xml import Markup, distinct, office_draft, paragraphs_in
from rag.loading.documents.zipped_xml import damaged_error, embedded_files, parse_xml, unread_files_notice, unzip_texts

ReadPart = Callable[[str, bytes], list[str]]
_FORMAT = "docx"
_SKIPPED = {"del", "moveFrom", "Fallback"}  # deleted, moved away, or repeated for older programs
_WITHOUT_WORDS = {*_SKIPPED, "pPr", "rPr", "instrText", "delText", "txbxContent"}
_SPECIAL_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_TITLE_STYLES = {"title", "heading 1"}


class _Relation(NamedTuple):
    """A part of the package that belongs to another part."""

    id: str
    kind: str
    path: str


def refuse_part(_path: str, _raw: bytes) -> list[str]:
    """Refuse a part of another format."""
    raise LoadError("Unsupported file type.")


def load_docx(raw: bytes, read_part: ReadPart = refuse_part) -> Draft:
    """Read a Word document; its title is the one in its properties, or else its first line in a style for titles.

    Args:
        read_part: returns the paragraphs of a part in another format, by its path and its bytes, or raises LoadError.

    Raises:
        LoadError: it is not such a document, damaged, encrypted, or unpacks to too much.
    """
    texts = unzip_texts(raw, _FORMAT)
    package = _related_paths(texts, "")
    main = next(iter(package.get("officeDocument", ())), "")
    body = next(descendants(parse_xml(texts, main, _FORMAT), "body"), None)
    if body is None:
        raise damaged_error(_FORMAT)
    parts = _related_paths(texts, main)
    styles = [parse_xml(texts, path, _FORMAT) for path in parts.get("styles", ()) if path in texts]
    hidden_styles = _hidden_styles(styles)
    _remove_hidden(body, hidden_styles)
    chunks, unread_chunks = _read_chunks(body, texts, main, read_part)

    def texts_in(kind: str, tag: str) -> list[str]:
        """The paragraphs of all parts of a kind; footnotes that are separator lines have a type."""
        roots = [parse_xml(texts, path, _FORMAT) for path in parts.get(kind, ()) if path in texts]
        for root in roots:
            _remove_hidden(root, hidden_styles)
        elements = (element for root in roots for element in descendants(root, tag))
        return [
            text
            for element in elements
            if attribute(element, "type") is None
            for text in paragraphs_in(element, _MARKUP)
        ]

    blocks: tuple[Block, ...] = (
        *paragraph_blocks(distinct(texts_in("header", "hdr")), "boilerplate"),
        *paragraph_blocks([*_with_chunks(body, chunks), *texts_in("diagramData", "t"), *texts_in("chart", "rich")]),
        *paragraph_blocks([*texts_in("footnotes", "footnote"), *texts_in("endnotes", "endnote")]),
        *paragraph_blocks(distinct(texts_in("footer", "ftr")), "boilerplate"),
        *paragraph_blocks(texts_in("comments", "comment"), "comment"),
    )
    properties = [parse_xml(texts, path, _FORMAT) for path in package.get("core-properties", ()) if path in texts]
    return office_draft(
        blocks,
        title=next((text_of(root, "title") for root in properties), None),
        author=next((text_of(root, "creator") for root in properties), None),
        heading=_heading(body, styles),
        unread=unread_files_notice([*embedded_files(texts), *unread_chunks]),
    )


def _related_paths(texts: Mapping[str, bytes], part: str) -> dict[str, list[str]]:
    """The paths of the parts that belong to a part, by the kind of their relation; the package itself is ''."""
    paths: dict[str, list[str]] = {}
    for relation in _relations(texts, part):
        paths.setdefault(relation.kind, []).append(relation.path)
    return paths


def _relations(texts: Mapping[str, bytes], part: str) -> Iterator[_Relation]:
    """The parts that belong to a part."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations in texts:
        for relation in descendants(parse_xml(texts, relations, _FORMAT), "Relationship"):
            kind, target = (attribute(relation, "Type") or "").rpartition("/")[2], attribute(relation, "Target") or ""
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            yield _Relation(attribute(relation, "Id") or "", kind, path)


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


def _remove_hidden(root: Any, hidden_styles: Container[str]) -> None:
    """Remove text that is formatted as hidden."""
    for run in list(descendants(root, "r")):
        properties = [element for parent in run if name_of(parent) == "rPr" for element in parent]
        switches = [element for element in properties if name_of(element) == "vanish"]
        styles = [attribute(element, "val") for element in properties if name_of(element) == "rStyle"]
        has_hidden_style = any(style in hidden_styles for style in styles)
        if any(map(_is_on, switches)) or (has_hidden_style and not switches):
            remove_elements([run])
    remove_elements([paragraph for paragraph in descendants(root, "p") if _has_style(paragraph, hidden_styles)])


def _has_style(paragraph: Any, styles: Container[str | None]) -> bool:
    """Whether a paragraph is in one of the styles, which are given by their ids."""
    style = next(descendants(paragraph, "pStyle"), None)
    return style is not None and attribute(style, "val") in styles


def _read_chunks(
    body: Any, texts: Mapping[str, bytes], main: str, read_part: ReadPart
) -> tuple[dict[Any, list[str]], list[str]]:
    """Read the documents of other formats that Word merges when it opens the file.

    Returns their paragraphs, by the elements that they replace, and the names of those that cannot be read.
    """
    paths = {relation.id: relation.path for relation in _relations(texts, main)}
    chunks: dict[Any, list[str]] = {}
    unread: list[str] = []
    for chunk in descendants(body, "altChunk"):
        path = paths.get(attribute(chunk, "id") or "", "")
        words = result_or_error(partial(read_part, path), texts.get(path, b""))
        if isinstance(words, LoadError):
            unread.append(posixpath.basename(path) or "a part")
        else:
            chunks[chunk] = words
    return chunks, unread


def _with_chunks(body: Any, chunks: Mapping[Any, list[str]]) -> Iterator[str]:
    """The paragraphs of the body, with those of other documents where they belong."""
    for child in body:
        if child in chunks:
            yield from chunks[child]
        else:
            # as if it were the only element
            yield from paragraphs_in([child], _MARKUP)


def _text(element: Any) -> str:
    name = name_of(element)
    if name in _WITHOUT_WORDS:
        return ""
    if name == "t":
        return element.text or ""
    return _SPECIAL_CHARACTERS.get(name) or "".join(map(_text, element))


_MARKUP = Markup(
    paragraph=frozenset({"p"}),
    table="tbl",
    row="tr",
    cell="tc",
    frame="txbxContent",
    skipped=frozenset({*_SKIPPED, "sectPr"}),
    words=_text,
)


def _heading(body: Any, styles: list[Any]) -> str | None:
    """The first paragraph in a style whose name, which Word does not translate, is that of titles."""
    titles = {
        attribute(style, "styleId")
        for root in styles
        for style in descendants(root, "style")
        for name in descendants(style, "name")
        if (attribute(name, "val") or "").lower() in _TITLE_STYLES
    }
    for paragraph in descendants(body, "p"):
        if _has_style(paragraph, titles) and (text := _text(paragraph).strip()):
            return text
    return None
