"""Fragments of HTML for the views of the page: in the reader's language, with a notice where something fails."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from starlette.requests import HTTPConnection

from rag.archive import Archive
from rag.errors import (
    EmptyQuestion,
    FilterError,
    FundstelleError,
    LongQuestion,
    NotFound,
    QuestionError,
    TooManyQuestions,
    shortage_said,
)
from ui.html.notices import error_notice, refusal_notice
from ui.routes.request_settings import settings_of
from ui.wording.errors import error_sentence
from ui.wording.page import choose_language, with_date_format
from ui.wording.texts import Texts

_log = logging.getLogger(__name__)

_HEADERS = {"Cache-Control": "no-store"}


def texts_for(request: HTTPConnection) -> Texts:
    """Return the wording for a request: in the language of its address, or of the settings, or of the browser."""
    settings = settings_of(request)
    chosen = "" if settings.language == "browser" else settings.language
    texts = choose_language(request.query_params.get("lang") or chosen, request.headers.get("accept-language"))
    return with_date_format(texts, settings.dates)


def fragment(request: Request, archive: Archive, markup: Callable[[Texts], str]) -> HTMLResponse:
    """Return what `markup` makes in the reader's language, or the notice that says why it failed.

    A question that cannot be asked is answered by a sentence like any other (200); NotFound is 404, other errors of
    the library 503, and what nobody expected 500.
    """
    texts = texts_for(request)
    try:
        with shortage_said():
            return HTMLResponse(markup(texts), headers=_HEADERS)
    except (EmptyQuestion, FilterError, LongQuestion) as error:
        return _notice(refusal_notice(error, texts, archive.location), 200)
    except QuestionError:
        return _notice(error_notice(texts.wrong_question, texts), 200)
    except NotFound as error:
        return _notice(refusal_notice(error, texts, archive.location), 404)
    except FundstelleError as error:
        status = 429 if isinstance(error, TooManyQuestions) else 503
        return _notice(refusal_notice(error, texts, archive.location), status)
    except Exception as error:
        _log.error("%s could not be answered: %s", request.url.path, type(error).__name__)
        _log.debug("The traceback:", exc_info=True)  # only with --debug
        return _notice(error_notice(texts.unexpected, texts), 500)


def error_reply(
    error: FundstelleError, request: HTTPConnection, archive: Archive, status: int = 503
) -> PlainTextResponse:
    """Return the sentence for an error of the library, for a script of the page, in the reader's language."""
    sentence = error_sentence(error, texts_for(request), archive.location)
    return PlainTextResponse(sentence.text, status, headers=_HEADERS)


def _notice(html: str, status: int) -> HTMLResponse:
    return HTMLResponse(html, status, headers=_HEADERS)
