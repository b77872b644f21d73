"""The routes that the page needs. All others are closed, whatever Gradio offers there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from rag.checking.check import MAX_DRAFT
from rag.types.dossier import MAX_TEXT
from rag.workspace.dossier_json import MAX_IMPORT_BYTES
from rag.workspace.inbox import MAX_FILE_BYTES
from ui.tabs.question_sources import MAX_UPLOAD_CHARACTERS


class Body(Enum):
    """What the body of a request contains."""

    EMPTY = auto()
    STREAM = auto()
    """A file for one of our own routes, which counts its bytes as they come."""
    JSON = auto()
    """JSON for one of our own routes."""
    CALL = auto()
    """A call of one of the page's functions, answered at once."""
    QUEUED_CALL = auto()
    """A call that is answered by events."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An open route: its methods, and the parameters of its query; other parameters are dropped.

    `is_entry` is set for addresses that a link on another site may lead to.
    """

    methods: frozenset[str]
    path: re.Pattern[str]
    query: frozenset[str] = frozenset()
    is_entry: bool = False
    body: Body = Body.EMPTY
    max_bytes: int = 0


_READ, _POST = frozenset({"GET", "HEAD"}), frozenset({"POST"})
_LANGUAGE = frozenset({"lang"})
_QUESTION = frozenset({"lang", "q", "since", "until", "source", "language", "author", "kind", "sort", "limit"})
_LIBRARY = frozenset({"find", "order", "page", "state"})
_SPAN = frozenset({"start", "end", "from", "to"})
_PAGE = frozenset({"tab", "article", "dossier"}) | _QUESTION | _SPAN | _LIBRARY
# a file below a folder: no segment begins with a dot, so none is `..`
_FILE = r"[\w-][\w.-]*(/[\w-][\w.-]*)*"
_SESSION = r"[A-Za-z0-9_-]{1,64}"
# in JSON, the text of a question file is one string, in which a line break or a quote takes two characters
# in JSON, a character of a note takes up to six bytes
_MAX_DOSSIER_TEXT_BYTES = 6 * MAX_TEXT + 1000
_MAX_DRAFT_BYTES = 6 * MAX_DRAFT + 1000
_MAX_CALL_BYTES, _MAX_JSON_BYTES = 2 * MAX_UPLOAD_CHARACTERS, 100_000


def _rule(
    methods: frozenset[str],
    path: str,
    query: frozenset[str] = frozenset(),
    *,
    is_entry: bool = False,
    body: Body = Body.EMPTY,
    max_bytes: int = 0,
) -> Rule:
    return Rule(methods, re.compile(path, re.ASCII | re.DOTALL), query, is_entry, body, max_bytes)


RULES = (
    _rule(_READ, "/", _PAGE, is_entry=True),
    _rule(_READ, "/scripts/[a-z-]{1,40}[.]js"),
    _rule(_READ, "/answer", _QUESTION),
    _rule(_READ, "/cite(/menu)?", _SPAN | _LANGUAGE | {"article", "entry", "style", "hash"}),
    _rule(_READ, "/view/dossiers", _LANGUAGE | {"dossier"}),
    _rule(_READ, "/dossiers/menu", _LANGUAGE | {"from"}),
    _rule(_READ, "/dossier/[0-9a-f]{16}[.](docx|html|md|csv|json|ris|csl[.]json)", _LANGUAGE | {"style", "view"}),
    _rule(
        _POST,
        "/dossiers/(save|name|text|move|delete|restore|verify)",
        _LANGUAGE,
        body=Body.JSON,
        max_bytes=_MAX_DOSSIER_TEXT_BYTES,
    ),
    _rule(_POST, "/dossiers/import", _LANGUAGE, body=Body.JSON, max_bytes=MAX_IMPORT_BYTES),
    _rule(_READ, "/article/[^/]{1,200}", _SPAN | _QUESTION, is_entry=True),
    _rule(_READ, "/article/[^/]{1,200}/fragment", _SPAN | _QUESTION),
    _rule(_READ, "/article/[^/]{1,200}/(related|check|file)", _LANGUAGE),
    _rule(_READ, "/article/[^/]{1,200}/difference", _LANGUAGE | {"version"}),
    _rule(_READ, "/article/[^/]{1,200}/page([.]png)?", _SPAN | _LANGUAGE | {"page"}),
    _rule(_READ, "/evaluation/.{1,500}[.]html", _LANGUAGE, is_entry=True),
    _rule(_POST, "/mark", _LANGUAGE, body=Body.JSON, max_bytes=_MAX_JSON_BYTES),
    _rule(_POST, "/test-question(/delete)?", _LANGUAGE, body=Body.JSON, max_bytes=_MAX_JSON_BYTES),
    _rule(_READ, "/test-questions[.]jsonl", _LANGUAGE),
    _rule(_READ, "/view/evaluate/questions", _LANGUAGE),
    _rule(_READ, "/view/(questions|check|settings|settings/cost|settings/diagnosis)", _LANGUAGE),
    _rule(_POST, "/check", _LANGUAGE, body=Body.JSON, max_bytes=_MAX_DRAFT_BYTES),
    _rule(_READ, "/view/questions/older", _LANGUAGE | {"older-than"}),
    _rule(_READ, "/view/questions/new", _LANGUAGE | {"name"}),
    _rule(
        _POST,
        "/(saved/(add|remove|seen)|history/(delete|clear)|settings)",
        _LANGUAGE,
        body=Body.JSON,
        max_bytes=_MAX_JSON_BYTES,
    ),
    _rule(_READ, "/view/library(/list|/fields|/add|/run|/pictures|/map)?", _QUESTION | _LIBRARY),
    _rule(_READ, "/view/library/article", _LANGUAGE | {"article"}),
    _rule(
        _POST, "/library/(add|cancel|correct|undo|forget|watch)", _LANGUAGE, body=Body.JSON, max_bytes=_MAX_JSON_BYTES
    ),
    _rule(_POST, "/library/upload", _LANGUAGE | {"name"}, body=Body.STREAM, max_bytes=MAX_FILE_BYTES),
    _rule(_READ, "/fonts/[a-z0-9.-]{1,100}[.]woff2"),
    # Gradio's own, which browsers request with an Origin. Behind an unknown proxy, that is a foreign one, and then a
    # script of the page has to say so.
    _rule(_READ, f"/assets/{_FILE}", is_entry=True),
    _rule(_READ, f"/static/(js|fonts|img)/{_FILE}"),
    _rule(_READ, "/theme[.]css"),
    _rule(_READ, "/favicon[.]ico"),
    _rule(_READ, "/manifest[.]json"),
    _rule(_POST, "/gradio_api/run/predict", _PAGE, body=Body.CALL, max_bytes=_MAX_CALL_BYTES),
    _rule(_POST, "/gradio_api/queue/join", _PAGE, body=Body.QUEUED_CALL, max_bytes=_MAX_CALL_BYTES),
    _rule(_READ, "/gradio_api/queue/data", frozenset({"session_hash"})),
    _rule(_READ, f"/gradio_api/heartbeat/{_SESSION}"),
)


def rule_for(path: str) -> Rule | None:
    """Return the rule of a decoded path below the root path; None if it is closed."""
    return next((rule for rule in RULES if rule.path.fullmatch(path)), None)


def is_session(name: object) -> bool:
    """Return whether this is a valid session hash, by which Gradio identifies an open page."""
    return isinstance(name, str) and re.fullmatch(_SESSION, name) is not None
