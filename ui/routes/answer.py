"""The route of answers: a question and its filters in the address → the passages as a fragment of the page."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from rag.archive import Archive
from ui.html.answer import answer_html
from ui.routes.feedback import feedback_on
from ui.routes.fragments import fragment
from ui.wording.texts import Texts


def add_answer_route(app: FastAPI, archive: Archive) -> None:
    """Add the route /answer, which takes the question as `q`."""

    @app.get("/answer", response_class=HTMLResponse, include_in_schema=False)
    def answer_route(request: Request) -> HTMLResponse:
        question = request.query_params.get("q", "")

        def markup(texts: Texts) -> str:
            answer = archive.ask(question)
            return answer_html(answer, texts, feedback_on(archive, answer.question, answer.citations), archive.folder)

        return fragment(request, archive, markup)
