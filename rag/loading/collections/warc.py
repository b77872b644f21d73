"""Web archives (WARC): each page that was answered with HTML is an article."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO, cast

from rag.errors import LoadError
from rag.loading.draft import Draft, Flaw
from rag.loading.names import Names, safe_name
from rag.loading.web.html import load_html

MAX_PAGE = 20_000_000
"""The largest page, in bytes: a page is one article, and an article may have so many."""
_STARTS = {b"\x1f\x8b": b"\x1f\x8b\x08", b"WA": b"WARC/1."}
_CHUNK = 1_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the server sent it; `name` is its address, with a number behind it where that comes again."""

    name: str
    url: str
    raw: bytes


def load_warc(file: BinaryIO) -> Iterator[Draft | Flaw]:
    """Yield the article in each page, one page at a time in memory; the file must allow to go back."""
    for page in pages(file):
        yield page if isinstance(page, Flaw) else draft_of_page(page)


def draft_of_page(page: Page) -> Draft | Flaw:
    """Return the article in a page; the address is the one that was asked for."""
    try:
        draft = load_html(page.raw)
    except LoadError as error:
        return Flaw(page.name, str(error))
    return replace(draft, name=page.name, url=page.url, origins={**draft.origins, "url": "address in the web archive"})


def pages(file: BinaryIO) -> Iterator[Page | Flaw]:
    """Yield the pages of HTML that were found (status 200), plain or compressed; other records are left aside.

    What is damaged is a flaw, and reading goes on at the next record.
    """
    names = Names()
    for record in _records(file):
        if isinstance(record, Flaw):
            yield record
        elif _is_page(record):
            url = record.rec_headers.get_header("WARC-Target-URI") or record.rec_headers.get_header("uri") or ""
            name = names.unique(safe_name(url) or "page")
            with redirect_stderr(io.StringIO()):
                raw = record.content_stream().read(MAX_PAGE + 1)
            if len(raw) > MAX_PAGE:
                yield Flaw(name, f"The page has more than {MAX_PAGE // 10**6} MB: leave it out.")
            elif getattr(record.raw_stream, "limit", 0) > 0:
                yield Flaw(name, "The page breaks off before its end: save the web archive again.")
            else:
                yield Page(name, url, _in_stated_encoding(raw, _content_type(record)))


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


def _is_page(record: Any) -> bool:
    answered = record.rec_type == "response" and record.http_headers and record.http_headers.get_statuscode() == "200"
    return bool(answered or record.rec_type == "resource") and "html" in _content_type(record).lower()


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
