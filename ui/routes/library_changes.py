"""The routes of the library that change something: adding, correcting, forgetting, watching, uploading."""

from __future__ import annotations

import getpass
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel, StrictBool
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from rag.access.audit import note
from rag.access.door import visitor_of
from rag.access.roles import Role
from rag.errors import ArchiveBusy, CorrectionError, FundstelleError, NotFound, UploadError, shortage_said
from rag.fetching.urls import is_address
from rag.jobs.indexing_job import IndexingTask
from rag.workspace.folders import Folders
from rag.workspace.inbox import Inbox
from rag.workspace.sample import sample_articles
from ui.routes.body_types import Text
from ui.routes.fragments import texts_for
from ui.routes.library import LibraryDesk, details_html
from ui.wording.errors import error_sentence
from ui.wording.library import LIBRARY
from ui.wording.library_texts import LibraryTexts
from ui.wording.page import count_of
from ui.wording.texts import Texts

_log = logging.getLogger(__name__)


class AddRequest(BaseModel):
    """What is to be indexed: `inbox`, `sample`, or a `folder`, an `address`, a `file` or an `article` of this value."""

    kind: Text
    value: Text = ""


class CorrectionRequest(BaseModel):
    """Corrected facts of an article; None where nothing is said, empty if unknown."""

    article: Text
    title: Text | None = None
    source: Text | None = None
    author: Text | None = None
    published: Text | None = None


class ArticleRequest(BaseModel):
    """An article by its id."""

    article: Text


class WatchRequest(BaseModel):
    """A folder, and whether it is to be watched."""

    path: Text
    watched: StrictBool


class _Forbidden(Exception):
    """What the page may not do, as a sentence."""


def add_library_change_routes(app: FastAPI, desk: LibraryDesk) -> None:
    """Add the routes below /library."""
    _add_adding_routes(app, desk)
    _add_article_routes(app, desk)


def _add_adding_routes(app: FastAPI, desk: LibraryDesk) -> None:
    """Add the routes by which articles come in."""

    @app.post("/library/add", response_class=PlainTextResponse, include_in_schema=False)
    def add(request: Request, wanted: AddRequest) -> PlainTextResponse:
        role = visitor_of(request).role
        note(request, what=f"{wanted.kind} {wanted.value}".strip())
        return _answered(request, desk, lambda texts: _add(desk, wanted, LIBRARY[texts.code], role))

    @app.post("/library/cancel", response_class=PlainTextResponse, include_in_schema=False)
    def cancel(request: Request) -> PlainTextResponse:
        def stop(_: Texts) -> str:
            desk.job.cancel()
            return ""

        return _answered(request, desk, stop)

    @app.post("/library/watch", response_class=PlainTextResponse, include_in_schema=False)
    def watch(request: Request, wanted: WatchRequest) -> PlainTextResponse:
        def switched(texts: Texts) -> str:
            words = LIBRARY[texts.code]
            _check_local(desk, words)
            try:
                Folders(desk.archive).watch(wanted.path, watched=wanted.watched)
            except NotFound as error:
                raise _Forbidden(words.unknown_folder) from error
            desk.watch.renew()
            return (words.watched if wanted.watched else words.unwatched).format(path=wanted.path)

        return _answered(request, desk, switched)

    @app.post("/library/upload", response_class=PlainTextResponse, include_in_schema=False)
    async def upload(request: Request) -> PlainTextResponse:
        """Take a file in, whose bytes are the body; they go to the disk as they come."""
        name = request.query_params.get("name", "")
        note(request, file=name)
        try:
            with shortage_said(), await run_in_threadpool(Inbox(desk.archive).receive, name) as incoming:
                async for content in request.stream():
                    await run_in_threadpool(incoming.write, content)
                await run_in_threadpool(incoming.finish)
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        except Exception as error:  # any error has a sentence
            return _refusal(error, desk, texts_for(request))
        return PlainTextResponse("")


def _add_article_routes(app: FastAPI, desk: LibraryDesk) -> None:
    """Add the routes by which one article is changed."""

    @app.post("/library/correct", response_class=HTMLResponse, include_in_schema=False)
    def correct(request: Request, facts: CorrectionRequest) -> PlainTextResponse:
        def corrected(texts: Texts) -> str:
            article_id = _known(desk, facts.article)
            note(request, article=article_id)
            desk.archive.correct(
                article_id,
                title=facts.title,
                source=facts.source,
                author=facts.author,
                published=facts.published,
                by=visitor_of(request).name or (_user() if desk.is_local else ""),
            )
            return details_html(desk.archive, article_id, texts, LIBRARY[texts.code].saved)

        return _answered(request, desk, corrected)

    @app.post("/library/undo", response_class=HTMLResponse, include_in_schema=False)
    def undo(request: Request, wanted: ArticleRequest) -> PlainTextResponse:
        def undone(texts: Texts) -> str:
            article_id = _known(desk, wanted.article)
            note(request, article=article_id)
            desk.archive.take_back_correction(article_id)
            return details_html(desk.archive, article_id, texts, LIBRARY[texts.code].undone)

        return _answered(request, desk, undone)

    @app.post("/library/forget", response_class=PlainTextResponse, include_in_schema=False)
    def forget(request: Request, wanted: ArticleRequest) -> PlainTextResponse:
        def forgotten(texts: Texts) -> str:
            file = Path(desk.archive.library_row(wanted.article).file)
            note(request, article=wanted.article, file=str(file))
            count = desk.archive.forget(file)
            Inbox(desk.archive).put_away(file)
            return count_of(LIBRARY[texts.code].forgotten, count, texts)

        return _answered(request, desk, forgotten)


