"""Test questions that are made while asking: the routes that store, list, change, delete and export them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel, StrictBool, StrictStr

from rag.archive import Archive
from rag.errors import EmptyQuestion, FundstelleError, LongQuestion, NotFound, QuestionError
from rag.evaluation.questions.feedback import CollectedQuestion, normalise_question
from rag.evaluation.questions.synthetic import questions_json
from rag.evaluation.session import EvaluationSession
from rag.search.query import checked_question
from ui.html.own_questions import MAX_TAGS_CHARACTERS, own_questions_html
from ui.routes.feedback import PassageRequest, citation_of
from ui.routes.fragments import error_reply, fragment, texts_for
from ui.wording.own_questions import OWN_QUESTIONS, OwnQuestionWords
from ui.wording.texts import Texts


class QuestionRequest(BaseModel):
    """What a click sends: a question, whether the archive answers it, and perhaps a passage that does.

    `wording` and `tags` are those of the test question, with commas between tags; without them it keeps its own.
    """

    question: StrictStr
    answerable: StrictBool = True
    wording: StrictStr | None = None
    tags: StrictStr | None = None
    passage: PassageRequest | None = None


class DeletionRequest(BaseModel):
    """The question that is deleted."""

    question: StrictStr


def add_own_question_routes(app: FastAPI, archive: Archive) -> None:
    """Add the routes. What is stored of a passage comes from the archive, and nothing from the request."""

    @app.get("/view/evaluate/questions", response_class=HTMLResponse, include_in_schema=False)
    def questions_fragment(request: Request) -> HTMLResponse:
        def markup(texts: Texts) -> str:
            questions = EvaluationSession(archive).feedback.collected()
            articles = {mark.article for question in questions for mark in (*question.right, *question.wrong)}
            return own_questions_html(questions, {name: archive.article(name).label for name in articles}, texts)

        return fragment(request, archive, markup)

    @app.post("/test-question", response_class=PlainTextResponse, include_in_schema=False)
    def save(request: Request, sent: QuestionRequest) -> PlainTextResponse:
        return _answer(request, archive, lambda words: _save(archive, sent, words))

    @app.post("/test-question/delete", response_class=PlainTextResponse, include_in_schema=False)
    def delete(request: Request, sent: DeletionRequest) -> PlainTextResponse:
        def deleted(_: OwnQuestionWords) -> str:
            EvaluationSession(archive).feedback.delete(checked_question(sent.question))
            return ""

        return _answer(request, archive, deleted)

    @app.get("/test-questions.jsonl", include_in_schema=False)
    def export(request: Request) -> Response:
        try:
            text = questions_json(EvaluationSession(archive).feedback.questions())
        except FundstelleError as error:
            return error_reply(error, request, archive)
        headers = {"Content-Disposition": 'attachment; filename="questions.jsonl"'}
        return Response(text, media_type="application/x-ndjson", headers=headers)


def collected_question(archive: Archive, question: str) -> CollectedQuestion | None:
    """Return the test question that was made of a question, if there is one."""
    key = normalise_question(question)
    questions = EvaluationSession(archive).feedback.collected()
    return next((collected for collected in questions if collected.question == key), None)


def _save(archive: Archive, sent: QuestionRequest, words: OwnQuestionWords) -> str:
    """Store a test question and return the sentence that says so."""
    question, feedback = checked_question(sent.question), EvaluationSession(archive).feedback
    before = collected_question(archive, question)
    wording, tags = (before.wording, before.tags) if before else (question, ())
    wording = wording if sent.wording is None else checked_question(sent.wording)
    tags = tags if sent.tags is None else _tags(sent.tags)
    if sent.passage:
        feedback.mark(question, citation_of(archive, sent.passage), answers=True)
    feedback.collect(question, wording=wording, tags=tags, answerable=sent.answerable)
    if sent.wording is not None:
        return words.saved
    if sent.passage:
        return words.made
    return words.no_answer_undone if sent.answerable else words.no_answer_made


def _tags(text: str) -> tuple[str, ...]:
    """Return tags without control characters, each once."""
    printable = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in text)
    tags = (" ".join(tag.split()) for tag in printable[:MAX_TAGS_CHARACTERS].split(","))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _answer(request: Request, archive: Archive, action: Callable[[OwnQuestionWords], str]) -> PlainTextResponse:
    """Return the sentence of an action, or why it failed, in the language of the page."""
    texts = texts_for(request)
    try:
        return PlainTextResponse(action(OWN_QUESTIONS[texts.code]))
    except (EmptyQuestion, LongQuestion) as error:
        return error_reply(error, request, archive, 422)
    except (NotFound, QuestionError, ValueError) as error:
        return PlainTextResponse(str(error), 400)
    except FundstelleError as error:
        return error_reply(error, request, archive)
