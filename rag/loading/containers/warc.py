"""Web archives (WARC): each page that was answered with HTML is an article, and each text that was made of a page."""

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
"""The largest page, in bytes: a page is one article, and an article may have so many."""
_STARTS = {b"\x1f\x8b": b"\x1f\x8b\x08", b"WA": b"WARC/1."}
_CHUNK = 1_000_000


_IN_PLACE = {"conversion", "resource"}
"""Records that hold what they are about, without the head of an answer (ISO 28500, sections 6.4 and 6.8)."""
_UNREAD = {
    "metadata": "metadata of pages, such as the WAT files of a crawl hold",
    "revisit": "marks of pages that had not changed since an earlier visit",
}


@dataclass(frozen=True, slots=True)
class WarcPage:
    """A page as the server sent it, or the text of one; `name` is its address, with a number where that comes again.

    `kind` is html or text; `language` is a BCP-47 tag, where the archive states one.
    """

    name: str
    url: str
    raw: bytes
    kind: str = "html"
    language: str | None = None


def load_warc(file: BinaryIO) -> Iterator[Draft | Flaw]:
    """Yield the article in each page, one page at a time in memory; the file must allow to go back."""
    for page in warc_pages(file):
        if not isinstance(page, Skipped):
            yield page if isinstance(page, Flaw) else draft_of_page(page)


def draft_of_page(page: WarcPage) -> Draft | Flaw:
    """Return the article in a page; the address is the one that was asked for."""
    try:
        draft = load_text(page.raw) if page.kind == "text" else load_html(page.raw)
    except LoadError as error:
        return Flaw(page.name, str(error))
    stated = {"url": page.url, "language": draft.language or page.language}
    known: dict[str, Any] = {field: value for field, value in stated.items() if value}
    told = {"url": "address in the web archive"}
    told |= {"language": "web archive"} if page.language and not draft.language else {}
    return replace(draft, name=page.name, origins={**draft.origins, **told}, **known)


def warc_pages(file: BinaryIO) -> Iterator[WarcPage | Skipped | Flaw]:
    """Yield the pages of HTML that were found (status 200), plain or compressed, and texts that were made of pages.

    Other records are left aside by their kind. What is damaged is a flaw, and reading goes on at the next record.
    """
    names = UniqueNames()
    unread: Counter[str] = Counter()
    read = 0
    for record in _records(file):
        if isinstance(record, Flaw):
            read += 1
            yield record
            continue
        # of its own: a record without an address has none, and two have the same
        url = name = ""
        try:
            url = _address(record)
            kind = _kind(record)
            if isinstance(kind, Skipped):
                unread[record.rec_type] += 1
                yield kind
            elif kind:
                read += 1
                name = names.unique(safe_name(url) or "page")
                yield WarcPage(name, url, _content(record), kind, _language(record) if kind == "text" else None)
        except LoadError as error:
            yield Flaw(name, str(error))
        except Exception as error:
            # the library raises what it comes upon in a damaged head or body
            read += 1
            log.debug("%s", url, exc_info=True)
            name = name or names.unique(safe_name(url) or "record")
            why = f"The record cannot be read ({type(error).__name__}): save the page again."
            yield Flaw(name, why)
    if not read and unread:
        what = " and ".join(_UNREAD[kind] for kind in _UNREAD if unread[kind]) or "no page and no text"
        yield Flaw("", f"It holds {what}: index the files with the pages themselves (WARC) or their texts (WET).")


def _address(record: Any) -> str:
    return without_login(record.rec_headers.get_header("WARC-Target-URI") or record.rec_headers.get_header("uri") or "")


