"""The route that checks drafts."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from rag.api.replies import json_reply
from rag.archive import Archive
from rag.schemas.draft import DraftReportWithTextsModel
from rag.schemas.requests import CheckRequest


def add_check_route(router: APIRouter, archive: Archive) -> None:
    """Add the route /check."""

    @router.post("/check", tags=["verify"], response_model=DraftReportWithTextsModel)
    def check_draft_text(body: CheckRequest) -> Response:
        """Say of each quotation and figure of a draft whether the archive has it, where, and what differs."""
        report = archive.verify_quotes(body.text, figures=body.figures)
        return json_reply(DraftReportWithTextsModel.of(report), exclude=set() if body.texts else {"texts"})
