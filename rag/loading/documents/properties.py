"""Title and author from the properties of a document, which programs often fill with words that no author wrote."""

from __future__ import annotations

import re

_MAX_CHARACTERS = 500
_WORD = re.compile(r"[^\W\d_]{3}")
_PLACEHOLDER_TITLE = re.compile(
    r"(microsoft \w+ - |untitled|unbenannt|ohne titel|print$|about:|https?:|(dokument|document|scan)\W*\d*$)"
    r"|.*\.(docx?|odt|rtf|indd|qx[pd]|pdf|tex|dvi|x?html?|pages|txt|xlsx?|pptx?|tiff?|jpe?g|png)$"
    r"|\S*[\d_/\\]\S*$|\(.*\)$",
    re.IGNORECASE,
)
_AUTHOR_NAME = re.compile(
    r"(?!(?i:microsoft|windows|admin|user|unknown|unbekannt|root|owner|default))(?=.* |[A-ZÄÖÜ])\D+"
)


def stated_title(value: str | None) -> str | None:
    """Return the title that a document's properties state, unless it is a program's placeholder or a file name."""
    title = " ".join((value or "").split())
    return (
        title if len(title) < _MAX_CHARACTERS and _WORD.search(title) and not _PLACEHOLDER_TITLE.match(title) else None
    )


def stated_author(value: str | None) -> str | None:
    """Return the author that a document's properties state, unless it is the name of a program or an account."""
    author = " ".join((value or "").split())
    return author if len(author) < _MAX_CHARACTERS and _AUTHOR_NAME.fullmatch(author) else None
