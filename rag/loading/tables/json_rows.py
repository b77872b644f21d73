"""The rows of tables in JSON: one object a line, or one list of objects."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from rag.errors import LoadError
from rag.loading.draft import Flaw
from rag.loading.encodings import decode
from rag.loading.tables.columns import LONG, Cell, Cells, guess_columns
from rag.loading.tables.lines import Unreadable, lines, whole

_DEPTH = 5
"""How deep objects are looked into for columns and for the list of rows."""
# what an object in a list is for: an author has a name, a paragraph a text
_SPEAKING = ("name", "text", "value", "content")


def json_lines(file: BinaryIO) -> Iterator[tuple[str, Cells] | Flaw]:
    """Yield the object of each line, with its place."""
    for number, line in enumerate(lines(file), 1):
        place = f"line {number}"
        if isinstance(line, Unreadable):
            yield Flaw(place, f"Line {number} cannot be read ({line.why}): mend or delete it.")
        elif line.strip():
            try:
                value = _parsed(line)
            except (ValueError, RecursionError) as error:
                yield Flaw(place, f"Line {number} is no valid JSON ({_why(error)}): mend or delete it.")
                continue
            yield _row(place, value)


def json_entries(file: BinaryIO) -> Iterator[tuple[str, Cells] | Flaw]:
    """Yield each object of the list, with its place; a single object that is an article is the only one.

    Raises:
        LoadError: it is no JSON, holds no list of objects, or several.
    """
    raw = whole(file)
    text = decode(raw)
    try:
        value = _parsed(text)
    except (ValueError, RecursionError) as error:
        if is_json_lines(text):
            yield from json_lines(io.BytesIO(raw))
            return
        raise LoadError(f"It is no valid JSON ({_why(error)}): save it again, or as .jsonl.") from error
    for number, entry in enumerate(_entries(value), 1):
        yield _row(f"entry {number}", entry)


def is_json_lines(text: str) -> bool:
    """Whether a text begins with a line that is an object of its own, and goes on after it."""
    first, _, rest = text.lstrip().partition("\n")
    if not first.startswith("{") or not rest.strip():
        return False
    try:
        return isinstance(_parsed(first), dict)
    except (ValueError, RecursionError):
        return False


def _entries(value: Any) -> list[Any]:
    """The list of articles in a document, or the document itself if it is one."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise LoadError("It holds no list of objects: save the articles as a list, or as .jsonl.")
    if _is_article(value):
        return [value]
    lists = dict(_lists(value))
    if len(lists) > 1:
        raise LoadError(f"It holds several lists ({', '.join(lists)}): save the one with the articles alone.")
    return next(iter(lists.values()), [value])


def _is_article(value: dict[str, Any]) -> bool:
    cells = {name: cell for name, cell in _cells(value).items() if isinstance(cell, str) and len(cell) >= LONG}
    return "text" in guess_columns(list(cells), [cells])


def _lists(value: Mapping[str, Any], above: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, list[Any]]]:
    """The lists of objects below an object, each with its dotted name."""
    for name, one in value.items():
        if isinstance(one, list) and any(isinstance(entry, dict) for entry in one):
            yield f"{above}{name}", one
        elif isinstance(one, dict) and depth:
            yield from _lists(one, f"{above}{name}.", depth - 1)


def _cells(value: Mapping[str, Any], above: str = "", depth: int = _DEPTH) -> Cells:
    """The values of an object and of those in it, by dotted names."""
    cells: dict[str, Cell] = {}
    for name, one in value.items():
        if isinstance(one, dict) and depth:
            cells.update(_cells(one, f"{above}{name}.", depth - 1))
        elif isinstance(one, str):
            cells[f"{above}{name}"] = one
        elif isinstance(one, list):
            cells[f"{above}{name}"] = tuple(text for entry in one if (text := _text(entry)))
    return cells


def _text(entry: Any) -> str | None:
    """What an entry of a list says."""
    if isinstance(entry, dict):
        entry = next((entry[name] for name in _SPEAKING if isinstance(entry.get(name), str)), None)
    return entry if isinstance(entry, str) else None


def _row(place: str, value: Any) -> tuple[str, Cells] | Flaw:
    if isinstance(value, dict):
        return place, _cells(value)
    return Flaw(place, f"{place.capitalize()} is no object with columns: mend or delete it.")


def _parsed(text: str) -> Any:
    # numbers stay the digits that they are: an id may be longer than any number, and 1e999 is none
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: None)


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        where = f"line {error.lineno}, character {error.colno}" if error.lineno > 1 else f"character {error.colno}"
        return f"{error.msg.removesuffix(' at')} at {where}"
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)
