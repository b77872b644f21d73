"""Web archives become articles, also those that other programs damaged."""

from __future__ import annotations

import gzip
import io
import random
import zlib
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from rag.loading.common.draft import Draft, Flaw
from rag.loading.containers.archives import Skipped
from rag.loading.containers.limits import DEFAULT_LIMITS
from rag.loading.containers.warc import WarcPage, load_warc, warc_pages
from rag.loading.reader import pieces

TEXT = "Die Brücke bleibt gesperrt, sagte sie am Montag. Niemand weiß, wie lange es noch dauert. " * 4


def page(title: str) -> str:
    return f"<html><head><title>{title}</title></head><body><article><p>{TEXT}</p></article></body></html>"


def archived(packed: bool) -> tuple[bytes, list[int]]:
    """A web archive written by warcio, and where its records begin."""
    answers = [
        ("1", "200 OK", "text/html; charset=utf-8", page("Eins").encode(), {}),
        ("2", "200 OK", "text/html; charset=windows-1252", page("Zwei").encode("cp1252"), {}),
        ("3", "200 OK", "text/html", gzip.compress(page("Drei").encode()), {"Content-Encoding": "gzip"}),
        ("4", "404 Not Found", "text/html", page("Weg").encode(), {}),
        ("5", "200 OK", "image/png", b"\x89PNG", {}),
        ("6", "200 OK", "application/xhtml+xml", page("Sechs").encode(), {}),
    ]
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    starts = []
    for name, status, kind, body, extra in answers:
        starts.append(out.tell())
        headers = StatusAndHeaders(status, [("Content-Type", kind), *extra.items()], protocol="HTTP/1.1")
        url = f"https://x.example/{name}"
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=headers))
    return out.getvalue(), starts


def titles(raw: bytes) -> list[str | None]:
    """The title of each article; None for a flaw."""
    return [draft.title if isinstance(draft, Draft) else None for draft in load_warc(io.BytesIO(raw))]


@pytest.mark.parametrize("packed", [True, False])
def test_pages_that_were_found(packed: bool) -> None:
    """Pages of HTML with status 200 are articles under their address, packed or not, in the encoding of the server."""
    drafts = [draft for draft in load_warc(io.BytesIO(archived(packed)[0])) if isinstance(draft, Draft)]
    assert [draft.title for draft in drafts] == ["Eins", "Zwei", "Drei", "Sechs"]
    assert {draft.text.strip() for draft in drafts} == {TEXT.strip()}
    assert [draft.url for draft in drafts] == [f"https://x.example/{name}" for name in "1236"]
    assert all(draft.url == draft.name and draft.origins["url"] == "address in the web archive" for draft in drafts)


def test_packed_as_a_whole() -> None:
    """An archive that was compressed as one file, and not record by record, is read all the same."""
    assert titles(gzip.compress(archived(packed=False)[0])) == ["Eins", "Zwei", "Drei", "Sechs"]


@pytest.mark.parametrize("packed", [True, False])
def test_a_damaged_record(packed: bool, capfd: pytest.CaptureFixture[str]) -> None:
    """A damaged record is one flaw, those after it are read, and nothing is printed."""
    raw, starts = archived(packed)
    broken = bytearray(raw)
    broken[starts[1] : starts[1] + 40] = bytes(40)
    assert titles(bytes(broken)) == ["Eins", None, "Drei", "Sechs"]
    assert titles(raw[: starts[2] - 60]) == ["Eins", None]
    assert capfd.readouterr().err == ""


def test_noise() -> None:
    """Whatever bytes are changed or missing, the reader ends with pages and flaws, and with nothing else."""
    dice = random.Random(1)  # noqa: S311 - the same noise at every run
    for packed in (True, False):
        raw, _ = archived(packed)
        for _ in range(150):
            broken = bytearray(raw)
            for _ in range(dice.choice([1, 5, 50])):
                broken[dice.randrange(len(raw))] = dice.randrange(256)
            cut = dice.randrange(len(raw))
            list(warc_pages(io.BytesIO(bytes(broken[:cut] + broken[cut + dice.randrange(300) :]))))


