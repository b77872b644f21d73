"""Test questions and the labels that say where they are answered."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rag.errors import NotFound
from rag.evaluation.questions.faults import QuestionFileError

# an answer names its article by any of these
_REFERENCES = ("article", "path", "url", "title")
_COLUMNS = ("question", "article")


@dataclass(frozen=True, slots=True)
class Label:
    """Where a question is answered: an article, by id, path, title or address, and optionally a quote from it."""

    article: str
    quote: str | None


@dataclass(frozen=True, slots=True)
class TestQuestion:
    """A question, whether the archive answers it, and where; `wrong` are passages that do not answer.

    Passages that overlap `excluded` are left out of the search: a quotation should not find itself. `location` names
    the file and line for messages.
    """

    # tells pytest that this is no test
    __test__: ClassVar[bool] = False

    id: str
    question: str
    language: str | None
    answerable: bool
    tags: tuple[str, ...]
    labels: tuple[Label, ...]
    location: str
    wrong: tuple[Label, ...] = ()
    excluded: tuple[Label, ...] = ()

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles that answer it, each once."""
        return tuple(dict.fromkeys(label.article for label in self.labels))


def test_question_json(question: TestQuestion) -> dict[str, Any]:
    """Return a question as a line of JSON says it."""

    def answers(labels: tuple[Label, ...]) -> list[dict[str, str]]:
        return [{"article": label.article} | ({"quote": label.quote} if label.quote else {}) for label in labels]

    row = {
        "id": question.id,
        "question": question.question,
        "answerable": question.answerable,
        "tags": list(question.tags),
        "answers": answers(question.labels),
        "wrong": answers(question.wrong),
        "hidden": answers(question.excluded),
    }
    return row | ({"language": question.language} if question.language else {})


def read_questions(path: Path) -> list[TestQuestion]:
    """Read test questions from a `.csv` file, or from one JSON object a line.

    JSON: `question`; `answerable` (true if there are answers); `answers`, a list of objects with `article` (or `path`,
    `url`, `title`) and perhaps `quote`; perhaps `id`, `language` and `tags`; and perhaps lists like `answers` of what
    does not answer, `wrong`, and of what is left out of the search, `hidden`. CSV: a header line with the columns
    `question` and `article`, perhaps `quote`, `id`, `language`, `tags`, `answerable`; lines with one id are one
    question with several answers.

    Raises:
        NotFound: there is no such file.
        QuestionError: the file has no question, one that is not valid, or an id twice; the message names
            the file and the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotFound(
            f"The questions in {path} cannot be read ({error.strerror}): give a .jsonl or .csv file."
        ) from error
    return read_questions_text(decoded(content, str(path)), str(path))


def decoded(content: bytes, name: str) -> str:
    """Return the text of a file of questions: UTF-8, UTF-16 or, as Excel saves tables in the West, Windows-1252.

    Raises:
        QuestionError: it is in none of these.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"] if name.lower().endswith(".csv") else ["utf-8-sig"]
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    raise QuestionFileError("encoding", file=name)


def read_questions_text(text: str, name: str) -> list[TestQuestion]:
    """Read test questions from the text of a file of that name, as `read_questions` does.

    Raises:
        QuestionError: the text has no question, one that is not valid, or an id twice.
    """
    row_reader = _rows_of_csv if name.lower().endswith(".csv") else _rows_of_json
    questions: dict[str, TestQuestion] = {}
    for row, location in row_reader(text, name):
        question = _question(row, location, len(questions) + 1)
        if question.id in questions:
            earlier = questions[question.id].location
            raise QuestionFileError("used twice", location=location, id=question.id, earlier=earlier)
        questions[question.id] = question
    if not questions:
        raise QuestionFileError("empty", file=name)
    return list(questions.values())


def _rows_of_json(text: str, name: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            location = f"{name}, line {number}"
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise QuestionFileError("invalid", location=location) from error
            if not isinstance(row, dict):
                raise QuestionFileError("invalid", location=location)
            yield row, location


def _rows_of_csv(text: str, name: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield the lines of a table, those with the same id as one."""
    header = text.partition("\n")[0]
    # the sign between columns, as spreadsheets of several countries write it
    delimiter = max(",;\t", key=header.count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: dict[str, tuple[dict[str, Any], str]] = {}
    try:
        if missing := [name for name in _COLUMNS if name not in (table.fieldnames or ())]:
            raise QuestionFileError("no column", file=name, column=missing[0])
        for line in table:
            # cells beyond the header's columns are a list under None
            named_cells = {name: (cell or "").strip() for name, cell in line.items() if name}
            cells: dict[str, Any] = {name: cell for name, cell in named_cells.items() if cell}
            if not cells:
                continue
            location = f"{name}, line {table.line_num}"
            row, _ = rows.setdefault(cells.get("id") or location, ({**cells, "answers": []}, location))
            if "question" in cells and cells["question"] != row.get("question"):
                raise QuestionFileError("reworded", location=location, id=cells["id"])
            if "article" in cells:
                row["answers"].append({name: cells[name] for name in ("article", "quote") if name in cells})
    except csv.Error as error:
        raise QuestionFileError("table", file=name, line=table.line_num, reason=error) from error
    for row, location in rows.values():
        if "tags" in row:
            row["tags"] = row["tags"].replace(";", " ").replace(",", " ").split()
        if "answerable" in row:
            row["answerable"] = row["answerable"].casefold() in ("1", "true", "yes", "ja", "wahr", "x")
        yield row, location


def _question(row: Mapping[str, Any], location: str, number: int) -> TestQuestion:
    try:
        # a half of a character, which JSON can hold and no file
        json.dumps(row, ensure_ascii=False).encode("utf-8")
        labels = tuple(_label(answer) for answer in row.get("answers") or ())
        wrong, excluded = (tuple(_label(answer) for answer in row.get(name) or ()) for name in ("wrong", "hidden"))
        question = row["question"]
        tags = tuple(str(tag) for tag in row.get("tags") or ())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise QuestionFileError("invalid", location=location) from error
    if not isinstance(question, str) or not question.strip():
        raise QuestionFileError("no question", location=location)
    answerable = bool(row.get("answerable", labels))
    if answerable and not labels:
        raise QuestionFileError("no answer", location=location)
    language = row.get("language")
    name = str(row.get("id") or number)
    language_code = str(language) if language else None
    return TestQuestion(name, question, language_code, answerable, tags, labels, location, wrong, excluded)


def _label(answer: Mapping[str, Any]) -> Label:
    references = [str(answer[name]) for name in _REFERENCES if answer.get(name)]
    if not references:
        raise ValueError("An answer names no article.")
    quote = answer.get("quote")
    return Label(references[0], str(quote) if quote else None)
