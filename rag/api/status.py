"""The routes by which programs see how the server and the archive are."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rag.api.replies import UNCHANGED, cacheable_reply, json_reply
from rag.archive import Archive
from rag.errors import EncoderUnavailable, TooManyQuestions
from rag.schemas.report import FailureListModel
from rag.schemas.status import HealthModel, StatusModel
from rag.server.load import Load


def add_status_routes(router: APIRouter, archive: Archive, load: Load) -> None:
    """Add the routes /status, /failures, /health and /ready."""

    @router.get("/status", tags=["status"], response_model=StatusModel, responses=UNCHANGED)
    def get_status(request: Request) -> Response:
        """Return what the archive contains."""
        return cacheable_reply(StatusModel.of(archive.status()), request)

    @router.get("/failures", tags=["status"], response_model=FailureListModel, responses=UNCHANGED)
    def list_failures(request: Request) -> Response:
        """Return what could not be read when its folder or file was indexed last."""
        return cacheable_reply(FailureListModel.of({"failures": archive.failures()}), request)

    @router.get("/health", tags=["status"], response_model=HealthModel)
    async def get_health() -> Response:
        """Say that the server lives."""
        return json_reply(HealthModel.of({"status": "alive"}))

    @router.get("/ready", tags=["status"], response_model=HealthModel)
    async def get_ready() -> Response:
        """Say that questions are answered at once: the archive can be read, the encoder is loaded, and few wait.

        503 while too many questions wait, and from the moment that the server is to end: it still answers then, but a
        balancer should send what comes to another one.
        """
        # without a thread, which might have to be waited for
        if load.is_ending:
            raise HTTPException(503, "This server is about to end: ask another one.")
        try:
            load.check()
        except TooManyQuestions as error:
            raise HTTPException(503, str(error), {"Retry-After": str(error.wait)}) from error
        await run_in_threadpool(_check_ready, archive)
        return json_reply(HealthModel.of({"status": "ready"}))


def _check_ready(archive: Archive) -> None:
    _ = archive._store.revision
    if not archive.is_warm:
        raise EncoderUnavailable("The encoder is still being loaded: try again in some seconds.")
