"""LaTeX as text, so that fields of BibTeX can be compared with what they were made of."""

from __future__ import annotations

from pylatexenc.latex2text import LatexNodes2Text

# commands for signs that pylatexenc does not know, and what it reads as the same sign
_UNKNOWN = {r"\textbraceleft{}": r"\{", r"\textbraceright{}": r"\}", r"\textasciicircum{}": r"\string^"}


def decoded(latex: str) -> str:
    """Return the text of a field of BibTeX."""
    for command, sign in _UNKNOWN.items():
        latex = latex.replace(command, sign)
    return str(LatexNodes2Text(keep_comments=True).latex_to_text(latex))
