"""The rows of tables in JSON: one object a line, or one list of objects."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from rag.errors import LoadError
from rag.loading.common.draft import Flaw
from rag.loading.common.encodings import decode
from rag.loading.common.json_text import is_json_lines, parse_json
from rag.loading.tables.columns import MIN_TEXT_LENGTH, Cell, Cells, guess_columns
from rag.loading.tables.json_shapes import has_text_column, tables_in
from rag.loading.tables.line_reader import Unreadable, read_whole, text_lines

_DEPTH = 5
"""How deep objects are looked into for columns."""
# what an object in a list is for: an author has a name, a paragraph a text
_SPEAKING = ("name", "text", "value", "content")


def json_lines(file: BinaryIO) -> Iterator[tuple[str, Cells] | Flaw]:
    """Yield the object of each line, with its place."""
    for number, line in enumerate(text_lines(file), 1):
        place = f"line {number}"
        if isinstance(line, Unreadable):
            yield Flaw(place, f"Line {number} cannot be read ({line.why}): mend or delete it.")
        elif line.strip():
            try:
                value = parse_json(line)
            except (ValueError, RecursionError) as error:
                yield Flaw(place, f"Line {number} is no valid JSON ({_why(error)}): mend or delete it.")
                continue
            yield _row(place, value)


def json_entries(file: BinaryIO) -> Iterator[tuple[str, Cells] | Flaw]:
    """Yield each row of the table, in whatever shape that is, with its place; a single article is the only one.

    Raises:
        LoadError: it is no JSON, holds no table, or several.
    """
    raw = read_whole(file)
    text = decode(raw)
    try:
        value = parse_json(text)
    except (ValueError, RecursionError) as error:
        if is_json_lines(text):
            yield from json_lines(io.BytesIO(raw))
            return
        raise LoadError(f"It is no valid JSON ({_why(error)}): save it again, or as .jsonl.") from error
    for number, entry in enumerate(_entries(value), 1):
        yield _row(f"entry {number}", entry)


def _entries(value: Any) -> list[Any]:
    """The list of articles in a document, or the document itself if it is one."""
    tables = dict(tables_in(value))
    own = _long_texts(value, tables) if isinstance(value, dict) else {}
    if has_text_column(list(own)):
        return [value]
    with_text = {name: rows for name, rows in tables.items() if any(map(_has_text, rows))}
    # a long text of another name describes the articles, if there are any
    if not with_text and "text" in guess_columns(list(own), [own]):
        return [value]
    found = with_text or tables
    if len(found) > 1:
        raise LoadError(f"It holds several lists ({', '.join(found)}): save the one with the articles alone.")
    if not found and not isinstance(value, dict | list):
        raise LoadError("It holds no list of objects: save the articles as a list, or as .jsonl.")
    return next(iter(found.values()), value if isinstance(value, list) else [value])


def _long_texts(value: Mapping[str, Any], tables: Mapping[str, Any]) -> Cells:
    """The long texts of an object that stand in none of its tables."""
    return {
        name: cell
        for name, cell in _cells(value).items()
        if isinstance(cell, str)
        and len(cell) >= MIN_TEXT_LENGTH
        and not any(f"{name}.".startswith(f"{one}.") for one in tables if one)
        and "" not in tables
    }


def _has_text(row: Any) -> bool:
    cells = _cells(row) if isinstance(row, dict) else {}
    return "text" in guess_columns(list(cells), [cells])


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


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        where = f"line {error.lineno}, character {error.colno}" if error.lineno > 1 else f"character {error.colno}"
        return f"{error.msg.removesuffix(' at')} at {where}"
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)
