"""Refusing questions before they wait too long."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import TooManyQuestions
from rag.server.load import Load

IsQuestion = Callable[[str, str], bool]
"""Whether a request of a method to a path is a question."""
RefuseQuestion = Callable[[TooManyQuestions, Request], Response]
"""Makes the reply to a question that would wait too long."""


class Backpressure:
    """ASGI middleware that counts questions from their arrival, and refuses those that would wait too long.

    It stands before the threads that answer: what waits for one of those counts.

    Args:
        load: the questions of the server.
    """

    def __init__(self, app: ASGIApp, load: Load, is_question: IsQuestion, refuse: RefuseQuestion) -> None:
        self._app, self._load = app, load
        self._is_question, self._refuse = is_question, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or not self._is_question(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            with self._load.question() as question:

                async def note_status(message: Message) -> None:
                    if message["type"] == "http.response.start":
                        question.is_answered = message["status"] == 200
                        question.count = scope["state"].get("questions", 1)
                    await send(message)

                await self._app(scope, receive, note_status)
        except TooManyQuestions as error:
            reply = self._refuse(error, Request(scope, receive))
            reply.headers["Retry-After"] = str(error.wait)
            await reply(scope, receive, send)
