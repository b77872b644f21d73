"""The questions that were asked, as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rag.storage.database import Database
from rag.storage.filter_json import filter_from_json, filter_to_json
from rag.storage.setting_records import FIRST_VERSION
from rag.types import Filter, Outcome


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that was asked, and what came of it the last time.

    Attributes:
        id: its number in the archive.
        time: when it was asked, as an ISO time in UTC.
        results: how many articles answered.
    """

    id: int
    question: str
    filter: Filter
    time: str
    outcome: Outcome
    results: int


class HistoryRecords:
    """Each question once, with the filter that it was asked with last; asked again, it becomes the newest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, question: str, filter: Filter, time: str, outcome: Outcome, results: int) -> None:
        """Store a question in place of the same one."""
        with self._database.transaction(of_articles=False) as (connection, _):
            connection.execute("DELETE FROM history WHERE question = ?", (question,))
            connection.execute(
                "INSERT INTO history (question, filter, time, outcome, results) VALUES (?, ?, ?, ?, ?)",
                (question, filter_to_json(filter), time, outcome, results),
            )

    def page(self, limit: int, older_than: int | None = None) -> tuple[AskedQuestion, ...]:
        """Return questions, the newest first; only those older than one of them, if its number is given."""
        if self._database.version < FIRST_VERSION:
            return ()
        rows = self._database.rows(
            "SELECT id, question, filter, time, outcome, results FROM history "
            "WHERE id < coalesce(?, id + 1) ORDER BY id DESC LIMIT ?",
            older_than,
            limit,
        )
        return tuple(map(_asked_question, rows))

    def count(self) -> int:
        """Return how many questions are stored."""
        if self._database.version < FIRST_VERSION:
            return 0
        return int(self._database.rows("SELECT count(*) FROM history")[0][0])

    def delete(self, question_id: int) -> bool:
        """Delete a question, and return whether it was there."""
        with self._database.transaction(of_articles=False) as (connection, _):
            return bool(connection.execute("DELETE FROM history WHERE id = ?", (question_id,)).rowcount)

    def clear(self) -> int:
        """Delete all questions, and return how many there were."""
        with self._database.transaction(of_articles=False) as (connection, _):
            return int(connection.execute("DELETE FROM history").rowcount)


def _asked_question(row: tuple[Any, ...]) -> AskedQuestion:
    number, question, filter, time, outcome, results = row
    return AskedQuestion(number, question, filter_from_json(filter), time, outcome, results)
