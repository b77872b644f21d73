"""The routes that the page needs. Every other one is closed, whatever Gradio offers there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from ui.tabs.question_sources import MOST


class Sent(Enum):
    """What the body of a request holds."""

    NOTHING = auto()
    MARK = auto()
    CALL = auto()
    """a call of one of the page's functions, answered at once"""
    QUEUED_CALL = auto()
    """a call that is answered by events"""


@dataclass(frozen=True, slots=True)
class Rule:
    """A route that is open: by these methods, with these parameters of its query; all others are dropped.

    `opens` is set for what opens the page, where a link elsewhere may lead. A body has at most `most` bytes.
    """

    methods: frozenset[str]
    path: re.Pattern[str]
    query: frozenset[str] = frozenset()
    opens: bool = False
    sent: Sent = Sent.NOTHING
    most: int = 0


_READ, _POST = frozenset({"GET", "HEAD"}), frozenset({"POST"})
_LANGUAGE = frozenset({"lang"})
_PAGE = frozenset({"lang", "tab"})
# a file below a folder: no segment begins with a dot, so that none is `..`
_FILE = r"[\w-][\w.-]*(/[\w-][\w.-]*)*"
_SESSION = r"[A-Za-z0-9_-]{1,64}"
# the text of a file of questions is one string in JSON, where a line break or a quote takes two signs
_CALL_MOST, _MARK_MOST = 2 * MOST, 100_000


def _rule(
    methods: frozenset[str],
    path: str,
    query: frozenset[str] = frozenset(),
    opens: bool = False,
    sent: Sent = Sent.NOTHING,
    most: int = 0,
) -> Rule:
    return Rule(methods, re.compile(path, re.ASCII | re.DOTALL), query, opens, sent, most)


RULES = (
    _rule(_READ, "/", _PAGE, opens=True),
    _rule(_READ, "/article/[^/]{1,200}", frozenset({"start", "end", "from", "to", "lang"}), opens=True),
    _rule(_READ, "/evaluation/.{1,500}[.]html", _LANGUAGE, opens=True),
    _rule(_POST, "/mark", _LANGUAGE, sent=Sent.MARK, most=_MARK_MOST),
    # Gradio's own, which browsers ask for with an Origin; behind a proxy that may be one that is not known, and then
    # it is a script of the page that says so
    _rule(_READ, f"/assets/{_FILE}", opens=True),
    _rule(_READ, f"/static/(js|fonts|img)/{_FILE}"),
    _rule(_READ, "/theme[.]css"),
    _rule(_READ, "/favicon[.]ico"),
    _rule(_READ, "/manifest[.]json"),
    _rule(_POST, "/gradio_api/run/predict", _PAGE, sent=Sent.CALL, most=_CALL_MOST),
    _rule(_POST, "/gradio_api/queue/join", _PAGE, sent=Sent.QUEUED_CALL, most=_CALL_MOST),
    _rule(_READ, "/gradio_api/queue/data", frozenset({"session_hash"})),
    _rule(_READ, f"/gradio_api/heartbeat/{_SESSION}"),
)


def rule_for(path: str) -> Rule | None:
    """Return the rule of a path, which begins below the root path and is decoded; None if it is closed."""
    return next((rule for rule in RULES if rule.path.fullmatch(path)), None)


def is_session(name: object) -> bool:
    """Return whether this may be the name that a page gives itself for as long as it is open."""
    return isinstance(name, str) and re.fullmatch(_SESSION, name) is not None
