"""The functions of the page that a request may call, and what it may hand to them. Nothing here is Gradio's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ui.security.allowlist import is_session

# A file in Gradio's messages is an object with a path or an address, which Gradio copies or fetches.
_OF_FILES = frozenset({"path", "url", "meta", "_type", "orig_name"})
# The page itself sends objects in a list in an object, and no deeper.
_DEEPEST = 20


class BadCall(ValueError):
    """A body that calls no function of the page; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the page: how it is answered, how many values it takes, and the components that trigger it."""

    queued: bool
    values: int
    triggers: frozenset[int]


def calls_of(dependencies: Iterable[Mapping[str, Any]]) -> dict[int, Call]:
    """Return the functions by number, from the part of Gradio's configuration that lists them for the browser."""
    known = {one["id"]: one for one in dependencies}

    def triggers(one: Mapping[str, Any]) -> frozenset[int]:
        # what follows on another function is triggered by what triggered that
        while one.get("trigger_after") is not None:
            one = known[one["trigger_after"]]
        return frozenset(component for component, _ in one["targets"] if component is not None)

    return {number: Call(one["queue"] is not False, len(one["inputs"]), triggers(one)) for number, one in known.items()}


def checked_call(body: bytes, calls: Mapping[int, Call], *, queued: bool) -> bytes:
    """Return the body written anew with what the page sends and nothing else, so that Gradio reads what was checked.

    Raises:
        BadCall: it is no JSON, names no function that is called this way, or holds a file.
    """
    sent = _parsed(body)
    if not isinstance(sent, dict):
        raise BadCall("The body must be an object.")
    number, trigger, session = sent.get("fn_index"), sent.get("trigger_id"), sent.get("session_hash")
    data, event = sent.get("data"), sent.get("event_data")
    call = calls.get(number) if type(number) is int else None
    if call is None or call.queued != queued:
        raise BadCall("The page has no such function.")
    if trigger is not None and (type(trigger) is not int or trigger not in call.triggers):
        raise BadCall("Nothing on the page triggers this function so.")
    if not is_session(session) and (queued or session is not None):
        raise BadCall("The name of the session is none.")
    if not isinstance(data, list) or len(data) < call.values:
        raise BadCall("Values for the function are missing.")
    data = data[: call.values]
    if _is_deep_or_file([data, event]):
        raise BadCall("The page takes no files.")
    kept = {"fn_index": number, "trigger_id": trigger, "session_hash": session, "data": data, "event_data": event}
    try:
        return json.dumps(kept, allow_nan=False).encode("ascii")
    except ValueError as error:
        raise BadCall("A number is too large.") from error


def _parsed(body: bytes) -> object:
    def refuse(constant: str) -> object:
        raise BadCall(f"{constant} is no number in JSON.")

    try:
        return json.loads(body.decode("utf-8"), parse_constant=refuse)
    except BadCall:
        raise
    except (ValueError, RecursionError) as error:
        # ValueError: also signs that are no UTF-8, and numbers of more digits than Python reads
        raise BadCall("The body is no JSON.") from error


def _is_deep_or_file(value: object) -> bool:
    """Return whether an object of a file stands anywhere in it, or it goes so deep that one might be overlooked."""
    level = [value]
    for _ in range(_DEEPEST):
        inner: list[object] = []
        for one in level:
            if isinstance(one, dict):
                if not _OF_FILES.isdisjoint(one):
                    return True
                inner += one.values()
            elif isinstance(one, list):
                inner += one
        if not inner:
            return False
        level = inner
    return True
