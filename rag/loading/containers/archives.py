"""Files that hold files: .gz and .zip, also in each other. Nothing is written to disk."""

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

_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
_TOO_MUCH = "It unpacks to far more than its own size, or holds too many files: unpack it by hand."
_ENCRYPTED, _UTF8 = 0x1, 0x800


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive that can hold articles: `name` is its path there, and no two members have the same."""

    name: str
    kind: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Skipped:
    """Stands for a file in an archive that is not looked at: its ending, or why."""

    why: str


def archive_members(
    source: bytes | Path, name: str, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Member | Skipped | Flaw]:
    """Yield the files of readable kinds in an archive, one at a time in memory, and a flaw for each that is damaged.

    `name` is the name of the archive, by which the file in a .gz is called. Archives in it are opened, too. Hidden
    files, links, a README, what programs leave beside articles, and files of other kinds are left aside.
    """
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            kind = kind_of(name, file.read(HEAD_BYTES))
            yield from _Walk(limits).archive(file, kind, PurePosixPath(name).name)
    except OSError as error:
        yield Flaw("", f"It cannot be read ({error.strerror}): check that it is there and that you may read it.")


def mail_members(file: BinaryIO, above: str = "") -> Iterator[Member | Flaw]:
    """Yield the mails of a mailbox, each called by its number; `above` stands before that."""
    for mail in mails_in_mbox(file):
        if isinstance(mail, Flaw):
            yield Flaw(f"{above}{mail.name}", mail.reason)
        else:
            yield Member(f"{above}{mail[0]}", "eml", mail[1])


class _Walk:
    """Goes through an archive and those in it, and counts."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._names = UniqueNames()
        self._count = 0

    def archive(
        self, file: BinaryIO, kind: str | None, name: str, around: Budget | None = None, depth: int = 0
    ) -> Iterator[Member | Skipped | Flaw]:
        """Yield what is in an archive; `depth` says how many archives are around it."""
        shown = name if depth else ""
        budget = Budget(self._limits.allowed(file_size(file)), around)
        try:
            if kind == "zip":
                yield from self._zip(file, shown, budget, depth)
            elif kind == "gz":
                stem = name.removesuffix(".gz").removesuffix(".GZ") or name
                yield from self._part(gunzip(file), stem, budget, depth)
            else:
                yield Flaw(shown, "It is no archive: check that it was saved whole.")
        except LimitExceeded:
            yield Flaw(shown, _TOO_MUCH)
        except INTERRUPTIONS:
            raise
        except BaseException:
            # whatever a damaged archive leads to
            yield Flaw(shown, "It is no archive that can be opened: save it again, or unpack it by hand.")

    def _zip(self, file: BinaryIO, above: str, budget: Budget, depth: int) -> Iterator[Member | Skipped | Flaw]:
        archive = zipfile.ZipFile(LimitedDirectory(file, self._limits.members))
        saved = _saved_with_pages(safe_path(_name(info)) for info in archive.infolist())
        for info in archive.infolist():
            path = safe_path(_name(info))
            if info.is_dir():
                continue
            self._count += 1
            if self._count > self._limits.members:
                raise LimitExceeded
            if why := _left_aside(path, info) or ("saved with a page" if path.startswith(saved) else None):
                yield Skipped(why)
                continue
            name = f"{above}/{path}" if above else path
            if info.flag_bits & _ENCRYPTED:
                yield Flaw(name, "It is encrypted: unpack it by hand with its password.")
            elif info.compress_type not in _METHODS:
                yield Flaw(name, "It is compressed in a way that cannot be read: unpack it by hand.")
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
        counted = CountedStream(stream, max(self._limits.max_bytes, self._limits.many_bytes), budget)
        reader = io.BufferedReader(counted, HEAD_BYTES)
        try:
            head = reader.read(HEAD_BYTES)
            kind = kind_of(name, head)
            if kind is None:
                yield Skipped(PurePosixPath(name).suffix.lower() or "no ending")
                return
            counted.most = (
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
            yield Flaw(name, f"It lies more than {self._limits.depth} archives deep: unpack it by hand.")


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member; macOS writes UTF-8 without saying so."""
    if not info.flag_bits & _UTF8:
        with suppress(UnicodeError):
            return info.filename.encode("cp437").decode("utf-8")
    return info.filename


def _left_aside(path: str, info: zipfile.ZipInfo) -> str | None:
    """Why a file is not looked at, or None if it is."""
    parts = PurePosixPath(path).parts
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link"
    if not parts or any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return "hidden"
    if PurePosixPath(path).stem.upper() == "README":
        return "README"
    return next(filter(None, map(leftover_kind, parts)), None)


def _saved_with_pages(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders, with a slash behind them, of what a browser saved with the pages beside them."""
    names: dict[str, list[str]] = {}
    for path in paths:
        parts = path.split("/")
        for depth, name in enumerate(parts):
            names.setdefault("".join(f"{part}/" for part in parts[:depth]), []).append(name)
    return tuple(
        f"{above}{name}/"
        for above, inside in names.items()
        if (pages := page_names(inside))
        for name in dict.fromkeys(inside)
        if belongs_to_page(name, pages)
    )
