"""Nothing of a document is lost in silence: each part is read, or named with what to do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from documents import EPUB, changed, docx, odt, zipped
from pdfs import STORY, both, drawn, lines
from PIL import Image
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfgen.canvas import Canvas

from rag.errors import LoadError
from rag.loading.common.draft import Draft
from rag.loading.documents.docx import load_docx
from rag.loading.documents.epub import load_epub
from rag.loading.documents.odt import load_odt
from rag.loading.documents.rtf import load_rtf
from rag.loading.pdf.pdf import load_pdf
from rag.loading.registry import LOADERS

PICTURE = ImageReader(Image.new("L", (300, 400), 128))


def texts(draft: Draft, kind: str = "article") -> list[str]:
    return [block.text.removesuffix("\n\n") for block in draft.blocks if block.kind == kind]


def scan(canvas: Canvas) -> None:
    canvas.drawImage(PICTURE, 0, 0, 420, 595)


def article(number: int = 0) -> Callable[[Canvas], object]:
    return lines(*simpleSplit(STORY[number], "Helvetica", 10, 340))


def test_scanned_pages_among_others() -> None:
    """Pages that are pictures are named by their numbers, and the others are read."""
    draft = load_pdf(drawn(article(), scan, scan, article(1), both(scan, lines("Stadtarchiv, Blatt 5", y=20))))
    assert draft.unread == (
        "Pages 2-3, 5 were not read (a picture of text): run a text recognition (OCR) over it, for example ocrmypdf.",
    )
    assert STORY[0] in draft.text
    assert STORY[1] in draft.text


@pytest.mark.parametrize("stamp", ["Gescannt mit ScanPlus 3", "Kreisarchiv Altmoor, Nr. {}, nur zur Ansicht"])
def test_a_scan_with_a_stamp(stamp: str) -> None:
    """A scan whose only text is what a scanner put on each page, or a stamp, says that it needs OCR."""
    with pytest.raises(LoadError, match="pictures of pages and no text: run a text recognition"):
        load_pdf(drawn(*(both(scan, lines(stamp.format(number), y=15, size=7)) for number in range(1, 5))))


def test_a_long_stamp_on_each_page() -> None:
    """What recurs on page after page does not make a text of a scan."""
    stamp = "Digitalisat des Kreisarchivs, " * 4
    pages = [both(scan, lines(f"{stamp} Blatt {number}", y=15, size=5)) for number in range(1, 5)]
    with pytest.raises(LoadError, match="run a text recognition"):
        load_pdf(drawn(*pages))


def test_pages_that_are_complete() -> None:
    """A text over a picture, a picture with a text below, and an empty page are nothing that was not read."""
    article_page = both(scan, article())
    small = both(lambda canvas: canvas.drawImage(PICTURE, 20, 20, 60, 80), lines("Ein kurzer Satz."))
    assert load_pdf(drawn(article_page, small, lambda _: None)).unread == ()


def test_fields_of_a_form() -> None:
    """Text entered or chosen in a form follows its label; ticked boxes are named."""

    def page(canvas: Canvas) -> None:
        lines("Antrag auf Einsicht in die Akten des Rates")(canvas)
        lines("Name:", y=450)(canvas)
        form = canvas.acroForm
        form.textfield(name="n", value="Wiebke Ohlsen", x=120, y=445, width=200, height=16, borderWidth=0)
        lines("Gegenstand:", y=420)(canvas)
        widget = {"x": 120, "width": 200, "height": 16}
        form.choice(name="g", value="Bebauungsplan", options=["Haushalt", "Bebauungsplan"], y=415, **widget)
        form.checkbox(name="c", checked=True, x=120, y=380)
        form.textfield(name="leer", value="", x=120, y=340, width=200, height=16)

    draft = load_pdf(drawn(page))
    assert texts(draft)[1:] == ["Wiebke Ohlsen", "Gegenstand:", "Bebauungsplan"]
    assert draft.unread == ("Boxes that are ticked were not read: see page 1.",)


def with_annotations(raw: bytes, *annotations: str) -> bytes:
    """Return a PDF with annotations on its first page, added behind its end as an editor does (incremental update)."""
    objects, at = [], raw.rindex(b"/Size")
    size = int(raw[at + 5 :].split()[0])
    pages = raw.index(b"/Type /Page\n")
    start = raw.rindex(b" 0 obj", 0, pages)
    number = int(raw[raw.rindex(b"\n", 0, start) + 1 : start])
    body = raw[start + 6 : raw.index(b"endobj", start)].strip()
    references = " ".join(f"{size + at} 0 R" for at in range(len(annotations)))
    objects.append((number, body[:-2] + f"/Annots [{references}] >>".encode()))
    objects += [(size + at, text.encode("latin-1")) for at, text in enumerate(annotations)]
    out, table = raw, b"xref\n"
    for object_number, content in objects:
        table += b"%d 1\n%010d 00000 n \n" % (object_number, len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (object_number, content)
    root = raw[raw.rindex(b"/Root") :].split(b"\n")[0]
    previous = int(raw[raw.rindex(b"startxref") + 9 :].split()[0])
    end = b"trailer\n<< /Size %d %s /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    return out + table + end % (size + len(annotations), root, previous, len(out))


def test_notes() -> None:
    """A note is a comment, once, though a window shows it too; what was typed onto the page is text."""
    raw = with_annotations(
        drawn(lines("Der Rat tagte am Montag bis zum Abend.")),
        "<< /Type /Annot /Subtype /Text /Rect [40 300 60 320] /Contents (Stimmt das wirklich?) >>",
        "<< /Type /Annot /Subtype /Popup /Rect [80 300 160 380] /Contents (Stimmt das wirklich?) >>",
        "<< /Type /Annot /Subtype /FreeText /Rect [40 400 300 420] /Contents (abgelehnt am 3. Mai) >>",
        "<< /Type /Annot /Subtype /Highlight /Rect [40 500 90 510] /QuadPoints [40 510 90 510 40 500 90 500] "
        "/Contents (siehe Akte 7) >>",
    )
    draft = load_pdf(raw)
    assert texts(draft, "comment") == ["Stimmt das wirklich?", "siehe Akte 7"]
    assert texts(draft) == ["Der Rat tagte am Montag bis zum Abend.", "abgelehnt am 3. Mai"]


CHUNK = '<Relationship Id="chunk1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk" '


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("part.html", b"<html><body><p>Der angeh&auml;ngte Teil.</p></body></html>"),
        ("part.txt", "Der angehängte Teil.".encode()),
        ("part.rtf", rb"{\rtf1\ansi Der angeh\u228?ngte Teil.\par}"),
        (
            "part.mht",
            b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html"
            b"\n\n<html><body><p>Der angeh&auml;ngte Teil.</p></body></html>\n--x--\n",
        ),
    ],
)
def test_docx_of_several_documents(name: str, content: bytes) -> None:
    """Documents that Word takes in when it opens the file are read where they belong."""
    raw = changed(
        docx(),
        "word/document.xml",
        "<w:sectPr",
        '<w:altChunk r:id="chunk1"/><w:p><w:r><w:t>Danach.</w:t></w:r></w:p><w:sectPr',
    )
    raw = changed(
        raw, "word/_rels/document.xml.rels", "</Relationships>", f'{CHUNK}Target="/word/{name}"/></Relationships>'
    )
    draft = LOADERS["docx"](with_members(raw, {f"word/{name}": content}))
    assert texts(draft)[-2:] == ["Der angehängte Teil.", "Danach."]
    assert draft.unread == ()


def with_members(raw: bytes, members: dict[str, bytes]) -> bytes:
    """Return the archive with more members."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return zipped({text: archive.read(text) for text in archive.namelist()} | members)


