"""A file's bytes, and what they are known by."""

from __future__ import annotations

import hashlib
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from rag.errors import LoadError
from rag.loading.common.file_types import ARCHIVE_KINDS, HEAD_BYTES, MULTI_ARTICLE_KINDS, kind_of

MAX_BYTES = 20_000_000
"""How large a text or a page may be."""
MAX_DOCUMENT_BYTES = 200_000_000
"""How large a document with pictures in it may be."""
STREAMED_KINDS = (MULTI_ARTICLE_KINDS - {"feed"}) | ARCHIVE_KINDS
"""Kinds whose files may have any size, for they are read in parts, or check it themselves."""
DOCUMENT_KINDS = frozenset(("pdf", "docx", "odt", "epub", "eml", "mhtml", "xlsx"))
# a file may change again within the tick of a file system's clock; FAT has the longest, of two seconds
_TICK = 2_000_000_000


def kind_at(path: Path) -> str | None:
    """Return the kind of a file by its first bytes and its name; None if it is of no kind that holds articles.

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
    """Return what differs from call to call if a file may have changed in between: for files that are not new, its
    size, the times of its last changes, and its number. The file is not opened.
    """
    try:
        status = path.stat()
    except OSError:
        # whoever opens it says what is wrong
        return f"no sight at {time.time_ns()}"
    now, changed = time.time_ns(), max(status.st_mtime_ns, status.st_ctime_ns)
    if now - changed < _TICK:
        return f"new at {now}"
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def check_size(path: Path) -> None:
    """Look whether a file may be as large as it is, before all of it is read.

    Raises:
        LoadError: it is too large, or cannot be read.
    """
    with open_file(path) as file:
        kind = kind_of(path.name, file.read(HEAD_BYTES))
        if kind not in STREAMED_KINDS:
            _check_size(path, MAX_DOCUMENT_BYTES if kind in DOCUMENT_KINDS else MAX_BYTES)


def _check_size(path: Path, most: int) -> None:
    size = path.stat().st_size
    if size > most:
        raise LoadError(
            f"It has {size / 1e6:.0f} MB, and an article may have {most // 10**6} MB: "
            "split it into one file for each article."
        )


def read_file(path: Path, most: int = MAX_BYTES) -> bytes:
    """Return the bytes of a file that is one article.

    Raises:
        LoadError: it cannot be read, is empty, or is too large.
    """
    with open_file(path) as file:
        _check_size(path, most)
        raw = file.read()
    if not raw.strip():
        raise LoadError("It is empty: delete it, or save the article again.")
    return raw


@contextmanager
def open_file(path: Path) -> Iterator[BufferedReader]:
    """Open a file.

    Raises:
        LoadError: it is no file, is empty, or it cannot be read, now or later in the block.
    """
    try:
        path.as_posix().encode("utf-8")
    except UnicodeEncodeError as error:
        raise LoadError("Its name holds bytes that are no text: rename the file.") from error
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise LoadError("It is no file but a pipe, a device or the like: save the article as a file.")
        if not status.st_size:
            raise LoadError("It is empty: delete it, or save the article again.")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LoadError(f"It cannot be read ({reason}): check that it is there and that you may read it.") from error
