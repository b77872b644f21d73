"""Mails (.eml), and pages that a browser saved in one file (.mhtml), which has the format of mails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from mimetypes import guess_extension
from typing import Any

from rag.errors import LoadError
from rag.loading.common.draft import Block, Draft
from rag.loading.common.encodings import decode
from rag.loading.common.guard import result_or_error
from rag.loading.common.safe_names import UniqueNames, safe_path
from rag.loading.documents.mail_quotes import MailParagraph, join_flowed_lines, mark_quotes, plain_paragraphs
from rag.loading.web.html import load_html
from rag.loading.web.prose_html import parse_prose, prose_paragraphs

_FORWARDED_SUBJECT = re.compile(r"(wg|fwd?|tr)\s*:", re.IGNORECASE)
_QUOTE_CLASS = re.compile(r"(gmail|yahoo|protonmail)_(quote|quoted|signature)|moz-(signature|cite-prefix)")
_MIN_PLAIN_SHARE = 0.5  # of the words of the HTML version
_EMLX_LENGTH = re.compile(rb"\s{0,9}(\d{1,10})[ \t]*\r?\n(?=[!-9;-~]+:)")
_SIGNATURE_TYPES = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file or mail that is attached to a mail, with a name that is unique in that mail."""

    name: str
    raw: bytes
    is_mail: bool = False


def load_eml(raw: bytes) -> Draft:
    """Read a mail without its attachments: its plain text if that is substantial, else its HTML.

    Raises:
        LoadError: it is not a mail, or it has no text.
    """
    return _draft(_parse_message(raw))


def load_mail(raw: bytes) -> Iterator[Draft | Attachment]:
    """Yield a mail, then its attachments, including mails in it.

    A mail with attachments and without text of its own is not an article.

    Raises:
        LoadError: it is not a mail, or it has neither text nor attachments.
    """
    message = _parse_message(raw)
    try:
        attachments = list(_attachments(message))
        draft: Draft | LoadError = _draft(message)
    except LoadError as error:
        draft = error
    except RecursionError as error:
        raise LoadError("Its parts are nested too deeply: save the mail again, or its text as .txt.") from error
    if isinstance(draft, LoadError):
        if not attachments or not (message["Subject"] or message["From"] or message["Date"]):
            raise draft
    else:
        yield draft
    yield from attachments


def _draft(message: Message) -> Draft:
    subject, sender, sent = (_header(message, name) for name in ("Subject", "From", "Date"))
    if not (subject or sender or sent):
        raise LoadError("Not a mail, or damaged: save the mail again as .eml.")
    paragraphs = mark_quotes(_paragraphs(message), bool(_FORWARDED_SUBJECT.match(subject or "")))
    if not paragraphs:
        raise LoadError("The mail has no text: if the article is attached, save the attachment as a file.")
    name, address = parseaddr(sender or "")
    author, published = name or address or None, _day(sent)
    origins = {
        "title": "mail header Subject" if subject else None,
        "author": "mail header From" if author else None,
        "published": "mail header Date" if published else None,
    }
    return Draft(
        blocks=tuple(Block(f"{text}\n\n", "boilerplate" if is_quote else "article") for text, is_quote in paragraphs),
        title=subject,
        author=author,
        published=published,
        origins={field: origin for field, origin in origins.items() if origin},
    )


def load_mhtml(raw: bytes) -> Draft:
    """Read a page that a browser saved in one file; its URL is the one that it states, or else that of the file.

    Raises:
        LoadError: it contains no page, or the page no article.
    """
    message = _parse_message(raw)
    page = next(_texts(message, "text/html"), None)
    if page is None:
        raise LoadError("It contains no page: open it in a browser and save it again.")
    draft = load_html(_bytes(page))
    locations = (_header(message, "Snapshot-Content-Location"), _header(page, "Content-Location"))
    url = next((location for location in locations if location and re.match("https?://", location)), None)
    if draft.url or not url:
        return draft
    return replace(draft, url=url, origins={**draft.origins, "url": "place of the saved page"})


def _parse_message(raw: bytes) -> Message:
    # Apple Mail (.emlx) writes the length of the mail above it, and a property list below
    if length := _EMLX_LENGTH.match(raw):
        raw = raw[length.end() : length.end() + int(length[1])]
    try:
        # with the newer policies of the email package, damaged headers raise many kinds of errors
        return message_from_bytes(raw)
    except (TypeError, ValueError, LookupError, RecursionError) as error:
        raise LoadError("It is damaged: save the mail or page again.") from error