def test_a_page_that_unpacks_without_end() -> None:
    """A page of 40 MB of zeros in 40 kB is a flaw, and the next page an article."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    for body in (gzip.compress(bytes(40_000_000)), gzip.compress(page("Zwei").encode())):
        headers = [("Content-Type", "text/html"), ("Content-Encoding", "gzip")]
        answer = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record("https://x.example/", "response", payload=io.BytesIO(body), http_headers=answer)
        )
    bomb, good = load_warc(io.BytesIO(out.getvalue()))
    assert bomb == Flaw("https://x.example/", "The page has more than 20 MB: leave it out.")
    assert (good.name, isinstance(good, Draft)) == ("https://x.example/ (2)", True)


def test_what_is_none() -> None:
    """Bytes that are no web archive are one flaw, no bytes are nothing."""
    (flaw,) = load_warc(io.BytesIO(b"quatsch" * 1000))
    assert flaw == Flaw("byte 0", "The record at byte 0 of the web archive is damaged: save the page again.")
    assert list(load_warc(io.BytesIO(b""))) == []


Record = tuple[str, str | None, str, bytes, dict[str, str], dict[str, str]]


def warc(*records: Record) -> bytes:
    """A web archive of records: kind, address, content type, body, more headers of the answer, and of the record."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    for kind, url, content_type, body, answer, extra in records:
        http = None
        if kind == "response":
            http = StatusAndHeaders("200 OK", [("Content-Type", content_type), *answer.items()], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url or "", kind, payload=io.BytesIO(body), http_headers=http, warc_content_type=content_type
        )
        for name, value in extra.items():
            record.rec_headers.add_header(name, value)
        if url is None:
            record.rec_headers.remove_header("WARC-Target-URI")
        writer.write_record(record)
    return out.getvalue()


def response(name: str, body: bytes, coding: str = "", **extra: str) -> Record:
    headers = {"Content-Encoding": coding} if coding else {}
    return "response", f"https://x.example/{name}", "text/html; charset=utf-8", body, headers | extra, {}


PACKED = {
    "br": brotli.compress(page("gepackt").encode()),
    "gzip": gzip.compress(page("gepackt").encode()),
    "x-gzip": gzip.compress(page("gepackt")[:100].encode()) + gzip.compress(page("gepackt")[100:].encode()),
    "deflate": zlib.compress(page("gepackt").encode()),
    "Deflate": zlib.compress(page("gepackt").encode())[2:-4],
    "zstd": zstandard.compress(page("gepackt").encode()),
    "gzip, br": brotli.compress(gzip.compress(page("gepackt").encode())),
    "compress": page("gepackt").encode(),
    "BR": page("gepackt").encode(),
}


@pytest.mark.parametrize("coding", PACKED)
def test_a_packed_page(coding: str) -> None:
    """A page is read in each of the codings of RFC 9110, in any order; also one that was stored unpacked."""
    assert titles(warc(response("1", PACKED[coding], coding), response("2", page("Zwei").encode()))) == [
        "gepackt",
        "Zwei",
    ]


def test_a_packed_page_in_chunks() -> None:
    """Chunks are put together before they are unpacked."""
    packed = PACKED["br"]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (packed[:50], packed[50:])) + b"0\r\n\r\n"
    assert titles(warc(response("1", chunks, "br", **{"Transfer-Encoding": "chunked"}))) == ["gepackt"]


@pytest.mark.parametrize("coding", ["br", "gzip", "deflate", "zstd"])
def test_a_packed_page_that_is_cut(coding: str) -> None:
    """Half a packed page is a flaw of that page, never half an article; the next page is read."""
    cut = PACKED[coding][:-60]
    flaw, good = load_warc(io.BytesIO(warc(response("1", cut, coding), response("2", page("Zwei").encode()))))
    assert flaw == Flaw("https://x.example/1", "The page is truncated: save the web archive again.")
    assert isinstance(good, Draft)


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [("br", brotli.compress(bytes(40_000_000), quality=1)), ("zstd", zstandard.compress(bytes(40_000_000)))],
)
def test_packed_without_end(coding: str, bomb: bytes) -> None:
    """What unpacks to 40 MB is one flaw, in newer codings too."""
    (flaw,) = load_warc(io.BytesIO(warc(response("1", bomb, coding))))
    assert flaw == Flaw("https://x.example/1", "The page has more than 20 MB: leave it out.")


