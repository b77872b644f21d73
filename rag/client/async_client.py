"""A client for programs that wait for many things at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx

from rag.client import article_calls, calls, job_calls, steps
from rag.client.article_calls import PageOfArticles
from rag.client.calls import ApiCall
from rag.client.client import TIMEOUT, StrPath, absolute, opened_files
from rag.client.replies import (
    DEFAULT_SERVER,
    checked_address,
    ended_job,
    job_in_event,
    needs_certificates,
    progress_of,
    read_reply,
    report_of,
    token_header,
    unreachable,
)
from rag.client.steps import Steps
from rag.search.arguments import Day, FilterArguments, Names, check_question
from rag.types import (
    Answer,
    Article,
    Citation,
    Correction,
    DraftReport,
    Failure,
    Filter,
    IndexReport,
    Passage,
    Progress,
    ResultList,
    Sort,
    Status,
)
from rag.types.library import LibraryCounts, LibraryPage, LibraryQuery, LibraryRow

if TYPE_CHECKING:
    from rag.article_view import ArticleView
    from rag.evaluation.types import Run
    from rag.schemas.job import JobModel
    from rag.search.similar import SimilarArticle
    from rag.text.similarity import Version
    from rag.verification import Verification

T = TypeVar("T")


class AsyncClient:
    """A server's archive, with the methods of `Client` as coroutines.

    Args:
        server: its address, such as http://127.0.0.1:7860.
        http: an own client of httpx, for a proxy or certificates of one's own.
        token: that of a program, as `fundstelle user token` prints it; by default $FUNDSTELLE_TOKEN.
    """

    def __init__(self, server: str = DEFAULT_SERVER, *, http: httpx.AsyncClient | None = None, token: str = "") -> None:
        self.server = checked_address(server)
        self._http = http or httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, verify=needs_certificates(self.server))
        self._http.headers.update(token_header(token))

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
        return await self._send(
            calls.search_call(question, limit, FilterArguments().to_filter(filter), sort, fast=fast)
        )

    async def article(self, reference: str) -> Article:
        """Return the article with an id, path, title or URL, or a unique part of one."""
        return await self._send(article_calls.article_call(reference))

    async def article_with_passages(self, reference: str) -> tuple[Article, tuple[Passage, ...]]:
        """Return an article, as `article` does, with its passages."""
        return await self._take(steps.article_with_passages(reference))

    async def view_article(self, reference: str) -> ArticleView:
        """Return an article as it is shown: its text, its passages with their lines, its duplicates and versions."""
        return await self._take(steps.shown_article(reference))

    async def passages(self, article_id: str) -> tuple[Passage, ...]:
        """Return the passages of an article in their order."""
        return await self._send(article_calls.passages_call(article_id))

    async def duplicates(self, article_id: str) -> tuple[Article, ...]:
        """Return the other articles with the same text."""
        return await self._send(article_calls.duplicates_call(article_id))

    async def versions(self, article_id: str) -> tuple[Version, ...]:
        """Return the near-duplicates of an article, most similar first."""
        return await self._send(article_calls.versions_call(article_id))

    async def similar(self, article_id: str, k: int = 5) -> tuple[SimilarArticle, ...]:
        """Return the k articles that are nearest to one in what they are about; see `Archive.similar`."""
        return await self._send(article_calls.similar_call(article_id, k))

    async def file_of(self, article_id: str) -> Path:
        """Return the file of the server's computer that an article came from."""
        return Path((await self._send(article_calls.row_call(article_id))).file)

    async def articles(self) -> AsyncIterator[Article]:
        """Yield all articles without duplicates, ordered by path; each is asked for when it is needed."""
        for article_id in article_calls.ids_of_originals([row async for row in self.library_rows()]):
            yield await self.article(article_id)

    async def library(self, query: LibraryQuery | None = None) -> LibraryPage:
        """Return a page of all articles; those before it are asked for, too: for all of them, use `library_rows`."""
        return await self._take(steps.library_page(query or LibraryQuery()))

    async def library_rows(
        self, query: LibraryQuery | None = None, limit: int | None = None
    ) -> AsyncIterator[LibraryRow]:
        """Yield all articles as `library` lists them, one after the other; see `Archive.library_rows`.

        Raises:
            FundstelleError: the archive changes meanwhile.
        """
        call: ApiCall[PageOfArticles] | None = article_calls.articles_call(article_calls.long_pages(query, limit))
        count = 0
        while call is not None:
            listed = await self._send(call)
            for row in listed.page.rows:
                if count == limit:
                    return
                count += 1
                yield row
            call = listed.following

    async def library_row(self, article_id: str) -> LibraryRow:
        """Return one article as the library lists it."""
        return await self._send(article_calls.row_call(article_id))

    async def library_counts(self, query: LibraryQuery | None = None) -> LibraryCounts:
        """Return how many articles there are by month, outlet, author and language; see `Archive.library_counts`."""
        return await self._send(article_calls.counts_call(query or LibraryQuery()))

    async def failures(self) -> tuple[Failure, ...]:
        """Return what could not be read when its folder or file was indexed last."""
        return await self._send(calls.failures_call())

    async def status(self) -> Status:
        """Return what the archive contains; its folder is that of the server's computer."""
        return await self._send(calls.status_call())

    async def verify(self, *citations: Citation) -> tuple[Verification, ...]:
        """Return for each citation whether its file still says so; see `rag.verification.verify_quote`."""
        return await self._send(calls.verify_call(citations))

    async def verify_quotes(self, text: str, *, figures: bool = True) -> DraftReport:
        """Return whether the archive has what a draft quotes and counts; see `Archive.verify_quotes`."""
        return await self._send(calls.check_call(text, figures=figures))

    async def corrections(self, article_id: str) -> tuple[Correction, ...]:
        """Return the corrections of an article, each with what its file says."""
        return await self._send(article_calls.corrections_call(article_id))

    async def correct(
        self,
        article_id: str,
        *,
        title: str | None = None,
        source: str | None = None,
        author: str | None = None,
        published: Day = None,
        by: str = "",
        take_back: Iterable[str] = (),
    ) -> Article:
        """Set right what was read wrongly from the file of an article, and return it; see `Archive.correct`."""
        facts = article_calls.correction_facts(title, source, author, published, take_back)
        return await self._take(steps.corrected_article(article_id, facts, by))

    async def take_back_correction(self, article_id: str, *fields: str) -> Article:
        """Give an article the facts of its file again, and return it; see `Archive.take_back_correction`."""
        return await self._take(steps.corrected_article(article_id, article_calls.taken_back(fields)))

    async def forget(self, *paths: StrPath) -> int:
        """Remove the articles of files and folders, and return their number; see `Archive.forget`."""
        return await self._send(job_calls.forget_call(map(absolute, paths)))

    async def index(
        self,
        *paths: StrPath,
        addresses: Iterable[str] = (),
        on_progress: Callable[[Progress], None] | None = None,
        again: bool = False,
    ) -> IndexReport:
        """Update the archive from files, folders and web pages; see `Client.index`."""
        job = await self._send(job_calls.index_call(map(absolute, paths), addresses, again=again))
        return report_of(await self._followed(job, lambda job: on_progress and on_progress(progress_of(job))))

    async def upload(self, *files: StrPath, on_progress: Callable[[Progress], None] | None = None) -> IndexReport:
        """Send files of this computer to the server, and have them indexed.

        Raises:
            UploadError: one of them is not taken.
            ArchiveBusy: the server is indexing.
        """
        with opened_files(files) as opened:
            job = await self._send(job_calls.upload_call(), files=opened)
        return report_of(await self._followed(job, lambda job: on_progress and on_progress(progress_of(job))))

    async def evaluate(
        self,
        questions: Sequence[Mapping[str, Any]] | None = None,
        *,
        name: str | None = None,
        source: str = "questions",
        fast: bool = False,
        on_progress: Callable[[int, int | None], None] | None = None,
    ) -> Run:
        """Ask test questions on the server, which stores the run, and return that.

        Args:
            questions: as the lines of a question file (docs/json.md); None for those with a passage marked right.
            name: that of the run; by default where the questions come from, and the date.
            source: where they come from; stored in the run.
            on_progress: called with the questions asked so far, and all of them.
        """
        job = await self._send(job_calls.evaluate_call(questions, name, source, fast=fast))
        job = await self._followed(job, lambda job: on_progress and on_progress(job.done, job.total))
        return await self.run(job.run or "")

    async def run(self, name: str) -> Run:
        """Return a stored run.

        Raises:
            NoRun: there is none of that name.
        """
        return await self._send(job_calls.run_call(name))

    async def _followed(self, job: JobModel, on_state: Callable[[JobModel], object]) -> JobModel:
        """Follow a job until it has ended, and cancel it if this is interrupted."""
        try:
            async with self._http.stream("GET", f"{self.server}/api/v1/jobs/{job.id}/events", timeout=None) as stream:
                async for line in stream.aiter_lines():
                    job = job_in_event(line) or job
                    on_state(job)
        except httpx.TransportError as error:
            raise unreachable(self.server, error) from error
        except asyncio.CancelledError:
            await self._send(job_calls.cancel_call(job.id))
            raise
        if job.running:
            # the stream was refused, or ended early
            job = await self._send(job_calls.job_call(job.id))
        return ended_job(job)

    async def _take(self, steps: Steps[T]) -> T:
        """Send the requests of several steps, each with the reply of the one before, and return what they lead to."""
        reply: Any = None
        while True:
            try:
                call = steps.send(reply)
            except StopIteration as end:
                result: T = end.value
                return result
            reply = await self._send(call)

    async def _send(self, call: ApiCall[T], *, files: Any = None) -> T:
        """Send a request, once more if the connection breaks and that does no harm, and return what the reply says."""
        for is_last in (not call.may_repeat, True):
            try:
                response = await self._http.request(**call.arguments(self.server), files=files)
                break
            except httpx.TransportError as error:
                if is_last or isinstance(error, httpx.ConnectError):
                    raise unreachable(self.server, error) from error
        return read_reply(call, self.server, response)
