"""The routes of saved questions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from rag.access.audit import note
from rag.api.ask import filter_of
from rag.api.replies import json_reply
from rag.archive import Archive
from rag.schemas.answer import cited_articles
from rag.schemas.requests import LookRequest, MarkSeenRequest, SaveQuestionRequest
from rag.schemas.saved import LookWithTextsModel, SavedListModel, SavedQuestionModel
from rag.types.archive_state import State
from rag.workspace.saved_json import look_json, saved_json
from rag.workspace.saved_questions import SavedQuestions


def add_saved_routes(router: APIRouter, archive: Archive) -> None:
    """Add the routes below /saved."""
    questions = SavedQuestions(archive)

    @router.get("/saved", tags=["saved"], response_model=SavedListModel)
    def list_questions() -> Response:
        """List the saved questions, the oldest first."""
        return json_reply(SavedListModel.of({"questions": [saved_json(question) for question in questions.all()]}))

    @router.post("/saved", tags=["saved"], response_model=SavedQuestionModel, status_code=201)
    def save_question(request: Request, body: SaveQuestionRequest) -> Response:
        """Save a question. What the archive answers now is known; new is what comes from now on."""
        note(request, question=body.question)
        saved = questions.add(body.question, body.name, filter_of(body.filters))
        return json_reply(SavedQuestionModel.of(saved_json(saved)), status=201)

    @router.delete("/saved", tags=["saved"], status_code=204)
    def remove_questions(
        name: Annotated[list[str], Query(description="The names of saved questions.", min_length=1, max_length=100)],
    ) -> Response:
        """Remove saved questions, all of them or none."""
        questions.remove(*name)
        return Response(status_code=204)

    @router.post("/saved/look", tags=["saved"], response_model=LookWithTextsModel)
    def look(request: Request, body: LookRequest) -> Response:
        """Ask a saved question. What is new stays new until `POST /saved/seen`."""
        answer = questions.look(body.name)
        note(request, question=answer.question.question)
        texts = {"texts": cited_articles((*answer.new, *answer.answering))} if body.texts else {}
        return json_reply(LookWithTextsModel.of(look_json(answer) | texts))

    @router.post("/saved/seen", tags=["saved"], status_code=204)
    def mark_seen(body: MarkSeenRequest) -> Response:
        """Note that somebody looked at what is new in a state of the archive: what came later stays new."""
        questions.mark_seen(body.name, State.parse(body.state))
        return Response(status_code=204)
