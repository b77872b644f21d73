"""Mails (.eml), and pages that a browser saved in one file (.mhtml), which are written as mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from rag.errors import LoadError
from rag.loading.documents.letters import Part, own_words, parts_of_plain, unfolded
from rag.loading.draft import Block, Draft
from rag.loading.encodings import decode
from rag.loading.web.html import load_html
from rag.loading.web.markup import paragraphs_of_markup, parsed_markup

_FORWARDED = re.compile(r"(wg|fwd?|tr)\s*:", re.IGNORECASE)
_QUOTE = re.compile(r"(gmail|yahoo|protonmail)_(quote|quoted|signature)|moz-(signature|cite-prefix)")
_SUBSTANTIAL = 0.5  # of the words of the HTML


def load_eml(raw: bytes) -> Draft:
    """Read a mail: its plain text if that is substantial, else its HTML; attachments are not read.

    Raises:
        LoadError: it is no mail, or it has no text.
    """
    message = _message(raw)
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
    try:
        # the newer policies of the package raise errors of many kinds where headers are damaged
        return message_from_bytes(raw)
    except (TypeError, ValueError, LookupError, RecursionError) as error:
        raise LoadError("It is damaged: save the mail or page again.") from error


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
    plain = next(_texts(message, "text/plain"), None)
    rich = next(_texts(message, "text/html"), None)
    of_plain: list[Part] = []
    of_rich: list[Part] = []
    if plain is not None:
        flows = plain.get_param("format") == "flowed"
        text = unfolded(_text(plain), plain.get_param("delsp") == "yes") if flows else _text(plain)
        of_plain = parts_of_plain(text)
    if rich is not None and (root := parsed_markup(_text(rich).encode(), "utf-8")) is not None:
        of_rich = paragraphs_of_markup(root, _is_quote)
    return of_plain if _count(of_plain) >= _SUBSTANTIAL * _count(of_rich) else of_rich


def _count(parts: list[Part]) -> int:
    return sum(len(text.split()) for text, _ in parts)


def _is_quote(element: Any) -> bool:
    return element.get("type") == "cite" or _QUOTE.search(element.get("class") or "") is not None
