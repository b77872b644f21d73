"""The routes of saved questions and of the history."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import QueryParams

from rag.archive import Archive
from rag.errors import AlreadySaved, EmptyQuestion, FilterError, FundstelleError, LongQuestion, NotFound, QuestionError
from rag.types.archive_state import State
from rag.workspace.history import History
from rag.workspace.saved_questions import SavedQuestions
from rag.workspace.settings import SettingsStore
from ui.html.saved_questions import history_rows, news, questions_view
from ui.routes.answer import filter_in
from ui.routes.body_types import Number, Text
from ui.routes.fragments import error_reply, fragment, texts_for
from ui.routes.request_settings import settings_of
from ui.wording.questions import QUESTION_WORDS
from ui.wording.texts import Texts

_ROWS = 30


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SaveRequest(_Body):
    """The query of the address that asks the question."""

    query: Text


class NameRequest(_Body):
    """The name of a saved question."""

    name: Text


class SeenRequest(_Body):
    """The name of a saved question, and the state of the archive whose passages somebody looked at."""

    name: Text
    state: Text


class DeleteRequest(_Body):
    """The number of a question in the history."""

    id: Number


def add_question_routes(app: FastAPI, archive: Archive) -> None:
    """Add the view /view/questions with its parts, and what is sent from there."""
    _add_views(app, archive)
    _add_changes(app, archive)


def _add_views(app: FastAPI, archive: Archive) -> None:
    @app.get("/view/questions", response_class=HTMLResponse, include_in_schema=False)
    def view(request: Request) -> HTMLResponse:
        return fragment(request, archive, lambda texts: _view(archive, texts))

    @app.get("/view/questions/older", response_class=HTMLResponse, include_in_schema=False)
    def older(request: Request) -> HTMLResponse:
        def markup(texts: Texts) -> str:
            number = request.query_params.get("older-than", "")
            if not (number.isascii() and number.isdecimal()):
                raise NotFound("There is no such question in the history.")
            rows = History(archive).page(_ROWS + 1, int(number[:18]))
            return history_rows(rows[:_ROWS], texts, has_more=len(rows) > _ROWS) if rows else ""

        return fragment(request, archive, markup)

    @app.get("/view/questions/new", response_class=HTMLResponse, include_in_schema=False)
    def new(request: Request) -> HTMLResponse:
        name = request.query_params.get("name", "")
        return fragment(request, archive, lambda texts: news(SavedQuestions(archive).look(name), texts))


def _view(archive: Archive, texts: Texts) -> str:
    questions = SavedQuestions(archive)
    saved = questions.all()
    waiting = frozenset(question.name for question in saved if questions.may_have_new(question))
    rows = History(archive).page(_ROWS + 1)
    private = SettingsStore(archive).load().private
    return questions_view(saved, waiting, rows[:_ROWS], texts, has_more=len(rows) > _ROWS, private=private)


def _add_changes(app: FastAPI, archive: Archive) -> None:
    @app.post("/saved/add", response_class=PlainTextResponse, include_in_schema=False)
    def add_question(request: Request, body: SaveRequest) -> PlainTextResponse:
        def change() -> None:
            query = QueryParams(body.query)
            SavedQuestions(archive).add(query.get("q", ""), filter=filter_in(query, settings_of(request)))

        return _reply(request, archive, change)

    @app.post("/saved/remove", response_class=PlainTextResponse, include_in_schema=False)
    def remove_question(request: Request, body: NameRequest) -> PlainTextResponse:
        return _reply(request, archive, lambda: SavedQuestions(archive).remove(body.name))

    @app.post("/saved/seen", response_class=PlainTextResponse, include_in_schema=False)
    def mark_seen(request: Request, body: SeenRequest) -> PlainTextResponse:
        def change() -> None:
            try:
                state = State.parse(body.state)
            except ValueError as error:
                raise QuestionError("This is no state of an archive.") from error
            SavedQuestions(archive).mark_seen(body.name, state)

        return _reply(request, archive, change)

    @app.post("/history/delete", response_class=PlainTextResponse, include_in_schema=False)
    def delete_question(request: Request, body: DeleteRequest) -> PlainTextResponse:
        return _reply(request, archive, lambda: History(archive).delete(body.id))

    @app.post("/history/clear", response_class=PlainTextResponse, include_in_schema=False)
    def clear_history(request: Request, _: _Body) -> PlainTextResponse:
        return _reply(request, archive, lambda: History(archive).clear())


def _reply(request: Request, archive: Archive, change: Callable[[], object]) -> PlainTextResponse:
    """Return what came of a change: nothing, or a sentence in the reader's language."""
    texts = texts_for(request)
    try:
        change()
    except AlreadySaved:
        return PlainTextResponse(QUESTION_WORDS[texts.code].already_saved, 409)
    except NotFound:
        return PlainTextResponse("", 200)  # deleted in another window: it is gone, as it should be
    except (EmptyQuestion, FilterError, LongQuestion) as error:
        return error_reply(error, request, archive, 422)
    except QuestionError as error:
        return PlainTextResponse(str(error), 400)
    except FundstelleError as error:
        return error_reply(error, request, archive)
    return PlainTextResponse("", 200)
