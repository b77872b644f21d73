"""The functions of the page that a request may call, and the values it may pass. Independent of Gradio."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rag.access.roles import Role
from ui.security.allowlist import is_session

# A file in Gradio's messages is an object with a path or an address, which Gradio copies or fetches.
_FILE_KEYS = frozenset({"path", "url", "meta", "_type", "orig_name"})
_MAX_DEPTH = 20  # of nested lists and objects; the page itself sends 3


# who may call a function, by its name; one that is not here is for admins
_ROLES = {
    **dict.fromkeys(("open_page", "fill", "follow", "show", "compare"), Role.READER),
    **dict.fromkeys(("take_file", "run", "cancel", "delete"), Role.EDITOR),
}


class BadCall(ValueError):
    """A body that is not a valid call of a function of the page; the message is one sentence."""


class CallNotAllowed(BadCall):
    """A call of a function that needs another role."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the page: whether it is queued, how many values it takes, what triggers it, and who may call it."""

    queued: bool
    values: int
    triggers: frozenset[int]
    role: Role = Role.ADMIN


def calls_of(dependencies: Iterable[Mapping[str, Any]]) -> dict[int, Call]:
    """Return the functions by number, from the part of Gradio's configuration that lists them for the browser."""
    functions = {function["id"]: function for function in dependencies}

    def triggers(function: Mapping[str, Any]) -> frozenset[int]:
        # a function that follows another has the triggers of that
        while function.get("trigger_after") is not None:
            function = functions[function["trigger_after"]]
        return frozenset(component for component, _ in function["targets"] if component is not None)

    return {
        number: Call(
            function["queue"] is not False,
            len(function["inputs"]),
            triggers(function),
            _ROLES.get(function.get("api_name") or "", Role.ADMIN),
        )
        for number, function in functions.items()
    }


def checked_call(body: bytes, calls: Mapping[int, Call], *, queued: bool, role: Role = Role.ADMIN) -> bytes:
    """Return the body rewritten with only the fields that the page sends, so that Gradio reads what was checked.

    Args:
        role: that of who calls.

    Raises:
        CallNotAllowed: the role is not enough.
        BadCall: the body is not JSON, names no function that is called this way, or contains a file.
    """
    fields = _parsed(body)
    if not isinstance(fields, dict):
        raise BadCall("The body must be a JSON object.")
    number, trigger, session = fields.get("fn_index"), fields.get("trigger_id"), fields.get("session_hash")
    data, event = fields.get("data"), fields.get("event_data")
    call = calls.get(number) if type(number) is int else None
    if call is None or call.queued != queued:
        raise BadCall("The page has no such function.")
    if not role.includes(call.role):
        raise CallNotAllowed(f"This needs the role {call.role.value}: ask who runs the server.")
    if trigger is not None and (type(trigger) is not int or trigger not in call.triggers):
        raise BadCall("This component does not trigger the function.")
    if not is_session(session) and (queued or session is not None):
        raise BadCall("The session hash is missing or not valid.")
    if not isinstance(data, list) or len(data) < call.values:
        raise BadCall("Arguments of the function are missing.")
    data = data[: call.values]
    if _is_deep_or_file([data, event]):
        raise BadCall("Files are not accepted.")
    checked = {"fn_index": number, "trigger_id": trigger, "session_hash": session, "data": data, "event_data": event}
    try:
        return json.dumps(checked, allow_nan=False).encode("ascii")
    except ValueError as error:
        raise BadCall("A number is too large.") from error


def _parsed(body: bytes) -> object:
    def refuse(constant: str) -> object:
        raise BadCall(f"{constant} is not a JSON number.")

    try:
        return json.loads(body.decode("utf-8"), parse_constant=refuse)
    except BadCall:
        raise
    except (ValueError, RecursionError) as error:
        # ValueError: also invalid UTF-8, and numbers with more digits than Python parses
        raise BadCall("The body is not valid JSON.") from error


def _is_deep_or_file(value: object) -> bool:
    """Return whether a value contains a file object at any level, or is nested too deeply to tell."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                if not _FILE_KEYS.isdisjoint(item):
                    return True
                inner += item.values()
            elif isinstance(item, list):
                inner += item
        if not inner:
            return False
        level = inner
    return True
