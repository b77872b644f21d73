"""Documents that are zip archives of XML (docx, odt, epub), unpacked within limits and parsed without going outside."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping, Sequence
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
