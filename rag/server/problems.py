"""Errors as problem details (RFC 9457): each class of `rag.errors` has a type and a status, and comes back so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rag import errors
from rag.errors import FundstelleError

PROBLEM_TYPE = "application/problem+json"
_PREFIX = "urn:fundstelle:problem:"

# what a program asks for where a person runs a command; the others are run on the server
_REQUESTS = {
    "ask": "POST /ask",
    "dossier list": "GET /dossiers",
    "export": "GET /export",
    "eval": "POST /evaluate",
    "forget": "POST /forget",
    "index": "POST /index",
    "saved list": "GET /saved",
    "runs export": "GET /runs/{name}/export",
    "show": "GET /articles/{id}",
    "status": "GET /articles",
}
_COMMAND = re.compile(r"`fundstelle ((?:[a-z]+ (?:list|export))|[a-z]+)[^`]*`")

# of the classes that are not here, the base decides
_STATUS: dict[type[FundstelleError], int] = {
    FundstelleError: 422,
    errors.ArchiveError: 503,
    errors.ArchiveBusy: 409,
    errors.Shortage: 503,
    errors.NotFound: 404,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.TooManyQuestions: 429,
}

_HTTP = {
    400: ("malformed-request", "The request is malformed."),
    401: ("not-signed-in", "A server answers only those who sign in, and no valid token was sent."),
    403: ("forbidden", "The request is not accepted."),
    404: ("no-such-address", "There is nothing at this address."),
    405: ("method-not-allowed", "The address does not accept this method."),
    409: ("conflict", "The request does not fit what is there."),
    410: ("outdated-cursor", "The archive has changed since the page before."),
    413: ("too-large", "The body is too large."),
    415: ("unsupported-type", "The type of the body is not supported."),
    422: ("invalid-request", "A parameter or a field is not valid."),
    429: ("too-many-requests", "Too many requests are being answered."),
    500: ("unexpected", "Something went wrong on the server."),
    503: ("unavailable", "The archive or its encoder cannot be used now."),
}


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem: the last part of its type, its status, and a title that is the same for all of its kind."""

    slug: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The URI that identifies the kind."""
        return _PREFIX + self.slug


def problem_kind(error: FundstelleError) -> ProblemKind:
    """Return the kind of problem that an error is."""
    public = _public_class(type(error))
    status = next(_STATUS[base] for base in public.__mro__ if base in _STATUS)
    if isinstance(error, errors.UploadError) and error.fault == "large":
        status = 413
    return ProblemKind(_slug(public), status, (public.__doc__ or "").split("; ")[0].rstrip(".") + ".")


def http_kind(status: int) -> ProblemKind:
    """Return the kind of problem that is said by a status of HTTP alone."""
    slug, title = _HTTP.get(status, _HTTP[500 if status >= 500 else 400])
    return ProblemKind(slug, status, title)


def sentence_for_programs(sentence: str) -> str:
    """Return a sentence in which requests stand in place of commands.

    >>> sentence_for_programs("It is gone: `fundstelle forget articles/`.")
    'It is gone: POST /forget.'
    >>> sentence_for_programs("It was damaged: `fundstelle repair` reads its file again.")
    'It was damaged: on the server, `fundstelle repair` reads its file again.'
    """
    return _COMMAND.sub(lambda match: _REQUESTS.get(match[1], f"on the server, {match[0]}"), sentence)


def facts_of(error: FundstelleError) -> dict[str, Any]:
    """Return what an error says besides its sentence, by the names of its attributes."""
    facts = {name: value for name, value in vars(error).items() if not name.startswith("_")}
    return {name: value if isinstance(value, str | int | float) else str(value) for name, value in facts.items()}


def error_from(problem: dict[str, Any]) -> FundstelleError:
    """Return the error that a problem came from, with its class; one of the base class if that is not known."""
    sentences = (problem.get(name) for name in ("command_line", "detail", "title"))
    sentence = next((str(each) for each in sentences if each), "The server answered with an error.")
    slug = str(problem.get("type", "")).removeprefix(_PREFIX)
    error_class = _CLASSES.get(slug, FundstelleError)
    error = error_class.__new__(error_class)
    Exception.__init__(error, sentence)
    facts = problem.get("facts")
    for name, value in facts.items() if isinstance(facts, dict) else ():
        setattr(error, name, value)
    return error


def _public_class(error_class: type[FundstelleError]) -> type[FundstelleError]:
    """Return the class, or the nearest one above it, that every program can import."""
    return next(base for base in error_class.__mro__ if base.__module__ == errors.__name__)


def _slug(error_class: type[FundstelleError]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", error_class.__name__).lower()


_CLASSES = {
    _slug(value): value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, FundstelleError)
}
