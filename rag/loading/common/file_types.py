"""File types, detected from content; the suffix of the name only breaks ties."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from rag.loading.common.json_text import is_json_lines

HEAD_BYTES = 16_384
"""Bytes at the beginning of a file from which its kind is detected."""
MULTI_ARTICLE_KINDS = frozenset(("jsonl", "json", "csv", "tsv", "feed", "warc", "mbox"))
"""Kinds of files with many articles each."""
ARCHIVE_KINDS = frozenset(("gz", "zip"))
"""Kinds of files that contain files."""

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
_SHEET_HINT = "save the sheet as .xlsx or CSV."
_UNPACK_HINT = "unpack it, and index the folder, or pack the files as .zip."
CONVERSION_HINTS = {
    **dict.fromkeys((".numbers", ".wk1", ".qpw"), _SHEET_HINT),
    **dict.fromkeys((".tar", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".7z", ".rar"), _UNPACK_HINT),
    **dict.fromkeys((".doc", ".wpd", ".pages"), "save it as .docx, .odt or PDF."),
    ".msg": "save it as .eml.",
    **dict.fromkeys((".pst", ".ost", ".olm"), "export the mails as .mbox or .eml."),
    ".wacz": "rename it to .zip.",
    **dict.fromkeys((".ppt", ".pptx", ".odp", ".key"), "save it as PDF."),
}
"""What to do with files of unsupported types, by suffix."""
# a zip member's local header (APPNOTE 4.3.7): 30 fixed bytes, among them two lengths of two bytes each, then the name,
# the extra field, and the member's bytes
_ZIP_HEADER_BYTES = 30
_ZIP_NAME_LENGTH, _ZIP_EXTRA_LENGTH = slice(26, 28), slice(28, 30)
_ZIP_BASED_KINDS = frozenset(("docx", "odt", "epub", "xlsx"))
_MIMETYPES = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "xlsx",
}
# what precedes the first tag is an atomic group: comments would make backtracking explode
_HTML_START = re.compile(r"(?>(?:\s|<!--.*?-->|<\?[^<>]*>)*)<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_FEED_START = re.compile(r"(?>(?:\s|<!--.*?-->|<[?!][^<>]*>)*)<(?:\w+:)?(rss|feed|RDF)\b", re.DOTALL)
# the header lines of a mail, each with its continuation lines
_MAIL_HEAD = re.compile(r"(?:[A-Za-z][A-Za-z-]*:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*){2,}")
# the separator line of a mailbox, and the first header line of the mail
_MAILBOX_START = re.compile(rb"From [^\r\n]{1,300}?\d{1,2}:\d\d[^\r\n]{0,60}\r?\n[A-Za-z][A-Za-z-]{1,50}:")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(name: str, head: bytes) -> str | None:
    """Return the kind of a file with this name and these first bytes; None if it cannot contain articles.

    The kinds are text, markdown, html, mhtml, pdf, docx, odt, rtf, epub, eml, mbox, xlsx (any spreadsheet), jsonl,
    json, csv, tsv, feed, warc, gz and zip.
    """
    ending = PurePosixPath(name.lower()).suffix
    suffix_kind = KIND_BY_SUFFIX.get(ending)
    # "Interview mit Dr. Weber" and "Bericht vom 14.01" have no suffix
    has_no_suffix = not re.fullmatch(r"\.[a-z0-9]*[a-z][a-z0-9]*", ending)
    if head.startswith(b"\x1f\x8b\x08"):
        packed = "warc" if name.lower().endswith((".warc.gz", ".warc")) else "gz"
        return packed if suffix_kind or has_no_suffix else None
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(head, suffix_kind, has_no_suffix)
    return (
        _kind_by_magic(head, suffix_kind)
        or _kind_by_text(_head_text(head), suffix_kind, has_no_suffix)
        or suffix_kind
        or (_kind_without_suffix(head) if has_no_suffix else None)
    )


def is_page(text: str) -> bool:
    """Return whether a text is a complete web page."""
    return _HTML_START.match(text) is not None


def _kind_by_magic(head: bytes, suffix_kind: str | None) -> str | None:
    if head.startswith(b"%PDF-") or (suffix_kind == "pdf" and b"%PDF-" in head[:1024]):
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if _MAILBOX_START.match(head):
        return "mbox"
    return "warc" if re.match(rb"WARC/\d", head) else None


def _kind_of_zip(head: bytes, suffix_kind: str | None, has_no_suffix: bool) -> str | None:
    """The kind of a zip file: an office document, a spreadsheet, an e-book, or an archive of files."""
    names = list(_member_names(head))
    if names[:1] == [b"mimetype"]:
        # the first member of an e-book or OpenDocument file is its media type, uncompressed
        extra_length = int.from_bytes(head[_ZIP_EXTRA_LENGTH], "little")
        start = _ZIP_HEADER_BYTES + len(b"mimetype") + extra_length
        kinds = [kind for mark, kind in _MIMETYPES.items() if head.startswith(mark, start)]
        if kinds or head.startswith(b"application/", start):
            # application/vnd.oasis.opendocument.text-template is a text as well
            return kinds[0] if kinds else None
    if any(name.startswith(b"word/") for name in names):
        return "docx"
    if any(name.startswith(b"xl/") for name in names):
        return "xlsx"
    if b"[Content_Types].xml" in names or any(name.startswith(b"ppt/") for name in names):
        return suffix_kind if suffix_kind in ("docx", "xlsx") else None
    if suffix_kind in _ZIP_BASED_KINDS:
        return suffix_kind
    return "zip" if suffix_kind or has_no_suffix else None


def _member_names(head: bytes) -> Iterator[bytes]:
    """The names in the local headers of members, as far as `head` contains them."""
    for signature in re.finditer(rb"PK\x03\x04", head):
        header = head[signature.start() :]
        length = int.from_bytes(header[_ZIP_NAME_LENGTH], "little")
        yield header[_ZIP_HEADER_BYTES : _ZIP_HEADER_BYTES + length]


def _kind_by_text(text: str, suffix_kind: str | None, has_no_suffix: bool) -> str | None:
    if is_page(text):
        return "html"
    feed = _FEED_START.match(text)
    if feed and (feed[1] != "RDF" or "purl.org/rss/" in text):
        return "feed"
    mail = _MAIL_HEAD.match(text)
    if mail and suffix_kind in (None, "text", "eml", "mhtml") and _is_mail(mail[0]):
        page = re.search(r"^content-type:\s*multipart/related|^snapshot-content-location:", mail[0], re.I | re.M)
        return "mhtml" if page and suffix_kind != "eml" else "eml"
    if suffix_kind in ("text", "json", "jsonl") or has_no_suffix:
        if is_json_lines(text):
            return "jsonl"
        if suffix_kind != "jsonl" and re.match(r'\s*+\[?\s*+\{\s*+"', text):
            return "json"
    return None


def _is_mail(lines: str) -> bool:
    fields = {line.partition(":")[0].lower() for line in lines.splitlines()}
    return "mime-version" in fields or fields >= {"from", "date", "subject"}


def _head_text(head: bytes) -> str:
    """The head as text, as far as it can be decoded without knowing its encoding."""
    marks = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    for mark, encoding in marks.items():
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "ignore")
    return head.decode("latin-1").replace("\r\n", "\n")


def _kind_without_suffix(head: bytes) -> str | None:
    """A file without a suffix is a text if it has no control characters that texts lack."""
    return None if _CONTROLS.search(head) or not head.strip() else "text"
