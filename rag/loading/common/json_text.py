"""JSON in files: one document, or one object per line."""

from __future__ import annotations

import json
from typing import Any


def parse_json(text: str) -> Any:
    """Return the value of a JSON text; numbers are kept as strings of digits.

    Raises:
        ValueError, RecursionError: it is not JSON, or nested too deep.
    """
    # an id may be longer than any number, and 1e999 is not a number
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: None)


def is_json_lines(text: str) -> bool:
    """Return whether the first line of a text is a complete object and more text follows."""
    first, _, remainder = text.lstrip().partition("\n")
    if not first.startswith("{") or not remainder.strip():
        return False
    try:
        return isinstance(parse_json(first), dict)
    except (ValueError, RecursionError):
        return False
