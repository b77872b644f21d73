"""The kind of a file is that of its content, whatever its name says."""

from __future__ import annotations

import io
import zipfile

import pytest
from bad_files.archives import packed, record, zipped
from bad_files.documents import docx, epub, odt, pdf
from bad_files.words import ENDINGS, TEXT, page
from hypothesis import given
from hypothesis import strategies as st

from rag.loading.common.file_types import HEAD_BYTES, kind_of

MAIL = b"From: a@x.example\nDate: Fri, 14 Jan 2022 12:00:00 +0100\nSubject: Bruecke\n"
CONTENTS = {
    "pdf": pdf(),
    "docx": docx(TEXT),
    "odt": odt(TEXT),
    "epub": epub(TEXT),
    "rtf": b"{\\rtf1\\ansi Text}",
    "warc": record("https://x.example/", page().encode()),
    "html": page().encode(),
    "feed": b'<?xml version="1.0"?><!-- a --><rss version="2.0"><channel/></rss>',
}


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("ending", [".txt", ".pdf", ".html", ".docx", ".doc", ".JPG", ""])
def test_what_speaks_for_itself(kind: str, ending: str) -> None:
    """A document is what it is under any name, for its first bytes tell."""
    if kind == "odt" and ending == ".docx":
        assert kind_of("a.docx", CONTENTS[kind]) == "odt"
    assert kind_of(f"a{ending}", CONTENTS[kind][:HEAD_BYTES]) == kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_pages_in_any_encoding(encoding: str) -> None:
    """A page is detected with comments before it, and in UTF-16 with a byte order mark."""
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    for before in ("", "\n \n", "<!-- saved from x -->\n", '<?xml version="1.0"?>\n<!-- <rss> -->'):
        assert kind_of("a.txt", f"{mark}{before}{page()}".encode(encoding)) == "html"


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.txt", TEXT.encode(), "text"),
        ("a.md", TEXT.encode(), "markdown"),
        ("a", TEXT.encode(), "text"),
        ("Interview mit Dr. Weber", TEXT.encode(), "text"),
        ("Bericht vom 14.01", TEXT.encode(), "text"),
        ("a.md", b"<p align=center>Markdown with tags</p>", "markdown"),
        ("a.csv", b"id,text\n1,x\n", "csv"),
        ("a.tsv", b"id\ttext\n1\tx\n", "tsv"),
        ("a.txt", b'{"text": "a"}\n{"text": "b"}\n', "jsonl"),
        ("a.json", b'{"text": "a"}\n{"text": "b"}\n', "jsonl"),
        ("a.json", b'{\n  "text": "a"\n}\n', "json"),
        ("a.txt", b'[{"text": "a"}]', "json"),
        ("a.jsonl", b'{"text": "a"}', "jsonl"),
        ("a.txt", b"[Anmerkung der Redaktion]\n", "text"),
        ("a.txt", MAIL + b"\nText", "eml"),
        ("a.txt", MAIL.replace(b"\n", b"\r\n") + b"MIME-Version: 1.0\r\n\r\nText", "eml"),
        ("a", MAIL + b'Content-Type: multipart/related;\n\ttype="text/html"\n\nText', "mhtml"),
        ("a.mhtml", MAIL + b"Snapshot-Content-Location: https://x.example\n\nText", "mhtml"),
        ("a.txt", b"Frage: Wer?\nAntwort: Ich.\nFrage: Wann?\n", "text"),
        ("a.xml", b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'/>", "feed"),
        ("a.xml", b"<rdf:RDF xmlns='http://purl.org/rss/1.0/'/>", "feed"),
        ("a.xml", b"<rdf:RDF xmlns='http://xmlns.com/foaf/0.1/'/>", None),
        ("a.xml", b"<note/>", None),
        ("a.svg", b"<svg/>", None),
        ("a.css", b"p { color: red }", None),
        ("a.py", b"import os\n", None),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\0", None),
        ("a.exe", b"MZ\x90\0", None),
        ("a", b"\x7fELF\2\1\1\0", None),
        ("a", b"", None),
        ("a.gz", packed(b"x"), "gz"),
        ("a.html", packed(b"x"), "gz"),
        ("a.warc.gz", packed(b"x"), "warc"),
        ("a.svgz", packed(b"x"), None),
        ("a.zip", zipped([("a.txt", b"x")]), "zip"),
        ("a.zip", zipped([]), "zip"),
        ("a", zipped([("a.txt", b"x")]), "zip"),
        ("a.jar", zipped([("META-INF/MANIFEST.MF", b"x")]), None),
        ("a.xlsx", zipped([("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x")]), "xlsx"),
        ("a.zip", zipped([("[Content_Types].xml", b"x"), ("ppt/a.xml", b"x")]), None),
        ("a.ods", zipped([("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")], 0), "xlsx"),
        ("a.docx", zipped([("[Content_Types].xml", b"x" * 90_000)], 0)[:HEAD_BYTES], "docx"),
        ("a.pdf", b"\0\0junk%PDF-1.4", "pdf"),
        ("a.txt", b"Wie man %PDF-1.4 liest", "text"),
    ],
)
def test_kinds(name: str, head: bytes, kind: str | None) -> None:
    """Content decides first, then the name; a file that cannot contain articles has no kind."""
    assert kind_of(name, head) == kind


@given(st.binary(max_size=200), st.sampled_from(["", *(f".{ending}" for ending in ENDINGS), ".jpg"]))
def test_any_bytes_have_a_kind_or_none(head: bytes, ending: str) -> None:
    """No bytes make it fail."""
    kind_of(f"a{ending}", head)


def test_no_beginning_takes_long() -> None:
    """Beginnings that could be read in many ways are read in one."""
    for piece in (b"<!--a-->", b"<!-- ", b"<?x?>", b"<!x>", b"a: b\n", b"a:\n ", b"[", b"{", b"PK\x03\x04", b" "):
        kind_of("a.txt", (piece * HEAD_BYTES)[:HEAD_BYTES])


def test_an_office_document_whose_list_comes_late() -> None:
    """A Word document is detected by its parts, in any order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
        archive.writestr("[Content_Types].xml", "<x/>")
    assert kind_of("a.zip", out.getvalue()) == "docx"
