"""Text from outside in the cells of a table that a spreadsheet program may open."""

from __future__ import annotations

# a spreadsheet program takes a cell that begins so for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> object:
    """Return a value that no spreadsheet program takes for a formula.

    >>> cell("=1+1"), cell(-1)
    ("'=1+1", -1)
    """
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip(" \u00a0").startswith(_FORMULA) or value.startswith(_FORMULA) else value
