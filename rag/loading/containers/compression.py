"""HTTP content codings (RFC 9110, section 8.4.1): gzip, deflate, br and zstd, undone within a size limit."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from rag.errors import LoadError

_ZSTD_WINDOW = 2**23
"""The largest window, in bytes, that zstd content may require (RFC 9659)."""
_ZSTD_STEP = 256
"""Compressed bytes are fed in steps of this size: four of them can expand to 128 KB."""
_MOST_CODINGS = 3
_HEAD_BYTES = 2000
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a]")
_TRUNCATED_MESSAGE = "The page is truncated: save the web archive again."


class _NotPacked(Exception):
    """The bytes are not in the stated coding."""


def undo_content_codings(raw: bytes, codings: str, max_bytes: int) -> bytes:
    """Return a page decompressed according to its Content-Encoding header, at most one byte more than `max_bytes`.

    A page whose bytes are not in a stated coding is returned unchanged: many programs store pages decompressed, with
    the original header.

    Raises:
        LoadError: the compressed bytes are damaged or truncated, or the coding is unknown.
    """
    names = [name for part in codings.lower().split(",") if (name := part.strip()) not in ("", "identity", "none")]
    if len(names) > _MOST_CODINGS:
        raise LoadError(f"The page is compressed {len(names)} times: leave it out.")
    for name in reversed(names):
        try:
            raw = _CODINGS.get(name.removeprefix("x-"), _reject_coding)(raw, max_bytes + 1)
        except _NotPacked as error:
            # compressed bytes contain control characters, HTML does not
            if _CONTROLS.search(raw[:_HEAD_BYTES]) and not raw[:_HEAD_BYTES].lstrip().startswith(b"<"):
                raise LoadError(
                    f"The page cannot be decompressed ({name[:30]}): save it again, or leave it out."
                ) from error
    return raw


def _reject_coding(_raw: bytes, _max_bytes: int) -> bytes:
    raise _NotPacked


def _unpack_zlib(raw: bytes, max_bytes: int, bits: int) -> bytes:
    unpacker = zlib.decompressobj(bits)
    try:
        # a page may consist of several gzip members
        unpacked = unpacker.decompress(raw, max_bytes)
        while unpacker.eof and unpacker.unused_data and bits > zlib.MAX_WBITS and len(unpacked) < max_bytes:
            remainder, unpacker = unpacker.unused_data, zlib.decompressobj(bits)
            if not remainder.startswith(b"\x1f\x8b"):
                return unpacked
            unpacked += unpacker.decompress(remainder, max_bytes - len(unpacked))
    except zlib.error as error:
        raise _NotPacked from error
    if not unpacker.eof and len(unpacked) < max_bytes:
        raise LoadError(_TRUNCATED_MESSAGE)
    return unpacked


def _unpack_gzip(raw: bytes, max_bytes: int) -> bytes:
    return _unpack_zlib(raw, max_bytes, 16 + zlib.MAX_WBITS)


def _unpack_deflate(raw: bytes, max_bytes: int) -> bytes:
    try:
        return _unpack_zlib(raw, max_bytes, zlib.MAX_WBITS)
    except _NotPacked:
        # some servers omit the zlib wrapper that the standard requires
        return _unpack_zlib(raw, max_bytes, -zlib.MAX_WBITS)


def _unpack_brotli(raw: bytes, max_bytes: int) -> bytes:
    import brotli

    unpacker = brotli.Decompressor()
    pieces, size, packed = [], 0, raw
    try:
        while size < max_bytes and not unpacker.is_finished():
            piece = unpacker.process(packed, output_buffer_limit=max_bytes - size)
            packed = b""
            pieces.append(piece)
            size += len(piece)
            if not piece and unpacker.can_accept_more_data():
                break
    except brotli.error as error:
        raise _NotPacked from error
    if size < max_bytes and not unpacker.is_finished():
        raise LoadError(_TRUNCATED_MESSAGE)
    return b"".join(pieces)[:max_bytes]


def _unpack_zstd(raw: bytes, max_bytes: int) -> bytes:
    import zstandard

    reader = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    unpacker = reader.decompressobj()
    pieces, size = [], 0
    try:
        for start in range(0, len(raw), _ZSTD_STEP):
            packed = raw[start : start + _ZSTD_STEP]
            while packed:
                # several frames may follow each other
                unpacker = reader.decompressobj() if unpacker.eof else unpacker
                pieces.append(unpacker.decompress(packed))
                size += len(pieces[-1])
                packed = unpacker.unused_data
            if size >= max_bytes:
                break
    except zstandard.ZstdError as error:
        raise _NotPacked from error
    if size < max_bytes and not unpacker.eof:
        raise LoadError(_TRUNCATED_MESSAGE)
    return b"".join(pieces)[:max_bytes]


_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _unpack_gzip,
    "deflate": _unpack_deflate,
    "br": _unpack_brotli,
    "zstd": _unpack_zstd,
}
