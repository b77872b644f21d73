"""The routes by which articles come in."""

from __future__ import annotations

import shutil
from contextlib import ExitStack

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from rag.access.audit import note
from rag.api.allowed_paths import checked_paths
from rag.api.jobs import accepted
from rag.archive import Archive
from rag.errors import ArchiveBusy, NotFound, UploadError
from rag.fetching.urls import split_addresses
from rag.jobs.indexing_job import IndexingTask
from rag.jobs.jobs import Jobs
from rag.schemas.article import RemovedArticlesModel
from rag.schemas.job import JobModel
from rag.schemas.writes import ForgetRequest, IndexRequest
from rag.server.hosts import Serving
from rag.workspace.inbox import Inbox, Upload


def add_index_routes(router: APIRouter, archive: Archive, serving: Serving, jobs: Jobs) -> None:
    """Add the routes below /index."""

    @router.post("/index", tags=["writing"], status_code=202, response_model=JobModel)
    def index(request: Request, wanted: IndexRequest) -> JSONResponse:
        """Index files and folders of the server's computer, or web pages, where the server allows that."""
        if not (wanted.paths or wanted.addresses):
            raise NotFound("Nothing is to be indexed: name at least one path or one address.")
        if wanted.addresses and not serving.may_fetch:
            raise HTTPException(403, "This server fetches no addresses: start it with --fetch.")
        names, addresses = split_addresses(wanted.addresses)
        if names:
            raise NotFound(f"{names[0]!r} is not an address of the web: begin it with https://.")
        note(request, what=" ".join([*wanted.paths, *addresses]))
        paths = checked_paths(wanted.paths, archive, serving)
        state = jobs.indexing.start(
            IndexingTask(paths, tuple(addresses), again=wanted.again, public_only=not serving.is_own)
        )
        return accepted(request, jobs.indexing.kind, state)

    @router.post("/index/files", tags=["writing"], status_code=202, response_model=JobModel)
    def upload(request: Request, files: list[UploadFile]) -> JSONResponse:
        """Take files into the archive's inbox, all of them or none, and index them.

        A file that is there already is not taken twice.
        """
        if jobs.indexing.running:
            raise ArchiveBusy("Articles are being indexed already: wait until that is done, or cancel it.")
        inbox = Inbox(archive)
        others = ", nor are those sent with it" if len(files) > 1 else ""
        with ExitStack() as stack:
            # none is put into its place before all of them can be
            for incoming in [_received(file, inbox, stack, others) for file in files]:
                incoming.finish()
        state = jobs.indexing.start(IndexingTask((inbox.folder,)))
        return accepted(request, jobs.indexing.kind, state)

    @router.post("/forget", tags=["writing"])
    def forget_paths(request: Request, wanted: ForgetRequest) -> RemovedArticlesModel:
        """Remove the articles of files and folders; the files stay."""
        note(request, what=" ".join(map(str, wanted.paths)))
        return RemovedArticlesModel.of({"articles": archive.forget(wanted.paths)})


def _received(file: UploadFile, inbox: Inbox, stack: ExitStack, others: str) -> Upload:
    """Write an uploaded file beside the inbox, and check it.

    Raises:
        UploadError: it cannot be taken; the message names it.
    """
    name = file.filename or ""
    try:
        incoming = stack.enter_context(inbox.receive(name))
        shutil.copyfileobj(file.file, incoming)
        incoming.check()
    except UploadError as error:
        raise UploadError(f"The file {name!r} is not taken{others}. {error}", error.fault, error.value) from error
    return incoming
