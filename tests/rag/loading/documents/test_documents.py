"""Documents of word processors and books become paragraphs, with what their properties say."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from documents import EPUB, RTF, changed, docx, odt, zipped
from docx import Document

from rag.errors import LoadError
from rag.loading.common.draft import Draft
from rag.loading.documents.docx import load_docx
from rag.loading.documents.epub import load_epub
from rag.loading.documents.odt import load_odt
from rag.loading.documents.rtf import load_rtf
from rag.loading.documents.zipped_xml import MAX_UNPACKED


def texts(draft: Draft, kind: str = "article") -> list[str]:
    return [block.text.removesuffix("\n\n") for block in draft.blocks if block.kind == kind]


def test_docx() -> None:
    """What python-docx wrote is read in order; headers and footers are boilerplate, comments are comments."""
    draft = load_docx(docx())
    assert texts(draft) == [
        "Das Bad bleibt zu",
        "Der Rat hat am Montag\ngetagt.",
        "Ort | Zahl\nBad am Fluss | 3",
        "Ein letzter Absatz.",
    ]
    assert texts(draft, "boilerplate") == ["Der Flussbote", "Seite 1"]
    assert texts(draft, "comment") == ["Stimmt das?"]
    assert (draft.title, draft.author, draft.published) == ("Streit um das Bad", "Anna Beck", None)
    assert draft.origins == {"title": "document properties", "author": "document properties"}


def test_docx_without_properties() -> None:
    """The title is the first paragraph in Word's style for titles; the name of a program is not an author."""
    draft = load_docx(docx(title="Microsoft Word - neu.docx", author="python-docx2"))
    assert (draft.title, draft.author) == ("Das Bad bleibt zu", None)
    assert draft.origins == {"title": "heading"}


BOX = (
    "<w:p><w:r><w:t>Vor dem Kasten.</w:t></w:r><w:r><mc:AlternateContent "
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice><w:txbxContent><w:p><w:r>'
    "<w:t>Im Kasten.</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r>"
    "<w:t>Im Kasten.</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
)
REVISED = (
    '<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:ins><w:r><w:t>Neu </w:t></w:r></w:ins><w:del><w:r>'
    "<w:delText>Alt </w:delText></w:r></w:del><w:moveFrom><w:r><w:t>Weg </w:t></w:r></w:moveFrom><w:r>"
    "<w:fldChar/><w:instrText>PAGE</w:instrText><w:t>und</w:t><w:noBreakHyphen/><w:t>so</w:t></w:r></w:p>"
)
CONTROL = "<w:sdt><w:sdtContent><w:p><w:r><w:t>Im Steuerelement.</w:t></w:r></w:p></w:sdtContent></w:sdt>"


def test_docx_beyond_plain_paragraphs() -> None:
    """Text boxes, content controls and insertions are text, once each; deletions and field codes are not."""
    raw = changed(docx(), "word/document.xml", "<w:sectPr", f"{BOX}{REVISED}{CONTROL}<w:sectPr")
    assert texts(load_docx(raw))[4:] == ["Vor dem Kasten.", "Im Kasten.", "Neu und-so", "Im Steuerelement."]
    with_library = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(raw)).paragraphs)
    assert "Im Kasten" not in with_library  # why the library does not read the text


def test_odt() -> None:
    """What odfdo wrote is read in order; a note follows the text, an annotation is a comment."""
    draft = load_odt(odt())
    assert texts(draft) == [
        "Das Bad bleibt zu",
        "Der Rat  hat am Montag\tbis\nMitternacht getagt.",
        "Ort | Zahl\nBad | 3",
        "Ein letzter Absatz.",
        "Fünf Mitglieder fehlten.",
    ]
    assert "Stimmt das?" in texts(draft, "comment")
    assert (draft.title, draft.author, draft.published) == ("Streit um das Bad", "Anna Beck", None)
    assert draft.origins == {"title": "document properties", "author": "document properties"}


def test_odt_with_changes_header_and_frame() -> None:
    """Deleted text is omitted, the header of the master page is boilerplate, a frame follows its paragraph."""
    deleted = "<text:tracked-changes><text:changed-region><text:deletion><text:p>Gelöscht.</text:p></text:deletion>"
    frame = '<text:p>Mit<draw:frame xmlns:draw="urn:d"><draw:text-box><text:p>Im Rahmen.</text:p></draw:text-box>'
    raw = changed(
        odt(),
        "content.xml",
        "<office:text>",
        f"<office:text>{deleted}</text:changed-region></text:tracked-changes>{frame}</draw:frame> Rahmen.</text:p>",
    )
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        styles = archive.read("styles.xml").decode()
    master = styles[styles.index("<style:master-page") :].split(">")[0]
    header = f"{master.removesuffix('/')}><style:header><text:p>Der Flussbote</text:p></style:header>"
    end = "</style:master-page>" if master.endswith("/") else ""
    draft = load_odt(changed(raw, "styles.xml", f"{master}>", header + end))
    assert texts(draft)[:2] == ["Mit Rahmen.", "Im Rahmen."]
    assert "Gelöscht" not in "".join(block.text for block in draft.blocks)
    assert "Der Flussbote" in texts(draft, "boilerplate")


