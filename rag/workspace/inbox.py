"""The inbox of an archive: a folder of its own for files that are uploaded, under safe names and within limits."""

from __future__ import annotations

import errno
import hashlib
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Self

from rag.archive import Archive
from rag.errors import ArchiveError, ArchiveFull, ArchiveGone, ArchiveReadOnly, UploadError
from rag.indexing.discovery import unsupported_reason
from rag.loading.common.file_types import HEAD_BYTES, kind_of
from rag.loading.common.safe_names import safe_path
from rag.loading.common.sidecar import SIDECAR_SUFFIX
from rag.storage.layout import INBOX, entries_below, file_sizes

MAX_FILE_BYTES = 500_000_000
"""The largest file that is taken."""
MAX_INBOX_BYTES = 50_000_000_000
"""The most that the files of an inbox may have together."""
MAX_INBOX_FILES = 200_000
"""The most files of an inbox."""
_MIN_FREE_BYTES = 500_000_000
_MAX_DEPTH = 16
_MAX_NAME_BYTES = 200
# how long the inbox counts as measured, since that takes longer than to take a file in
_SECONDS = 60
_PARTS = ".parts"
_FORGOTTEN = ".forgotten"


@dataclass(frozen=True, slots=True)
class Inbox:
    """The inbox of an archive. Nothing in it is ever executed or sent back to a browser."""

    archive: Archive

    @property
    def folder(self) -> Path:
        """Where the files are; it is made with the first one."""
        return self.archive.files / INBOX

    def receive(self, name: str) -> Upload:
        """Begin to take a file in; write to what this returns, in a `with` block.

        Args:
            name: that of the file, or its path in a folder that is uploaded.

        Raises:
            UploadError: the name is not one that is indexed, there is no room, or the inbox is full.
            ArchiveError: the folder cannot be written, or nothing can be indexed.
        """
        self.archive._database.check_writable()
        path = _safe_file_path(name)
        try:
            parts = self.folder / _PARTS
            # without the folder of the archive, nothing is created in its place
            self.folder.mkdir(exist_ok=True)
            parts.mkdir(exist_ok=True)
            free = shutil.disk_usage(self.folder).free - _MIN_FREE_BYTES
            usage = _usage_of(self.folder, int(time.monotonic() / _SECONDS))
            if free <= 0:
                raise UploadError("There is no room for more files: make room on the disk of the archive.", "full")
            if usage.bytes >= MAX_INBOX_BYTES or usage.files >= MAX_INBOX_FILES:
                raise UploadError(
                    f"The inbox has {usage.files} files of {usage.bytes // 10**9} GB: copy further files into a folder "
                    "of the computer on which Fundstelle runs, and index that.",
                    "inbox",
                    usage.files,
                )
            most = min(free, MAX_INBOX_BYTES - usage.bytes, MAX_FILE_BYTES)
            return Upload(self.folder, path, most, Path(tempfile.mkdtemp(dir=parts)), usage)
        except OSError as error:
            raise _not_writable(self.folder, error) from error

    def put_away(self, file: Path) -> bool:
        """Move a file of the inbox to where it is not indexed again; return whether it was in the inbox."""
        if not file.is_relative_to(self.folder) or not file.is_file():
            return False
        target = self.folder / _FORGOTTEN / file.relative_to(self.folder)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(_unused(target))
        except OSError as error:
            raise _not_writable(self.folder, error) from error
        return True


