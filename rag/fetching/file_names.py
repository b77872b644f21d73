"""What the file of a fetched page is called."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from rag.fetching.urls import host_of, same_as
from rag.loading.common.file_types import HEAD_BYTES, KIND_BY_SUFFIX, kind_of

_LENGTH = 80
_TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/rtf": ".rtf",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "message/rfc822": ".eml",
    "multipart/related": ".mhtml",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/json": ".json",
    "application/ld+json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/epub+zip": ".epub",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/warc": ".warc",
    "application/zip": ".zip",
}
_UNTOLD = ("", "text/plain", "application/octet-stream", "binary/octet-stream")
_USUAL = {"text": ".txt", "markdown": ".md", "feed": ".rss"}


def place_of(address: str, ending: str) -> PurePosixPath:
    """Return where a page is kept: host, then the words of its address, and a number that no other address has."""
    parts = urlsplit(address)
    path = unquote(parts.path)
    suffix = PurePosixPath(path).suffix
    words = _safe(path.removesuffix(suffix) if _known(suffix.lower()) else path)
    number = hashlib.sha256(same_as(address).encode("utf-8", "replace")).hexdigest()[:10]
    return PurePosixPath(_safe(host_of(address)) or "host", f"{words or 'page'}-{number}{ending}")


def ending_of(address: str, content_type: str, raw: bytes) -> str | None:
    """Return the ending for a file of this kind of content; None if it cannot be read.

    The content decides, then what the server calls it, then the address.
    """
    head = raw[:HEAD_BYTES]
    stated = content_type.partition(";")[0].strip().lower()
    name = PurePosixPath(unquote(urlsplit(address).path)).name.lower()
    if stated in _UNTOLD or head.startswith(b"\x1f\x8b\x08"):
        ending = next((one for one in re.findall(r"(?:\.\w+)?\.gz$|\.\w+$", name) if _known(one)), "")
    else:
        # a picture or a program, unless its content says that it is something else
        ending = _TYPES.get(stated, ".unknown")
    kind = kind_of(f"page{ending}", head)
    if kind is None:
        return None
    packed = ending.endswith(".gz") and kind in ("gz", "warc")
    return ending if packed or KIND_BY_SUFFIX.get(ending) == kind else _USUAL.get(kind, f".{kind}")


def _known(ending: str) -> bool:
    return f".{ending.rpartition('.')[2]}" in KIND_BY_SUFFIX


def _safe(words: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", words.lower())[:_LENGTH].strip("-.")
