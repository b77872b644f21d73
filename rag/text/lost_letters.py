"""Words in which a letter was lost: "Raˆak" and "Ra?ak" where "Račak" stood."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

LOST = "ˆ"
"""Stands in a word for letters that were lost. It is a letter by Unicode, so that every rule for words keeps it."""

_ALPHABETIC = r"[\p{Latin}\p{Greek}\p{Cyrillic}]"
# what programs leave of a letter that they cannot show; carons and circumflexes are letters by themselves
_SIGNS = regex.compile("[\ufffd\xa4?ˆˇ]+")

# what is longer is no word that somebody looks for
_LONGEST = 60

INSIDE = (
    # spacing accents are what printing programs make of an accent: "Zuna¨chst", "L¨osung"; they are folded away
    rf"(?<={_ALPHABETIC})[\ufffd\xa4¨¸˘˙˚˛˜˝]+(?={_ALPHABETIC})"
    r"|(?<=\p{Latin})\?+(?=\p{Ll})"
)
"""A pattern of signs that stand between letters of one word."""


def marked(word: str) -> str:
    """Return a word with one mark in place of each run of signs of lost letters."""
    return str(_SIGNS.sub(LOST, word))


def damaged(word: str) -> Iterator[str]:
    """Yield how a word may stand in a text that lost letters: one that is not ASCII, or all of those; if there are any.

    The letter may be gone, or have its accent beside it. If one is gone from an edge alone it is not looked for, since
    what is left may be another word: École, Cole.
    """
    if word.isascii() or len(word) > _LONGEST:
        return
    word = unicodedata.normalize("NFC", word)
    lossy = [place for place, letter in enumerate(word) if letter.isalpha() and not letter.isascii()]
    inner = [place for place in lossy if 0 < place < len(word) - 1]
    for place in inner:
        before, after = word[:place], word[place + 1 :]
        yield before + LOST + after
        base = unicodedata.normalize("NFD", word[place])[0]
        if base.isascii():
            yield f"{before}{LOST}{base}{after}"
            yield f"{before}{base}{LOST}{after}"
    rest = "".join(LOST if place in lossy else letter for place, letter in enumerate(word)).strip(LOST)
    if LOST in rest and len(lossy) > 1:
        yield rest
