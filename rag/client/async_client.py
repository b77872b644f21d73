"""A client for programs that wait for many things at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import closing, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, Self, TypeVar

import httpx

from rag.client import article_calls, dossier_calls, job_calls, question_calls, run_calls, saved_calls
from rag.client.calls import FOLLOWING_PAUSE, MOST_TRIES, ApiCall, FollowedJob, Steps, Stream
from rag.client.client import TIMEOUT
from rag.client.methods import as_method
from rag.client.replies import (
    DEFAULT_SERVER,
    broken_off,
    checked_address,
    ended_job,
    job_in_event,
    needs_certificates,
    read_reply,
    token_header,
    unreachable,
)

if TYPE_CHECKING:
    from rag.schemas.job import JobModel

P = ParamSpec("P")
T = TypeVar("T")


class _Sends(Protocol):
    """A client, or a part of one."""

    async def _send(self, sent: ApiCall[T] | Steps[T]) -> T: ...
    def _stream(self, steps: Stream[T]) -> AsyncIterator[T]: ...


def _sent(function: Callable[P, ApiCall[T] | Steps[T]]) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]:
    """Return the method that sends what a function returns or yields, and returns what is replied."""

    async def method(self: _Sends, /, *arguments: P.args, **named: P.kwargs) -> T:
        return await self._send(function(*arguments, **named))

    return as_method(method, function)


def _streamed(function: Callable[P, Stream[T]]) -> Callable[Concatenate[Any, P], AsyncIterator[T]]:
    """Return the method that sends what a function yields, and yields the values between."""

    def method(self: _Sends, /, *arguments: P.args, **named: P.kwargs) -> AsyncIterator[T]:
        return self._stream(function(*arguments, **named))

    return as_method(method, function, stream="AsyncIterator")


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

    ask = _sent(question_calls.ask_call)
    search = _sent(question_calls.search_call)
    article = _sent(article_calls.article_call)
    article_with_passages = _sent(article_calls.article_with_passages_call)
    view_article = _sent(article_calls.view_article_call)
    passages = _sent(article_calls.passages_call)
    duplicates = _sent(article_calls.duplicates_call)
    versions = _sent(article_calls.versions_call)
    similar = _sent(article_calls.similar_call)
    file_of = _sent(article_calls.file_of_call)
    articles = _streamed(article_calls.articles_call)
    library = _sent(article_calls.library_call)
    library_rows = _streamed(article_calls.library_rows_call)
    library_row = _sent(article_calls.library_row_call)
    library_counts = _sent(article_calls.library_counts_call)
    failures = _sent(question_calls.failures_call)
    status = _sent(question_calls.status_call)
    verify = _sent(question_calls.verify_call)
    verify_quotes = _sent(question_calls.verify_quotes_call)
    export_table = _sent(article_calls.export_table_call)
    corrections = _sent(article_calls.corrections_call)
    correct = _sent(article_calls.correct_call)
    take_back_correction = _sent(article_calls.take_back_correction_call)
    forget = _sent(job_calls.forget_call)
    index = _sent(job_calls.index_call)
    upload = _sent(job_calls.upload_call)
    evaluate = _sent(job_calls.evaluate_call)
    run = _sent(job_calls.run_call)

    @property
    def runs(self) -> AsyncRemoteRuns:
        """The stored runs of evaluations, with methods of `RunStore`."""
        return AsyncRemoteRuns(self)

    @property
    def dossiers(self) -> AsyncRemoteDossiers:
        """The dossiers of the server's archive, with methods of `Dossiers`."""
        return AsyncRemoteDossiers(self)

    @property
    def saved(self) -> AsyncRemoteSavedQuestions:
        """The questions that are saved on the server, with the methods of `SavedQuestions`."""
        return AsyncRemoteSavedQuestions(self)

    async def _send(self, sent: ApiCall[T] | Steps[T]) -> T:
        """Send a request, or those of several steps, each with the reply of the one before; return the last reply."""
        if isinstance(sent, ApiCall):
            return await self._reply(sent)
        reply: Any = None
        with closing(sent):
            while True:
                try:
                    step = sent.send(reply)
                except StopIteration as end:
                    result: T = end.value
                    return result
                reply = await self._reply(step) if isinstance(step, ApiCall) else await self._follow(step)

    async def _stream(self, steps: Stream[T]) -> AsyncIterator[T]:
        """Send the requests of several steps, and yield the values between them."""
        reply: Any = None
        with closing(steps):
            while True:
                try:
                    step = steps.send(reply)
                except StopIteration:
                    return
                if isinstance(step, ApiCall):
                    reply = await self._reply(step)
                else:
                    for value in step:
                        yield value

    async def _reply(self, call: ApiCall[T]) -> T:
        """Send a request, and again as long as the server asks for that; return what the reply says."""
        for tries_left in reversed(range(MOST_TRIES)):
            response = await self._response(call)
            pause = call.pause(response.status_code, response.headers)
            if pause is None or not tries_left:
                break
            await asyncio.sleep(pause)
        return read_reply(call, self.server, response)

    async def _response(self, call: ApiCall[T]) -> httpx.Response:
        """Send a request, once more if the connection breaks and that does no harm, and return the reply."""
        is_begun = False
        for is_last in (not call.may_repeat, True):
            try:
                async with self._http.stream(**call.arguments(self.server)) as response:
                    if call.sink is not None and response.is_success:
                        is_begun = True
                        async for chunk in response.aiter_bytes():
                            call.sink.write(chunk)
                    else:
                        await response.aread()
                break
            except httpx.TransportError as error:
                if is_begun:
                    raise broken_off(self.server, error) from error
                if is_last or isinstance(error, httpx.ConnectError):
                    raise unreachable(self.server, error) from error
        return response

    async def _follow(self, followed: FollowedJob) -> JobModel:
        """Follow a job until it has ended, and cancel it if this is interrupted."""
        job = followed.job
        address = f"{self.server}/api/v1/jobs/{job.id}/events"
        try:
            while True:
                # a server that ends breaks it off, and another one may know of the job
                with suppress(httpx.TransportError):
                    async with self._http.stream("GET", address, timeout=None) as stream:
                        async for line in stream.aiter_lines():
                            job = job_in_event(line) or job
                            followed.on_state(job)
                if job.running:
                    # the stream was refused, or ended early
                    job = await self._reply(job_calls.job_state_call(job.id))
                if not job.running:
                    return ended_job(job)
                await asyncio.sleep(FOLLOWING_PAUSE)
        except asyncio.CancelledError:
            await self._reply(job_calls.job_end_call(job.id))
            raise


