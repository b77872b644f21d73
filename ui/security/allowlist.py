"""The routes that the page needs. All others are closed, whatever Gradio offers there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from rag.access.roles import Role
from rag.access.rules import Deed, RouteRule, rule_in
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
    FORM = auto()
    """The fields of a form without scripts."""
    CALL = auto()
    """A call of one of the page's functions, answered at once."""
    QUEUED_CALL = auto()
    """A call that is answered by events."""


@dataclass(frozen=True, slots=True)
class Rule(RouteRule):
    """An open route: who may use it, and the parameters of its query; other parameters are dropped.

    `is_entry` is set for addresses that a link on another site may lead to.
    """

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
_MAX_CALL_BYTES, _MAX_JSON_BYTES, _MAX_FORM_BYTES = 2 * MAX_UPLOAD_CHARACTERS, 100_000, 10_000


def _rule(
    methods: frozenset[str],
    path: str,
    role: Role | None,
    query: frozenset[str] = frozenset(),
    *,
    deed: Deed | None = None,
    is_entry: bool = False,
    body: Body = Body.EMPTY,
    max_bytes: int = 0,
) -> Rule:
    return Rule(methods, re.compile(path, re.ASCII | re.DOTALL), role, deed, query, is_entry, body, max_bytes)


def _change(path: str, role: Role, *, deed: Deed | None = "change", max_bytes: int = _MAX_JSON_BYTES) -> Rule:
    """Return the rule of a route that takes JSON."""
    return _rule(_POST, path, role, _LANGUAGE, deed=deed, body=Body.JSON, max_bytes=max_bytes)


_ANYBODY, _READER, _EDITOR, _ADMIN = None, Role.READER, Role.EDITOR, Role.ADMIN