def _is_attached(part: Message) -> bool:
    """Whether a part is a file or a separate mail, and not text of the mail."""
    return (
        part.get_content_disposition() == "attachment"
        or part.get_content_maintype() not in ("text", "multipart")
        or (part.get_content_maintype() == "text" and part.get_filename() is not None)
    )


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a mail in their order, without those of attached mails."""
    yield message
    if message.get_content_maintype() == "multipart" and not _is_attached(message):
        for part in _children(message):
            yield from _parts(part)


def _children(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _attachments(message: Message) -> Iterator[Attachment]:
    """The attachments with unique names, without pictures and fonts of the mail itself."""
    names = UniqueNames()
    for part in _parts(message):
        if part is message or not _is_attached(part) or _is_decoration(part):
            continue
        mails = _children(part) if part.get_content_type() == "message/rfc822" else []
        file_name = _file_name(part)
        if mails:
            for mail in mails:
                raw = result_or_error(bytes, mail)
                name = safe_path(file_name or f"{_header(mail, 'Subject') or 'mail'}".replace("/", " "))
                name = name if name.lower().endswith(".eml") else f"{name or 'mail'}.eml"
                yield Attachment(names.unique(name), b"" if isinstance(raw, LoadError) else raw, is_mail=True)
        else:
            ending = guess_extension(part.get_content_type()) or ""
            yield Attachment(names.unique(safe_path(file_name or "") or f"attachment{ending}"), _bytes(part))


def _is_decoration(part: Message) -> bool:
    """Whether a part is a picture or font that the mail's text uses, or a cryptographic signature."""
    is_inline = part["Content-ID"] is not None and part.get_content_disposition() != "attachment"
    is_decoration = is_inline and part.get_content_maintype() in ("image", "font")
    return is_decoration or part.get_content_type() in _SIGNATURE_TYPES


def _file_name(part: Message) -> str | None:
    try:
        file_name = part.get_filename()
    except (ValueError, LookupError, TypeError):
        return None
    if not file_name:
        return None
    pieces = result_or_error(decode_header, file_name)
    if isinstance(pieces, LoadError):
        return file_name
    return _decode_pieces(pieces)


def _header(message: Message, name: str) -> str | None:
    """A header as one line; bytes in an unknown encoding are read as UTF-8 or Latin-1."""
    value: Any = message.get(name)
    if value is None:
        return None
    try:
        pieces = decode_header(value)
    except (ValueError, LookupError):
        pieces = [(str(value), None)]
    return " ".join(_decode_pieces(pieces).split()) or None


def _decode_pieces(pieces: Iterable[tuple[str | bytes, str | None]]) -> str:
    return "".join(piece if isinstance(piece, str) else _decoded(piece, encoding) for piece, encoding in pieces)


def _decoded(raw: bytes, encoding: str | None) -> str:
    for name in (encoding, "utf-8"):
        try:
            return raw.decode(name or "ascii")
        except (LookupError, ValueError):
            continue
    return raw.decode("latin-1")


def _day(value: str | None) -> date | None:
    """The day on which a mail was sent, in the sender's time zone."""
    try:
        return parsedate_to_datetime(value).date() if value else None
    except (ValueError, IndexError, TypeError):
        return None


def _texts(message: Message, kind: str) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            yield part


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    """The text of a part in the encoding that it states, if that is valid."""
    try:
        return _bytes(part).decode(part.get_content_charset() or "ascii")
    except (LookupError, ValueError):
        return decode(_bytes(part))


def _paragraphs(message: Message) -> list[MailParagraph]:
    """The paragraphs of a mail: of one of several versions of the same text, and of all texts in a sequence."""
    if message.get_content_maintype() == "multipart":
        parts = [part for part in _children(message) if not _is_attached(part)]
        if message.get_content_subtype() != "alternative":
            return [paragraph for part in parts for paragraph in _paragraphs(part)]
        plain = [paragraph for part in parts if _is_plain(part) for paragraph in _paragraphs(part)]
        rich_versions = (_paragraphs(part) for part in reversed(parts) if not _is_plain(part))
        rich = next(filter(None, rich_versions), [])
        return plain if _word_count(plain) >= _MIN_PLAIN_SHARE * _word_count(rich) else rich
    if message.get_content_maintype() != "text":
        return []
    if message.get_content_subtype() in ("html", "xhtml"):
        root = parse_prose(_text(message).encode(), "utf-8")
        return (
            [MailParagraph(*paragraph) for paragraph in prose_paragraphs(root, _is_quote)] if root is not None else []
        )
    text = _text(message)
    if message.get_param("format") == "flowed":
        text = join_flowed_lines(text, delete_space=message.get_param("delsp") == "yes")
    return plain_paragraphs(text)


def _is_plain(part: Message) -> bool:
    return part.get_content_type() == "text/plain"


def _word_count(paragraphs: list[MailParagraph]) -> int:
    return sum(len(paragraph.text.split()) for paragraph in paragraphs)


def _is_quote(element: Any) -> bool:
    return element.get("type") == "cite" or _QUOTE_CLASS.search(element.get("class") or "") is not None
