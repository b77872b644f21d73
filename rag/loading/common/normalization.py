"""The normal form of all stored texts."""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028]")
# C0 and C1 controls except line feed and tab, byte order marks, and surrogates
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\ud800-\udfff]")


def normalise(text: str) -> str:
    """Return the text in Unicode NFC with line feeds, without control characters."""
    lines = _LINE_ENDS.sub("\n", text).replace("\u2029", "\n\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", lines))


def letters_and_digits(text: str) -> str:
    """Return only the letters and digits of a text, case-folded, as a key to compare texts by."""
    return "".join(filter(str.isalnum, text.casefold()))
