"""An address → the bytes behind it: redirects are followed, and robots.txt is respected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

from rag.errors import LoadError
from rag.fetching.http import HttpClient, Reply, RequestNotSent
from rag.fetching.politeness import AGENT, Politeness
from rag.fetching.urls import host_of, is_address, is_on_public_web, site_of
from rag.loading.common.safe_names import without_login

if TYPE_CHECKING:
    from protego import Protego

# the part of a robots.txt that is read, in bytes
_MAX_ROBOTS_BYTES = 500_000
_REDIRECT_STATUSES = frozenset((301, 302, 303, 307, 308))
_REASONS = {
    401: "It is for those who have signed in ({}): save the page from your browser, and index the file.",
    403: "The server refuses it ({}): save the page from your browser, and index the file.",
    404: "There is no page at this address ({}): check the spelling.",
    410: "The page was taken down ({}).",
    429: "The server asks for fewer requests ({}): run the same command later.",
}


@dataclass(frozen=True, slots=True)
class Download:
    """What was downloaded: `address` is the one that redirects led to, `raw` is None if nothing has changed."""

    address: str
    raw: bytes | None
    headers: Mapping[str, str]


class Downloader:
    """Downloads pages, feeds and sitemaps.

    Args:
        conditions: returns the headers, for an address, by which a server can tell that nothing has changed.
        public_only: whether no address may lead into the own network, not even one that was given.
    """

    def __init__(
        self,
        client: HttpClient,
        politeness: Politeness,
        conditions: Callable[[str], Mapping[str, str]],
        *,
        public_only: bool = False,
    ) -> None:
        self._client = client
        self._public_only = public_only
        self._politeness = politeness
        self._conditions = conditions
        self._robots: dict[str, Protego] = {}

    def get(self, address: str, source: str | None = None) -> Download:
        """Download what is at an address, if it has changed since it was fetched.

        Args:
            source: the address of the feed or sitemap that links to it.

        Raises:
            HostGivenUp: its host has failed too often.
            LoadError: it cannot be downloaded; the message says why.
        """
        conditions = self._conditions

        def request(url: str, is_public: bool) -> Reply:
            self._check_robots(url)
            return self._client.get(url, conditions(url), public_only=is_public)

        address = urldefrag(address).url
        target, reply = self._follow(address, source or address, request)
        if reply.status == HTTPStatus.NOT_MODIFIED:
            return Download(target, None, reply.headers)
        if reply.status != HTTPStatus.OK:
            reason = _REASONS.get(reply.status, "The server cannot give it ({}): try again later.")
            raise LoadError(reason.format(reply.status))
        return Download(target, reply.raw, reply.headers)

    def _follow(self, address: str, source: str, request: Callable[[str, bool], Reply]) -> tuple[str, Reply]:
        # what a page on the public web links to is there, too
        public_only = self._public_only or is_on_public_web(source)
        for _ in range(self._politeness.max_redirects + 1):
            if not is_address(address):
                raise LoadError(f"It leads to {address[:200]!r}, which is not a page on the web.")
            if public_only and not is_on_public_web(address):
                advice = "save the page, and upload it" if self._public_only else "give that address yourself"
                raise LoadError(f"It leads into your own network ({host_of(address)}): {advice}.")
            reply = request(address, public_only)
            if reply.status not in _REDIRECT_STATUSES or "location" not in reply.headers:
                return address, reply
            try:
                address = without_login(urldefrag(urljoin(address, reply.headers["location"])).url)
            except ValueError as error:
                raise LoadError("It redirects to something that is not an address.") from error
        raise LoadError(
            f"It redirects more than {self._politeness.max_redirects} times: open it in a browser to see where to."
        )

    def _check_robots(self, address: str) -> None:
        site = site_of(address)
        if site not in self._robots:
            try:
                self._robots[site] = self._rules(site)
            except LoadError:
                # its rules cannot be known
                self._client.give_up(host_of(address))
                raise
        if not self._robots[site].can_fetch(address, AGENT):
            raise RequestNotSent(
                "The site asks programs not to fetch it (robots.txt): save the page from your browser."
            )

    def _rules(self, site: str) -> Protego:
        """Return the rules of a site for programs; everything is allowed without a robots.txt."""
        from protego import Protego

        _, reply = self._follow(
            f"{site}/robots.txt", site, lambda url, is_public: self._client.get(url, {}, public_only=is_public)
        )
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise LoadError(f"The site's robots.txt cannot be read ({reply.status}): try again later.")
        rules = Protego.parse(reply.raw[:_MAX_ROBOTS_BYTES].decode("utf-8", "replace"))
        delay = rules.crawl_delay(AGENT)
        if delay:
            self._client.slow_down(host_of(site), delay)
        return rules
