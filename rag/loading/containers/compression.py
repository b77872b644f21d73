"""The codings that servers pack pages in (RFC 9110, section 8.4.1): gzip, deflate, br, zstd; within a limit."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from rag.errors import LoadError

_ZSTD_WINDOW = 2**23
"""The largest window, in bytes, that the coding zstd may ask for (RFC 9659)."""
_ZSTD_STEP = 256
"""How many packed bytes are given at once: four of them can stand for 128 KB."""
_MOST_CODINGS = 3
_HEAD = 2000
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a]")
_BREAKS_OFF = "The page breaks off before its end: save the web archive again."


class _NotPacked(Exception):
    """The bytes are not in the coding that is stated."""


def undo_content_codings(raw: bytes, codings: str, most: int) -> bytes:
    """Return a page without the codings of its Content-Encoding header, at most one byte more than `most`.

    A page whose bytes are not in a stated coding is returned as it is: many programs store pages unpacked under the
    header that they came with.

    Raises:
        LoadError: the packed bytes are damaged or break off, or the coding is of a kind that is not read.
    """
    names = [name for part in codings.lower().split(",") if (name := part.strip()) not in ("", "identity", "none")]
    if len(names) > _MOST_CODINGS:
        raise LoadError(f"The page is packed {len(names)} times: leave it out.")
    for name in reversed(names):
        try:
            raw = _CODINGS.get(name.removeprefix("x-"), _unknown)(raw, most + 1)
        except _NotPacked as error:
            # packed bytes hold controls sooner or later
            if _CONTROLS.search(raw[:_HEAD]) and not raw[:_HEAD].lstrip().startswith(b"<"):
                raise LoadError(
                    f"The page cannot be unpacked ({name[:30]}): save it again, or leave it out."
                ) from error
    return raw


def _unknown(raw: bytes, most: int) -> bytes:
    raise _NotPacked


def _zlib(raw: bytes, most: int, bits: int) -> bytes:
    unpacker = zlib.decompressobj(bits)
    try:
        # a page may be packed in several members
        unpacked = unpacker.decompress(raw, most)
        while unpacker.eof and unpacker.unused_data and bits > zlib.MAX_WBITS and len(unpacked) < most:
            rest, unpacker = unpacker.unused_data, zlib.decompressobj(bits)
            if not rest.startswith(b"\x1f\x8b"):
                return unpacked
            unpacked += unpacker.decompress(rest, most - len(unpacked))
    except zlib.error as error:
        raise _NotPacked from error
    if not unpacker.eof and len(unpacked) < most:
        raise LoadError(_BREAKS_OFF)
    return unpacked


def _gzip(raw: bytes, most: int) -> bytes:
    return _zlib(raw, most, 16 + zlib.MAX_WBITS)


def _deflate(raw: bytes, most: int) -> bytes:
    try:
        return _zlib(raw, most, zlib.MAX_WBITS)
    except _NotPacked:
        # without the wrapping that the standard asks for, as some servers send it
        return _zlib(raw, most, -zlib.MAX_WBITS)


def _brotli(raw: bytes, most: int) -> bytes:
    import brotli

    unpacker = brotli.Decompressor()
    pieces, size, given = [], 0, raw
    try:
        while size < most and not unpacker.is_finished():
            piece = unpacker.process(given, output_buffer_limit=most - size)
            given = b""
            pieces.append(piece)
            size += len(piece)
            if not piece and unpacker.can_accept_more_data():
                break
    except brotli.error as error:
        raise _NotPacked from error
    if size < most and not unpacker.is_finished():
        raise LoadError(_BREAKS_OFF)
    return b"".join(pieces)[:most]


def _zstd(raw: bytes, most: int) -> bytes:
    import zstandard

    reader = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    unpacker = reader.decompressobj()
    pieces, size = [], 0
    try:
        for start in range(0, len(raw), _ZSTD_STEP):
            given = raw[start : start + _ZSTD_STEP]
            while given:
                # frames may follow on each other
                unpacker = reader.decompressobj() if unpacker.eof else unpacker
                pieces.append(unpacker.decompress(given))
                size += len(pieces[-1])
                given = unpacker.unused_data
            if size >= most:
                break
    except zstandard.ZstdError as error:
        raise _NotPacked from error
    if size < most and not unpacker.eof:
        raise LoadError(_BREAKS_OFF)
    return b"".join(pieces)[:most]


_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {"gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}
