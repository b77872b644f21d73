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
"""The most bytes that a document may unpack to."""
MAX_RATIO = 200
"""How many times its own size a document may unpack to."""
_TEXT_ENDINGS = (".xml", ".rels", ".opf", ".xhtml", ".html", ".htm", ".mht", ".mhtml", ".txt", ".rtf")
_EMBEDDED_PATH = re.compile(r"(?:word|xl|ppt)/embeddings/([^/]+)$|(Object [^/]*|[^/]*\bObj\w*)/content\.xml$")
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
_UNZIP_ERRORS = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def unzip_texts(raw: bytes, format_name: str) -> Mapping[str, bytes]:
    """Return the texts in an archive by their paths, without pictures and the like; of embedded files, only the paths.

    Args:
        format_name: that of the document, for messages: docx, odt or epub.

    Raises:
        LoadError: it is not an archive, damaged, encrypted, or unpacks to too much.
    """
    if raw.startswith(_OLE_SIGNATURE):
        raise LoadError(f"It is encrypted or in an old format: save a copy as {format_name} without a password.")
    try:
        with ZipFile(io.BytesIO(raw)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size > min(MAX_UNPACKED, MAX_RATIO * len(raw)):
                limit = f"{MAX_UNPACKED // 10**6} MB" if size > MAX_UNPACKED else f"{MAX_RATIO} times its size"
                raise LoadError(
                    f"It unpacks to more than {limit}: check where it comes from, or save its text as .txt."
                )
            names = [name for name in archive.namelist() if name.lower().endswith(_TEXT_ENDINGS)]
            embedded = {name: b"" for name in archive.namelist() if name not in names and _EMBEDDED_PATH.match(name)}
            return {name: archive.read(name) for name in names} | embedded
    except _UNZIP_ERRORS as error:
        raise damaged_error(format_name) from error


def embedded_files(texts: Mapping[str, bytes]) -> list[str]:
    """Return the names of the files embedded in a document, such as spreadsheets."""
    matches = map(_EMBEDDED_PATH.match, texts)
    return sorted({match[1] or match[2] for match in matches if match})


def unread_files_notice(names: Sequence[str]) -> tuple[str, ...]:
    """Return the sentence that lists embedded files that were not read, if there are any."""
    listing = ", ".join(map(safe_name, names))
    return (f"Files inside were not read ({listing}): open them and save them beside it.",) if names else ()


def damaged_error(format_name: str) -> LoadError:
    """Return the error for a file that is not a valid document of a format."""
    return LoadError(
        f"Not a valid {format_name} document: open it with a program for {format_name}, and save it again."
    )


def parse_xml(texts: Mapping[str, bytes], path: str, format_name: str) -> Any:
    """Return the root of the XML at a path in the archive; its entities are not resolved.

    Raises:
        LoadError: there is no such text, or it is not XML.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(texts[path], parser)
    except (KeyError, etree.XMLSyntaxError) as error:
        raise damaged_error(format_name) from error
