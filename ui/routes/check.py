"""The routes of the view in which a draft is checked."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from rag.archive import Archive
from rag.checking.check import MAX_COUNTING, MAX_DRAFT, MAX_QUOTES
from rag.errors import DraftUnusable
from ui.html.check import check_report, check_view
from ui.html.notices import error_notice
from ui.routes.fragments import fragment
from ui.wording.check import CHECK_WORDS
from ui.wording.page import grouped
from ui.wording.texts import Texts


class DraftRequest(BaseModel):
    """The draft."""

    model_config = ConfigDict(extra="forbid")

    text: str


def add_check_routes(app: FastAPI, archive: Archive) -> None:
    """Add the view /view/check, and /check, where a draft is sent."""

    @app.get("/view/check", response_class=HTMLResponse, include_in_schema=False)
    def view(request: Request) -> HTMLResponse:
        return fragment(request, archive, check_view)

    @app.post("/check", response_class=HTMLResponse, include_in_schema=False)
    def check(request: Request, body: DraftRequest) -> HTMLResponse:
        def markup(texts: Texts) -> str:
            try:
                return check_report(archive.verify_quotes(body.text.replace("\r\n", "\n")), texts)
            except DraftUnusable:
                limits = {"characters": MAX_DRAFT, "quotes": MAX_QUOTES, "sentences": MAX_COUNTING}
                numbers = {name: grouped(limit, texts) for name, limit in limits.items()}
                return error_notice(CHECK_WORDS[texts.code].unusable.format(**numbers), texts)

        return fragment(request, archive, markup)
