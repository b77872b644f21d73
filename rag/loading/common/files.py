"""Reading files: their bytes, digest and change stamp, and checks of their size."""

from __future__ import annotations

import hashlib
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from rag.errors import LoadError, shortage
from rag.loading.common.file_types import ARCHIVE_KINDS, HEAD_BYTES, MULTI_ARTICLE_KINDS, kind_of

MAX_BYTES = 20_000_000
"""The largest text or web page, in bytes."""
MAX_DOCUMENT_BYTES = 200_000_000
"""The largest document, which may contain pictures, in bytes."""
STREAMED_KINDS = (MULTI_ARTICLE_KINDS - {"feed"}) | ARCHIVE_KINDS
"""Kinds whose files may have any size, since they are read in parts or checked by their readers."""
DOCUMENT_KINDS = frozenset(("pdf", "docx", "odt", "epub", "eml", "mhtml", "xlsx"))
# a file may change again within one tick of the file system's clock; FAT has the longest tick, of two seconds
_CLOCK_TICK_NS = 2_000_000_000


def kind_at(path: Path) -> str | None:
    """Return the kind of a file by its first bytes and its name; None if it cannot contain articles.

    Raises:
        LoadError: it cannot be read, or is empty.
    """
    with open_file(path) as file:
        return kind_of(path.name, file.read(HEAD_BYTES))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes.

    Raises:
        LoadError: it cannot be read, or is empty.
    """
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def change_stamp(path: Path) -> str:
    """Return a change stamp of a file: size, mtime, ctime and inode; unique for files changed within the last 2 s.

    The file is not opened. A file that cannot be seen has a unique stamp as well.
    """
    try:
        status = path.stat()
    except OSError:
        # opening it will report what is wrong
        return f"no sight at {time.time_ns()}"
    now_ns, changed_ns = time.time_ns(), max(status.st_mtime_ns, status.st_ctime_ns)
    if now_ns - changed_ns < _CLOCK_TICK_NS:
        return f"new at {now_ns}"
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def check_size(path: Path) -> None:
    """Check the size of a file before all of it is read.

    Raises:
        LoadError: it is too large, or cannot be read.
    """
    with open_file(path) as file:
        kind = kind_of(path.name, file.read(HEAD_BYTES))
        if kind not in STREAMED_KINDS:
            _check_size(path, MAX_DOCUMENT_BYTES if kind in DOCUMENT_KINDS else MAX_BYTES)


def _check_size(path: Path, max_bytes: int) -> None:
    size = path.stat().st_size
    if size > max_bytes:
        raise LoadError(
            f"It has {size / 1e6:.0f} MB, but an article may have at most {max_bytes // 10**6} MB: "
            "split it into one file for each article."
        )


def read_file(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the bytes of a file that contains one article.

    Raises:
        LoadError: it cannot be read, is empty, or is too large.
    """
    with open_file(path) as file:
        _check_size(path, max_bytes)
        raw = file.read()
    if not raw.strip():
        raise LoadError("It is empty: delete it, or save the article again.")
    return raw


@contextmanager
def open_file(path: Path) -> Iterator[BufferedReader]:
    """Open a file.

    Raises:
        LoadError: it is not a regular file, is empty, or cannot be read, on opening or later in the block.
        Shortage: the computer has too little memory, or too many files are open.
    """
    try:
        path.as_posix().encode("utf-8")
    except UnicodeEncodeError as error:
        raise LoadError("Its name contains bytes that are not text: rename the file.") from error
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise LoadError("It is not a regular file but a pipe or a device: save the article as a file.")
        if not status.st_size:
            raise LoadError("It is empty: delete it, or save the article again.")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        if lack := shortage(error):
            raise lack from error
        reason = error.strerror or type(error).__name__
        raise LoadError(f"It cannot be read ({reason}): check that it is there and that you may read it.") from error
