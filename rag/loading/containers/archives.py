"""Archives: .gz and .zip files, also nested. Nothing is written to disk."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from rag.loading.common.draft import Flaw
from rag.loading.common.file_types import ARCHIVE_KINDS, HEAD_BYTES, MULTI_ARTICLE_KINDS, kind_of
from rag.loading.common.guard import INTERRUPTIONS, load_error
from rag.loading.common.leftovers import belongs_to_page, leftover_kind, page_names
from rag.loading.common.safe_names import UniqueNames, safe_path
from rag.loading.containers.limits import (
    DAMAGED_MESSAGE,
    DEFAULT_LIMITS,
    Budget,
    CountedStream,
    LimitedDirectory,
    LimitExceeded,
    Limits,
    file_size,
    gunzip,
)
from rag.loading.containers.mbox import mails_in_mbox

_COMPRESSION_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
_TOO_MUCH_MESSAGE = "It unpacks to far more than its own size, or contains too many files: unpack it by hand."
_ENCRYPTED_FLAG, _UTF8_FLAG = 0x1, 0x800


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive that can contain articles; `name` is its path there, and unique."""

    name: str
    kind: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file in an archive, or a record in a web archive, that is not read; `reason` is its suffix, its type or why."""

    reason: str


def archive_members(
    source: bytes | Path, name: str, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Member | Skipped | Flaw]:
    """Yield the readable files in an archive, one at a time in memory, and a flaw for each damaged one.

    Nested archives are opened too. Hidden files, links, a README, leftovers of programs, and files of other types are
    skipped.

    Args:
        source: the archive, or its path.
        name: the file name of the archive, after which the file in a .gz is named.
    """
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            kind = kind_of(name, file.read(HEAD_BYTES))
            yield from _Walk(limits).archive(file, kind, PurePosixPath(name).name)
    except OSError as error:
        yield Flaw("", f"It cannot be read ({error.strerror}): check that it is there and that you may read it.")


def mail_members(file: BinaryIO, prefix: str = "") -> Iterator[Member | Flaw]:
    """Yield the mails of a mailbox, each named by `prefix` and its number."""
    for mail in mails_in_mbox(file):
        if isinstance(mail, Flaw):
            yield Flaw(f"{prefix}{mail.name}", mail.reason)
        else:
            yield Member(f"{prefix}{mail[0]}", "eml", mail[1])


class _Walk:
    """Walks through an archive and its nested ones, and counts what it finds."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._names = UniqueNames()
        self._count = 0

    def archive(
        self, file: BinaryIO, kind: str | None, name: str, outer_budget: Budget | None = None, depth: int = 0
    ) -> Iterator[Member | Skipped | Flaw]:
        """Yield the contents of an archive; `depth` is the number of archives around it."""
        archive_name = name if depth else ""
        budget = Budget(self._limits.max_unpacked_bytes(file_size(file)), outer_budget)
        try:
            if kind == "zip":
                yield from self._zip(file, archive_name, budget, depth)
            elif kind == "gz":
                stem = name.removesuffix(".gz").removesuffix(".GZ") or name
                yield from self._part(gunzip(file), stem, budget, depth)
            else:
                yield Flaw(archive_name, "It is not an archive: check that it was saved completely.")
        except LimitExceeded:
            yield Flaw(archive_name, _TOO_MUCH_MESSAGE)
        except INTERRUPTIONS:
            raise
        except BaseException:
            # any error that a damaged archive causes
            yield Flaw(archive_name, "It cannot be opened as an archive: save it again, or unpack it by hand.")

    def _zip(self, file: BinaryIO, parent: str, budget: Budget, depth: int) -> Iterator[Member | Skipped | Flaw]:
        archive = zipfile.ZipFile(LimitedDirectory(file, self._limits.members))
        page_folders = _page_folders(safe_path(_name(info)) for info in archive.infolist())
        for info in archive.infolist():
            path = safe_path(_name(info))
            if info.is_dir():
                continue
            self._count += 1
            if self._count > self._limits.members:
                raise LimitExceeded
            if reason := _skip_reason(path, info) or ("saved with a page" if path.startswith(page_folders) else None):
                yield Skipped(reason)
                continue
            name = f"{parent}/{path}" if parent else path
            if info.flag_bits & _ENCRYPTED_FLAG:
                yield Flaw(name, "It is encrypted: unpack it by hand with its password.")
            elif info.compress_type not in _COMPRESSION_METHODS:
                yield Flaw(name, "Its compression method is not supported: unpack it by hand.")
            else:
                try:
                    stream = cast(BinaryIO, archive.open(info))
                except INTERRUPTIONS:
                    raise
                except BaseException:
                    yield Flaw(name, DAMAGED_MESSAGE)
                else:
                    yield from self._part(stream, name, budget, depth)

    def _part(self, stream: BinaryIO, name: str, budget: Budget, depth: int) -> Iterator[Member | Skipped | Flaw]:
        counted_stream = CountedStream(stream, max(self._limits.max_bytes, self._limits.many_bytes), budget)
        reader = io.BufferedReader(counted_stream, HEAD_BYTES)
        try:
            head = reader.read(HEAD_BYTES)
            kind = kind_of(name, head)
            if kind is None:
                yield Skipped(PurePosixPath(name).suffix.lower() or "no ending")
                return
            counted_stream.max_bytes = (
                self._limits.many_bytes if kind in MULTI_ARTICLE_KINDS | ARCHIVE_KINDS else self._limits.max_bytes
            )
            raw = head + reader.read()
        except (LimitExceeded, *INTERRUPTIONS):
            raise
        except BaseException as error:
            yield Flaw(name, str(load_error(error)))
            return
        if kind == "mbox":
            yield from mail_members(io.BytesIO(raw), f"{self._names.unique(name)}/")
        elif kind not in ARCHIVE_KINDS:
            yield Member(self._names.unique(name), kind, raw)
        elif depth + 1 < self._limits.depth:
            yield from self.archive(io.BytesIO(raw), kind, name, budget, depth + 1)
        else:
            yield Flaw(name, f"It is nested more than {self._limits.depth} archives deep: unpack it by hand.")


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member; macOS writes UTF-8 without setting its flag."""
    if not info.flag_bits & _UTF8_FLAG:
        with suppress(UnicodeError):
            return info.filename.encode("cp437").decode("utf-8")
    return info.filename


def _skip_reason(path: str, info: zipfile.ZipInfo) -> str | None:
    """Why a file is skipped, or None if it is read."""
    parts = PurePosixPath(path).parts
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link"
    if not parts or any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return "hidden"
    if PurePosixPath(path).stem.upper() == "README":
        return "README"
    return next(filter(None, map(leftover_kind, parts)), None)


def _page_folders(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders, ending in a slash, in which a browser saved the files of a page next to them."""
    names: dict[str, list[str]] = {}
    for path in paths:
        parts = path.split("/")
        for depth, name in enumerate(parts):
            names.setdefault("".join(f"{part}/" for part in parts[:depth]), []).append(name)
    return tuple(
        f"{parent}{name}/"
        for parent, siblings in names.items()
        if (pages := page_names(siblings))
        for name in dict.fromkeys(siblings)
        if belongs_to_page(name, pages)
    )
