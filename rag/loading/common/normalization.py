"""The one form in which all texts are kept."""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028]")
# C0 and C1 controls other than line feed and tab, the marks of byte order, and halves of characters
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\ud800-\udfff]")


def normalise(text: str) -> str:
    """Return the text in Unicode NFC with line feeds, without control characters."""
    lines = _LINE_ENDS.sub("\n", text).replace("\u2029", "\n\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", lines))


def letters_and_digits(text: str) -> str:
    """Return the letters and digits of a text alone, to compare it with another."""
    return "".join(one for one in text.casefold() if one.isalnum())
