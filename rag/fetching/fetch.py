"""Addresses → files in a folder: what is new first, as far as one run goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from rag.errors import LoadError
from rag.fetching.download import Answer, Downloads
from rag.fetching.file_names import ending_of
from rag.fetching.http import LeftAlone, NotAsked, Requests
from rag.fetching.politeness import USUAL, Manners
from rag.fetching.saved_pages import Saved
from rag.fetching.urls import Links, host_of, links_in, login_of, same_as, site_of
from rag.loading.common.safe_names import safe_name, without_login
from rag.types import Failure

OnPage = Callable[[int, int | None], None]
Role = Literal["given", "list", "page"]
"""Whether an address was given by a person, or named as a further sitemap or as a page."""

_DEEPEST = 2


def fetch(
    addresses: Sequence[str], folder: Path, manners: Manners = USUAL, on_page: OnPage | None = None
) -> list[Failure]:
    """Keep in a folder what stands at addresses, and what feeds and sitemaps there link to; return what failed.

    Pages that are not kept yet come first. Whenever this is interrupted, the pages that were fetched are there, and
    the same call goes on with the others.

    Args:
        addresses: a name and password in one is sent to its site alone, and is neither kept nor told.
        on_page: hears how many pages were asked for, and how many are known to come.

    Raises:
        ArchiveError: the folder cannot be written.
    """
    logins = {site_of(address): login for address in addresses if (login := _login(address))}
    with Requests(manners, logins) as requests:
        run = _Run(requests, Saved(folder), manners, on_page)
        try:
            run.fetch([without_login(address) for address in addresses])
        except _Enough:
            reason = f"It stops here after {manners.pages} pages: run the same command again for the others."
            run.failures.append(Failure("the web", reason))
        return [*run.failures, *run.left_alone()]


def _login(address: str) -> tuple[str, str] | None:
    try:
        return login_of(address) if site_of(address) else None
    except (LoadError, ValueError):
        # whoever asks for it says what is wrong with it
        return None


class _Enough(Exception):
    """A run has fetched as many pages as it may."""


class _Run:
    def __init__(self, requests: Requests, saved: Saved, manners: Manners, on_page: OnPage | None) -> None:
        self.failures: list[Failure] = []
        self._saved = saved
        self._downloads = Downloads(requests, manners, saved.conditions)
        self._most = manners.pages
        self._on_page = on_page
        self._asked: Counter[str] = Counter()
        self._expected = 0
        self._seen: set[str] = set()
        self._later: list[tuple[str, str]] = []
        self._left: Counter[str] = Counter()

    def fetch(self, addresses: Sequence[str]) -> None:
        self._expected = len(addresses)
        for address in addresses:
            self._take(address, "given")
        # those that were looked at longest ago come first, so that each has its turn
        for address, source in sorted(self._later, key=lambda one: self._saved.seen(one[0])):
            self._take(address, "page", source)

    def left_alone(self) -> list[Failure]:
        """Return a failure for each host that failed too often."""
        reason = "It failed several times in a row, and {} more of its addresses were left: run the same command later."
        return [Failure(host, reason.format(count)) for host, count in self._left.items()]

    def _take(self, address: str, role: Role, source: str | None = None, depth: int = 0) -> None:
        if same_as(address) in self._seen:
            return
        self._seen.add(same_as(address))
        try:
            answer = self._answer(address, role, source)
            if answer.raw is None:
                self._saved.still(answer.address, address)
            elif (links := links_in(answer.raw, answer.address)) is not None:
                self._follow(links, role, answer.address, depth)
            else:
                self._keep(answer, answer.raw, role, address)
        except LeftAlone:
            self._left[host_of(address)] += 1
        except LoadError as error:
            self.failures.append(Failure(address, str(error)))

    def _answer(self, address: str, role: Role, source: str | None) -> Answer:
        counted = "list" if role == "list" else "page"
        if self._asked[counted] >= self._most:
            raise _Enough
        self._asked[counted] += 1
        try:
            answer = self._downloads.get(address, source)
        except NotAsked:
            self._asked[counted] -= 1
            raise
        if self._on_page:
            self._on_page(self._asked["page"], min(self._expected, self._most))
        return answer

    def _follow(self, links: Links, role: Role, address: str, depth: int) -> None:
        if role == "page" or depth > _DEEPEST:
            raise LoadError("It is a list of further pages: give its address to `fundstelle index` if you want them.")
        if not links.pages and not links.lists:
            raise LoadError("It is a feed or sitemap that links to no page.")
        self._expected += len(links.pages)
        for page in links.pages:
            if page in self._saved:
                self._later.append((page, address))
            else:
                self._take(page, "page", address)
        for one in links.lists:
            self._take(one, "list", address, depth + 1)
        if links.unlinked:
            said = f"Entries of the feed without a link ({links.unlinked}) were left"
            raise LoadError(f"{said}: save the feed as a file, and index that for their text.")

    def _keep(self, answer: Answer, raw: bytes, role: Role, asked: str) -> None:
        if role == "list":
            raise LoadError("There is no sitemap at this address.")
        kind = answer.headers.get("content-type", "")
        if not raw.strip():
            raise LoadError("The page is empty.")
        ending = ending_of(answer.address, kind, raw)
        if ending is None:
            raise LoadError(
                f"It is of a kind that cannot be read ({safe_name(kind) or 'unknown'}): save it as a text or PDF."
            )
        self._saved.keep(answer, raw, asked, ending)