RULES = (
    _rule(_READ, "/", _READER, _PAGE, is_entry=True),
    _rule(
        _READ | _POST,
        "/sign-in",
        _ANYBODY,
        _LANGUAGE | {"next"},
        deed="sign-in",
        is_entry=True,
        body=Body.FORM,
        max_bytes=_MAX_FORM_BYTES,
    ),
    _rule(_POST, "/sign-out", _READER, _LANGUAGE, body=Body.FORM, max_bytes=_MAX_FORM_BYTES),
    _rule(_READ, "/scripts/[a-z-]{1,40}[.]js", _READER),
    _rule(_READ, "/answer", _READER, _QUESTION, deed="ask"),
    _rule(_READ, "/cite", _READER, _SPAN | _LANGUAGE | {"article", "entry", "style", "hash"}, deed="export"),
    _rule(_READ, "/cite/menu", _READER, _SPAN | _LANGUAGE | {"article", "entry", "style", "hash"}),
    _rule(_READ, "/view/dossiers", _READER, _LANGUAGE | {"dossier"}),
    _rule(_READ, "/dossiers/menu", _EDITOR, _LANGUAGE | {"from"}),
    _rule(
        _READ,
        "/dossier/[0-9a-f]{16}[.](docx|html|md|csv|json|ris|csl[.]json)",
        _READER,
        _LANGUAGE | {"style", "view"},
        deed="export",
    ),
    _change("/dossiers/(save|name|text|move|delete|restore)", _EDITOR, max_bytes=_MAX_DOSSIER_TEXT_BYTES),
    _change("/dossiers/verify", _READER, deed="ask", max_bytes=_MAX_DOSSIER_TEXT_BYTES),
    _change("/dossiers/import", _EDITOR, max_bytes=MAX_IMPORT_BYTES),
    _rule(_READ, "/article/[^/]{1,200}", _READER, _SPAN | _QUESTION, deed="open", is_entry=True),
    _rule(_READ, "/article/[^/]{1,200}/fragment", _READER, _SPAN | _QUESTION, deed="open"),
    _rule(_READ, "/article/[^/]{1,200}/(related|check)", _READER, _LANGUAGE),
    _rule(_READ, "/article/[^/]{1,200}/file", _READER, _LANGUAGE, deed="export"),
    _rule(_READ, "/article/[^/]{1,200}/difference", _READER, _LANGUAGE | {"version"}, deed="open"),
    _rule(_READ, "/article/[^/]{1,200}/page([.]png)?", _READER, _SPAN | _LANGUAGE | {"page"}),
    _rule(_READ, "/evaluation/.{1,500}[.]html", _READER, _LANGUAGE, deed="open", is_entry=True),
    _change("/mark", _EDITOR),
    _change("/test-question(/delete)?", _EDITOR),
    _rule(_READ, "/test-questions[.]jsonl", _READER, _LANGUAGE, deed="export"),
    _rule(_READ, "/view/evaluate/questions", _READER, _LANGUAGE),
    _rule(_READ, "/view/check", _READER, _LANGUAGE),
    # the questions of all who ask
    _rule(_READ, "/view/questions", _EDITOR, _LANGUAGE),
    _rule(_READ, "/view/settings(/cost|/diagnosis)?", _ADMIN, _LANGUAGE),
    _change("/check", _READER, deed="ask", max_bytes=_MAX_DRAFT_BYTES),
    _rule(_READ, "/view/questions/older", _EDITOR, _LANGUAGE | {"older-than"}),
    _rule(_READ, "/view/questions/new", _EDITOR, _LANGUAGE | {"name"}),
    _change("/saved/(add|remove|seen)|/history/delete", _EDITOR),
    _change("/history/clear|/settings", _ADMIN),
    _rule(_READ, "/view/library(/list|/fields|/add|/run|/pictures|/map)?", _READER, _QUESTION | _LIBRARY),
    _rule(_READ, "/view/library/article", _READER, _LANGUAGE | {"article"}),
    _change("/library/(add|cancel|correct|undo)", _EDITOR),
    _change("/library/(forget|watch)", _ADMIN),
    _rule(
        _POST,
        "/library/upload",
        _EDITOR,
        _LANGUAGE | {"name"},
        deed="change",
        body=Body.STREAM,
        max_bytes=MAX_FILE_BYTES,
    ),
    # files, which are the same for everybody: what the page to sign in and a page that waits for its server need
    _rule(_READ, "/fonts/[a-z0-9.-]{1,100}[.]woff2", _ANYBODY),
    _rule(_READ, "/theme[.]css", _ANYBODY),
    _rule(_READ, "/favicon[.]ico", _ANYBODY),
    # Gradio's own, which browsers request with an Origin. Behind an unknown proxy, that is a foreign one, and then a
    # script of the page has to say so.
    _rule(_READ, f"/assets/{_FILE}", _READER, is_entry=True),
    _rule(_READ, f"/static/(js|fonts|img)/{_FILE}", _READER),
    _rule(_READ, "/manifest[.]json", _READER),
    # which function of the page a call may reach, see calls.py
    _rule(_POST, "/gradio_api/run/predict", _READER, _PAGE, body=Body.CALL, max_bytes=_MAX_CALL_BYTES),
    _rule(_POST, "/gradio_api/queue/join", _READER, _PAGE, body=Body.QUEUED_CALL, max_bytes=_MAX_CALL_BYTES),
    _rule(_READ, "/gradio_api/queue/data", _READER, frozenset({"session_hash"})),
    _rule(_READ, f"/gradio_api/heartbeat/{_SESSION}", _READER),
)


def rule_for(path: str) -> Rule | None:
    """Return the rule of a decoded path below the root path; None if it is closed."""
    return next((rule for rule in RULES if rule.path.fullmatch(path)), None)


def page_rule(method: str, path: str) -> RouteRule | None:
    """Return the rule of a request to the page; None if there is none."""
    return rule_in(RULES, method, path)


def is_session(name: object) -> bool:
    """Return whether this is a valid session hash, by which Gradio identifies an open page."""
    return isinstance(name, str) and re.fullmatch(_SESSION, name) is not None
