"""Words that lost a letter: "Raˆak" and "Ra?ak" for "Račak"."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

LOST = "ˆ"
"""Replaces lost letters in a word. It is a letter in Unicode, so that every rule for words keeps it."""

_ALPHABETIC = r"[\p{Latin}\p{Greek}\p{Cyrillic}]"
# what programs write for a letter that they cannot encode; carons and circumflexes are letters in Unicode
_SIGNS = regex.compile("[\ufffd\xa4?ˆˇ]+")

# characters; a longer string is not a word that is searched
_MAX_WORD_LENGTH = 60

INSIDE = (
    # spacing accents are what printing programs make of an accent: "Zuna¨chst", "L¨osung"; they are folded away
    rf"(?<={_ALPHABETIC})[\ufffd\xa4¨¸˘˙˚˛˜˝]+(?={_ALPHABETIC})"
    r"|(?<=\p{Latin})\?+(?=\p{Ll})"
)
"""A pattern of signs between letters of one word."""


def mark_lost_letters(word: str) -> str:
    """Return a word with one mark in place of each run of signs of lost letters."""
    return word if word.isascii() and word.isalnum() else str(_SIGNS.sub(LOST, word))


def damaged_forms(word: str) -> Iterator[str]:
    """Yield the forms of a word in texts that lost one of its letters that are not ASCII, or all of them.

    The letter may be missing, or have its accent next to it. A word that lost only its first or last letter is not
    among them, since the rest may be another word: École, Cole.
    """
    if word.isascii() or len(word) > _MAX_WORD_LENGTH:
        return
    word = unicodedata.normalize("NFC", word)
    lossy = [index for index, letter in enumerate(word) if letter.isalpha() and not letter.isascii()]
    for index in lossy:
        if not 0 < index < len(word) - 1:
            continue
        head, tail = word[:index], word[index + 1 :]
        yield head + LOST + tail
        base = unicodedata.normalize("NFD", word[index])[0]
        if base.isascii():
            yield f"{head}{LOST}{base}{tail}"
            yield f"{head}{base}{LOST}{tail}"
    without_all = "".join(LOST if index in lossy else letter for index, letter in enumerate(word)).strip(LOST)
    if LOST in without_all and len(lossy) > 1:
        yield without_all
