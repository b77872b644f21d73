"""A quotation → the pieces that must stand in the source: what lies between omissions and insertions."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OMISSION = re.compile(r"(?:(?<!\s)\s+)?(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.)\s*")
# [D]ie and die[s], where the editor changed a letter
_CHANGED_LETTER = re.compile(r"\[(\w{1,3})\](?=\w)|(?<=\w)\[(\w{1,3})\]")
_INSERTION = re.compile(r"(?:(?<!\s)\s+)?(?:\[[^\[\]\n]{1,80}\]|\(sic!?\))\s*", re.IGNORECASE)
# characters that an omission or a word of the editor may stand for, at most
_MAX_OMITTED, _MAX_REPLACED = 5_000, 80
_EDGE = " \t\n\u00a0\u202f"


@dataclass(frozen=True, slots=True)
class QuotePiece:
    """Words that follow the piece before them in the source within `gap` characters."""

    words: str
    gap: int = 0


def pieces_of(words: str) -> tuple[QuotePiece, ...]:
    """Return the pieces of a quotation in their order; none if it has no letter and no digit.

    >>> [piece.words for piece in pieces_of("[D]ie Brücke […] hält [sic] lange")]
    ['Die Brücke', 'hält', 'lange']
    """
    words = _CHANGED_LETTER.sub(lambda match: match[1] or match[2], words)
    pieces: list[QuotePiece] = []
    gap = 0
    for number, part in enumerate(_OMISSION.split(words)):
        for position, piece in enumerate(_INSERTION.split(part)):
            if position:
                gap = max(gap, _MAX_REPLACED)
            elif number:
                gap = _MAX_OMITTED
            if any(map(str.isalnum, piece)):
                pieces.append(QuotePiece(piece.strip(_EDGE), gap))
                gap = 0
    return tuple(pieces)
