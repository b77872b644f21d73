"""The report of a run as a file: a page of its own that needs nothing but itself."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from rag.archive import Archive
from rag.errors import FundstelleError, NotFound
from rag.evaluation.session import EvaluationSession
from ui.routes.reader import POLICY, sentence_page
from ui.wording.page import choose


def add_report(app: FastAPI, archive: Archive) -> None:
    """Add the route that gives a report: /evaluation/NAME.html. It runs no script and loads nothing."""

    @app.get("/evaluation/{name:path}.html", response_class=HTMLResponse, include_in_schema=False)
    def report(name: str, request: Request) -> HTMLResponse:
        # imported here, since its figures take a while to import
        from rag.evaluation.reports.html import html_report

        texts = choose(request.query_params.get("lang"), request.headers.get("accept-language"))
        try:
            status, page = 200, html_report(EvaluationSession(archive).runs.load(name))
        except NotFound as refusal:
            status, page = 404, sentence_page(str(refusal), texts)
        except FundstelleError as refusal:
            status, page = 503, sentence_page(str(refusal), texts)
        return HTMLResponse(page, status, {"Content-Security-Policy": POLICY})
