"""Runs: stored in the archive, and exported as JSON."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, count
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from rag.errors import FundstelleError, NoRun, NotFound
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.types import Run
from rag.storage.database import Database

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_LISTED = 8


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The entry of a run in a list: how many questions were asked, and the mean of the main measure.

    The mean is None if no question was answerable.
    """

    name: str
    made: str
    questions: str
    query_count: int
    archive_revision: int
    mean: float | None
    config: Mapping[str, Any]


def run_facts_json(facts: RunFacts) -> dict[str, Any]:
    """Return an entry as plain values by name, as docs/json.md describes them."""
    from rag.schemas.evaluation import RunFactsModel

    return RunFactsModel.json_of(facts)


def _run_facts(name: str, made: str, stored: Mapping[str, Any]) -> RunFacts:
    values = dict(stored)
    return RunFacts(name=name, made=made, query_count=values.pop("asked"), **values)


class RunStore:
    """The runs stored in an archive's database, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listing(self) -> list[RunFacts]:
        """Return the entries of all runs, the oldest first."""
        rows = self._database.rows("SELECT name, made, facts FROM runs ORDER BY made, rowid")
        return [_run_facts(name, made, json.loads(facts)) for name, made, facts in rows]

    def free_name(self, name: str) -> str:
        """Return the name, or, if a run has it already, the name with the first free number from 2."""
        names = {facts.name for facts in self.listing()}
        candidates = chain([name], (f"{name}-{number}" for number in count(2)))
        return next(candidate for candidate in candidates if candidate not in names)

    def check_free(self, name: str) -> None:
        """Do nothing if no run has a name.

        Raises:
            FundstelleError: one has it.
        """
        if any(facts.name == name for facts in self.listing()):
            raise FundstelleError(f"There is a run {name} already: choose another --name, or delete that one.")

    def save(self, run: Run) -> None:
        """Store a run.

        Raises:
            FundstelleError: another has its name.
        """
        values = [result.values[MAIN] for result in run.results if result.answerable]
        facts = {
            "questions": run.questions,
            "asked": len(run.results),
            "archive_revision": run.archive_revision,
            "mean": fmean(values) if values else None,
            "config": dict(run.config),
        }
        body = zlib.compress(run_json(run).encode())
        with self._database.transaction(of_articles=False) as (database, _):
            if database.execute("SELECT 1 FROM runs WHERE name = ?", (run.name,)).fetchone():
                raise FundstelleError(f"There is a run {run.name} already: choose another --name, or delete that one.")
            database.execute(
                "INSERT INTO runs (name, made, facts, body) VALUES (?, ?, ?, ?)",
                (run.name, run.made, json.dumps(facts), body),
            )

    def load(self, name: str) -> Run:
        """Return a run.

        Raises:
            NoRun: there is none of that name.
        """
        rows = self._database.rows("SELECT body FROM runs WHERE name = ?", name)
        if not rows:
            raise NoRun(self._none(name))
        return parse_run(zlib.decompress(rows[0][0]))

    def delete(self, name: str) -> None:
        """Delete a run.

        Raises:
            NoRun: there is none of that name.
        """
        with self._database.transaction(of_articles=False) as (database, _):
            if not database.execute("DELETE FROM runs WHERE name = ?", (name,)).rowcount:
                raise NoRun(self._none(name))

    def _none(self, name: str) -> str:
        names = [facts.name for facts in self.listing()][-_LISTED:]
        known = f"there are {', '.join(names)}" if names else "make one with `fundstelle eval QUESTIONS`"
        return f"There is no run {name!r} in this archive: {known}."


def run_json(run: Run) -> str:
    """Return a run as JSON."""
    return _adapter().dump_json(run, indent=1).decode()


def parse_run(text: str | bytes) -> Run:
    """Return a run from its JSON.

    Raises:
        ValueError: it is not one.
    """
    return _adapter().validate_json(text)


def read_run(path: Path) -> Run:
    """Read a run that was exported.

    Raises:
        NotFound: the file cannot be read.
        FundstelleError: it is not an exported run.
    """
    try:
        return parse_run(path.read_bytes())
    except OSError as error:
        raise NotFound(f"The run {path} cannot be read ({error.strerror}): give a run's name or its file.") from error
    except ValueError as error:
        raise FundstelleError(
            f"{path} is not an exported run: export one with `fundstelle runs export NAME`."
        ) from error


@cache
def _adapter() -> TypeAdapter[Run]:
    # imported here, since a question does not need it
    from pydantic import TypeAdapter

    return TypeAdapter(Run)
