"""An address → the bytes that stand there: redirects followed, and what robots.txt asks for respected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

from rag.errors import LoadError
from rag.fetching.http import NotAsked, Reply, Requests
from rag.fetching.politeness import AGENT, Manners
from rag.fetching.urls import host_of, is_address, leads_inside, site_of
from rag.loading.common.safe_names import without_login

if TYPE_CHECKING:
    from protego import Protego

_ROBOTS_BYTES = 500_000
_MOVED = frozenset((301, 302, 303, 307, 308))
_REASONS = {
    401: "It is for those who have signed in ({}): save the page from your browser, and index the file.",
    403: "The server refuses it ({}): save the page from your browser, and index the file.",
    404: "There is no page at this address ({}): check the spelling.",
    410: "The page was taken down ({}).",
    429: "The server asks for fewer requests ({}): run the same command later.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands at an address; `address` is the one that redirects led to, `raw` is None if nothing has changed."""

    address: str
    raw: bytes | None
    headers: Mapping[str, str]


class Downloads:
    """Fetches what stands at addresses.

    Args:
        conditions: gives for an address the headers by which a server can tell that nothing has changed.
    """

    def __init__(self, requests: Requests, manners: Manners, conditions: Callable[[str], Mapping[str, str]]) -> None:
        self._requests = requests
        self._manners = manners
        self._conditions = conditions
        self._robots: dict[str, Protego] = {}

    def get(self, address: str, source: str | None = None) -> Answer:
        """Return what stands at an address, if it has changed since it was fetched.

        Args:
            source: the list that links to it.

        Raises:
            LeftAlone: its host has failed too often.
            LoadError: it cannot be fetched; the message says why.
        """
        conditions = self._conditions

        def polite(one: str) -> Reply:
            self._check_robots(one)
            return self._requests.get(one, conditions(one))

        address = urldefrag(address).url
        where, reply = self._follow(address, source or address, polite)
        if reply.status == HTTPStatus.NOT_MODIFIED:
            return Answer(where, None, reply.headers)
        if reply.status != HTTPStatus.OK:
            reason = _REASONS.get(reply.status, "The server cannot give it ({}): try again later.")
            raise LoadError(reason.format(reply.status))
        return Answer(where, reply.raw, reply.headers)

    def _follow(self, address: str, source: str, ask: Callable[[str], Reply]) -> tuple[str, Reply]:
        for _ in range(self._manners.redirects + 1):
            if not is_address(address):
                raise LoadError(f"It leads to {address[:200]!r}, which is no page on the web.")
            if leads_inside(source, address):
                raise LoadError(f"It leads into your own network ({host_of(address)}): give that address yourself.")
            reply = ask(address)
            if reply.status not in _MOVED or "location" not in reply.headers:
                return address, reply
            try:
                address = without_login(urldefrag(urljoin(address, reply.headers["location"])).url)
            except ValueError as error:
                raise LoadError("It redirects to what is no address.") from error
        raise LoadError(
            f"It redirects more than {self._manners.redirects} times: open it in a browser to see where to."
        )

    def _check_robots(self, address: str) -> None:
        site = site_of(address)
        if site not in self._robots:
            try:
                self._robots[site] = self._rules(site)
            except LoadError:
                # what it asks for cannot be known
                self._requests.leave_alone(host_of(address))
                raise
        if not self._robots[site].can_fetch(address, AGENT):
            raise NotAsked("The site asks programs not to fetch it (robots.txt): save the page from your browser.")

    def _rules(self, site: str) -> Protego:
        """Read what a site asks of programs: nothing where it has no robots.txt."""
        from protego import Protego

        _, reply = self._follow(f"{site}/robots.txt", site, lambda one: self._requests.get(one, {}))
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise LoadError(f"The site's robots.txt cannot be read ({reply.status}): try again later.")
        rules = Protego.parse(reply.raw[:_ROBOTS_BYTES].decode("utf-8", "replace"))
        delay = rules.crawl_delay(AGENT)
        if delay:
            self._requests.slow_down(host_of(site), delay)
        return rules