def test_rtf() -> None:
    """Code pages, Unicode, tables, fields, notes and properties come out as a word processor shows them."""
    draft = load_rtf(RTF)
    assert texts(draft) == [
        "Das Bad bleibt zu",
        "Der Rat hat „große Mühe“ und 😀 gesagt:\nzweite Zeile a|b {so}, Привет hier.",
        "Ort | Zahl\nBad am Fluss | 3",
        "Ein letzter Absatz.",
        "Fünf fehlten.",
    ]
    assert texts(draft, "boilerplate") == ["Der Flussbote", "Seite 1"]
    assert texts(draft, "comment") == ["Stimmt das?"]
    assert (draft.title, draft.author, draft.published) == ("Streit um das Bad", "Anna Beck", None)


def test_epub() -> None:
    """Chapters come in the order of the spine, the table of contents as boilerplate, metadata from the package."""
    draft = load_epub(zipped(EPUB))
    assert texts(draft) == [
        "Erstes Kapitel",
        "Grüße\xa0an alle im Gemeinderat.",
        "Offen",
        "Innen",
        "danach\nneue Zeile",
        "Ort | Zahl\nBad | 3 < 4",
        "Offene\nEnden",
        "gibt es auch",
    ]
    assert texts(draft, "boilerplate") == ["Erstes", "Zweites"]
    assert (draft.title, draft.author, draft.source) == ("Das Bad & der Rat", "Anna Beck, Carl Dorn", "Flussbote")
    assert (draft.published, draft.language) == (date(2021, 5, 6), "de-AT")
    assert set(draft.origins.values()) == {"package metadata"}
    assert set(draft.origins) == {"title", "author", "source", "published", "language"}


def test_protected_epub() -> None:
    """A book whose chapters are encrypted is refused with the reason; one with encrypted fonts is read."""
    lock = (
        '<encryption><EncryptedData><CipherData><CipherReference URI="{}"/></CipherData></EncryptedData></encryption>'
    )
    fonts = {**EPUB, "META-INF/encryption.xml": lock.format("OPS/font.otf")}
    assert load_epub(zipped(fonts)).title == "Das Bad & der Rat"
    with pytest.raises(LoadError, match="protected against copying"):
        load_epub(zipped({**EPUB, "META-INF/encryption.xml": lock.format("OPS/zwei%20b.xhtml")}))


PACKED = [
    (load_docx, docx(), "word/document.xml"),
    (load_odt, odt(), "content.xml"),
    (load_epub, zipped(EPUB), "OPS/book.opf"),
]


@pytest.mark.parametrize(("load", "raw", "member"), PACKED)
def test_entities_are_never_resolved(load: Callable[[bytes], Draft], raw: bytes, member: str, tmp_path: Path) -> None:
    """External entities do not read files into a document, and internal entities do not expand."""
    secret = tmp_path / "secret.txt"
    secret.write_text("streng geheim")
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        text = archive.read(member).decode()
    declaration = text[: text.index("?>") + 2] if text.startswith("<?xml") else ""
    body = text[len(declaration) :].lstrip()
    doctype = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}"><!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>'
    hit = "Rat" if "Rat" in body else "Bad"
    attacked = body.replace(hit, f"{hit}&a;&c;")
    draft = load(changed(raw, member, text, f"{declaration}{doctype}{attacked}"))
    everything = f"{draft.title}{''.join(block.text for block in draft.blocks)}"
    assert hit in everything
    assert "geheim" not in everything
    assert "hahaha" not in everything


@pytest.mark.parametrize("load", [load_docx, load_odt, load_epub])
def test_bombs(load: Callable[[bytes], Draft]) -> None:
    """Files that would unpack to hundreds of megabytes, or hundreds of times their size, are refused before they do."""
    with pytest.raises(LoadError, match="It unpacks to more than 200 times its size: check where it comes from"):
        load(zipped({"a.xml": b" " * 10_000_000}))
    large = io.BytesIO()
    with zipfile.ZipFile(large, "w") as archive:
        archive.writestr("a.xml", b"x" * 1_000_000)
    size = (1_000_000).to_bytes(4, "little")
    raw = large.getvalue()
    at = raw.rindex(size)
    raw = raw[:at] + (MAX_UNPACKED + 1).to_bytes(4, "little") + raw[at + 4 :]
    with pytest.raises(LoadError, match="It unpacks to more than 200 MB: check where it comes from"):
        load(raw)


def test_encrypted() -> None:
    """Documents with a password are refused with advice."""
    with pytest.raises(LoadError, match="encrypted or in an old format: save a copy as docx without a password"):
        load_docx(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500))
    manifest = "<manifest:encryption-data/></manifest:manifest>"
    with pytest.raises(LoadError, match="encrypted: save a copy without a password"):
        load_odt(changed(odt(), "META-INF/manifest.xml", "</manifest:manifest>", manifest))
