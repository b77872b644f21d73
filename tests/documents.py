"""Documents of many formats for the tests, written by the libraries of each, or by hand where there is none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

import odfdo
from docx import Document

EPUB = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
    "OPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">'
    "<dc:title>Das Bad &amp; der Rat</dc:title><dc:creator>Anna Beck</dc:creator><dc:creator>Carl Dorn</dc:creator>"
    '<dc:language>de-AT</dc:language><dc:publisher>Flussbote</dc:publisher><dc:date opf:event="modification">2022-01-01'
    "</dc:date><dc:date>2021-05-06</dc:date></metadata><manifest>"
    '<item id="n" href="nav.xhtml" properties="nav"/><item id="b" href="zwei%20b.xhtml"/>'
    '<item id="a" href="eins.xhtml"/>'
    '</manifest><spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>',
    "OPS/nav.xhtml": "<html><body><nav><ol><li>Erstes</li><li>Zweites</li></ol></nav></body></html>",
    "OPS/eins.xhtml": '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head>'
    "<title>nicht im Text</title><style>p { }</style></head><body><h1>Erstes Kapitel</h1><p>Gr&uuml;&szlig;e&nbsp;an "
    "<i>alle</i>\n im Ge\u00admein\u00adde\u00adrat.</p><div>Offen<p>Innen</p>danach<br/>neue Zeile</div>"
    "<table><tr><th>Ort</th><th>Zahl</th></tr><tr><td><p>Bad</p></td><td>3 &lt; 4</td></tr></table></body></html>",
    "OPS/zwei b.xhtml": "<html><body><p>Offene <br>Enden<p>gibt es auch</body></html>",
}


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def changed(raw: bytes, name: str, old: str, new: str) -> bytes:
    """Return the archive with a piece of one member replaced."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    assert old.encode() in members[name]
    members[name] = members[name].replace(old.encode(), new.encode())
    return zipped(members)


def docx(title: str = "Streit um das Bad", author: str = "Anna Beck") -> bytes:
    """Return a Word document with a heading, two paragraphs, a table, a header, a footer and a comment."""
    document = Document()
    document.core_properties.title, document.core_properties.author = title, author
    document.sections[0].header.paragraphs[0].text = "Der Flussbote"
    document.sections[0].footer.paragraphs[0].text = "Seite 1"
    document.add_heading("Das Bad bleibt zu", 0)
    paragraph = document.add_paragraph("Der Rat hat ")
    paragraph.add_run("am Montag").bold = True
    paragraph.add_run().add_break()
    paragraph.add_run("getagt.")
    document.add_comment(paragraph.runs, text="Stimmt das?", author="B")
    table = document.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, (("Ort", "Zahl"), ("Bad\nam Fluss", "3")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("Ein letzter Absatz.")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def odt() -> bytes:
    """Return an OpenDocument text with a heading, a paragraph with spaces, a note and a remark, and a table."""
    document = odfdo.Document("text")
    document.body.clear()
    document.meta.title, document.meta.initial_creator = "Streit um das Bad", "Anna Beck"
    document.body.append(odfdo.Header(1, "Das Bad bleibt zu"))
    paragraph = odfdo.Paragraph("Der Rat  hat am Montag\tbis\nMitternacht getagt.")
    paragraph.insert_note(after="Rat", note_id="n1", citation="1", body="Fünf Mitglieder fehlten.")
    paragraph.insert_annotation(after="Montag", body="Stimmt das?", creator="B")
    document.body.append(paragraph)
    table = odfdo.Table("t")
    for texts in (("Ort", "Zahl"), ("Bad", "3")):
        row = odfdo.Row()
        row.set_values(list(texts))
        table.append(row)
    document.body.append(table)
    document.body.append(odfdo.Paragraph("Ein letzter Absatz."))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fnil\fcharset204 Arial Cyr;}}
{\info{\title Streit um das Bad}{\author Anna Beck}{\creatim\yr2020\mo1\dy2}}
{\header\pard Der Flussbote\par}{\footer\pard Seite {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}
\pard\b Das Bad bleibt zu\b0\par
Der Rat hat \u8222?gro\'dfe M\'fche\ldblquote  und \u-10179?\u-8704?{\footnote\pard F\'fcnf fehlten.\par} gesagt:\line
zweite Zeile a|b \{so\}, {\f1\'cf\'f0\'e8\'e2\'e5\'f2} {\field{\*\fldinst HYPERLINK "https://x.example/"}
{\fldrslt hier}}.\par
{\pict\pngblip 89504e470d0a1a0a}
\trowd\cellx100\cellx200\pard\intbl Ort\cell Zahl\cell\row
\trowd\cellx100\cellx200\pard\intbl Bad\par am Fluss\cell 3\cell\row
\pard Ein letzter Absatz.\par
{\*\annotation\pard Stimmt das?\par}
}"""


def mail(plain: str | None = None, html: str | None = None, **headers: str) -> bytes:
    """Return a mail with these texts; a header that is given replaces the usual one, and '' leaves it out."""
    message = EmailMessage()
    usual = {"From": "Jörg Beck <beck@flussbote.example>", "Subject": "Brücke gesperrt"}
    for name, value in {**usual, "Date": "Tue, 14 Mar 2023 23:30:00 -0500", **headers}.items():
        if value:
            message[name] = value
    if plain is not None:
        message.set_content(plain)
    if html is not None:
        add = message.set_content if plain is None else message.add_alternative
        add(html, subtype="html")
    return bytes(message)


def mhtml(html: str, place: str) -> bytes:
    """Return a page as a browser saves it in one file."""
    message = EmailMessage()
    message["From"], message["Subject"] = "<Saved by Blink>", "Brücke"
    message["Snapshot-Content-Location"] = place
    message["Date"] = "Tue, 14 Mar 2023 23:30:00 -0500"
    message.set_content(html, subtype="html", cte="quoted-printable")
    message["Content-Location"] = place
    message.add_related(b"\x89PNG", "image", "png")
    return bytes(message)
