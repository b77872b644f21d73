"""A quotation → the bibliographic facts of its source, as CSL names them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from urllib.parse import quote

from rag.citing.names import AuthorName, author_names
from rag.types.quotation import Quotation

Language = Literal["de", "en"]
"""The language of the person who cites, in which a citation says “accessed” and “n.d.”."""
Kind = Literal["article-newspaper", "webpage", "document"]
"""The types of CSL: an article of an outlet, a page of the web without an outlet, a document of an unknown origin."""

_NOT_IN_URLS = re.compile(r"[\s\x00-\x20\x7f<>\"{}|\\^`\u202a-\u202e\u2066-\u2069]")
_COMMENT = {"de": "Leserkommentar zu {title}", "en": "Reader comment on {title}"}
_UNTITLED_COMMENT = {"de": "Leserkommentar", "en": "Reader comment"}
_QUOTES = {"de": "„{}“", "en": "“{}”"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a citation says of its source; an unknown fact is None, or empty.

    Attributes:
        title: the headline, or the name of the file if that is unknown.
        accessed: the day on which the page was read, where it is known by its address.
        language: that of the headline.
    """

    kind: Kind
    title: str
    authors: tuple[AuthorName, ...] = ()
    outlet: str | None = None
    issued: date | None = None
    url: str | None = None
    page: int | None = None
    accessed: date | None = None
    language: str = ""


def reference_of(quotation: Quotation, language: Language, accessed: date) -> Reference:
    """Return the facts of the source of a quotation.

    A reader wrote a comment, on a day that is not the article's: it has neither the article's author nor its date.
    """
    title = one_line(quotation.title or quotation.path.rpartition("/")[2])
    is_comment = quotation.kind == "comment"
    if is_comment and quotation.title:
        title = _COMMENT[language].format(title=_QUOTES[language].format(title))
    elif is_comment:
        title = _UNTITLED_COMMENT[language]
    url = web_url(quotation.url)
    outlet = one_line(quotation.source or "") or None
    return Reference(
        kind="article-newspaper" if outlet else "webpage" if url else "document",
        title=title,
        authors=() if is_comment else author_names(one_line(quotation.author or "")),
        outlet=outlet,
        issued=None if is_comment else quotation.published,
        url=url,
        page=quotation.page,
        accessed=accessed if url else None,
        language=quotation.title_language,
    )


def csl_item(reference: Reference, key: str) -> dict[str, Any]:
    """Return a reference as an item of CSL-JSON; facts that are unknown are left out."""
    item: dict[str, Any] = {
        "id": key,
        "type": reference.kind,
        "title": reference.title,
        "author": [_csl_name(name) for name in reference.authors],
        "container-title": reference.outlet,
        "issued": _csl_date(reference.issued),
        "URL": reference.url,
        "page": str(reference.page) if reference.page else None,
        "accessed": _csl_date(reference.accessed),
        "language": reference.language,
    }
    return {name: value for name, value in item.items() if value}


def web_url(url: str | None) -> str | None:
    """Return an address if a browser may follow it, http or https; signs that no address may contain are encoded.

    >>> web_url("https://bote.example/a b<c>")
    'https://bote.example/a%20b%3Cc%3E'
    """
    if not url or not url.lower().startswith(("http://", "https://")):
        return None
    return _NOT_IN_URLS.sub(lambda match: quote(match[0], safe=""), url)


def one_line(text: str) -> str:
    """Return a text on one line, with single spaces."""
    return " ".join(text.split())


def _csl_name(name: AuthorName) -> dict[str, str]:
    if not name.given:
        return {"literal": name.family}
    particle = "dropping-particle" if name.is_dropping else "non-dropping-particle"
    parts = {"family": name.family, "given": name.given, particle: name.particle, "suffix": name.suffix}
    return {part: text for part, text in parts.items() if text}


def _csl_date(day: date | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else None