class Upload:
    """A file that is coming in. It is in the inbox once `finish` returns, and nowhere if that is never called."""

    def __init__(self, folder: Path, name: PurePosixPath, max_bytes: int, parts: Path, usage: _Usage) -> None:
        self._folder, self._name, self._max_bytes, self._parts = folder, name, max_bytes, parts
        self._usage = usage
        self._size = 0
        self._hash = hashlib.sha256()
        self._file: IO[bytes] = (parts / "file").open("xb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        shutil.rmtree(self._parts, ignore_errors=True)
        with suppress(OSError):
            self._parts.parent.rmdir()

    def write(self, content: bytes) -> None:
        """Add bytes.

        Raises:
            UploadError: the file is too large.
            ArchiveError: it cannot be written.
        """
        self._size += len(content)
        if self._size > self._max_bytes:
            raise UploadError(
                f"It is larger than {self._max_bytes // 10**6} MB: copy it into a folder of the computer on which "
                "Fundstelle runs, and index that.",
                "large",
                self._max_bytes // 10**6,
            )
        self._hash.update(content)
        try:
            self._file.write(content)
        except OSError as error:
            raise _not_writable(self._folder, error) from error

    def check(self) -> None:
        """Check that the file, of which all is written, can be taken; it is not in its place yet.

        Raises:
            UploadError: it is empty, or of a kind that is not read.
            ArchiveError: it cannot be written.
        """
        if not self._size:
            raise UploadError("It is empty: save the article again.", "empty")
        try:
            self._file.close()
            self._check_kind()
        except OSError as error:
            raise _not_writable(self._folder, error) from error

    def finish(self) -> Path:
        """Check the file, put it in its place and return its path; another file of that name is kept beside it.

        Raises:
            UploadError: it is empty, or of a kind that is not read.
            ArchiveError: it cannot be written.
        """
        self.check()
        path = self._folder / self._name
        try:
            _make_below(self._folder, path.parent)
            if path.is_file() and _digest(path) == self._hash.hexdigest():
                return path
            path = _unused(path)
            (self._parts / "file").replace(path)
            self._usage.add(self._size)
        except OSError as error:
            raise _not_writable(self._folder, error) from error
        return path

    def _check_kind(self) -> None:
        """Check that files of this kind are read; the metadata of a file come beside it.

        Raises:
            UploadError: they are not.
        """
        with (self._parts / "file").open("rb") as file:
            head = file.read(HEAD_BYTES)
        if kind_of(self._name.name, head) is None and not self._name.name.endswith(SIDECAR_SUFFIX):
            raise UploadError(unsupported_reason(self._name.suffix), "kind", self._name.suffix)


@dataclass(slots=True)
class _Usage:
    """How many files an inbox has, and their bytes together: as measured, and what came since."""

    files: int = 0
    bytes: int = 0

    def add(self, size: int) -> None:
        """Count a file."""
        self.files += 1
        self.bytes += size


def _safe_file_path(name: str) -> PurePosixPath:
    """Return the path of an uploaded file below the inbox.

    Raises:
        UploadError: it is hidden, or names nothing.
    """
    parts = [_shortened(part.strip()) for part in safe_path(name).split("/")]
    if not all(parts) or not any(character.isalnum() for character in parts[-1]):
        raise UploadError("Its name names nothing: rename the file.", "name")
    if any(part.startswith(".") for part in parts):
        message = "It is hidden, which its name says by its first point: rename the file to have it indexed."
        raise UploadError(message, "hidden")
    return PurePosixPath(*parts[-_MAX_DEPTH:])


def _shortened(name: str) -> str:
    """Return a name that the file system takes, with its ending."""
    ending = PurePosixPath(name).suffix[:20]
    stem = name.removesuffix(ending).encode()[: _MAX_NAME_BYTES - len(ending.encode())].decode(errors="ignore")
    return f"{stem}{ending}"


def _make_below(folder: Path, path: Path) -> None:
    """Make the folders from `folder` down to a path; where `folder` is gone, nothing is created in its place."""
    for parent in (*reversed(path.parents), path):
        if parent != folder and parent.is_relative_to(folder):
            parent.mkdir(exist_ok=True)


def _unused(path: Path) -> Path:
    """Return a path at which there is nothing: this one, or with a number."""
    number = 1
    candidate = path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return candidate


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(8)
def _usage_of(folder: Path, _: int) -> _Usage:
    """Measure an inbox, once for each value of the second argument; what comes in is added to what is returned."""
    usage = _Usage()
    for size in file_sizes(entries_below(folder)):
        usage.add(size)
    return usage


def _not_writable(folder: Path, error: OSError) -> ArchiveError:
    if isinstance(error, FileNotFoundError):
        return ArchiveGone(f"{folder} does not exist: put the archive back, or open another one.")
    kind = ArchiveFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else ArchiveReadOnly
    return kind(f"{folder} cannot be written ({error.strerror}): check its permissions and the disk.")
