"""The report of a run as a file: a self-contained page."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from rag.archive import Archive
from rag.errors import FundstelleError, NotFound
from rag.evaluation.session import EvaluationSession
from ui.html.standalone import error_page
from ui.routes.fragments import texts_for
from ui.routes.standalone import standalone_response


def add_report_route(app: FastAPI, archive: Archive) -> None:
    """Add the route of reports: /evaluation/NAME.html. They run no script and load nothing."""

    @app.get("/evaluation/{name:path}.html", response_class=HTMLResponse, include_in_schema=False)
    def report(name: str, request: Request) -> HTMLResponse:
        # imported here, since the charts take a while to import
        from rag.evaluation.reports.html import html_report

        texts = texts_for(request)
        try:
            status, page = 200, html_report(EvaluationSession(archive).runs.load(name), language=texts.code)
        except NotFound as error:
            status, page = 404, error_page(error, texts, archive.location)
        except FundstelleError as error:
            status, page = 503, error_page(error, texts, archive.location)
        return standalone_response(page, status, request)
