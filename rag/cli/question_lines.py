"""Lines of standard input → questions: a question as it is, or a JSON object with an id and filters of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from rag.errors import QuestionError

MAX_LINE_BYTES = 1_000_000
"""A longer line is an error, and skipped without being held in memory."""
_TEXT, _TEXTS = "a string", "a string or a list of strings"
_TYPES = {
    "question": _TEXT,
    "id": "a string or a whole number",
    "k": "a whole number from 1 to 100",
    "since": _TEXT,
    "until": _TEXT,
    "source": _TEXTS,
    "language": _TEXTS,
    "author": _TEXTS,
    "path": _TEXTS,
    "include": _TEXTS,
    "fast": "true or false",
}
"""What a JSON line may say, and how: the id of the question, and arguments of `Archive.ask`."""
MAX_K = 100


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question from a line of input.

    Attributes:
        id: the id that was given, or else the number of the line, from 1.
        arguments: what the line says of the arguments of `Archive.ask`.
    """

    question: str
    id: str | int
    arguments: dict[str, Any] = field(default_factory=dict)


def question_line(text: str, number: int) -> QuestionLine:
    """Return the question in a line: JSON if it begins with a brace, else the line itself.

    >>> question_line('{"question": "Wer?", "id": "q7", "k": 2}', 1)
    QuestionLine(question='Wer?', id='q7', arguments={'k': 2})

    Raises:
        QuestionError: it is not valid JSON, or a field is unknown, missing or of another type.
    """
    if not text.startswith("{"):
        return QuestionLine(text, number)
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QuestionError('It is not valid JSON: write {"question": "…"}, or the question alone.') from error
    # null says nothing of a field
    stated = {name: value for name, value in fields.items() if value is not None}
    for name, value in stated.items():
        if name not in _TYPES:
            raise QuestionError(f"There is no field {name!r}: choose among {', '.join(_TYPES)}.")
        if not _fits(value, _TYPES[name]):
            raise QuestionError(f"The field {name} must be {_TYPES[name]}.")
    if "question" not in stated:
        raise QuestionError('The field question is missing: write {"question": "…"}.')
    return QuestionLine(stated.pop("question"), stated.pop("id", number), stated)


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, str | QuestionError]]:
    """Yield the lines with their numbers as they arrive, without blank ones; one that cannot be read as its error."""
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(MAX_LINE_BYTES)
            yield number, QuestionError(f"It is longer than {MAX_LINE_BYTES:,} bytes: shorten the question.")
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            yield number, QuestionError("It is not in UTF-8: convert the file to that encoding.")
            continue
        if text:
            yield number, text


def _fits(value: object, rule: str) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    match rule:
        case "a string":
            return isinstance(value, str)
        case "a string or a whole number":
            return isinstance(value, str) or is_number
        case "true or false":
            return isinstance(value, bool)
        case "a string or a list of strings":
            return isinstance(value, str) or (isinstance(value, list) and all(isinstance(part, str) for part in value))
        case _:
            return is_number and value in range(1, MAX_K + 1)
