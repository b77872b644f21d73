"""Documents and mails: encrypted, cut, with entities that grow."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from bad_files.archives import zipped
from bad_files.words import TEXT, noise, page

_LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {one} "{f"&{other};" * 10}">' for one, other in zip("bcdefghij", "abcdefghi", strict=True)
)
_ENTITIES = {
    "laughs": (f"<!DOCTYPE x [{_LAUGHS}]>", "&j;"),
    "external": ('<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
}
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
_TEXT = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
_MAIL = (
    "From: Anna <a@x.example>\r\nTo: b@x.example\r\nDate: Fri, 14 Jan 2022 12:00:00 +0100\r\nSubject: Bruecke\r\n"
    "MIME-Version: 1.0\r\n"
)


def files() -> Iterator[tuple[str, bytes, str]]:
    """Yield the name, the bytes and what is expected of each."""
    makers = {"docx": docx, "odt": odt, "epub": epub}
    for ending, made in makers.items():
        good = made(TEXT)
        yield f"good.{ending}", good, "taken"
        yield f"cut.{ending}", good[: len(good) // 2], "refused"
        yield f"cut_at_its_end.{ending}", good[:-10], "refused"
        yield f"nested.{ending}", made(TEXT, "", ("<w:r>" if ending == "docx" else "<text:span>") * 20_000), "either"
        for name, (declared, used) in _ENTITIES.items():
            yield f"{name}.{ending}", made(f"{used}{TEXT}", declared), "either"
        yield f"a_pdf.{ending}", pdf(), "either"
    yield "no_document.docx", zipped([("[Content_Types].xml", b"<Types/>")]), "refused"
    yield "sheet.xlsx", zipped([("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]), "refused"
    yield (
        "bomb.docx",
        zipped([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b" " * 30_000_000)]),
        "refused",
    )
    yield from _pdfs()
    yield from _rtfs()
    yield from _mails()


def docx(text: str, declared: str = "", before: str = "") -> bytes:
    """Return a Word document of one paragraph."""
    kinds = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    body = f"{declared}<w:document {_W}><w:body><w:p>{before}<w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
    parts = (("[Content_Types].xml", kinds), ("_rels/.rels", links), ("word/document.xml", body))
    return zipped([(name, f'<?xml version="1.0"?>{part}'.encode()) for name, part in parts])


def odt(text: str, declared: str = "", before: str = "") -> bytes:
    """Return a text of LibreOffice of one paragraph."""
    content = (
        f'<?xml version="1.0"?>{declared}<office:document-content {_OFFICE} {_TEXT} office:version="1.2"><office:body>'
        f"<office:text><text:p>{before}{text}</text:p></office:text></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/></manifest:manifest>'
    )
    members = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}
    return zipped([(name, part.encode()) for name, part in {**members, "META-INF/manifest.xml": manifest}.items()], 0)


def epub(text: str, declared: str = "", before: str = "") -> bytes:
    """Return a book of one page."""
    container = (
        '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
        'full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<dc:title>T</dc:title></metadata><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        '</manifest><spine><itemref idref="a"/></spine></package>'
    )
    chapter = f'{declared}<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{before}{text}</p></body></html>'
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "a.opf": package,
        "a.xhtml": chapter,
    }
    return zipped([(name, part.encode()) for name, part in members.items()], 0)


def pdf(text: str = "The bridge stays closed for now, the mayor said on Monday. " * 3, trailer: str = "") -> bytes:
    """Return a PDF of one page with lines of text."""
    lines = "".join(f"({text[start : start + 70]}) Tj T* " for start in range(0, len(text), 70))
    stream = f"BT /F1 11 Tf 14 TL 50 780 Td {lines}ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources "
        "<< /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"trailer\n<< /Size 6 /Root 1 0 R {trailer}>>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 6\n0000000000 65535 f \n{table}{head}".encode()


def _pdfs() -> Iterator[tuple[str, bytes, str]]:
    good = pdf()
    locked = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <"
        + "41" * 32
        + "> /U <"
        + "42" * 32
        + "> >> /ID [<00> <00>] "
    )
    yield "good.pdf", good, "taken"
    yield "encrypted.pdf", pdf(trailer=locked), "refused"
    yield "no_text.pdf", pdf(text=""), "refused"
    yield "something_before.pdf", b"x" * 200 + good, "either"
    yield "head_only.pdf", b"%PDF-1.4\n", "refused"
    yield "noise.pdf", b"%PDF-1.7\n" + noise(5000, 8), "refused"
    for share in (30, 60, 95):
        yield f"cut_at_{share}.pdf", good[: len(good) * share // 100], "either"
    yield "wrong_table.pdf", good.replace(b"00000 n", b"00000 f"), "either"
    yield "circle.pdf", good.replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"), "refused"
    yield "own_parent.pdf", good.replace(b"/Contents 4 0 R", b"/Contents 3 0 R"), "either"
    yield "huge_count.pdf", good.replace(b"/Count 1", b"/Count 2147483647"), "either"
    yield "huge_length.pdf", good.replace(b"/Length ", b"/Length 99999999"), "either"
    yield (
        "nested.pdf",
        good.replace(b"/Type /Catalog", b"/X " + b"[" * 50_000 + b"]" * 50_000 + b" /Type /Catalog"),
        "either",
    )


def _rtfs() -> Iterator[tuple[str, bytes, str]]:
    ascii_text = TEXT.encode("ascii", "ignore")
    yield "good.rtf", b"{\\rtf1\\ansi " + ascii_text + b"\\par}", "taken"
    yield "as_doc.doc", b"{\\rtf1\\ansi " + ascii_text + b"\\par}", "either"
    yield "cut.rtf", b"{\\rtf1\\ansi " + ascii_text, "either"
    yield "nested.rtf", b"{\\rtf1 " + b"{" * 50_000 + ascii_text, "either"
    yield "closed.rtf", b"{\\rtf1 " + ascii_text + b"}" * 50_000, "either"
    yield "huge_bin.rtf", b"{\\rtf1 \\bin2147483647 " + ascii_text + b"}", "either"
    yield "wrong_numbers.rtf", b"{\\rtf1 \\u99999999 ?\\'zz\\u-1 ?" + ascii_text + b"}", "either"
    yield "picture.rtf", b"{\\rtf1 " + ascii_text + b"{\\pict " + noise(50_000, 9).hex().encode() + b"}}", "taken"


def _mails() -> Iterator[tuple[str, bytes, str]]:
    plain = "Content-Type: text/plain; charset={}\r\n\r\n"
    yield "good.eml", (_MAIL + plain.format("utf-8") + TEXT).encode(), "taken"
    yield "unknown_charset.eml", (_MAIL + plain.format("klingon") + TEXT).encode(), "either"
    yield "wrong_charset.eml", (_MAIL + plain.format("us-ascii") + TEXT).encode(), "either"
    yield "head_only.eml", _MAIL.encode(), "refused"
    yield "no_boundary.eml", (_MAIL + "Content-Type: multipart/mixed\r\n\r\n" + TEXT).encode(), "either"
    yield (
        "open_parts.eml",
        (_MAIL + 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n' + TEXT).encode(),
        "either",
    )
    bad64 = "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!" + "QUJD" * 50
    yield "bad_base64.eml", (_MAIL + bad64).encode(), "either"
    nested = "Content-Type: message/rfc822\r\n\r\n" + _MAIL
    yield "nested.eml", (_MAIL + nested * 1000 + plain.format("utf-8") + TEXT).encode(), "either"
    parts = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(500))
    yield "nested_parts.eml", (_MAIL + parts + "\r\n" + TEXT).encode(), "either"
    yield "long_header.eml", (_MAIL + f"X: {'x' * 1_000_000}\r\n" + plain.format("utf-8") + TEXT).encode(), "either"
    yield (
        "bad_subject.eml",
        _MAIL.replace("Bruecke", "=?klingon?B?!!?= =?utf-8?Q?=FF?=").encode() + TEXT.encode(),
        "either",
    )
    related = (
        'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n'
    )
    body = base64.encodebytes(page().encode()).decode()
    yield (
        "good.mht",
        (_MAIL + related + "Content-Transfer-Encoding: base64\r\n\r\n" + body + "\r\n--b--").encode(),
        "taken",
    )
    yield "cut.mht", (_MAIL + related + "Content-Transfer-Encoding: base64\r\n\r\n" + body[:300]).encode(), "either"
    yield "no_page.mht", (_MAIL + related.replace("text/html", "image/png") + "\r\nx\r\n--b--").encode(), "refused"