def test_files_inside() -> None:
    """A table of another program, and a part that cannot be read, are named."""
    draft = load_docx(with_members(docx(), {"word/embeddings/Tabelle1.xlsx": b"PK"}))
    assert draft.unread == ("Files inside were not read (Tabelle1.xlsx): open them and save them beside it.",)
    chunk = changed(docx(), "word/document.xml", "<w:sectPr", '<w:altChunk r:id="chunk1"/><w:sectPr')
    assert LOADERS["docx"](chunk).unread == ("Files inside were not read (a part): open them and save them beside it.",)
    assert "Object 1" in load_odt(with_members(odt(), {"Object 1/content.xml": b"<x/>"})).unread[0]
    assert load_odt(odt()).unread == ()


def test_a_diagram_in_a_docx() -> None:
    """The words of a diagram (SmartArt) are text."""
    data = (
        '<dgm:dataModel xmlns:dgm="d" xmlns:a="a"><dgm:ptLst><dgm:pt><dgm:t><a:p><a:r><a:t>Erst der Rat</a:t>'
        "</a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>"
    )
    relation = (
        '<Relationship Id="d1" Type="http://x/relationships/diagramData" Target="diagrams/data1.xml"/></Relationships>'
    )
    raw = changed(docx(), "word/_rels/document.xml.rels", "</Relationships>", relation)
    assert texts(load_docx(with_members(raw, {"word/diagrams/data1.xml": data.encode()})))[-1] == "Erst der Rat"


