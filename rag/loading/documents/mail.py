"""Mails (.eml), and pages that a browser saved in one file (.mhtml), which are written as mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
from rag.loading.documents.mail_quotes import Part, own_words, parts_of_plain, unfolded
from rag.loading.web.html import load_html
from rag.loading.web.prose_html import parse_prose, prose_paragraphs

_FORWARDED = re.compile(r"(wg|fwd?|tr)\s*:", re.IGNORECASE)
_QUOTE = re.compile(r"(gmail|yahoo|protonmail)_(quote|quoted|signature)|moz-(signature|cite-prefix)")
_SUBSTANTIAL = 0.5  # of the words of the HTML
_COUNTED = re.compile(rb"\s{0,9}(\d{1,10})[ \t]*\r?\n(?=[!-9;-~]+:)")
_SIGNATURES = frozenset(("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is attached to a mail, or a mail in it, with a name that no other in that mail has."""

    name: str
    raw: bytes
    is_mail: bool = False


def load_eml(raw: bytes) -> Draft:
    """Read a mail: its plain text if that is substantial, else its HTML; what is attached is not read here.

    Raises:
        LoadError: it is no mail, or it has no text.
    """
    return _draft(_message(raw))


def load_mail(raw: bytes) -> Iterator[Draft | Attachment]:
    """Yield a mail, then what is attached to it: mails in it are attachments, too.

    A mail without text of its own is no article if something is attached to it.

    Raises:
        LoadError: it is no mail, or it has neither text nor attachments.
    """
    message = _message(raw)
    try:
        files = list(_attachments(message))
        draft: Draft | LoadError = _draft(message)
    except LoadError as error:
        draft = error
    except RecursionError as error:
        raise LoadError("Its parts lie too deep in each other: save the mail again, or its text as .txt.") from error
    if isinstance(draft, LoadError):
        if not files or not (message["Subject"] or message["From"] or message["Date"]):
            raise draft
    else:
        yield draft
    yield from files


def _draft(message: Message) -> Draft:
    subject, sender, sent = (_header(message, name) for name in ("Subject", "From", "Date"))
    if not (subject or sender or sent):
        raise LoadError("It is no mail, or damaged: save the mail again as .eml.")
    parts = own_words(_parts(message), bool(_FORWARDED.match(subject or "")))
    if not parts:
        raise LoadError("It is a mail without text: if the article is attached, save the attachment as a file.")
    name, address = parseaddr(sender or "")
    author, published = name or address or None, _day(sent)
    origins = {
        "title": "mail header Subject" if subject else None,
        "author": "mail header From" if author else None,
        "published": "mail header Date" if published else None,
    }
    return Draft(
        blocks=tuple(Block(f"{text}\n\n", "boilerplate" if aside else "article") for text, aside in parts),
        title=subject,
        author=author,
        published=published,
        origins={field: origin for field, origin in origins.items() if origin},
    )


def load_mhtml(raw: bytes) -> Draft:
    """Read a page that a browser saved in one file; its address is its own, or else the one that it was saved from.

    Raises:
        LoadError: there is no page in it, or no article in the page.
    """
    message = _message(raw)
    page = next(_texts(message, "text/html"), None)
    if page is None:
        raise LoadError("There is no page in it: open it in a browser and save it again.")
    draft = load_html(_bytes(page))
    places = (_header(message, "Snapshot-Content-Location"), _header(page, "Content-Location"))
    place = next((place for place in places if place and re.match("https?://", place)), None)
    if draft.url or not place:
        return draft
    return replace(draft, url=place, origins={**draft.origins, "url": "place of the saved page"})


def _message(raw: bytes) -> Message:
    # Apple Mail writes the length of the mail above it (.emlx), and a list of properties below
    if counted := _COUNTED.match(raw):
        raw = raw[counted.end() : counted.end() + int(counted[1])]
    try:
        # the newer policies of the package raise errors of many kinds where headers are damaged
        return message_from_bytes(raw)
    except (TypeError, ValueError, LookupError, RecursionError) as error:
        raise LoadError("It is damaged: save the mail or page again.") from error


def _is_attached(part: Message) -> bool:
    """Whether a part is a file or a mail of its own, and no text of the mail."""
    return (
        part.get_content_disposition() == "attachment"
        or part.get_content_maintype() not in ("text", "multipart")
        or (part.get_content_maintype() == "text" and part.get_filename() is not None)
    )


