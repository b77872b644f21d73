"""Archives: bombs, names that lead out of the folder, members that are encrypted or damaged; web archives."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Iterator, Sequence

from bad_files.words import TEXT, noise, page

_RAW = TEXT.encode()
_DAY = (2020, 1, 1, 0, 0, 0)


def zipped(members: Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive, the same at every run."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, raw in members:
            archive.writestr(zipfile.ZipInfo(name, _DAY), raw, method)
    return out.getvalue()


def packed(raw: bytes) -> bytes:
    """Return a .gz file, the same at every run."""
    return gzip.compress(raw, mtime=0)


def record(url: str, body: bytes, headers: str = "Content-Type: text/html", kind: str = "response") -> bytes:
    """Return a record of a web archive."""
    block = f"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def overlapping(archive: bytes, times: int) -> bytes:
    """Return an archive whose list names its only member, a.txt, many times."""
    start, end = archive.index(b"PK\x01\x02"), archive.rindex(b"PK\x05\x06")
    entry = archive[start:end]
    closing = archive[end : end + 8] + struct.pack("<HHII", times, times, len(entry) * times, start) + b"\0\0"
    return archive[:start] + entry * times + closing


def files() -> Iterator[tuple[str, bytes, str]]:
    """Yield the name, the bytes and what is expected of each."""
    yield from _gz()
    yield from _zip()
    yield from _bombs()
    yield from _warc()


def _gz() -> Iterator[tuple[str, bytes, str]]:
    good = packed(_RAW)
    yield "good.txt.gz", good, "taken"
    yield "two_parts.txt.gz", good + good, "taken"
    yield "packed.html", packed(page().encode()), "taken"
    yield "twice.txt.gz.gz", packed(good), "taken"
    yield "a_picture.jpg.gz", packed(noise(500, 6)), "refused"
    for share in (10, 50, 99):
        yield f"cut_at_{share}.txt.gz", good[: len(good) * share // 100], "refused"
    yield "wrong_sum.txt.gz", good[:-6] + bytes([good[-6] ^ 1]) + good[-5:], "refused"
    yield "tail.txt.gz", good + b"and then some", "either"
    yield "zeros_behind.txt.gz", good + bytes(100), "taken"
    yield "damaged.txt.gz", good[:40] + b"\xff" * 20 + good[60:], "refused"
    yield "wrong_method.txt.gz", good[:2] + b"\x07" + good[3:], "refused"
    yield "a_zip_in_a.zip.gz", packed(zipped([("a.txt", _RAW)])), "taken"


def _zip() -> Iterator[tuple[str, bytes, str]]:
    good, both = [("a.txt", _RAW)], [("a.txt", _RAW), ("b.txt", _RAW)]
    names = (
        "../../../tmp/out.txt",
        "/etc/out.txt",
        "C:\\out.txt",
        "..\\..\\out.txt",
        "a/../../out.txt",
        "\x1b[31m.txt",
    )
    yield "names.zip", zipped([(name, _RAW) for name in names]), "taken"
    yield "same_names.zip", zipped([("a.txt", _RAW), ("./a.txt", _RAW), ("x/../a.txt", _RAW)]), "taken"
    yield (
        "left_aside.zip",
        zipped([(name, _RAW) for name in ("README.md", ".x.txt", "__MACOSX/._a.txt", "p.jpg")]),
        "refused",
    )
    yield "empty_member.zip", zipped([("a.txt", b""), *good[:0]]), "refused"
    yield "no_member.zip", zipped([]), "refused"
    yield "folders_only.zip", zipped([("a/", b""), ("a/b/", b"")]), "refused"
    whole = zipped(both)
    flags = bytearray(whole)
    flags[6] |= 1
    flags[flags.index(b"PK\x01\x02") + 8] |= 1
    yield "encrypted_member.zip", bytes(flags), "taken"
    method = bytearray(whole)
    method[8] = 97
    method[method.index(b"PK\x01\x02") + 10] = 97
    yield "unknown_compression.zip", bytes(method), "taken"
    yield "lzma.zip", zipped(both, zipfile.ZIP_LZMA), "refused"
    yield "bzip2.zip", zipped(both, zipfile.ZIP_BZIP2), "taken"
    stored = bytearray(zipped(both, zipfile.ZIP_STORED))
    stored[stored.index(_RAW) + 3] ^= 1
    yield "wrong_sum.zip", bytes(stored), "taken"
    yield "cut.zip", whole[: len(whole) // 2], "refused"
    yield "cut_at_its_end.zip", whole[:-10], "refused"
    yield "something_before.zip", b"#!/bin/sh\nexit\n" + whole, "either"
    yield "something_behind.zip", whole + b"x" * 100, "either"
    link = zipfile.ZipInfo("link.txt", _DAY)
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, b"/etc/passwd")
    yield "link.zip", out.getvalue(), "refused"
    size = bytearray(whole)
    start = size.index(b"PK\x01\x02")
    size[start + 24 : start + 28] = struct.pack("<I", 0xFFFFFFF0)
    yield "stated_4_gb.zip", bytes(size), "taken"
    size[start + 24 : start + 28] = struct.pack("<I", 5)
    yield "stated_5_bytes.zip", bytes(size), "taken"
    end = bytearray(whole)
    end[-10:-6] = struct.pack("<I", 0x7FFFFFFF)
    yield "huge_list.zip", bytes(end), "refused"
    inner = zipped([("a.txt", _RAW)])
    yield "in_a.zip", zipped([("in.zip", inner), ("b.txt.gz", packed(_RAW))]), "taken"
    for _ in range(9):
        inner = zipped([("in.zip", inner)])
    yield "ten_deep.zip", inner, "refused"
    yield "renamed.docx", zipped(good), "either"


def _bombs() -> Iterator[tuple[str, bytes, str]]:
    zeros = packed(bytes(30_000_000))
    yield "zeros.txt.gz", zeros, "refused"
    yield "zeros_twice.gz", packed(zeros), "refused"
    page_of_spaces = b"<html><body>" + b" " * 30_000_000
    yield "spaces.zip", zipped([("a.html", page_of_spaces), ("b.txt", _RAW)]), "taken"
    one = zipped([("a.txt", bytes(19_000_000))])
    yield "many_zeros.zip", zipped([(f"{number}.zip", one) for number in range(40)]), "refused"
    yield "one_for_many.zip", overlapping(zipped([("a.txt", bytes(19_000_000))]), 2000), "refused"


def _warc() -> Iterator[tuple[str, bytes, str]]:
    body = page().encode()
    one, two = record("https://x.example/1", body), record("https://x.example/2", body)
    yield "good.warc", one + two, "taken"
    yield "good.warc.gz", packed(one) + packed(two), "taken"
    yield "as_a_whole.warc.gz", packed(one + two), "taken"
    yield "cut.warc", (one + two)[:-500], "taken"
    yield "cut.warc.gz", (packed(one) + packed(two))[:-100], "taken"
    yield "damaged_first.warc.gz", b"\x1f\x8b\x08" + b"\xff" * 200 + packed(two), "taken"
    yield "damaged_first.warc", one[:300] + b"\0" * 50 + two, "either"
    yield "wrong_length.warc", one.replace(b"Content-Length: ", b"Content-Length: 9") + two, "either"
    yield "no_length.warc", one.replace(b"Content-Length", b"X-Length") + two, "either"
    yield "no_address.warc", one.replace(b"WARC-Target-URI", b"X-Uri"), "either"
    yield "same_address.warc", one * 3, "taken"
    yield "no_pages.warc", record("https://x.example/p", noise(300, 7), "Content-Type: image/png"), "refused"
    yield "not_found.warc", one.replace(b"200 OK", b"404 Not Found"), "refused"
    packed_body = "Content-Type: text/html\r\nContent-Encoding: gzip"
    yield "packed_page.warc", record("https://x.example/1", packed(body), packed_body), "taken"
    yield "bomb.warc", record("https://x.example/1", packed(bytes(30_000_000)), packed_body), "refused"
    yield "cut_packed.warc", record("https://x.example/1", packed(body)[:100], packed_body), "refused"
    yield (
        "unknown_packing.warc",
        record("https://x.example/1", body, "Content-Type: text/html\r\nContent-Encoding: x"),
        "either",
    )
    yield "header_only.warc", b"WARC/1.0\r\n\r\n", "refused"
