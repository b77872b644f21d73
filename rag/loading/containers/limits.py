"""Unpacking within limits: bytes are counted as they come, and no stated size is trusted."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, cast

from rag.errors import ConfigError, LoadError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

DAMAGE_ERRORS = (OSError, EOFError, ValueError, RuntimeError, zlib.error, struct.error, zipfile.BadZipFile)
"""What unpacking damaged bytes can raise."""
DAMAGED_MESSAGE = "It is damaged: save it again, or leave it out."


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an archive is unpacked.

    `max_bytes` is for a member that is one article, `many_bytes` for one that holds many, `total_bytes` for all of
    them. An archive may unpack to `ratio` times its own size, a small one to `many_bytes`. `depth` counts archives in
    archives.
    """

    max_bytes: int = 20_000_000
    many_bytes: int = 100_000_000
    total_bytes: int = 2_000_000_000
    ratio: int = 200
    depth: int = 3
    members: int = 100_000

    def allowed(self, size: int) -> int:
        """Return how many bytes an archive of this size may unpack to."""
        return min(self.total_bytes, max(self.many_bytes, self.ratio * size))


DEFAULT_LIMITS = Limits()


def parse_limits(written: Sequence[str]) -> Limits:
    """Return the usual limits with those in place that a person gives, each as depth=5.

    Raises:
        ConfigError: one is not written so, there is no such limit, or it is no whole number above zero.
    """
    usual = asdict(DEFAULT_LIMITS)
    given: dict[str, int] = {}
    for words in written:
        name, _, value = words.partition("=")
        name, value = name.strip(), value.strip()
        if name not in usual or not re.fullmatch("[1-9][0-9]{0,17}", value):
            names = ", ".join(f"{field}={default}" for field, default in usual.items())
            raise ConfigError(
                f"A limit cannot be read from '{words}': write NAME=VALUE with a whole number; the usual limits are "
                f"{names}."
            )
        given[name] = int(value)
    return replace(DEFAULT_LIMITS, **given)


class LimitExceeded(Exception):
    """An archive unpacks to more than it may."""


class Budget:
    """How many bytes an archive may still unpack to.

    One in another one may use up half of what is left to that, so that something is left for the files behind it.
    """

    def __init__(self, size: int, around: Budget | None = None) -> None:
        self.left: int = min(size, around.left // 2) if around else size
        self._around = around

    def spend(self, size: int) -> None:
        """Count bytes that were unpacked.

        Raises:
            Exhausted: there are too many of them.
        """
        self.left -= size
        if self._around:
            self._around.spend(size)
        if self.left < 0:
            raise LimitExceeded


class CountedStream(io.RawIOBase):
    """A stream of unpacked bytes, which ends with an error where there are too many of them."""

    def __init__(self, stream: BinaryIO, most: int, budget: Budget) -> None:
        self.most = most
        self._stream = stream
        self._read = 0
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        try:
            piece = self._stream.read(len(view))
        except DAMAGE_ERRORS as error:
            raise LoadError(DAMAGED_MESSAGE) from error
        self._read += len(piece)
        if self._read > self.most:
            raise LoadError(f"It has more than {self.most / 1e6:.0f} MB: split it into smaller files.")
        self._budget.spend(len(piece))
        view[: len(piece)] = piece
        return len(piece)


class LimitedDirectory(io.BufferedReader):
    """A file whose list of members is not read where it is too long; the list is read at once."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        super().__init__(cast(io.RawIOBase, file))
        self._most = most

    def read(self, size: int | None = -1) -> bytes:
        if size and size > 1000 * self._most:
            raise LimitExceeded
        data = super().read(size)
        if data.count(b"PK\x01\x02") > self._most:
            raise LimitExceeded
        return data


def limited_gunzip(file: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> io.BufferedReader:
    """Return what a .gz file holds as a stream, for a table or web archive that is too large to be held.

    Reading raises LoadError where it is damaged, or unpacks to more than the limits allow.
    """
    most = limits.allowed(file_size(file))
    return io.BufferedReader(CountedStream(gunzip(file), most, Budget(most)))


def file_size(file: BinaryIO) -> int:
    """Return the size of a file, which is then at its beginning."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def gunzip(file: BinaryIO) -> BinaryIO:
    """Return what a .gz file holds as a stream."""
    return cast(BinaryIO, gzip.GzipFile(fileobj=file))
