"""Whatever the bytes, a loader returns a text or says in a sentence why not, and nothing else."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from documents import EPUB, RTF, docx, mail, mhtml, odt, zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfs import STORY, set_in_columns

from rag.errors import LoadError
from rag.loading.registry import LOADERS

WHOLE = {
    "pdf": set_in_columns(["Ein Titel ohne Not", *STORY[:3]], 2),
    "docx": docx(),
    "odt": odt(),
    "rtf": RTF,
    "epub": zipped(EPUB),
    "eml": mail("Am 1.1. schrieb X:\n> Zitat\n\nText.\n", "<p>Text und mehr Text</p>"),
    "mhtml": mhtml(
        "<html><body><p>Ein Absatz mit genug Worten, um einer zu sein.</p></body></html>", "https://x.example/"
    ),
}
KINDS = list(WHOLE)


def check(kind: str, raw: bytes) -> None:
    try:
        draft = LOADERS[kind](raw)
    except LoadError as error:
        assert str(error).endswith(".")
        assert ": " in str(error)
    else:
        assert all(isinstance(block.text, str) for block in draft.blocks)


@settings(max_examples=40, deadline=None)
@given(raw=st.binary(max_size=200))
@pytest.mark.parametrize("kind", KINDS)
def test_any_bytes(kind: str, raw: bytes) -> None:
    """Random bytes, alone and after the first bytes of a file of the kind, are refused or read."""
    check(kind, raw)
    check(kind, WHOLE.get(kind, b"")[:30] + raw)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content_kind", WHOLE)
def test_files_of_another_kind(kind: str, content_kind: str) -> None:
    """A file with the ending of another format is refused or read."""
    check(kind, WHOLE[content_kind])


@pytest.mark.parametrize("kind", ["docx", "odt", "epub"])
def test_a_missing_member(kind: str) -> None:
    """An archive without one of its members is refused or read; other damages are those of test_fuzz.py."""
    with zipfile.ZipFile(io.BytesIO(WHOLE[kind])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in members:
        check(kind, zipped({each: raw for each, raw in members.items() if each != name}))


NESTED = "".join(f'Content-Type: multipart/mixed; boundary="b{at}"\n\n--b{at}\n' for at in range(3000))


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("rtf", b"{\\rtf1{\\fonttbl" + b"\\f1 " * 50_000 + b"}x}"),
        ("rtf", b"{\\rtf1" + b"{\\field{\\*\\fldinst{" * 5_000),
        ("rtf", b"{\\rtf1" + b"{" * 100_000),
        ("eml", f"Subject: x\n{NESTED}\nText".encode()),
        ("eml", mail("Am " + "schrieb " * 50_000)),
        ("eml", mail(" " * 100_000 + "x")),
        ("eml", mail(html="<div>" * 50_000 + "Text")),
        ("epub", zipped({**EPUB, "OPS/eins.xhtml": "<table><tr><td>" * 5_000 + "Text"})),
    ],
)
def test_files_made_to_take_long(kind: str, raw: bytes) -> None:
    """Nesting and repetition without end take a second or two of computing, and no exception."""
    start = time.process_time()
    check(kind, raw)
    assert time.process_time() - start < 20
