"""The routes by which programs see how the server and the archive are."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from rag.api.replies import UNCHANGED, cacheable_reply, json_reply
from rag.archive import Archive
from rag.errors import EncoderUnavailable
from rag.schemas.report import FailureListModel
from rag.schemas.status import HealthModel, StatusModel


def add_status_routes(router: APIRouter, archive: Archive) -> None:
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
    def get_ready() -> Response:
        """Say that questions are answered at once: the archive can be read, and the encoder is loaded."""
        _ = archive._store.revision
        if not archive.is_warm:
            raise EncoderUnavailable("The encoder is still being loaded: try again in some seconds.")
        return json_reply(HealthModel.of({"status": "ready"}))
