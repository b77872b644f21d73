"""Relevance feedback as it is stored: marked passages, and what was said of a question as a whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import NamedTuple

from rag.storage.database import Database, SqlConnection
from rag.types import Span

_FIRST_VERSION = 6
"""The first version of an archive that stores something of a question as a whole."""


class StoredMark(NamedTuple):
    """A passage that was marked for a question; `exists` says whether its article still contains the quote."""

    question: str
    article: str
    start: int
    end: int
    quote: str
    answers: bool
    exists: bool


class StoredQuestion(NamedTuple):
    """What was said of a question: how it is worded in evaluations, its tags, and whether the archive answers it."""

    question: str
    wording: str
    tags: tuple[str, ...]
    answerable: bool


class FeedbackRecords:
    """The feedback in an archive's database. Questions are compared letter by letter."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- reading ------------------------------------------------------------------------------------

    def marks(self, question: str | None = None) -> list[StoredMark]:
        """Return the marks in the order in which they were made, of one question or of all."""
        query = (
            'SELECT question, article, start, "end", quote, answers, coalesce(instr(text, quote), 0) > 0 FROM marks '
            "LEFT JOIN articles ON articles.id = marks.article WHERE question = ?1 OR ?1 IS NULL ORDER BY marks.rowid"
        )
        return [
            StoredMark(asked_question, article, start, end, quote, bool(answers), bool(exists))
            for asked_question, article, start, end, quote, answers, exists in self._database.rows(query, question)
        ]

    def questions(self, question: str | None = None) -> list[StoredQuestion]:
        """Return what was said of one question, or of all, the first first."""
        if self._database.version < _FIRST_VERSION:
            return []
        query = (
            "SELECT question, wording, tags, answerable FROM test_questions WHERE question = ?1 OR ?1 IS NULL "
            "ORDER BY rowid"
        )
        rows = self._database.rows(query, question)
        return [
            StoredQuestion(question, wording, tuple(json.loads(tags)), bool(answerable))
            for question, wording, tags, answerable in rows
        ]

    # -- changing -----------------------------------------------------------------------------------

    def mark(self, mark: StoredMark, passage: Span) -> None:
        """Store a mark in place of those within its passage. A question with a right passage is answerable."""
        with self._database.transaction(of_articles=False) as (connection, _):
            _remove_marks(connection, mark.question, mark.article, passage)
            row = (mark.question, mark.article, mark.start, mark.end, mark.quote, int(mark.answers), _now())
            connection.execute(
                'INSERT INTO marks (question, article, start, "end", quote, answers, made) '
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            if mark.answers:
                connection.execute("UPDATE test_questions SET answerable = 1 WHERE question = ?", (mark.question,))
            _forget_unanswered(connection, mark.question)

    def unmark(self, question: str, article: str, passage: Span) -> None:
        """Remove the marks within a passage."""
        with self._database.transaction(of_articles=False) as (connection, _):
            _remove_marks(connection, question, article, passage)
            _forget_unanswered(connection, question)

    def put(self, stored: StoredQuestion) -> None:
        """Store what is said of a question. If the archive does not answer it, no passage stays marked right for it."""
        with self._database.transaction(of_articles=False) as (connection, _):
            connection.execute(
                "INSERT INTO test_questions (question, wording, tags, answerable, made) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (question) DO UPDATE SET "
                "wording = excluded.wording, tags = excluded.tags, answerable = excluded.answerable",
                (
                    stored.question,
                    stored.wording,
                    json.dumps(stored.tags, ensure_ascii=False),
                    int(stored.answerable),
                    _now(),
                ),
            )
            if stored.answerable:
                _forget_unanswered(connection, stored.question)
            else:
                connection.execute("DELETE FROM marks WHERE question = ? AND answers <> 0", (stored.question,))

    def delete(self, question: str) -> None:
        """Delete everything about a question."""
        with self._database.transaction(of_articles=False) as (connection, _):
            connection.execute("DELETE FROM marks WHERE question = ?", (question,))
            connection.execute("DELETE FROM test_questions WHERE question = ?", (question,))


def _remove_marks(connection: SqlConnection, question: str, article: str, passage: Span) -> None:
    connection.execute(
        'DELETE FROM marks WHERE question = ? AND article = ? AND start >= ? AND "end" <= ?',
        (question, article, *passage),
    )


def _forget_unanswered(connection: SqlConnection, question: str) -> None:
    """Delete what was said of a question that should be answered and has no right passage any more."""
    connection.execute(
        "DELETE FROM test_questions WHERE question = ?1 AND answerable <> 0 "
        "AND NOT EXISTS (SELECT 1 FROM marks WHERE question = ?1 AND answers <> 0)",
        (question,),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