def test_hidden_text_of_docx() -> None:
    """Runs that are formatted as hidden, by themselves or by their style, are no text; those shown again are."""
    hidden_runs = (
        "<w:p><w:r><w:t>Zu sehen</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>versteckt</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> und auch dies.</w:t></w:r></w:p>'
    )
    draft = load_docx(changed(docx(), "word/document.xml", "<w:sectPr", f"{hidden_runs}<w:sectPr"))
    assert texts(draft)[-1] == "Zu sehen und auch dies."


def test_hidden_text_of_odt() -> None:
    """Hidden sections, words in a hidden style and conditional text that is off are no text; what follows them is."""
    style = '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    text = (
        '<text:section text:name="s" text:display="none"><text:p>Geheimes.</text:p></text:section>'
        '<text:p>Offen<text:span text:style-name="H">versteckt</text:span> und frei'
        "<text:hidden-text>nie</text:hidden-text>.</text:p>"
    )
    raw = changed(odt(), "content.xml", "<office:text>", f"<office:text>{text}")
    raw = changed(raw, "content.xml", "<office:body", f"<office:a>{style}</office:a><office:body")
    paragraphs = texts(load_odt(raw))
    assert paragraphs[0] == "Offen und frei."
    assert not any("Geheimes" in text for text in paragraphs)


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"Der Rat{\v geheim} tagte.", "Der Rat tagte."),
        (rb"Der Rat\v geheim\v0  tagte.", "Der Rat tagte."),
        (rb"Der Rat{\deleted gestern\'e4\u228?} tagte.", "Der Rat tagte."),
        (rb"Der Rat\deleted gestern\plain  tagte.", "Der Rat tagte."),
        (rb"Der Rat{\v geheim\v0 lich} tagte.", "Der Ratlich tagte."),
        (rb"Der Rat{\b\v\i geheim {auch} dies}\emdash tagte.", "Der Rat—tagte."),
        (rb"Der Rat{\mvf wanderte} tagte.", "Der Rat tagte."),
        (rb"Der \viewkind Rat{\vertalt x} tagte.", "Der Ratx tagte."),
    ],
)
def test_hidden_text_of_rtf(rtf: bytes, text: str) -> None:
    """Text that is hidden, deleted or moved away is not read; the text around it is."""
    assert texts(load_rtf(rb"{\rtf1\ansi\ansicpg1252 Erster Absatz.\par " + rtf + rb"\par}"))[-1] == text


def test_parts_of_a_book() -> None:
    """Texts that are not in the order of reading, and chapters that are not there, are named."""
    book = zipped(EPUB)
    assert load_epub(book).unread == ()
    item = '<item id="x" href="notizen.xhtml" media-type="application/xhtml+xml"/>'
    item += '<item id="y" href="weg.xhtml"/></manifest>'
    raw = changed(book, "OPS/book.opf", "</manifest>", item)
    raw = changed(raw, "OPS/book.opf", "</spine>", '<itemref idref="y"/></spine>')
    assert load_epub(raw).unread == (
        "Texts outside the order of reading were not read: notizen.xhtml.",
        "Chapters are missing: weg.xhtml.",
    )
