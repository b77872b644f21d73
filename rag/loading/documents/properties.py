"""What the properties of an office document say, where programs put words that nobody wrote."""

from __future__ import annotations

import re

_LONGEST = 500
_WORD = re.compile(r"[^\W\d_]{3}")
_NO_TITLE = re.compile(
    r"(microsoft \w+ - |untitled|unbenannt|ohne titel|print$|about:|https?:|(dokument|document|scan)\W*\d*$)"
    r"|.*\.(docx?|odt|rtf|indd|qx[pd]|pdf|tex|dvi|x?html?|pages|txt|xlsx?|pptx?|tiff?|jpe?g|png)$"
    r"|\S*[\d_/\\]\S*$|\(.*\)$",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?!(?i:microsoft|windows|admin|user|unknown|unbekannt|root|owner|default))(?=.* |[A-ZÄÖÜ])\D+")


def stated_title(value: str | None) -> str | None:
    """Return the title that a document's properties state, unless it is what programs put where nobody wrote one."""
    title = " ".join((value or "").split())
    return title if len(title) < _LONGEST and _WORD.search(title) and not _NO_TITLE.match(title) else None


def stated_author(value: str | None) -> str | None:
    """Return the author that a document's properties state, unless it is the name of a program or an account."""
    author = " ".join((value or "").split())
    return author if len(author) < _LONGEST and _NAME.fullmatch(author) else None
