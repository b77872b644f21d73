"""Which rows of the listing a query asks for, as a condition of SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.storage.article_mapping import if_anything_damaged
from rag.storage.database import Database
from rag.storage.listing import COMPLETE, DUPLICATE, INCOMPLETE
from rag.text.paths import spellings
from rag.text.words import words
from rag.types import Filter, primary_language
from rag.types.library import ArticleState, LibraryQuery

STATES: dict[ArticleState, int] = {"complete": COMPLETE, "incomplete": INCOMPLETE, "duplicate": DUPLICATE}
"""The numbers of the states that are stored."""
_NUMBERS = "(SELECT CAST(value AS INTEGER) FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Condition:
    """Which rows of the listing pass, as SQL and its values; empty for all."""

    sql: str = ""
    values: tuple[object, ...] = ()

    @property
    def clause(self) -> str:
        """The end of a query that has this condition."""
        return f" WHERE {self.sql}" if self.sql else ""


def among(column: str, values: Sequence[str]) -> Condition:
    """Return the condition that a column has one of some texts."""
    return Condition(f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(list(values)),))  # noqa: S608


def numbered(numbers: Sequence[int]) -> Condition:
    """Return the condition that a row has one of some numbers."""
    return Condition(f"number IN {_NUMBERS}", (json.dumps(list(numbers)),))


def condition_of(database: Database, query: LibraryQuery) -> Condition:
    """Return which rows a query asks for, whatever the states of their files."""
    filter = query.filter
    conditions: list[tuple[str, tuple[object, ...]]] = []
    if filter.since:
        conditions.append(("published >= ?", (_day_number(filter.since),)))
    if filter.until:
        conditions.append(("published BETWEEN 1 AND ?", (_day_number(filter.until),)))
    for column, parts in (("source", filter.sources), ("author", filter.authors)):
        if parts:
            matching = {code for part in parts for code in _codes(database, " ".join(words(part)))}
            conditions.append((f"{column} IN {_NUMBERS}", (json.dumps(sorted(matching)),)))
    if filter.languages:
        conditions.append((f"language IN {_NUMBERS}", (_language_codes(database, filter),)))
    if filter.paths:
        path_parts = [spelling for path in filter.paths for spelling in spellings(path)]
        in_paths = (
            "SELECT id FROM articles WHERE EXISTS (SELECT 1 FROM json_each(?) WHERE instr(articles.path, value) > 0)"
        )
        conditions.append((f"article IN ({in_paths})", (json.dumps(path_parts),)))
    if "comment" in filter.kinds:
        conditions.append(("comments <> 0", ()))
    if query.state:
        conditions += _of_state(database, query.state)
    for word in words(query.search):
        in_title, named = "instr(title_key, ?) > 0", _codes(database, word)
        if not named:
            conditions.append((in_title, (word,)))
            continue
        codes = json.dumps(named)
        conditions.append(
            (
                f"({in_title} OR source IN {_NUMBERS} OR author IN {_NUMBERS})",
                (word, codes, codes),
            )
        )
    if query.search.strip() and not words(query.search):
        # signs alone are in no headline
        conditions.append(("FALSE", ()))
    return Condition(
        " AND ".join(sql for sql, _ in conditions), tuple(value for _, values in conditions for value in values)
    )


def _of_state(database: Database, state: ArticleState) -> list[tuple[str, tuple[object, ...]]]:
    """Return the conditions of a state; none for one of files."""
    if state == "damaged":
        return [(f"article IN (SELECT id FROM articles WHERE {if_anything_damaged(database)})", ())]  # noqa: S608
    return [("state = ?", (STATES[state],))] if state in STATES else []


def _codes(database: Database, part: str) -> list[int]:
    """Return the codes of the names that contain a folded text."""
    rows = database.rows("SELECT code FROM names WHERE instr(key, ?) > 0", part)
    return [code for (code,) in rows]


def _language_codes(database: Database, filter: Filter) -> str:
    wanted = {primary_language(language).lower() for language in filter.languages}
    rows = database.rows("SELECT DISTINCT language_key FROM listing")
    tags = [tag for (tag,) in rows if primary_language(tag) in wanted]
    query = "SELECT code FROM names WHERE lower(name) IN (SELECT value FROM json_each(?))"
    return json.dumps([code for (code,) in database.rows(query, json.dumps(tags))])


def _day_number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
