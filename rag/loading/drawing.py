"""Pages of PDFs drawn in a worker process, since PDFs can be made to do harm; a PDF may be in an archive or a mail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from rag.errors import LoadError
from rag.loading.common.files import MAX_DOCUMENT_BYTES, digest, read_file
from rag.loading.isolation.pool import Workers
from rag.loading.pdf.drawing import PagePicture, page_picture
from rag.loading.reader import member_bytes
from rag.types import Span

_SECONDS = 15.0
_MEMORY = 1_000_000_000
_CHANGED = "The file has changed since it was read: index it again to see its pages."


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page of a PDF, and the span of a passage in the text that was read from this page.

    Attributes:
        path: the file, which may be an archive or a mail with the PDF in it.
        sha256: the hash of the bytes that were read; other bytes are not drawn.
        number: that of the page, from 1.
        text: the text of the page.
        span: the passage in this text; None for no box.
        member: the name of the PDF in the file, as the path of its article has it; empty for the file itself.
    """

    path: str
    sha256: str
    number: int
    text: str = ""
    span: Span | None = None
    member: str = ""


class PageDrawer:
    """Draws pages of PDFs in a process that is ended when it takes too long or too much memory.

    Safe to use from several threads, which take turns. `seconds` is the longest time a page may take.
    """

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._workers = Workers(1, seconds, _MEMORY)
        self._lock = Lock()

    def draw(self, request: PageRequest) -> PagePicture:
        """Return the picture of a page.

        Raises:
            LoadError: the file is not a PDF, is damaged, changed, has no such page, or takes too long to draw.
        """
        with self._lock:
            ((_, picture),) = self._workers.map(draw_page, [request])
        if isinstance(picture, LoadError):
            raise picture
        return picture

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._workers.close()


def draw_page(request: PageRequest) -> PagePicture:
    """Return the picture of a page, drawn in this process.

    Raises:
        LoadError: as in `PageDrawer.draw`.
    """
    return page_picture(_bytes_of(request), request.number, request.text, request.span)


def _bytes_of(request: PageRequest) -> bytes:
    path = Path(request.path)
    if not request.member:
        raw = read_file(path, MAX_DOCUMENT_BYTES)
        if hashlib.sha256(raw).hexdigest() != request.sha256:
            raise LoadError(_CHANGED)
        return raw
    # an archive may be larger than memory
    if digest(path) != request.sha256:
        raise LoadError(_CHANGED)
    return member_bytes(path, request.member)
