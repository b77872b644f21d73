"""The questions that were saved, as they are stored."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rag.storage.change_feed import State
from rag.storage.database import Database
from rag.storage.filter_json import filter_from_json, filter_to_json
from rag.storage.setting_records import FIRST_VERSION
from rag.types import Filter

_COLUMNS = "name, question, filter, save_time, look_time, state, digests"


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """A question that was saved, and what its answer was when somebody last looked.

    Attributes:
        name: distinguishes it from all others.
        save_time: when it was saved, as an ISO time in UTC.
        look_time: when somebody last looked at what is new, likewise.
        state: what the archive contained then.
        digests: those of the passages that were found then.
    """

    name: str
    question: str
    filter: Filter
    save_time: str
    look_time: str
    state: State
    digests: frozenset[str]


class SavedRecords:
    """Saved questions by their names."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, question: SavedQuestion) -> bool:
        """Store a question, and return whether its name was free."""
        with self._database.transaction(of_articles=False) as (connection, _):
            values = (
                question.name,
                question.question,
                filter_to_json(question.filter),
                question.save_time,
                question.look_time,
                str(question.state),
                _digests_json(question.digests),
            )
            added = connection.execute(
                f"INSERT OR IGNORE INTO saved_questions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                values,
            )
            return bool(added.rowcount)

    def all(self) -> tuple[SavedQuestion, ...]:
        """Return the questions in the order in which they were saved."""
        if self._database.version < FIRST_VERSION:
            return ()
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM saved_questions ORDER BY id")  # noqa: S608
        return tuple(map(_saved_question, rows))

    def name_of(self, question: str, filter: Filter) -> str | None:
        """Return the name under which a question was saved with a filter; None if it was not."""
        if self._database.version < FIRST_VERSION:
            return None
        query = "SELECT name FROM saved_questions WHERE question = ? AND filter = ? ORDER BY id LIMIT 1"
        return next((name for (name,) in self._database.rows(query, question, filter_to_json(filter))), None)

    def get(self, name: str) -> SavedQuestion | None:
        """Return the question of this name."""
        return next((question for question in self.all() if question.name == name), None)

    def put_look(self, name: str, look_time: str, state: State, digests: Iterable[str]) -> None:
        """Note that somebody looked at the answer, and what it was."""
        with self._database.transaction(of_articles=False) as (connection, _):
            connection.execute(
                "UPDATE saved_questions SET look_time = ?, state = ?, digests = ? WHERE name = ?",
                (look_time, str(state), _digests_json(digests), name),
            )

    def remove(self, name: str) -> bool:
        """Remove the question of this name, and return whether it was there."""
        with self._database.transaction(of_articles=False) as (connection, _):
            return bool(connection.execute("DELETE FROM saved_questions WHERE name = ?", (name,)).rowcount)


def _digests_json(digests: Iterable[str]) -> str:
    return json.dumps(sorted(digests))


def _saved_question(row: tuple[Any, ...]) -> SavedQuestion:
    name, question, filter, save_time, look_time, state, digests = row
    return SavedQuestion(
        name,
        question,
        filter_from_json(filter),
        save_time,
        look_time,
        State.parse(state),
        frozenset(json.loads(digests)),
    )