def _own_parts(message: Message) -> Iterator[Message]:
    """The parts of a mail in their order, without those of mails in it."""
    yield message
    if message.get_content_maintype() == "multipart" and not (_is_attached(message)):
        for part in _children(message):
            yield from _own_parts(part)


def _children(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _attachments(message: Message) -> Iterator[Attachment]:
    """What is attached, each with a name of its own; pictures and fonts of the mail itself are none."""
    names = UniqueNames()
    for part in _own_parts(message):
        if part is message or not _is_attached(part) or _is_decoration(part):
            continue
        mails = _children(part) if part.get_content_type() == "message/rfc822" else []
        stated = _filename(part)
        if mails:
            for mail in mails:
                raw = result_or_error(bytes, mail)
                name = safe_path(stated or f"{_header(mail, 'Subject') or 'mail'}".replace("/", " "))
                name = name if name.lower().endswith(".eml") else f"{name or 'mail'}.eml"
                yield Attachment(names.unique(name), b"" if isinstance(raw, LoadError) else raw, is_mail=True)
        else:
            ending = guess_extension(part.get_content_type()) or ""
            yield Attachment(names.unique(safe_path(stated or "") or f"attachment{ending}"), _bytes(part))


def _is_decoration(part: Message) -> bool:
    """Whether a part is a picture or font that the mail's own text shows, or a signature over it."""
    shown = part["Content-ID"] is not None and part.get_content_disposition() != "attachment"
    kind = part.get_content_type()
    return (shown and part.get_content_maintype() in ("image", "font")) or kind in _SIGNATURES


def _filename(part: Message) -> str | None:
    try:
        stated = part.get_filename()
    except (ValueError, LookupError, TypeError):
        stated = None
    if not stated:
        return None
    pieces = result_or_error(decode_header, stated)
    if isinstance(pieces, LoadError):
        return stated
    return "".join(piece if isinstance(piece, str) else _decoded(piece, encoding) for piece, encoding in pieces)


def _header(message: Message, name: str) -> str | None:
    """The words of a header in one line; bytes in an encoding that is not known are read as UTF-8 or Latin-1."""
    value: Any = message.get(name)
    if value is None:
        return None
    try:
        pieces = decode_header(value)
    except (ValueError, LookupError):
        pieces = [(str(value), None)]
    words = "".join(piece if isinstance(piece, str) else _decoded(piece, encoding) for piece, encoding in pieces)
    return " ".join(words.split()) or None


def _decoded(raw: bytes, encoding: str | None) -> str:
    for name in (encoding, "utf-8"):
        try:
            return raw.decode(name or "ascii")
        except (LookupError, ValueError):
            continue
    return raw.decode("latin-1")


def _day(value: str | None) -> date | None:
    """The day on which a mail was sent, where it was sent."""
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
    """The text of a part in the encoding that it states, if that fits."""
    try:
        return _bytes(part).decode(part.get_content_charset() or "ascii")
    except (LookupError, ValueError):
        return decode(_bytes(part))


def _parts(message: Message) -> list[Part]:
    """The paragraphs of a mail: of versions of the same text one, of texts that follow on each other all."""
    if message.get_content_maintype() == "multipart":
        parts = [part for part in _children(message) if not _is_attached(part)]
        if message.get_content_subtype() != "alternative":
            return [paragraph for part in parts for paragraph in _parts(part)]
        plain = [paragraph for part in parts if _is_plain(part) for paragraph in _parts(part)]
        rich = next((found for part in reversed(parts) if not _is_plain(part) and (found := _parts(part))), [])
        return plain if _count(plain) >= _SUBSTANTIAL * _count(rich) else rich
    if message.get_content_maintype() != "text":
        return []
    if message.get_content_subtype() in ("html", "xhtml"):
        root = parse_prose(_text(message).encode(), "utf-8")
        return [*prose_paragraphs(root, _is_quote)] if root is not None else []
    flows = message.get_param("format") == "flowed"
    text = unfolded(_text(message), message.get_param("delsp") == "yes") if flows else _text(message)
    return parts_of_plain(text)


def _is_plain(part: Message) -> bool:
    return part.get_content_type() == "text/plain"


def _count(parts: list[Part]) -> int:
    return sum(len(text.split()) for text, _ in parts)


def _is_quote(element: Any) -> bool:
    return element.get("type") == "cite" or _QUOTE.search(element.get("class") or "") is not None
