"""A text without typographic differences, of which each character knows where it came from."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from rag.types import Span

# one sign for all quotation marks: what is „so“ in an article is ‚so‘ within a quotation
_EVEN = {
    **dict.fromkeys('‘’‚‛‹›`´ʼ＇“”„‟«»〝〞〟＂"', "'"),
    **dict.fromkeys("‐‑‒–−﹣－—―", "-"),
    "İ": "I",
    "\t": " ",
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\n": " ",
}
_TABLE = str.maketrans(_EVEN)
_INVISIBLE = "\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_UNEVEN = re.compile(
    # a word that was hyphenated at the end of a line
    r"(?P<hyphen>(?<=[^\W\d_])[-‐\u00ad][^\S\n]*\n\s*(?=[^\W\d_A-ZÄÖÜ]))"
    rf"|(?P<invisible>[{_INVISIBLE}]+)"
    r"|(?P<dash>\s*(?:[—―]|--+)\s*|\s+[-‐–−]\s+)"
    # a « that ends a German quotation follows on a letter or a sign, and the space behind it stays
    r"|(?P<french>\s+(?=[»!?;:](?!\w))|(?<=(?<![^\s(\[])«)\s+)"
    r"|(?P<ellipsis>…)"
    r"|(?P<double>'')"
    r"|(?P<space>\s{2,})"
    r"|(?P<form>[\ufb00-\ufb06\uff01-\uff5e])"
)


@dataclass(frozen=True, slots=True)
class NormalForm:
    """A text with one form of quotation marks, dashes, spaces and letters, without hyphenation and invisible signs.

    The case of letters stays.
    """

    text: str
    _positions: tuple[int, ...]
    _sources: tuple[int, ...]

    def source(self, position: int) -> int:
        """Return the offset in the source of the character at a position; that behind the last one is the end."""
        stretch = bisect_right(self._positions, position) - 1
        return self._sources[stretch] + position - self._positions[stretch]

    def position(self, source: int) -> int:
        """Return where the character at an offset of the source stands in this form."""
        stretch = bisect_right(self._sources, source) - 1
        after = self._positions[stretch + 1] if stretch + 1 < len(self._positions) else len(self.text)
        return min(after, self._positions[stretch] + source - self._sources[stretch])

    def span(self, start: int, end: int) -> Span:
        """Return where in the source the characters [start, end) stand; there is at least one."""
        return self.source(start), min(self.source(end - 1) + 1, self.source(end))


def normal_form(source: str) -> NormalForm:
    """Return the normal form of a text (Unicode NFC).

    >>> normal_form("„Die  neue Brücke“ – fast fertig …").text
    "'Die neue Brücke' - fast fertig ..."
    """
    parts: list[str] = []
    positions, sources = [0], [0]
    length = at = 0
    for match in _UNEVEN.finditer(source):
        even = source[at : match.start()].translate(_TABLE)
        form = _replacement(match)
        parts += [even, form]
        length += len(even)
        at = match.end()
        # the characters of the replacement begin with what they replace
        positions += [length, length + len(form)]
        sources += [match.start(), at]
        length += len(form)
    parts.append(source[at:].translate(_TABLE))
    return NormalForm("".join(parts), tuple(positions), tuple(sources))


def _replacement(match: re.Match[str]) -> str:
    match match.lastgroup:
        case "hyphen" | "invisible" | "french":
            return ""
        case "dash":
            return " - "
        case "ellipsis":
            return "..."
        case "double":
            return "'"
        case "space":
            return " "
        case _:
            return unicodedata.normalize("NFKC", match[0])
