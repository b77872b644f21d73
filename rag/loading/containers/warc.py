"""Web archives (WARC): each HTML response is an article, and so is each text extracted from a page (WET)."""

from __future__ import annotations

import gzip
import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO, cast

from rag.errors import LoadError
from rag.loading.common.draft import Draft, Flaw
from rag.loading.common.safe_names import UniqueNames, safe_name, without_login
from rag.loading.containers.archives import Skipped
from rag.loading.containers.compression import undo_content_codings
from rag.loading.plain_text.text import load_text
from rag.loading.web.html import load_html

log = logging.getLogger(__name__)

MAX_PAGE = 20_000_000
"""The largest page, in bytes; like any article."""
_RECORD_STARTS = {b"\x1f\x8b": b"\x1f\x8b\x08", b"WA": b"WARC/1."}
_CHUNK_BYTES = 1_000_000

_CONTENT_TYPES = {"conversion", "resource"}
"""Types of records whose content is not preceded by HTTP headers (ISO 28500, sections 6.4 and 6.8)."""
_SKIPPED_TYPES = {
    "metadata": "metadata of pages, such as the WAT files of a crawl contain",
    "revisit": "records of pages unchanged since an earlier visit",
}


@dataclass(frozen=True, slots=True)
class WarcPage:
    """A page as the server sent it, or the text of one.

    `name` is its URL, followed by a number if the URL occurs repeatedly. `kind` is html or text. `language` is a BCP-47
    tag, where the archive states one.
    """

    name: str
    url: str
    raw: bytes
    kind: str = "html"
    language: str | None = None


def load_warc(file: BinaryIO) -> Iterator[Draft | Flaw]:
    """Yield the article in each page, one page at a time in memory; the file must be seekable."""
    for page in warc_pages(file):
        if not isinstance(page, Skipped):
            yield page if isinstance(page, Flaw) else draft_of_page(page)


def draft_of_page(page: WarcPage) -> Draft | Flaw:
    """Return the article in a page; its URL is the one that was requested."""
    try:
        draft = load_text(page.raw) if page.kind == "text" else load_html(page.raw)
    except LoadError as error:
        return Flaw(page.name, str(error))
    fields = {"url": page.url, "language": draft.language or page.language}
    metadata: dict[str, Any] = {field: value for field, value in fields.items() if value}
    origins = {**draft.origins, "url": "address in the web archive"}
    if page.language and not draft.language:
        origins["language"] = "web archive"
    return replace(draft, name=page.name, origins=origins, **metadata)


def warc_pages(file: BinaryIO) -> Iterator[WarcPage | Skipped | Flaw]:
    """Yield HTML pages of successful responses (status 200), plain or compressed, and texts extracted from pages.

    Other records are skipped. A damaged one yields a flaw, and reading resumes at the next record.
    """
    names = UniqueNames()
    skipped_types: Counter[str] = Counter()
    page_count = 0
    for record in _records(file):
        if isinstance(record, Flaw):
            page_count += 1
            yield record
            continue
        # `url` may be empty or repeated, `name` is unique
        url = name = ""
        try:
            url = _address(record)
            kind = _kind(record)
            if isinstance(kind, Skipped):
                skipped_types[record.rec_type] += 1
                yield kind
            elif kind:
                page_count += 1
                name = names.unique(safe_name(url) or "page")
                yield WarcPage(name, url, _content(record), kind, _language(record) if kind == "text" else None)
        except LoadError as error:
            yield Flaw(name, str(error))
        except Exception as error:
            # the library passes on any error that a damaged header or body causes
            page_count += 1
            log.debug("%s", url, exc_info=True)
            name = name or names.unique(safe_name(url) or "record")
            reason = f"The record cannot be read ({type(error).__name__}): save the page again."
            yield Flaw(name, reason)
    if not page_count and skipped_types:
        contents = [description for kind, description in _SKIPPED_TYPES.items() if skipped_types[kind]]
        yield Flaw(
            "",
            f"It contains {' and '.join(contents) or 'no page and no text'}: "
            "index the files with the pages themselves (WARC) or their texts (WET).",
        )


def _address(record: Any) -> str:
    return without_login(record.rec_headers.get_header("WARC-Target-URI") or record.rec_headers.get_header("uri") or "")