def _kind(record: Any) -> str | Skipped | None:
    """What a record holds, html or text; why it is left aside; or None for what only tells of the crawl itself."""
    if record.rec_type in _UNREAD:
        return Skipped(f"{record.rec_type} record")
    if record.rec_type in _IN_PLACE:
        # what a crawler notes of a page, or of itself, beside it
        told = not _address(record).lower().startswith(("urn:", "metadata:", "dns:", "whois:"))
    elif record.rec_type == "response":
        told = record.http_headers is not None and record.http_headers.get_statuscode() == "200"
        if not told:
            return None
    else:
        return None
    kind = _content_type(record).partition(";")[0].strip().lower()
    if told and "html" in kind:
        return "html"
    if told and record.rec_type in _IN_PLACE and kind == "text/plain":
        return "text"
    return Skipped(kind if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) else f"{record.rec_type} record")


def _content(record: Any) -> bytes:
    """What a record holds, unpacked, in UTF-8 where the server states another encoding.

    Raises:
        LoadError: it is too large, damaged, or breaks off.
    """
    from warcio.bufferedreaders import ChunkedDataReader

    stream, codings = record.raw_stream, ""
    if record.http_headers:
        codings = record.http_headers.get_header("Content-Encoding") or ""
        if "chunked" in (record.http_headers.get_header("Transfer-Encoding") or "").lower():
            stream = ChunkedDataReader(stream)
    # the library reports damage to the terminal on its own
    with redirect_stderr(io.StringIO()):
        raw = stream.read(MAX_PAGE + 1)
    if len(raw) <= MAX_PAGE:
        if getattr(record.raw_stream, "limit", 0) > 0:
            raise LoadError("The page breaks off before its end: save the web archive again.")
        raw = undo_content_codings(raw, codings, MAX_PAGE)
    if len(raw) > MAX_PAGE:
        raise LoadError(f"The page has more than {MAX_PAGE // 10**6} MB: leave it out.")
    return _in_stated_encoding(raw, _content_type(record))


def _language(record: Any) -> str | None:
    """The first of the languages that a crawl says a text is in, of which it gives the codes of ISO 639-3."""
    from babel.core import get_global

    stated = record.rec_headers.get_header("WARC-Identified-Content-Language") or ""
    code = stated.partition(",")[0].strip().lower()
    return get_global("language_aliases").get(code, code) or None


def _records(file: BinaryIO) -> Iterator[Any]:
    """The records, and a flaw for each damaged stretch between them."""
    from warcio.archiveiterator import ArchiveIterator

    mark = _STARTS.get(file.read(2), b"WARC/1.")
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
            # whatever the damage leads to; one case is none: an archive that is compressed as a whole
            if "non-chunked" in str(error) and start == 0:
                file.seek(0)
                yield from islice(_records(cast(BinaryIO, gzip.GzipFile(fileobj=file))), 1, None)
                return
            if not damaged:
                where = f"byte {archive.offset}"
                yield Flaw(where, f"The record at {where} of the web archive is damaged: save the page again.")
            damaged = True
            start = _find(file, mark, max(start, archive.offset) + 1)
        else:
            return


def _next(archive: Iterator[Any]) -> Any:
    # the library reports damage to the terminal on its own
    with redirect_stderr(io.StringIO()):
        return next(archive, None)


def _find(file: BinaryIO, mark: bytes, start: int) -> int | None:
    file.seek(start)
    before = b""
    while chunk := file.read(_CHUNK):
        found = (before + chunk).find(mark)
        if found >= 0:
            return start - len(before) + found
        start += len(chunk)
        before = chunk[1 - len(mark) :]
    return None


def _content_type(record: Any) -> str:
    headers = record.http_headers or record.rec_headers
    return headers.get_header("Content-Type") or ""


def _in_stated_encoding(raw: bytes, content_type: str) -> bytes:
    """The page in UTF-8 if only the server states its encoding, and not the page."""
    stated = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    if stated and not re.search(rb"<meta[^>]+charset", raw[:4096], re.IGNORECASE):
        try:
            return raw.decode(stated[1]).encode()
        except (LookupError, UnicodeError):
            pass
    return raw
