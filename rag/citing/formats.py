"""A quotation as text to paste, in each of the formats that a person may choose."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import PurePath
from typing import Literal, get_args

from rag.citing.exchange import bibtex, csl_json, ris
from rag.citing.reference import Language, Reference, reference_of, web_url
from rag.citing.styles import STYLES, EntryPart, Style, entry, plain, with_closed_directions
from rag.citing.text_fragment import link
from rag.types.quotation import Quotation

Format = Literal["iso690", "chicago", "apa", "mla", "markdown", "html", "bibtex", "ris", "csl-json", "link"]
"""The first four are citation styles; Markdown and HTML carry the entry of one."""
FORMATS: tuple[Format, ...] = get_args(Format)

_QUOTES: Mapping[Language, tuple[str, str]] = {"de": ("„", "“"), "en": ("“", "”")}
_NOTE = {
    "de": "{path}, Zeichen {start}\u2013{end}, SHA-256 {sha256}",
    "en": "{path}, characters {start}\u2013{end}, SHA-256 {sha256}",
}
# of pairs, which mean something to some editors, the second sign; of numbers at the beginning, the sign after them
_MARKDOWN_SIGNS = re.compile(
    r"([\\`*_{}\[\]<>#|~$^]|(?<=%)%|(?<==)=|^[+=-]|(?<=^\d)[.)]"
    + "".join(rf"|(?<=^{digits})[.)]" for digits in (r"\d" * count for count in range(2, 10)))
    + ")",
    re.MULTILINE,
)
_BARE_URL = re.compile(r"https?://\S+?(?=[.,]?(?:\s|$))")


def cite(
    quotation: Quotation,
    format: Format,
    language: Language,
    accessed: date,
    *,
    style: Style = "iso690",
    with_hash: bool = False,
) -> str:
    """Return a quotation with its source.

    Args:
        language: that of the person who cites: of quotation marks and of words such as “accessed”.
        accessed: the day of access to the page.
        style: that of the entry in Markdown and HTML.
        with_hash: whether the full SHA-256 of the file is added; reference managers always get it.

    Raises:
        ValueError: a link is to be made, and the article has no address.
    """
    reference = reference_of(quotation, language, accessed)
    if format == "link":
        address = link(quotation)
        if address is None:
            raise ValueError(f"Article {quotation.article_id} has no address.")
        return address
    exchange: Mapping[str, Callable[[Quotation, Reference, str], str]] = {
        "bibtex": bibtex,
        "ris": ris,
        "csl-json": csl_json,
    }
    if format in exchange:
        return exchange[format](quotation, reference, evidence(quotation, language))
    hash_line = f"SHA-256: {quotation.sha256}" if with_hash else ""
    if format == "markdown":
        return _markdown(quotation, entry(reference, style, language), hash_line)
    if format == "html":
        return _html(quotation, entry(reference, style, language), hash_line)
    opening, closing = _QUOTES[language]
    source = plain(entry(reference, format, language)) if format in STYLES else ""
    return "\n".join(
        filter(None, (f"{opening}{with_closed_directions(quotation.text)}{closing} — {source}", hash_line))
    )


def evidence(quotation: Quotation, language: Language) -> str:
    """Return where the words of a quotation stand, and the hash by which its file is recognised.

    The folders of the file are left out: they are nobody's business.
    """
    name = PurePath(quotation.path).name
    return _NOTE[language].format(path=name, start=quotation.start, end=quotation.end, sha256=quotation.sha256)


def markdown_escaped(text: str) -> str:
    """Return a text that Markdown shows as it is; lines stay lines of one paragraph."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", text.replace("&", "&amp;"))


def markdown_entry(parts: tuple[EntryPart, ...]) -> str:
    """Return an entry in Markdown, its addresses as links."""
    pieces = []
    for part in parts:
        text = "".join(
            f"<{piece}>" if _BARE_URL.fullmatch(piece) else markdown_escaped(piece)
            for piece in re.split(f"({_BARE_URL.pattern})", part.text)
        )
        pieces.append(f"*{text.strip()}*" if part.italic and text.strip() else text)
    return "".join(pieces)


def html_entry(parts: tuple[EntryPart, ...]) -> str:
    """Return an entry in HTML, its addresses as links."""
    pieces = []
    for part in parts:
        text = "".join(
            f'<a href="{html.escape(piece)}">{html.escape(piece)}</a>' if web_url(piece) else html.escape(piece)
            for piece in re.split(f"({_BARE_URL.pattern})", part.text)
        )
        pieces.append(f"<i>{text}</i>" if part.italic else text)
    return "".join(pieces)


def _markdown(quotation: Quotation, parts: tuple[EntryPart, ...], hash_line: str) -> str:
    paragraphs = [markdown_escaped(line) for line in quotation.text.splitlines() if line.strip()]
    quote = "\n>\n".join(f"> {line}" for line in paragraphs)
    return (
        "\n>\n".join(filter(None, (quote, f"> — {markdown_entry(parts)}", f"> {hash_line}" if hash_line else "")))
        + "\n"
    )


def _html(quotation: Quotation, parts: tuple[EntryPart, ...], hash_line: str) -> str:
    url = web_url(quotation.url)
    cite_attribute = f' cite="{html.escape(url)}"' if url else ""
    language = f' lang="{html.escape(quotation.language)}"' if quotation.language else ""
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in quotation.text.splitlines() if line.strip())
    details = f"<p>{html.escape(hash_line)}</p>" if hash_line else ""
    return (
        f'<blockquote{cite_attribute}{language} dir="auto">{paragraphs}</blockquote>\n'
        f"<p>— {html_entry(parts)}</p>{details}\n"
    )
