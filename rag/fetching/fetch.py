"""Addresses → files in a folder: new pages first, up to the limit of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from rag.errors import LoadError
from rag.fetching.download import Download, Downloader
from rag.fetching.file_names import file_ending
from rag.fetching.http import HostGivenUp, HttpClient, RequestNotSent
from rag.fetching.politeness import DEFAULT_POLITENESS, Politeness
from rag.fetching.saved_pages import SavedPages
from rag.fetching.urls import Links, canonical_url, host_of, links_in, login_of, site_of
from rag.loading.common.safe_names import safe_name, without_login
from rag.types import Failure

OnPage = Callable[[int, int | None], None]
Role = Literal["given", "sitemap", "page"]
"""Whether an address was given by the user, or linked as a further sitemap or as a page."""

# sitemaps may link to further ones to this depth
_MAX_SITEMAP_DEPTH = 2


def fetch(
    addresses: Sequence[str],
    folder: Path,
    politeness: Politeness = DEFAULT_POLITENESS,
    on_page: OnPage | None = None,
    *,
    public_only: bool = False,
) -> list[Failure]:
    """Save pages in a folder, and the pages to which feeds and sitemaps link; return what failed.

    Pages that are not saved yet come first. If this is interrupted, the pages fetched so far are saved, and the same
    call resumes.

    Args:
        addresses: a name and password in one is sent to its site alone, and neither saved nor reported.
        on_page: called with the number of pages requested so far, and of those that are known.
        public_only: whether no address may lead into the own network; without it, one that was given may.

    Raises:
        ArchiveError: the folder cannot be written.
    """
    logins = {site_of(address): login for address in addresses if (login := _login(address))}
    with HttpClient(politeness, logins) as client:
        run = _Run(client, SavedPages(folder), politeness, on_page, public_only=public_only)
        try:
            run.fetch([without_login(address) for address in addresses])
        except _LimitReached:
            reason = f"It stops here after {politeness.max_pages} pages: run the same command again for the others."
            run.failures.append(Failure("the web", reason))
        return [*run.failures, *run.given_up_hosts()]


def _login(address: str) -> tuple[str, str] | None:
    try:
        return login_of(address) if site_of(address) else None
    except (LoadError, ValueError):
        # fetching the address reports what is wrong with it
        return None


class _LimitReached(Exception):
    """A run has fetched as many pages, or sitemaps, as it may."""


class _Run:
    def __init__(
        self,
        client: HttpClient,
        saved_pages: SavedPages,
        politeness: Politeness,
        on_page: OnPage | None,
        *,
        public_only: bool,
    ) -> None:
        self.failures: list[Failure] = []
        self._saved_pages = saved_pages
        self._downloader = Downloader(client, politeness, saved_pages.conditions, public_only=public_only)
        self._max_pages = politeness.max_pages
        self._on_page = on_page
        self._requests: Counter[str] = Counter()
        self._known_pages = 0
        self._visited: set[str] = set()
        self._postponed: list[tuple[str, str]] = []
        self._given_up: Counter[str] = Counter()

    def fetch(self, addresses: Sequence[str]) -> None:
        """Fetch what is at some addresses, and what is linked there."""
        self._known_pages = len(addresses)
        for address in addresses:
            self._visit(address, "given")
        # least recently seen first, so that each has its turn
        for address, source in sorted(self._postponed, key=lambda page: self._saved_pages.last_seen(page[0])):
            self._visit(address, "page", source)

    def given_up_hosts(self) -> list[Failure]:
        """Return a failure for each host that failed too often."""
        reason = "It failed several times in a row, and {} more of its addresses were left: run the same command later."
        return [Failure(host, reason.format(count)) for host, count in self._given_up.items()]

    def _visit(self, address: str, role: Role, source: str | None = None, depth: int = 0) -> None:
        """Save the page at an address, or visit what the feed or sitemap there links to.

        Args:
            source: the address of the feed or sitemap that links to it.
            depth: how many sitemaps lead to it.
        """
        if canonical_url(address) in self._visited:
            return
        self._visited.add(canonical_url(address))
        try:
            download = self._download(address, role, source)
            if download.raw is None:
                self._saved_pages.mark_unchanged(download.address, address)
            elif (links := links_in(download.raw, download.address)) is not None:
                self._follow(links, role, download.address, depth)
            else:
                self._save(download, download.raw, role, address)
        except HostGivenUp:
            self._given_up[host_of(address)] += 1
        except LoadError as error:
            self.failures.append(Failure(address, str(error)))

    def _download(self, address: str, role: Role, source: str | None) -> Download:
        counter = "sitemap" if role == "sitemap" else "page"
        if self._requests[counter] >= self._max_pages:
            raise _LimitReached
        self._requests[counter] += 1
        try:
            download = self._downloader.get(address, source)
        except RequestNotSent:
            self._requests[counter] -= 1
            raise
        if self._on_page:
            self._on_page(self._requests["page"], min(self._known_pages, self._max_pages))
        return download

    def _follow(self, links: Links, role: Role, address: str, depth: int) -> None:
        if role == "page" or depth > _MAX_SITEMAP_DEPTH:
            raise LoadError("It is a list of further pages: give its address to `fundstelle index` if you want them.")
        if not links.pages and not links.sitemaps:
            raise LoadError("It is a feed or sitemap that links to no page.")
        self._known_pages += len(links.pages)
        for page in links.pages:
            if page in self._saved_pages:
                self._postponed.append((page, address))
            else:
                self._visit(page, "page", address)
        for sitemap in links.sitemaps:
            self._visit(sitemap, "sitemap", address, depth + 1)
        if links.unlinked:
            raise LoadError(
                f"Entries of the feed without a link ({links.unlinked}) were left: save the feed as a file, and index "
                "that for their text."
            )

    def _save(self, download: Download, raw: bytes, role: Role, requested: str) -> None:
        if role == "sitemap":
            raise LoadError("There is no sitemap at this address.")
        if not raw.strip():
            raise LoadError("The page is empty.")
        content_type = download.headers.get("content-type", "")
        ending = file_ending(download.address, content_type, raw)
        if ending is None:
            kind = safe_name(content_type) or "unknown"
            raise LoadError(f"It is of a kind that cannot be read ({kind}): save it as a text or PDF.")
        self._saved_pages.save(download, raw, requested, ending)
