"""A quotation → a link that a browser opens at its words: `address#:~:text=…`.

As in “URL Fragment Text Directives” of the Web Incubator Community Group:
https://wicg.github.io/scroll-to-text-fragment/
"""

from __future__ import annotations

from urllib.parse import quote

from rag.citing.reference import one_line, web_url
from rag.types.quotation import Quotation

_DIRECTIVE = ":~:"
# longer quotations are named by their first and last words, which may stand in different paragraphs
_MAX_WHOLE = 120
_WORDS = 6
_SPACELESS_CHARACTERS = 24


def link(quotation: Quotation) -> str | None:
    """Return the address of the page with a directive that marks the words; None if there is no address."""
    url = web_url(quotation.url)
    if url is None:
        return None
    address, hash_sign, fragment = url.partition("#")
    fragment = fragment.partition(_DIRECTIVE)[0]
    return f"{address}{hash_sign or '#'}{fragment}{_DIRECTIVE}text={_directive(quotation)}"


def _directive(quotation: Quotation) -> str:
    # what a text directive names has to stand in one paragraph
    lines = [line for line in map(one_line, quotation.text.splitlines()) if line]
    prefix = f"{_encoded(quotation.before)}-," if quotation.before else ""
    if len(lines) == 1 and len(lines[0]) <= _MAX_WHOLE:
        return prefix + _encoded(lines[0])
    return f"{prefix}{_encoded(_first_words(lines[0]))},{_encoded(_last_words(lines[-1]))}"


def _first_words(line: str) -> str:
    words = line.split(" ")
    return " ".join(words[:_WORDS]) if len(words) > 1 else line[:_SPACELESS_CHARACTERS]


def _last_words(line: str) -> str:
    words = line.split(" ")
    return " ".join(words[-_WORDS:]) if len(words) > 1 else line[-_SPACELESS_CHARACTERS:]


def _encoded(text: str) -> str:
    """Return a text in which no character belongs to the syntax of directives: neither dash, comma nor ampersand."""
    return quote(text, safe="").replace("-", "%2D")