def _add(desk: LibraryDesk, wanted: AddRequest, words: LibraryTexts, role: Role) -> str:
    """Begin to index what is wanted."""
    match wanted.kind:
        case "inbox":
            task = IndexingTask((Inbox(desk.archive).folder,))
        case "sample" if folder := sample_articles():
            task = IndexingTask((folder,))
        case "folder":
            _check_local(desk, words)
            if not role.includes(Role.ADMIN):
                raise _Forbidden(words.refused_path)
            if not wanted.value.strip().startswith("/"):
                raise _Forbidden(words.refused_relative)
            folder = Path(wanted.value.strip())
            if not _exists(folder):
                raise _Forbidden(words.missing_folder)
            task = IndexingTask((folder,))
        # a failure of a page in a web archive is of a file, though its name ends in an address
        case "address" | "file" if wanted.kind == "address" or is_address(wanted.value.strip()):
            if not desk.may_fetch:
                raise _Forbidden(words.refused_address)
            if not is_address(wanted.value.strip()):
                raise _Forbidden(words.no_address)
            task = IndexingTask(addresses=(wanted.value.strip(),), public_only=not desk.is_own)
        case "article":
            task = IndexingTask((Path(desk.archive.library_row(wanted.value).file),), again=True)
        case "file":
            task = IndexingTask((_failed_file(desk, wanted.value),), again=True)
        case _:
            raise NotFound(f"{wanted.kind!r} cannot be added.")
    desk.job.start(task)
    return ""


def _failed_file(desk: LibraryDesk, path: str) -> Path:
    """Return the file of a failure, which may be of a part of it.

    Raises:
        NotFound: no failure is of this path.
    """
    if path not in {failure.path for failure in desk.archive.failures()}:
        raise NotFound(f"There is no failure of {path}.")
    for candidate in (Path(path), Path(path.rpartition("#")[0])):
        # a part of a file has its name behind that of the file
        file = next((part for part in (candidate, *candidate.parents) if part.is_file()), None)
        if file:
            return file
    if Path(path).is_dir():
        return Path(path)
    raise NotFound(f"{path} is not there any more.")


def _exists(path: Path) -> bool:
    with suppress(OSError):  # it is too long, or in a folder that nobody may look into
        return path.exists()
    return False


def _check_local(desk: LibraryDesk, words: LibraryTexts) -> None:
    if not desk.is_local:
        raise _Forbidden(words.refused_path)


def _known(desk: LibraryDesk, article_id: str) -> str:
    """Return the id of an article, which is not to be found by a part of its title."""
    return desk.archive.library_row(article_id).id


def _user() -> str:
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return ""


def _answered(request: Request, desk: LibraryDesk, action: Callable[[Texts], str]) -> PlainTextResponse:
    """Return what an action says, or a sentence that says why it failed."""
    texts = texts_for(request)
    try:
        with shortage_said():
            return PlainTextResponse(action(texts))
    except Exception as error:  # any error has a sentence
        return _refusal(error, desk, texts)


def _refusal(error: Exception, desk: LibraryDesk, texts: Texts) -> PlainTextResponse:
    match error:
        case _Forbidden():
            return PlainTextResponse(str(error), 422)
        case ArchiveBusy() if desk.job.state.running:
            return PlainTextResponse(LIBRARY[texts.code].running, 409)
        case ArchiveBusy():
            status = 409
        case CorrectionError() | UploadError():
            sentence = LIBRARY[texts.code].faults[error.fault].format(value=error.value)
            return PlainTextResponse(sentence, 422)
        case NotFound():
            return PlainTextResponse(LIBRARY[texts.code].gone, 422)
        case FundstelleError():
            status = 503
        case _:
            _log.error("The library could not do this: %s", type(error).__name__)
            _log.debug("The traceback:", exc_info=error)
            return PlainTextResponse(texts.unexpected, 500)
    return PlainTextResponse(error_sentence(error, texts, desk.archive.location).text, status)
