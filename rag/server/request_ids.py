"""The id of every request, by which its reply and the log find each other."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

from starlette.datastructures import Headers
from starlette.types import Scope

_current: ContextVar[str] = ContextVar("request_id", default="")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id_of(scope: Scope) -> str:
    """Return the id that a request has: that of its header X-Request-ID if that is a plain word, else a new one."""
    state = scope.setdefault("state", {})
    if "request_id" not in state:
        header = Headers(scope=scope).get("x-request-id", "")
        state["request_id"] = header if _REQUEST_ID.fullmatch(header) else secrets.token_hex(8)
    request_id: str = state["request_id"]
    _current.set(request_id)
    return request_id


def current_request_id() -> str:
    """Return the id of the request that is being answered here; empty if none is."""
    return _current.get()
