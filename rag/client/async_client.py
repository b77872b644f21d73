"""A client for programs that wait for many things at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import httpx

from rag.client import calls
from rag.client.calls import ApiCall
from rag.client.client import TIMEOUT, StrPath, absolute
from rag.client.replies import (
    DEFAULT_SERVER,
    checked_address,
    ended_job,
    job_in_event,
    needs_certificates,
    progress_of,
    read_reply,
    report_of,
    unreachable,
    view_of,
)
from rag.search.arguments import Day, FilterArguments, Names, check_question
from rag.types import Answer, Article, Citation, Filter, IndexReport, Passage, Progress, ResultList, Sort, Status
from rag.types.library import LibraryCounts, LibraryPage, LibraryQuery

if TYPE_CHECKING:
    from rag.article_view import ArticleView
    from rag.verification import Verification

T = TypeVar("T")


class AsyncClient:
    """A server's archive, with the methods of `Client` as coroutines.

    Args:
        server: its address, such as http://127.0.0.1:7860.
        http: an own client of httpx, for a proxy or certificates of one's own.
    """

    def __init__(self, server: str = DEFAULT_SERVER, *, http: httpx.AsyncClient | None = None) -> None:
        self.server = checked_address(server)
        self._http = http or httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, verify=needs_certificates(self.server))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncClient({self.server!r})"

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(
        self,
        question: str,
        k: int = 5,
        *,
        since: Day = None,
        until: Day = None,
        source: Names = (),
        language: Names = (),
        author: Names = (),
        path: Names = (),
        include: Names = (),
        fast: bool = False,
        filter: Filter | None = None,
    ) -> Answer:
        """Return the k passages that answer a question best; see `Archive.ask`."""
        check_question(question, k)
        arguments = FilterArguments(since, until, source, language, author, path, include)
        return await self._send(calls.ask_call(question, k, arguments.to_filter(filter), fast=fast))

    async def search(
        self,
        question: str,
        *,
        filter: Filter | None = None,
        sort: Sort = "relevance",
        limit: int = 20,
        fast: bool = False,
    ) -> ResultList:
        """Return the articles that a question finds; see `Archive.search`."""
        check_question(question, limit, name="limit")
        filter = FilterArguments().to_filter(filter)
        return await self._send(calls.search_call(question, limit, filter, sort, fast=fast))

    async def article(self, reference: str) -> Article:
        """Return the article with an id, path, title or URL, or a unique part of one."""
        return await self._send(calls.article_call(reference))

    async def article_with_passages(self, reference: str) -> tuple[Article, tuple[Passage, ...]]:
        """Return an article, as `article` does, with its passages."""
        article = await self.article(reference)
        return article, await self.passages(article.id)

    async def view_article(self, reference: str) -> ArticleView:
        """Return an article as it is shown: its text, its passages with their lines, its duplicates and versions."""
        model = await self._send(calls.view_call(reference))
        return view_of(model, await self.passages(model.id))

    async def passages(self, article_id: str) -> tuple[Passage, ...]:
        """Return the passages of an article in their order."""
        return await self._send(calls.passages_call(article_id))

    async def articles(self) -> AsyncIterator[Article]:
        """Yield all articles without duplicates, ordered by path; each is asked for when it is needed."""
        query = LibraryQuery(size=calls.MOST_LISTED)
        listed = await self._send(calls.articles_call(query))
        rows = list(listed.page.rows)
        while listed.next is not None:
            listed = await self._send(calls.articles_call(query, listed.next))
            rows += listed.page.rows
        for article_id in calls.ids_of_originals(rows):
            yield await self.article(article_id)

    async def library(self, query: LibraryQuery | None = None) -> LibraryPage:
        """Return a page of all articles; those before it are asked for, too, so go on from page to page."""
        query = query or LibraryQuery()
        listed = await self._send(calls.articles_call(query))
        for _ in range(query.page - 1):
            if listed.next is None:
                return replace(listed.page, rows=())
            listed = await self._send(calls.articles_call(query, listed.next))
        return listed.page

    async def library_counts(self) -> LibraryCounts:
        """Return how many articles there are by month, outlet, author and language."""
        return await self._send(calls.counts_call())

    async def status(self) -> Status:
        """Return what the archive contains; its folder is that of the server's computer."""
        return await self._send(calls.status_call())

    async def verify(self, *citations: Citation) -> tuple[Verification, ...]:
        """Return for each citation whether its file still says so; see `rag.verification.verify_quote`."""
        return await self._send(calls.verify_call(citations))

    async def correct(
        self,
        article_id: str,
        *,
        title: str | None = None,
        source: str | None = None,
        author: str | None = None,
        published: Day = None,
        by: str = "",
    ) -> Article:
        """Set right what was read wrongly from the file of an article, and return it; see `Archive.correct`."""
        facts = calls.correction_facts(title, source, author, published)
        return await self.article(await self._send(calls.correction_call(article_id, facts, by)))

    async def take_back_correction(self, article_id: str, *fields: str) -> Article:
        """Give an article the facts of its file again, and return it; see `Archive.take_back_correction`."""
        return await self.article(await self._send(calls.correction_call(article_id, calls.taken_back(fields))))

    async def forget(self, *paths: StrPath) -> int:
        """Remove the articles of files and folders, and return their number; see `Archive.forget`."""
        return await self._send(calls.forget_call(map(absolute, paths)))

    async def index(
        self,
        *paths: StrPath,
        addresses: Iterable[str] = (),
        on_progress: Callable[[Progress], None] | None = None,
        again: bool = False,
    ) -> IndexReport:
        """Update the archive from files, folders and web pages; see `Client.index`."""
        job = await self._send(calls.index_call(map(absolute, paths), addresses, again=again))
        try:
            async with self._http.stream("GET", f"{self.server}/api/v1/jobs/{job.id}/events", timeout=None) as stream:
                async for line in stream.aiter_lines():
                    job = job_in_event(line) or job
                    if on_progress:
                        on_progress(progress_of(job))
        except httpx.TransportError as error:
            raise unreachable(self.server, error) from error
        if job.running:
            job = await self._send(calls.job_call(job.id))
        return report_of(ended_job(job))

    async def _send(self, call: ApiCall[T]) -> T:
        """Send a request, once more if the connection breaks and that does no harm, and return what the reply says."""
        for is_last in (not call.may_repeat, True):
            try:
                response = await self._http.request(
                    call.method,
                    f"{self.server}/api/v1{call.path}",
                    params=list(call.parameters) or None,
                    json=call.body,
                    headers=call.headers,
                )
                break
            except httpx.TransportError as error:
                if is_last or isinstance(error, httpx.ConnectError):
                    raise unreachable(self.server, error) from error
        content_type = response.headers.get("content-type", "")
        return read_reply(call, self.server, response.status_code, content_type, response.content)
