"""Test questions: what is asked, and which articles answer it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import NotFound, QuestionError


@dataclass(frozen=True, slots=True)
class TestQuestion:
    """A question, whether the archive answers it, and the articles that do: by id, path, title or address."""

    question: str
    answerable: bool
    articles: tuple[str, ...]


def read_questions(path: Path) -> list[TestQuestion]:
    """Read a JSONL file: one object a line with `question`, `answerable` and `answers`, a list of `{"article": …}`.

    Raises:
        NotFound: there is no such file.
        QuestionError: a line is no question.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise NotFound(f"The questions in {path} cannot be read ({error.strerror}): give a .jsonl file.") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"The questions in {path} are not in UTF-8: save the file anew.") from error
    return [_question(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]


def _question(line: str, place: str) -> TestQuestion:
    try:
        row: Any = json.loads(line)
        articles = tuple(str(answer["article"]) for answer in row.get("answers") or ())
        answerable = bool(row.get("answerable", articles))
        question = row["question"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionError(
            f'{place} is no question: write {{"question": "…", "answerable": true, "answers": [{{"article": "…"}}]}}.'
        ) from error
    if not isinstance(question, str) or not question.strip():
        raise QuestionError(f"{place} asks nothing: write a question or delete the line.")
    if answerable and not articles:
        raise QuestionError(f"{place} names no article that answers it: add one, or write answerable: false.")
    return TestQuestion(question, answerable, articles)
