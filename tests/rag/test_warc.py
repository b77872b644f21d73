"""Web archives become articles, also those that other programs damaged."""

from __future__ import annotations

import gzip
import io
import random

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from rag.loading.collections.warc import load_warc, pages
from rag.loading.draft import Draft, Flaw

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
    for name, status, kind, body, more in answers:
        starts.append(out.tell())
        headers = StatusAndHeaders(status, [("Content-Type", kind), *more.items()], protocol="HTTP/1.1")
        url = f"https://x.example/{name}"
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=headers))
    return out.getvalue(), starts


def read(raw: bytes) -> list[str | None]:
    """The title of each article; None for a flaw."""
    return [one.title if isinstance(one, Draft) else None for one in load_warc(io.BytesIO(raw))]


@pytest.mark.parametrize("packed", [True, False])
def test_pages_that_were_found(packed: bool) -> None:
    """Pages of HTML with status 200 are articles under their address, packed or not, in the encoding of the server."""
    found = [one for one in load_warc(io.BytesIO(archived(packed)[0])) if isinstance(one, Draft)]
    assert [one.title for one in found] == ["Eins", "Zwei", "Drei", "Sechs"]
    assert {one.text.strip() for one in found} == {TEXT.strip()}
    assert [one.url for one in found] == [f"https://x.example/{name}" for name in "1236"]
    assert all(one.url == one.name and one.origins["url"] == "address in the web archive" for one in found)


def test_packed_as_a_whole() -> None:
    """An archive that was compressed as one file, and not record by record, is read all the same."""
    assert read(gzip.compress(archived(packed=False)[0])) == ["Eins", "Zwei", "Drei", "Sechs"]


@pytest.mark.parametrize("packed", [True, False])
def test_a_damaged_record(packed: bool, capfd: pytest.CaptureFixture[str]) -> None:
    """The record is one flaw, those behind it are read, and nothing is said aside."""
    raw, starts = archived(packed)
    broken = bytearray(raw)
    broken[starts[1] : starts[1] + 40] = bytes(40)
    assert read(bytes(broken)) == ["Eins", None, "Drei", "Sechs"]
    assert read(raw[: starts[2] - 60]) == ["Eins", None]
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
            list(pages(io.BytesIO(bytes(broken[:cut] + broken[cut + dice.randrange(300) :]))))


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
