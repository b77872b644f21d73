"""Documents that are zip archives of XML (docx, odt, epub), unpacked within limits and parsed without going outside."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any
from zipfile import BadZipFile, ZipFile

from rag.errors import LoadError
from rag.loading.common.safe_names import safe_name

MAX_UNPACKED = 200_000_000
MAX_RATIO = 200
"""How many times its own size a document may unpack to."""
_TEXTS = (".xml", ".rels", ".opf", ".xhtml", ".html", ".htm", ".mht", ".mhtml", ".txt", ".rtf")
_EMBEDDED = re.compile(r"(?:word|xl|ppt)/embeddings/([^/]+)$|(Object [^/]*|[^/]*\bObj\w*)/content\.xml$")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_DAMAGED = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def unpacked(raw: bytes, what: str) -> Mapping[str, bytes]:
    """Return the texts in an archive by their paths, without pictures and the like; `what` it should be, in words.

    Raises:
        LoadError: it is no archive, damaged, encrypted, or grows beyond all measure.
    """
    if raw.startswith(_OLD_OFFICE):
        raise LoadError(f"It is encrypted or in an old format: save a copy as {what} without password.")
    try:
        with ZipFile(io.BytesIO(raw)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size > min(MAX_UNPACKED, MAX_RATIO * len(raw)):
                limit = f"{MAX_UNPACKED // 10**6} MB" if size > MAX_UNPACKED else f"{MAX_RATIO} times its size"
                raise LoadError(
                    f"It unpacks to more than {limit}: check where it comes from, or save its text as .txt."
                )
            names = [name for name in archive.namelist() if name.lower().endswith(_TEXTS)]
            # of files inside, the names alone
            inside = {name: b"" for name in archive.namelist() if name not in names and _EMBEDDED.match(name)}
            return {name: archive.read(name) for name in names} | inside
    except _DAMAGED as error:
        raise damaged(what) from error


def embedded(texts: Mapping[str, bytes]) -> list[str]:
    """Return the names of the files inside a document, such as tables of another program."""
    matches = map(_EMBEDDED.match, texts)
    return sorted({match[1] or match[2] for match in matches if match})


def unread_files(names: Sequence[str]) -> tuple[str, ...]:
    """Return the sentence that names files inside a document that were not read, if there are any."""
    shown = ", ".join(map(safe_name, names))
    return (f"Files inside were not read ({shown}): open them and save them beside it.",) if names else ()


def damaged(what: str) -> LoadError:
    """Return the error that says that a file is not what its name promises."""
    return LoadError(f"It is no {what} document, or damaged: open it with a program for {what}, and save it again.")


def parsed(texts: Mapping[str, bytes], path: str, what: str) -> Any:
    """Return the root of the XML at a path in the archive; entities in it stay as they are.

    Raises:
        LoadError: there is no such text, or it is no XML.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(texts[path], parser)
    except (KeyError, etree.XMLSyntaxError) as error:
        raise damaged(what) from error


def name_of(element: Any) -> str:
    """Return the name of an element without its namespace; of comments and entities, nothing."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """Return the value of an attribute, of whatever namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def descendants(element: Any, *names: str) -> Iterator[Any]:
    """Yield the elements of these names inside another, in order."""
    return (inner for inner in element.iter() if name_of(inner) in names)


def outermost(element: Any, name: str, hidden: Container[str] = ()) -> Iterator[Any]:
    """Yield the elements of a name inside another, but not those inside each other or inside hidden ones."""
    for child in element:
        if name_of(child) == name:
            yield child
        elif name_of(child) not in hidden:
            yield from outermost(child, name, hidden)


def remove(elements: Iterable[Any]) -> None:
    """Take elements out of their tree; what stands behind each stays."""
    for element in list(elements):
        parent, tail = element.getparent(), element.tail or ""
        if parent is None:
            continue
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
        parent.remove(element)


def text_of(element: Any, *names: str) -> str | None:
    """Return the text of the first element of one of these names that has any."""
    found = (" ".join("".join(inner.itertext()).split()) for name in names for inner in descendants(element, name))
    return next(filter(None, found), None)
