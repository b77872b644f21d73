"""What kind of file it is: by its content first, and by its name where that does not tell."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from rag.loading.common.json_text import is_json_lines

HEAD_BYTES = 16_384
"""How much of a file's beginning tells its kind."""
MULTI_ARTICLE_KINDS = frozenset(("jsonl", "json", "csv", "tsv", "feed", "warc", "mbox"))
"""Kinds of which a file holds many articles."""
ARCHIVE_KINDS = frozenset(("gz", "zip"))
"""Kinds that hold files."""

KIND_BY_SUFFIX = {
    **dict.fromkeys((".txt", ".text"), "text"),
    **dict.fromkeys((".md", ".markdown"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".mht", ".mhtml"), "mhtml"),
    ".emlx": "eml",
    **dict.fromkeys((".xlsm", ".xlsb", ".xls", ".ods"), "xlsx"),
    **dict.fromkeys((".jsonl", ".ndjson"), "jsonl"),
    **dict.fromkeys((".rss", ".atom"), "feed"),
    **{
        f".{kind}": kind
        for kind in (
            *("xlsx", "pdf", "docx", "odt", "rtf", "epub", "eml", "mbox", "json", "csv", "tsv", "warc"),
            *ARCHIVE_KINDS,
        )
    },
}
_SHEET = "save the sheet as .xlsx or CSV."
_PACKED = "unpack it, and index the folder, or pack the files as .zip."
CONVERSION_HINTS = {
    **dict.fromkeys((".numbers", ".wk1", ".qpw"), _SHEET),
    **dict.fromkeys((".tar", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".7z", ".rar"), _PACKED),
    **dict.fromkeys((".doc", ".wpd", ".pages"), "save it as .docx, .odt or PDF."),
    ".msg": "save it as .eml.",
    **dict.fromkeys((".pst", ".ost", ".olm"), "export the mails as .mbox or .eml."),
    ".wacz": "rename it to .zip.",
    **dict.fromkeys((".ppt", ".pptx", ".odp", ".key"), "save it as PDF."),
}
"""What to do with files that cannot be read, by their ending."""
_ZIPPED = frozenset(("docx", "odt", "epub", "xlsx"))
_MIMETYPES = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "xlsx",
}
# what stands before the first tag is one atom, for a comment could be read in many ways
_PAGE = re.compile(r"(?>(?:\s|<!--.*?-->|<\?[^<>]*>)*)<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_FEED = re.compile(r"(?>(?:\s|<!--.*?-->|<[?!][^<>]*>)*)<(?:\w+:)?(rss|feed|RDF)\b", re.DOTALL)
# the lines of a mail's head, each with the lines that go on from it
_MAIL_HEAD = re.compile(r"(?:[A-Za-z][A-Za-z-]*:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*){2,}")
# the line before a mail in a mailbox, and the first of the mail's own head
_MAILBOX = re.compile(rb"From [^\r\n]{1,300}?\d{1,2}:\d\d[^\r\n]{0,60}\r?\n[A-Za-z][A-Za-z-]{1,50}:")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(name: str, head: bytes) -> str | None:
    """Return the kind of a file with this name and this beginning; None if it is of no kind that holds articles.

    The kinds are text, markdown, html, mhtml, pdf, docx, odt, rtf, epub, eml, mbox, xlsx (any spreadsheet), jsonl,
    json, csv, tsv, feed, warc, gz and zip.
    """
    ending = PurePosixPath(name.lower()).suffix
    named = KIND_BY_SUFFIX.get(ending)
    # "Interview mit Dr. Weber" and "Bericht vom 14.01" have no ending
    plain = not re.fullmatch(r"\.[a-z0-9]*[a-z][a-z0-9]*", ending)
    if head.startswith(b"\x1f\x8b\x08"):
        packed = "warc" if name.lower().endswith((".warc.gz", ".warc")) else "gz"
        return packed if named or plain else None
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(head, named, plain)
    return _by_magic(head, named) or _by_text(_text(head), named, plain) or named or (_untold(head) if plain else None)


def is_page(text: str) -> bool:
    """Whether a text is a whole web page."""
    return _PAGE.match(text) is not None


def _by_magic(head: bytes, named: str | None) -> str | None:
    if head.startswith(b"%PDF-") or (named == "pdf" and b"%PDF-" in head[:1024]):
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if _MAILBOX.match(head):
        return "mbox"
    return "warc" if re.match(rb"WARC/\d", head) else None


def _zipped(head: bytes, named: str | None, plain: bool) -> str | None:
    """What a zip archive is: a document, programs or tables of an office, or an archive of files."""
    names = list(_members(head))
    if names[:1] == [b"mimetype"]:
        start = 38 + int.from_bytes(head[28:30], "little")
        kinds = [kind for mark, kind in _MIMETYPES.items() if head.startswith(mark, start)]
        if kinds or head.startswith(b"application/", start):
            # application/vnd.oasis.opendocument.text-template is a text, too
            return kinds[0] if kinds else None
    if any(name.startswith(b"word/") for name in names):
        return "docx"
    if any(name.startswith(b"xl/") for name in names):
        return "xlsx"
    if b"[Content_Types].xml" in names or any(name.startswith(b"ppt/") for name in names):
        return named if named in ("docx", "xlsx") else None
    if named in _ZIPPED:
        return named
    return "zip" if named or plain else None


def _members(head: bytes) -> Iterator[bytes]:
    """The names in the headers of members, as far as the beginning of an archive holds them."""
    for header in re.finditer(rb"PK\x03\x04", head):
        length = int.from_bytes(head[header.start() + 26 : header.start() + 28], "little")
        yield head[header.start() + 30 : header.start() + 30 + length]


def _by_text(text: str, named: str | None, plain: bool) -> str | None:
    if is_page(text):
        return "html"
    feed = _FEED.match(text)
    if feed and (feed[1] != "RDF" or "purl.org/rss/" in text):
        return "feed"
    mail = _MAIL_HEAD.match(text)
    if mail and named in (None, "text", "eml", "mhtml") and _is_mail(mail[0]):
        page = re.search(r"^content-type:\s*multipart/related|^snapshot-content-location:", mail[0], re.I | re.M)
        return "mhtml" if page and named != "eml" else "eml"
    if named in ("text", "json", "jsonl") or plain:
        if is_json_lines(text):
            return "jsonl"
        if named != "jsonl" and re.match(r'\s*\[?\s*\{\s*"', text):
            return "json"
    return None


def _is_mail(lines: str) -> bool:
    fields = {line.partition(":")[0].lower() for line in lines.splitlines()}
    return "mime-version" in fields or fields >= {"from", "date", "subject"}


def _text(head: bytes) -> str:
    """The beginning as text, as far as it can be told without knowing its encoding."""
    marks = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    for mark, encoding in marks.items():
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "ignore")
    return head.decode("latin-1").replace("\r\n", "\n")


def _untold(head: bytes) -> str | None:
    """A file whose name has no ending is a text if it holds nothing that texts do not."""
    return None if _CONTROLS.search(head) or not head.strip() else "text"
