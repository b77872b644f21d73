"""What of a mail its writer wrote, and what is quoted from another, or signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, groupby

_SAID = re.compile(
    r"(am|on|le|el|il|op|den|dne|em)\s.*\b(schrieb|wrote|a écrit|escribió|ha scritto|schreef|skrev|escreveu)\b.*:",
    re.IGNORECASE | re.DOTALL,
)
_SAID_LINES = 3
_SAID_LENGTH = 300
_ORIGINAL = re.compile(r"[-_ ]{3,}[^-_\n]*(message|nachricht|mail|messaggio|mensaje)[^-_\n]*[-_ ]{3,}", re.IGNORECASE)
_FIELD = re.compile(
    r"\W{0,2}(from|von|de|sent|gesendet|envoyé|date|datum|to|an|à|subject|betreff|objet|cc)\W{0,2}:", re.IGNORECASE
)
_FIELDS = 3
_SIGNATURE = re.compile(r"--\s*(\n|$)")

Part = tuple[str, bool]
"""A paragraph, and whether it is not the writer's own."""


def parts_of_plain(text: str) -> list[Part]:
    """Return the paragraphs of a mail in plain text, and of each whether it is quoted (>).

    They end at empty lines, where a quote begins or ends, and before the sign of a signature (--).
    """
    lines = text.splitlines()
    signatures = accumulate(line.rstrip() == "--" for line in lines)
    marked = [(line, (line[:1] == ">", bool(line.strip()), sign)) for line, sign in zip(lines, signatures, strict=True)]
    found: list[Part] = []
    for (is_quote, has_words, _), group in groupby(marked, key=lambda each: each[1]):
        paragraph = [line for line, _ in group]
        if is_quote and found and not found[-1][1]:
            found[-1:] = _without_said(found[-1][0])
        if has_words:
            found.append(("\n".join(paragraph), is_quote))
    return found


def _without_said(text: str) -> list[Part]:
    """A paragraph before a quote, and apart from it the lines that say who is quoted."""
    lines = text.split("\n")
    for count in range(1, _SAID_LINES + 1):
        if _says_who("\n".join(lines[-count:])):
            return [
                *([("\n".join(lines[:-count]), False)] if lines[:-count] else []),
                ("\n".join(lines[-count:]), True),
            ]
    return [(text, False)]


def own_words(parts: Sequence[Part], is_forwarded: bool) -> list[Part]:
    """Return the parts with all set aside that is not the writer's own: also below 'schrieb', 'Original Message', or
    the head of another mail, unless that is what is forwarded; and from the signature on."""
    found: list[Part] = []
    rest = False
    for at, (text, is_quote) in enumerate(parts):
        said = _says_who(text) and ("@" in text or any(quote for _, quote in parts[at + 1 : at + 2]))
        head = _ORIGINAL.match(text[:_SAID_LENGTH]) is not None or _is_head(text)
        if not is_quote:
            rest = rest or _SIGNATURE.match(text) is not None or ((said or head) and not is_forwarded)
        found.append((text, is_quote or rest or said or head))
    return found


def _says_who(text: str) -> bool:
    """Whether it says that on some day somebody wrote."""
    return len(text) < _SAID_LENGTH and _SAID.fullmatch(text.strip()) is not None


def _is_head(text: str) -> bool:
    lines = text.split("\n")
    return _FIELD.match(lines[0]) is not None and sum(1 for line in lines if _FIELD.match(line)) >= _FIELDS


def unfolded(text: str, delete_space: bool = False) -> str:
    """Return a text in the flowed format of mails (RFC 3676) with its lines joined as they were written."""
    done: list[str] = []
    flows = False
    for line in text.splitlines():
        if flows and not line.startswith(">") and not done[-1].startswith(">"):
            done[-1] = (done[-1][:-1] if delete_space else done[-1]) + line
        else:
            done.append(line)
        flows = line.endswith(" ") and line != "-- "
    return "\n".join(done)
