"""The outlet and the URL of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from urllib.parse import urljoin, urlsplit

from rag.loading.web import jsonld
from rag.loading.web.page import ParsedPage, Statement

_SAVED_FROM = re.compile(r"<!--[^>]{0,300}?(?:saved from url=\(\d+\)|\burl:\s*)(https?://[^\s>]+)")
_MAX_PUBLISHERS, _MAX_NAME_CHARACTERS = 20, 100


def page_url(page: ParsedPage, top: str) -> Statement | None:
    """Return the page's URL; `top` is the beginning of its file, where browsers note where they saved it from."""
    urls = [statement for statement in _urls(page, top) if _host(statement.value)]
    # the URL of the front page does not identify the article
    deep = (statement for statement in urls if urlsplit(statement.value).path.strip("/"))
    return next(deep, urls[0] if urls else None)


def outlet_names(page: ParsedPage, url: str | None) -> list[Statement]:
    """Return the names of the outlet, the likeliest first; the last are the host of the URL and its main part."""
    # a web archive's URL contains the page's own
    host = _host(re.sub(r"^.*/(?=https?://)", "", url or "")).removeprefix("www.")
    statements = [
        *page.meta("og:site_name"),
        *(Statement(name, "JSON-LD") for name in _publishers(page.graph)),
        *page.meta("application-name"),
    ]
    names = [Statement(unescape(name), origin) for name, origin in statements if not _host(name)]
    return names + [Statement(name, "address of the page") for name in (host, *host.split(".")[-2:-1]) if name]


def _publishers(graph: jsonld.Graph) -> Sequence[str]:
    owners = [owner for node in (graph.article, *graph.nodes) for owner in graph.resolve(node.get("publisher"))]
    # a person who publishes is the author of a blog, not an outlet
    names = (jsonld.name(owner) for owner in owners if "Person" not in jsonld.types(owner))
    return [*dict.fromkeys(name for name in names if name and len(name) <= _MAX_NAME_CHARACTERS)][:_MAX_PUBLISHERS]


def _urls(page: ParsedPage, top: str) -> Iterator[Statement]:
    statements = [*page.meta("og:url"), *page.json_ld("url")]
    base = next((statement.value for statement in statements if _host(statement.value)), "")
    for link in page.tree.iter("link"):
        if link.get("rel") == "canonical" and _host(href := _joined(base, link.get("href") or "")):
            yield Statement(href, "canonical link")
    if saved := _SAVED_FROM.search(top):
        yield Statement(saved[1], "note of the browser")
    yield from statements


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""


def _host(url: str) -> str:
    """The host of a web URL, or an empty string."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
