"""The outlet and the address of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from urllib.parse import urljoin, urlsplit

from rag.loading.web import jsonld
from rag.loading.web.page import Found, Page

_SAVED_FROM = re.compile(r"<!--[^>]{0,300}?(?:saved from url=\(\d+\)|\burl:\s*)(https?://[^\s>]+)")
_MOST, _LONGEST = 20, 100


def address(page: Page, top: str) -> Found | None:
    """Return the page's address; `top` is the beginning of its file, where browsers note where they saved it from."""
    found = [one for one in _addresses(page, top) if _host(one.value)]
    # the address of the front page is of no use
    deep = (one for one in found if urlsplit(one.value).path.strip("/"))
    return next(deep, found[0] if found else None)


def outlets(page: Page, url: str | None) -> list[Found]:
    """Return the names of the outlet, the likeliest first; the last are the host of the address and its main part."""
    # an archive's address has the page's own in it
    host = _host(re.sub(r".*/(?=https?://)", "", url or "")).removeprefix("www.")
    stated = [
        *page.meta("og:site_name"),
        *(Found(name, "JSON-LD") for name in _publishers(page.graph)),
        *page.meta("application-name"),
    ]
    named = [Found(unescape(name), origin) for name, origin in stated if not _host(name)]
    return named + [Found(name, "address of the page") for name in (host, *host.split(".")[-2:-1]) if name]


def _publishers(graph: jsonld.Graph) -> Sequence[str]:
    owners = [one for node in (graph.article, *graph.nodes) for one in graph.resolved(node.get("publisher"))]
    # a person who publishes is the author of a blog, and no outlet
    names = (jsonld.name(one) for one in owners if "Person" not in jsonld.types(one))
    return [*dict.fromkeys(one for one in names if one and len(one) <= _LONGEST)][:_MOST]


def _addresses(page: Page, top: str) -> Iterator[Found]:
    stated = [*page.meta("og:url"), *page.stated("url")]
    base = next((one.value for one in stated if _host(one.value)), "")
    for link in page.tree.iter("link"):
        if link.get("rel") == "canonical" and _host(href := _joined(base, link.get("href") or "")):
            yield Found(href, "canonical link")
    if saved := _SAVED_FROM.search(top):
        yield Found(saved[1], "note of the browser")
    yield from stated


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""


def _host(url: str) -> str:
    """The host of an address on the web, or nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
