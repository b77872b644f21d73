"""JSON as files hold it: one document, or an object a line."""

from __future__ import annotations

import json
from typing import Any


def parse_json(text: str) -> Any:
    """Return the value of a text; numbers stay the digits that they are.

    Raises:
        ValueError, RecursionError: it is no JSON, or nested too deep.
    """
    # an id may be longer than any number, and 1e999 is none
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: None)


def is_json_lines(text: str) -> bool:
    """Whether a text begins with a line that is an object of its own, and goes on after it."""
    first, _, rest = text.lstrip().partition("\n")
    if not first.startswith("{") or not rest.strip():
        return False
    try:
        return isinstance(parse_json(first), dict)
    except (ValueError, RecursionError):
        return False
