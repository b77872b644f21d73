"""The questions that were saved, as they are stored."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rag.storage.database import Database
from rag.storage.filter_json import filter_from_json, filter_to_json
from rag.storage.setting_records import FIRST_VERSION
from rag.types import Filter
from rag.types.archive_state import NOTHING_YET, State
from rag.types.saved import SavedQuestion

_COLUMNS = "name, question, filter, save_time, look_time"


@dataclass(frozen=True, slots=True)
class SeenAnswer:
    """What the answer to a saved question was when somebody last looked.

    Attributes:
        state: what the archive contained.
        digests: those of the passages that were found.
    """

    state: State
    digests: frozenset[str]


class SavedRecords:
    """Saved questions by their names."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, question: SavedQuestion, seen: SeenAnswer) -> bool:
        """Store a question with its answer, and return whether its name was free."""
        with self._database.transaction(of_articles=False) as (connection, _):
            values = (
                question.name,
                question.question,
                filter_to_json(question.filter),
                question.save_time,
                question.look_time,
                str(seen.state),
                _digests_json(seen.digests),
            )
            added = connection.execute(
                f"INSERT OR IGNORE INTO saved_questions ({_COLUMNS}, state, digests) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
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

    def seen(self, name: str) -> SeenAnswer:
        """Return what the answer was when somebody last looked; nothing for a question that is not stored."""
        rows = self._database.rows("SELECT state, digests FROM saved_questions WHERE name = ?", name)
        return next(
            (SeenAnswer(State.parse(state), frozenset(json.loads(digests))) for state, digests in rows),
            SeenAnswer(NOTHING_YET, frozenset()),
        )

    def put_look(self, name: str, look_time: str, seen: SeenAnswer) -> None:
        """Note that somebody looked at the answer, and what it was."""
        with self._database.transaction(of_articles=False) as (connection, _):
            connection.execute(
                "UPDATE saved_questions SET look_time = ?, state = ?, digests = ? WHERE name = ?",
                (look_time, str(seen.state), _digests_json(seen.digests), name),
            )

    def remove(self, names: Iterable[str]) -> None:
        """Remove the questions of these names."""
        with self._database.transaction(of_articles=False) as (connection, _):
            connection.executemany("DELETE FROM saved_questions WHERE name = ?", [(name,) for name in names])


def _digests_json(digests: Iterable[str]) -> str:
    return json.dumps(sorted(digests))


def _saved_question(row: tuple[Any, ...]) -> SavedQuestion:
    name, question, filter, save_time, look_time = row
    return SavedQuestion(name, question, filter_from_json(filter), save_time, look_time)
