"""JSON tables: one object per line, or a document with a list of objects."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from rag.errors import LoadError
from rag.loading.common.draft import Flaw
from rag.loading.common.encodings import decode
from rag.loading.common.json_text import is_json_lines, parse_json
from rag.loading.tables.columns import MIN_TEXT_LENGTH, Cell, Cells, RawRow, guess_columns
from rag.loading.tables.json_shapes import has_text_column, tables_in
from rag.loading.tables.line_reader import Unreadable, read_whole, text_lines

_MAX_DEPTH = 5
"""Objects nested at most this deep contribute columns."""
# keys of the text of an object in a list: an author has a name, a paragraph a text
_TEXT_KEYS = ("name", "text", "value", "content")


def json_lines(file: BinaryIO) -> Iterator[RawRow | Flaw]:
    """Yield the object of each line, with its position."""
    for number, line in enumerate(text_lines(file), 1):
        position = f"line {number}"
        if isinstance(line, Unreadable):
            yield Flaw(position, f"Line {number} cannot be read ({line.reason}): fix or delete it.")
        elif line.strip():
            try:
                value = parse_json(line)
            except (ValueError, RecursionError) as error:
                yield Flaw(position, f"Line {number} is not valid JSON ({_reason(error)}): fix or delete it.")
                continue
            yield _row(position, value)


def json_entries(file: BinaryIO) -> Iterator[RawRow | Flaw]:
    """Yield each row of a table of any shape, with its position; a document that is one article is its only row.

    Raises:
        LoadError: it is not JSON, or contains no table, or several.
    """
    raw = read_whole(file)
    text = decode(raw)
    try:
        value = parse_json(text)
    except (ValueError, RecursionError) as error:
        if is_json_lines(text):
            yield from json_lines(io.BytesIO(raw))
            return
        raise LoadError(f"It is not valid JSON ({_reason(error)}): save it again, or as .jsonl.") from error
    for number, entry in enumerate(_entries(value), 1):
        yield _row(f"entry {number}", entry)


def _entries(value: Any) -> list[Any]:
    """The list of articles in a document, or the document itself if it is an article."""
    tables = dict(tables_in(value))
    own_texts = _long_texts(value, tables) if isinstance(value, dict) else {}
    if has_text_column(list(own_texts)):
        return [value]
    with_text = {name: rows for name, rows in tables.items() if any(map(_has_text, rows))}
    # if there are articles, a long text under another name describes them
    if not with_text and "text" in guess_columns(list(own_texts), [own_texts]):
        return [value]
    candidates = with_text or tables
    if len(candidates) > 1:
        raise LoadError(f"It contains several lists ({', '.join(candidates)}): save only the one with the articles.")
    if not candidates and not isinstance(value, dict | list):
        raise LoadError("It contains no list of objects: save the articles as a list, or as .jsonl.")
    return next(iter(candidates.values()), value if isinstance(value, list) else [value])


def _long_texts(value: Mapping[str, Any], tables: Mapping[str, Any]) -> Cells:
    """The long texts of an object outside of its tables."""
    return {
        name: cell
        for name, cell in _cells(value).items()
        if isinstance(cell, str)
        and len(cell) >= MIN_TEXT_LENGTH
        and not any(f"{name}.".startswith(f"{table}.") for table in tables if table)
        and "" not in tables
    }


def _has_text(row: Any) -> bool:
    cells = _cells(row) if isinstance(row, dict) else {}
    return "text" in guess_columns(list(cells), [cells])


def _cells(value: Mapping[str, Any], prefix: str = "", depth: int = _MAX_DEPTH) -> Cells:
    """The values of an object and of objects nested in it, by dotted names."""
    cells: dict[str, Cell] = {}
    for name, member in value.items():
        if isinstance(member, dict) and depth:
            cells.update(_cells(member, f"{prefix}{name}.", depth - 1))
        elif isinstance(member, str):
            cells[f"{prefix}{name}"] = member
        elif isinstance(member, list):
            cells[f"{prefix}{name}"] = tuple(text for entry in member if (text := _text(entry)))
    return cells


def _text(entry: Any) -> str | None:
    """The text of an entry of a list, or None."""
    if isinstance(entry, dict):
        entry = next((entry[name] for name in _TEXT_KEYS if isinstance(entry.get(name), str)), None)
    return entry if isinstance(entry, str) else None


def _row(position: str, value: Any) -> RawRow | Flaw:
    if isinstance(value, dict):
        return position, _cells(value)
    return Flaw(position, f"{position.capitalize()} is not an object with columns: fix or delete it.")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        location = f"line {error.lineno}, character {error.colno}" if error.lineno > 1 else f"character {error.colno}"
        return f"{error.msg.removesuffix(' at')} at {location}"
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)