class AsyncRemoteSavedQuestions:
    """The saved questions of a server's archive, with the methods of `RemoteSavedQuestions` as coroutines."""

    def __init__(self, client: AsyncClient) -> None:
        self._send, self._stream = client._send, client._stream

    all = _sent(saved_calls.all_call)
    add = _sent(saved_calls.add_call)
    remove = _sent(saved_calls.remove_call)
    look = _sent(saved_calls.look_call)
    mark_seen = _sent(saved_calls.mark_seen_call)


class AsyncRemoteDossiers:
    """The dossiers of a server's archive, with the methods of `RemoteDossiers` as coroutines."""

    def __init__(self, client: AsyncClient) -> None:
        self._send, self._stream = client._send, client._stream

    summaries = _sent(dossier_calls.summaries_call)
    dossier = _sent(dossier_calls.dossier_call)
    store = _sent(dossier_calls.store_call)
    verify_all = _streamed(dossier_calls.verify_all_call)


class AsyncRemoteRuns:
    """The runs that are stored in a server's archive, with the methods of `RemoteRuns` as coroutines."""

    def __init__(self, client: AsyncClient) -> None:
        self._send, self._stream = client._send, client._stream

    listing = _sent(run_calls.listing_call)
    load = _sent(run_calls.load_call)
    delete = _sent(run_calls.delete_call)