def _kind(record: Any) -> str | Skipped | None:
    """What a record contains, html or text; why it is skipped; or None for records about the crawl itself."""
    if record.rec_type in _SKIPPED_TYPES:
        return Skipped(f"{record.rec_type} record")
    if record.rec_type in _CONTENT_TYPES:
        # crawlers also store notes on a page, or on themselves, under such URLs
        has_page = not _address(record).lower().startswith(("urn:", "metadata:", "dns:", "whois:"))
    elif record.rec_type == "response":
        has_page = record.http_headers is not None and record.http_headers.get_statuscode() == "200"
        if not has_page:
            return None
    else:
        return None
    kind = _content_type(record).partition(";")[0].strip().lower()
    if has_page and "html" in kind:
        return "html"
    if has_page and record.rec_type in _CONTENT_TYPES and kind == "text/plain":
        return "text"
    return Skipped(kind if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) else f"{record.rec_type} record")


def _content(record: Any) -> bytes:
    """The content of a record, decompressed, in UTF-8 if the server states another encoding.

    Raises:
        LoadError: it is too large, damaged, or truncated.
    """
    from warcio.bufferedreaders import ChunkedDataReader

    stream, codings = record.raw_stream, ""
    if record.http_headers:
        codings = record.http_headers.get_header("Content-Encoding") or ""
        if "chunked" in (record.http_headers.get_header("Transfer-Encoding") or "").lower():
            stream = ChunkedDataReader(stream)
    # the library prints errors to the terminal
    with redirect_stderr(io.StringIO()):
        raw = stream.read(MAX_PAGE + 1)
    if len(raw) <= MAX_PAGE:
        if getattr(record.raw_stream, "limit", 0) > 0:
            raise LoadError("The page is truncated: save the web archive again.")
        raw = undo_content_codings(raw, codings, MAX_PAGE)
    if len(raw) > MAX_PAGE:
        raise LoadError(f"The page has more than {MAX_PAGE // 10**6} MB: leave it out.")
    return _in_stated_encoding(raw, _content_type(record))


def _language(record: Any) -> str | None:
    """The first language that a crawl identified in a text; it states codes of ISO 639-3."""
    from babel.core import get_global

    languages = record.rec_headers.get_header("WARC-Identified-Content-Language") or ""
    code = languages.partition(",")[0].strip().lower()
    return get_global("language_aliases").get(code, code) or None


def _records(file: BinaryIO) -> Iterator[Any]:
    """The records, and a flaw for each damaged part between them."""
    from warcio.archiveiterator import ArchiveIterator

    record_start = _RECORD_STARTS.get(file.read(2), b"WARC/1.")
    start: int | None = 0
    damaged = False
    while start is not None:
        file.seek(start)
        archive = ArchiveIterator(file)
        try:
            while (record := _next(archive)) is not None:
                damaged = False
                yield record
        except Exception as error:
            # any error that damage causes, except that the archive is compressed as a whole rather than by record
            if "non-chunked" in str(error) and start == 0:
                file.seek(0)
                yield from islice(_records(cast(BinaryIO, gzip.GzipFile(fileobj=file))), 1, None)
                return
            if not damaged:
                offset = f"byte {archive.offset}"
                yield Flaw(offset, f"The record at {offset} of the web archive is damaged: save the page again.")
            damaged = True
            start = _find(file, record_start, max(start, archive.offset) + 1)
        else:
            return


def _next(archive: Iterator[Any]) -> Any:
    # the library prints errors to the terminal
    with redirect_stderr(io.StringIO()):
        return next(archive, None)


def _find(file: BinaryIO, record_start: bytes, start: int) -> int | None:
    """The offset of the next record at or after `start`, or None."""
    file.seek(start)
    overlap = b""
    while chunk := file.read(_CHUNK_BYTES):
        position = (overlap + chunk).find(record_start)
        if position >= 0:
            return start - len(overlap) + position
        start += len(chunk)
        overlap = chunk[1 - len(record_start) :]
    return None


def _content_type(record: Any) -> str:
    headers = record.http_headers or record.rec_headers
    return headers.get_header("Content-Type") or ""


def _in_stated_encoding(raw: bytes, content_type: str) -> bytes:
    """The page in UTF-8 if only the server states its encoding, not the page itself."""
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    if charset and not re.search(rb"<meta[^>]+charset", raw[:4096], re.IGNORECASE):
        try:
            return raw.decode(charset[1]).encode()
        except (LookupError, UnicodeError):
            pass
    return raw
