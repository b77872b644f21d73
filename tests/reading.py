"""Reads the articles of one file of any kind that the loaders of this package know, for tests in worker processes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from rag.errors import LoadError
from rag.loading.common.draft import Draft, Flaw
from rag.loading.common.file_types import ARCHIVE_KINDS, HEAD_BYTES, kind_of
from rag.loading.common.files import read_file
from rag.loading.containers.archives import Skipped, archive_members
from rag.loading.containers.feeds import load_feed
from rag.loading.containers.warc import load_warc
from rag.loading.plain_text.markdown import load_markdown
from rag.loading.plain_text.text import load_text
from rag.loading.tables.table import TABLE_READERS, load_table
from rag.loading.web.html import load_html

ONE = {"text": load_text, "markdown": load_markdown, "html": load_html}


def known(kind: str | None) -> bool:
    """Whether a file of this kind can be read here."""
    return kind in ONE or kind in TABLE_READERS or kind in ARCHIVE_KINDS or kind in ("feed", "warc", None)


def kind_at(path: Path) -> str | None:
    """Return the kind of a file, of which the beginning alone is read."""
    with path.open("rb") as file:
        return kind_of(path.name, file.read(HEAD_BYTES))


def articles(path: Path) -> list[Draft | Flaw]:
    """Return all that is in a file."""
    raw = read_file(path)
    kind = kind_of(path.name, raw[:HEAD_BYTES])
    if kind not in ARCHIVE_KINDS:
        return list(_read(kind, raw))
    found: list[Draft | Flaw] = []
    for member in archive_members(raw, path.name):
        if isinstance(member, Skipped):
            continue
        if isinstance(member, Flaw):
            found.append(member)
            continue
        try:
            found += _read(member.kind, member.raw)
        except LoadError as error:
            found.append(Flaw(member.name, str(error)))
    return found


def _read(kind: str | None, raw: bytes) -> Iterator[Draft | Flaw]:
    if kind in ONE:
        yield ONE[kind](raw)
    elif kind in TABLE_READERS:
        yield from load_table(io.BytesIO(raw), kind)
    elif kind == "feed":
        yield from load_feed(raw)
    elif kind == "warc":
        yield from load_warc(io.BytesIO(raw))
