"""The name of the file of a fetched page."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from rag.fetching.urls import canonical_url, host_of
from rag.loading.common.file_types import HEAD_BYTES, KIND_BY_SUFFIX, kind_of

# maximum length of the words of an address in a file name, in characters
_MAX_NAME_CHARACTERS = 80
_SUFFIX_BY_TYPE = {
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
# content types that servers send for anything
_VAGUE_TYPES = ("", "text/plain", "application/octet-stream", "binary/octet-stream")
_SUFFIX_BY_KIND = {"text": ".txt", "markdown": ".md", "feed": ".rss"}


def page_path(address: str, ending: str) -> PurePosixPath:
    """Return the path of a page's file: its host, then the words of its address and a hash of it."""
    parts = urlsplit(address)
    path = unquote(parts.path)
    suffix = PurePosixPath(path).suffix
    words = _safe(path.removesuffix(suffix) if _is_known(suffix.lower()) else path)
    digest = hashlib.sha256(canonical_url(address).encode("utf-8", "replace")).hexdigest()[:10]
    return PurePosixPath(_safe(host_of(address)) or "host", f"{words or 'page'}-{digest}{ending}")


def file_ending(address: str, content_type: str, raw: bytes) -> str | None:
    """Return the ending of the file for some content; None if it cannot be read.

    The content decides, then the type that the server states, then the address.
    """
    head = raw[:HEAD_BYTES]
    media_type = content_type.partition(";")[0].strip().lower()
    name = PurePosixPath(unquote(urlsplit(address).path)).name.lower()
    if media_type in _VAGUE_TYPES or head.startswith(b"\x1f\x8b\x08"):
        ending = next((match for match in re.findall(r"(?:\.\w+)?\.gz$|\.\w+$", name) if _is_known(match)), "")
    else:
        # an unknown type is a picture or a program, unless its content is something else
        ending = _SUFFIX_BY_TYPE.get(media_type, ".unknown")
    kind = kind_of(f"page{ending}", head)
    if kind is None:
        return None
    packed = ending.endswith(".gz") and kind in ("gz", "warc")
    return ending if packed or KIND_BY_SUFFIX.get(ending) == kind else _SUFFIX_BY_KIND.get(kind, f".{kind}")


def _is_known(ending: str) -> bool:
    return f".{ending.rpartition('.')[2]}" in KIND_BY_SUFFIX


def _safe(words: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", words.lower())[:_MAX_NAME_CHARACTERS].strip("-.")