def test_a_coding_that_nobody_knows() -> None:
    """Bytes in an unknown coding are a flaw that names it."""
    (flaw,) = load_warc(io.BytesIO(warc(response("1", bytes(range(200)), "sdch"))))
    assert isinstance(flaw, Flaw)
    assert "cannot be decompressed (sdch)" in flaw.reason


@pytest.mark.parametrize("error", [AttributeError, IndexError, AssertionError, RecursionError, KeyError])
def test_an_exception_of_the_library(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the library raises when a record is looked at costs that record alone."""
    original = StatusAndHeaders.get_statuscode
    calls = iter(range(9))

    def breaking(self: StatusAndHeaders) -> str:
        if next(calls) == 0:
            raise error
        return str(original(self))

    monkeypatch.setattr(StatusAndHeaders, "get_statuscode", breaking)
    flaw, good = load_warc(io.BytesIO(warc(*(response(name, page(name).encode()) for name in "12"))))
    assert flaw == Flaw("https://x.example/1", f"The record cannot be read ({error.__name__}): save the page again.")
    assert isinstance(good, Draft)


def test_a_page_without_an_address() -> None:
    """A record that lacks its address is a flaw or an article, and those around it are read."""
    records: list[Record] = [
        response("1", page("Eins").encode()),
        ("response", None, *response("", page("?").encode())[2:]),
    ]
    headlines = titles(warc(*records, response("3", page("Drei").encode())))
    assert (headlines[0], headlines[-1], len(headlines)) == ("Eins", "Drei", 3)


def test_texts_of_pages() -> None:
    """A WET record is an article under its URL, in the language that the crawl states; a WAT record is not."""
    texts = [("deu,eng", "de"), ("nds", "nds"), ("", None)]
    records: list[Record] = [
        (
            "conversion",
            f"https://x.example/{number}",
            "text/plain",
            TEXT.encode(),
            {},
            {"WARC-Identified-Content-Language": code} if code else {},
        )
        for number, (code, _) in enumerate(texts)
    ]
    drafts = list(load_warc(io.BytesIO(warc(*records))))
    assert [draft.language for draft in drafts if isinstance(draft, Draft)] == [language for _, language in texts]
    assert [draft.url for draft in drafts if isinstance(draft, Draft)] == [
        f"https://x.example/{name}" for name in "012"
    ]
    assert all(
        isinstance(draft, Draft) and draft.text.strip() == TEXT.strip() and not draft.published for draft in drafts
    )


def test_records_that_are_not_read() -> None:
    """Other records are skipped by type; a file with only such records yields a flaw that says what to index."""
    aside: list[Record] = [
        ("metadata", "https://x.example/1", "application/json", b"{}", {}, {}),
        ("resource", "urn:text:https://x.example/1", "text/plain", TEXT.encode(), {}, {}),
        ("resource", "metadata://crawler.example/log", "text/plain", TEXT.encode(), {}, {}),
        ("response", "https://x.example/2", "application/pdf", b"%PDF-1.4", {}, {}),
    ]
    mixed = list(warc_pages(io.BytesIO(warc(*aside, response("1", page("Eins").encode())))))
    assert [record.reason for record in mixed if isinstance(record, Skipped)] == [
        "metadata record",
        "text/plain",
        "text/plain",
        "application/pdf",
    ]
    assert sum(isinstance(record, WarcPage) for record in mixed) == len(mixed) - 4 == 1
    (flaw,) = load_warc(io.BytesIO(warc(aside[0])))
    assert isinstance(flaw, Flaw)
    assert flaw.reason.startswith("It contains metadata of pages, such as the WAT files of a crawl contain: index")


def test_a_large_packed_file_of_texts(tmp_path: Path) -> None:
    """A .wet.gz is read record by record, so it may unpack to more than fits in memory."""
    raw = warc(("conversion", "https://x.example/1", "text/plain", TEXT.encode() * 100, {}, {}))
    path = tmp_path / "cc.warc.wet.gz"
    path.write_bytes(gzip.compress(raw) * 3)
    small = replace(DEFAULT_LIMITS, total_bytes=20_000)
    names = [piece.content.name for piece in pieces(path, "", small) if isinstance(piece.content, WarcPage)]
    assert names == ["https://x.example/1", "https://x.example/1 (2)", "https://x.example/1 (3)"]
