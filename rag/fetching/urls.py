"""Addresses on the web: their parts, when two are the same, and which ones a feed or a sitemap links to."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from rag.errors import LoadError, NotFound
from rag.fetching.networks import addresses_of, is_public
from rag.loading.common.file_types import HEAD_BYTES, kind_of
from rag.loading.common.safe_names import without_login
from rag.loading.containers.feeds import parsed_feed
from rag.loading.containers.limits import DAMAGE_ERRORS, DAMAGED_MESSAGE, gunzip

MAX_SITEMAP_BYTES = 50_000_000
"""The size of an unpacked sitemap, as the sitemap protocol limits it."""
_SITEMAP = re.compile(
    rb"(?>(?:\xef\xbb\xbf|\s|<!--.*?-->|<[?!][^<>]*>)*)<(?:[\w.-]+:)?(?:urlset|sitemapindex)\b", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Links:
    """What a feed or a sitemap links to; `unlinked` counts the entries without a link."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    unlinked: int = 0


def split_addresses(words: Iterable[str]) -> tuple[list[Path], list[str]]:
    """Return which words are paths, and which are addresses on the web.

    Raises:
        NotFound: one is an address that is neither http nor https.
    """
    paths: list[Path] = []
    addresses: list[str] = []
    for word in words:
        if is_address(word):
            addresses.append(word)
        elif re.match(r"[A-Za-z][\w+.-]+://", word):
            raise NotFound(
                f"{without_login(word)} cannot be fetched: give an address that begins with https:// or http://."
            )
        else:
            paths.append(Path(word))
    return paths, addresses


def is_address(word: str) -> bool:
    """Whether a word is an address on the web."""
    return re.match("https?://", word, re.IGNORECASE) is not None


def login_of(address: str) -> tuple[str, str] | None:
    """Return the name and the password in an address, if it has any."""
    parts = urlsplit(address)
    return (unquote(parts.username), unquote(parts.password or "")) if parts.username else None


def canonical_url(address: str) -> str:
    """Return the form that all addresses of a page share: without login, fragment and tracking parameters."""
    from courlan import normalize_url

    address = without_login(address)
    try:
        return str(normalize_url(urldefrag(address).url))
    except ValueError:
        return address


def host_of(address: str) -> str:
    """Return the host of an address, with its port where it is not the usual one.

    Raises:
        LoadError: it has none, or is not valid.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise LoadError("It is not a valid address: check the spelling.") from error
    if not host:
        raise LoadError("It is not a valid address: check the spelling.")
    return host if port in (None, {"http": 80, "https": 443}.get(parts.scheme.lower())) else f"{host}:{port}"


def site_of(address: str) -> str:
    """Return scheme and host of an address, for which a login and a robots.txt are valid.

    Raises:
        LoadError: it has no host.
    """
    return f"{urlsplit(address).scheme.lower()}://{host_of(address)}"


def is_on_public_web(address: str) -> bool:
    """Whether an address may be on the public web: all that its host resolves to is, or a proxy alone knows it."""
    return all(map(is_public, addresses_of(urlsplit(address).hostname or "")))


def links_in(raw: bytes, address: str) -> Links | None:
    """Return what a feed or a sitemap, packed or not, links to; None if the bytes are neither.

    Args:
        address: that of the feed or sitemap, to which links may be relative.

    Raises:
        LoadError: it is a feed or sitemap, but damaged or too large.
    """
    if raw.startswith(b"\x1f\x8b\x08"):
        return _links_in_packed(raw, address)
    if _SITEMAP.match(raw[:HEAD_BYTES]):
        return _links_in_sitemap(raw, address)
    return _links_in_feed(raw, address) if kind_of("list.xml", raw[:HEAD_BYTES]) == "feed" else None


def _links_in_packed(raw: bytes, address: str) -> Links | None:
    try:
        with gunzip(io.BytesIO(raw)) as stream:
            head = stream.read(HEAD_BYTES)
            if not _SITEMAP.match(head) and kind_of("list.xml", head) != "feed":
                return None
            unpacked = head + stream.read(MAX_SITEMAP_BYTES)
    except DAMAGE_ERRORS as error:
        raise LoadError(DAMAGED_MESSAGE) from error
    if len(unpacked) > MAX_SITEMAP_BYTES:
        raise LoadError(f"It unpacks to more than {MAX_SITEMAP_BYTES // 10**6} MB: give the addresses of its pages.")
    return links_in(unpacked, address)


def _links_in_sitemap(raw: bytes, address: str) -> Links:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(raw, parser)
    links: dict[str, list[str]] = {"url": [], "sitemap": []}
    for entry in () if root is None else root.iterchildren("{*}url", "{*}sitemap"):
        # images and videos have a <loc> of their own, deeper down
        for location in entry.iterchildren("{*}loc"):
            links[etree.QName(entry).localname].append((location.text or "").strip())
    return Links(_absolute(links["url"], address), _absolute(links["sitemap"], address))


def _links_in_feed(raw: bytes, address: str) -> Links:
    entries: Sequence[Any] = parsed_feed(raw).entries
    links = [entry.get("link") for entry in entries]
    return Links(_absolute(filter(None, links), address), unlinked=sum(not link for link in links))


def _absolute(links: Iterable[str], address: str) -> tuple[str, ...]:
    """Return links as absolute addresses, without repetitions; invalid ones stay, so that they are reported."""

    def absolute(link: str) -> str:
        try:
            return without_login(urldefrag(urljoin(address, link)).url)
        except ValueError:
            return link

    return tuple(dict.fromkeys(absolute(link) for link in links if link))
