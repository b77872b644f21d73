"""Separate a mail's own text from quotes and signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

_ATTRIBUTION = re.compile(
    r"(am|on|le|el|il|op|den|dne|em)\s.*\b(schrieb|wrote|a écrit|escribió|ha scritto|schreef|skrev|escreveu)\b.*:",
    re.IGNORECASE | re.DOTALL,
)
_MAX_ATTRIBUTION_LINES = 3
_MAX_ATTRIBUTION = 300  # characters
_ORIGINAL_MESSAGE = re.compile(
    r"[-_ ]{3,}[^-_\n]*(message|nachricht|mail|messaggio|mensaje)[^-_\n]*[-_ ]{3,}", re.IGNORECASE
)
_HEADER_FIELD = re.compile(
    r"\W{0,2}(from|von|de|sent|gesendet|envoyé|date|datum|to|an|à|subject|betreff|objet|cc)\W{0,2}:", re.IGNORECASE
)
_MIN_HEADER_FIELDS = 3
_SIGNATURE = re.compile(r"--\s*(\n|$)")


class MailParagraph(NamedTuple):
    """A paragraph of a mail, and whether it is a quote, or another part that is not the writer's own text."""

    text: str
    is_quote: bool


def plain_paragraphs(text: str) -> list[MailParagraph]:
    """Return the paragraphs of a mail in plain text, and whether each is quoted (>).

    They end at empty lines, where a quote begins or ends, and before the sign of a signature (--).
    """
    lines = text.splitlines()
    signatures = accumulate(line.rstrip() == "--" for line in lines)
    keys = [(line[:1] == ">", bool(line.strip()), signature) for line, signature in zip(lines, signatures, strict=True)]
    paragraphs: list[MailParagraph] = []
    for (is_quote, has_words, _), group in groupby(zip(keys, lines, strict=True), key=lambda pair: pair[0]):
        paragraph = "\n".join(line for _, line in group)
        if is_quote and paragraphs and not paragraphs[-1].is_quote:
            paragraphs[-1:] = _split_attribution(paragraphs[-1].text)
        if has_words:
            paragraphs.append(MailParagraph(paragraph, is_quote))
    return paragraphs


def _split_attribution(text: str) -> list[MailParagraph]:
    """A paragraph before a quote, and separately its last lines if they say who is quoted."""
    lines = text.split("\n")
    for count in range(1, _MAX_ATTRIBUTION_LINES + 1):
        attribution = "\n".join(lines[-count:])
        if _is_attribution(attribution):
            own_text = [MailParagraph("\n".join(lines[:-count]), is_quote=False)] if lines[:-count] else []
            return [*own_text, MailParagraph(attribution, is_quote=True)]
    return [MailParagraph(text, is_quote=False)]


def mark_quotes(paragraphs: Sequence[MailParagraph], is_forwarded: bool) -> list[MailParagraph]:
    """Return the paragraphs, with everything marked as a quote that is not the writer's own text.

    That is also everything below 'schrieb', 'Original Message', or the header of another mail, unless this is what is
    forwarded; and everything from the signature on.
    """
    marked_paragraphs: list[MailParagraph] = []
    is_below = False
    for at, (text, is_quote) in enumerate(paragraphs):
        is_attribution = _is_attribution(text) and (
            "@" in text or any(following.is_quote for following in paragraphs[at + 1 : at + 2])
        )
        is_head = _ORIGINAL_MESSAGE.match(text[:_MAX_ATTRIBUTION]) is not None or _is_mail_header(text)
        if not is_quote:
            begins_quote = (is_attribution or is_head) and not is_forwarded
            is_below = is_below or _SIGNATURE.match(text) is not None or begins_quote
        marked_paragraphs.append(MailParagraph(text, is_quote or is_below or is_attribution or is_head))
    return marked_paragraphs


def _is_attribution(text: str) -> bool:
    """Whether it says that somebody wrote on some day, as 'Am Montag schrieb Anna Beck:'."""
    return len(text) < _MAX_ATTRIBUTION and _ATTRIBUTION.fullmatch(text.strip()) is not None


def _is_mail_header(text: str) -> bool:
    fields = [_HEADER_FIELD.match(line) is not None for line in text.split("\n")]
    return fields[0] and sum(fields) >= _MIN_HEADER_FIELDS


def join_flowed_lines(text: str, delete_space: bool = False) -> str:
    """Return a text in the flowed format of mails (RFC 3676) with its lines joined as they were written.

    Args:
        delete_space: whether the space at the end of a flowed line is deleted (DelSp).
    """
    joined: list[str] = []
    is_flowed = False
    for line in text.splitlines():
        if is_flowed and not line.startswith(">") and not joined[-1].startswith(">"):
            joined[-1] = (joined[-1][:-1] if delete_space else joined[-1]) + line
        else:
            joined.append(line)
        is_flowed = line.endswith(" ") and line != "-- "
    return "\n".join(joined)
