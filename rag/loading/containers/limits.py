"""Unpacking within limits: bytes are counted as they arrive, and no stated size is trusted."""

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
"""The errors that unpacking damaged bytes can raise."""
DAMAGED_MESSAGE = "It is damaged: save it again, or leave it out."


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an archive is unpacked.

    `max_bytes` is the limit for a member with one article, `many_bytes` for one with many, `total_bytes` for all
    members. An archive may unpack to `ratio` times its own size, a small one to `many_bytes`. `depth` is how deeply
    archives may be nested, `members` how many files there may be.
    """

    max_bytes: int = 20_000_000
    many_bytes: int = 100_000_000
    total_bytes: int = 2_000_000_000
    ratio: int = 200
    depth: int = 3
    members: int = 100_000

    def max_unpacked_bytes(self, size: int) -> int:
        """Return how many bytes an archive of this size may unpack to."""
        return min(self.total_bytes, max(self.many_bytes, self.ratio * size))


DEFAULT_LIMITS = Limits()


def parse_limits(settings: Sequence[str]) -> Limits:
    """Return the default limits, changed by settings such as "depth=5".

    Raises:
        ConfigError: a setting is malformed, names no limit, or is not a positive whole number.
    """
    defaults = asdict(DEFAULT_LIMITS)
    values: dict[str, int] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        name, value = name.strip(), value.strip()
        if name not in defaults or not re.fullmatch("[1-9][0-9]{0,17}", value):
            names = ", ".join(f"{field}={default}" for field, default in defaults.items())
            raise ConfigError(
                f"A limit cannot be read from '{setting}': write NAME=VALUE with a whole number; the defaults are "
                f"{names}."
            )
        values[name] = int(value)
    return replace(DEFAULT_LIMITS, **values)


class LimitExceeded(Exception):
    """An archive unpacks to more than its limits allow."""


class Budget:
    """How many bytes an archive may still unpack to.

    A nested archive may use half of what its outer archive has left, so that something remains for the files after it.
    """

    def __init__(self, size: int, outer: Budget | None = None) -> None:
        self.bytes_left: int = min(size, outer.bytes_left // 2) if outer else size
        self._outer = outer

    def spend(self, size: int) -> None:
        """Subtract unpacked bytes from this budget and the outer ones.

        Raises:
            LimitExceeded: the budget is used up.
        """
        self.bytes_left -= size
        if self._outer:
            self._outer.spend(size)
        if self.bytes_left < 0:
            raise LimitExceeded


class CountedStream(io.RawIOBase):
    """A stream of unpacked bytes that raises an error when there are more than allowed."""

    def __init__(self, stream: BinaryIO, max_bytes: int, budget: Budget) -> None:
        self.max_bytes = max_bytes
        self._stream = stream
        self._bytes_read = 0
        self._budget = budget

    def readable(self) -> bool:
        """Return True, as `io.RawIOBase` requires."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer and return the number of bytes, within the limits."""
        view = memoryview(buffer).cast("B")
        try:
            piece = self._stream.read(len(view))
        except DAMAGE_ERRORS as error:
            raise LoadError(DAMAGED_MESSAGE) from error
        self._bytes_read += len(piece)
        if self._bytes_read > self.max_bytes:
            raise LoadError(f"It has more than {self.max_bytes / 1e6:.0f} MB: split it into smaller files.")
        self._budget.spend(len(piece))
        view[: len(piece)] = piece
        return len(piece)


_MAX_ENTRY_BYTES = 1000
"""The largest average size of an entry in a zip file's directory, in bytes."""


class LimitedDirectory(io.BufferedReader):
    """A zip file whose directory, which zipfile reads at once, is not read if it is too long."""

    def __init__(self, file: BinaryIO, max_members: int) -> None:
        super().__init__(cast(io.RawIOBase, file))
        self._max_members = max_members

    def read(self, size: int | None = -1) -> bytes:
        """Read bytes, unless they list too many members."""
        if size and size > _MAX_ENTRY_BYTES * self._max_members:
            raise LimitExceeded
        data = super().read(size)
        if data.count(b"PK\x01\x02") > self._max_members:
            raise LimitExceeded
        return data


def limited_gunzip(file: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> io.BufferedReader:
    """Return the content of a .gz file as a stream, for a table or web archive that is larger than memory.

    Reading raises LoadError if the file is damaged or unpacks to more than the limits allow.
    """
    max_bytes = limits.max_unpacked_bytes(file_size(file))
    return io.BufferedReader(CountedStream(gunzip(file), max_bytes, Budget(max_bytes)))


def file_size(file: BinaryIO) -> int:
    """Return the size of a file in bytes, and rewind it."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def gunzip(file: BinaryIO) -> BinaryIO:
    """Return the content of a .gz file as a stream, without limits."""
    return cast(BinaryIO, gzip.GzipFile(fileobj=file))
