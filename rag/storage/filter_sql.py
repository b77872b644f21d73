"""A filter → the passages that may be found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rag.storage.database import Database
from rag.text.paths import spellings
from rag.text.words import words
from rag.types import Filter, primary

# the index of what is set aside answers this at once, and tells whether the article's own words are asked for by itself
_KINDS = "SELECT DISTINCT kind FROM passages WHERE kind <> 'article' UNION SELECT 'article'"
_OF_LANGUAGE = "EXISTS (SELECT 1 FROM json_each(?) WHERE instr(lower(language) || '-', value || '-') = 1)"
# a passage is in the language of its article, unless it has its own
_OF_LANGUAGES = (
    f"CASE WHEN language IS NULL THEN article IN (SELECT coalesce(same_as, id) FROM articles WHERE {_OF_LANGUAGE}) "  # noqa: S608
    f"ELSE {_OF_LANGUAGE} END"
)


def allowed_keys(database: Database, filter: Filter) -> NDArray[np.int64] | None:
    """Return the keys of all passages that pass, ascending; None if all do."""
    asked = _asked(database, replace(filter, languages=()))
    unwanted = [row[0] for row in database.rows(_KINDS) if row[0] not in filter.kinds]
    # a passage stands in all articles of the same text, and is kept with one of them
    articles = f"article IN (SELECT coalesce(same_as, id) FROM articles WHERE {' AND '.join(asked)})"  # noqa: S608
    of_kinds = "kind NOT IN (SELECT value FROM json_each(?))"
    passages: dict[str, Iterable[str]] = {articles: asked.values()} if asked else {}
    passages |= {of_kinds: (json.dumps(unwanted),)} if unwanted else {}
    if filter.languages:
        passages[_OF_LANGUAGES] = (_languages(filter), _languages(filter))
    if not passages:
        return None
    values = [value for of_condition in passages.values() for value in of_condition]
    rows = database.rows(f"SELECT key FROM passages WHERE {' AND '.join(passages)}", *values)  # noqa: S608
    return np.sort(np.fromiter((row[0] for row in rows), np.int64, len(rows)))


def passing(database: Database, filter: Filter, ids: Sequence[str]) -> set[str]:
    """Return those of some articles that pass."""
    asked = {"id IN (SELECT value FROM json_each(?))": json.dumps(list(ids)), **_asked(database, filter)}
    rows = database.rows(f"SELECT id FROM articles WHERE {' AND '.join(asked)}", *asked.values())  # noqa: S608
    return {row[0] for row in rows}


def unknown_name(database: Database, filter: Filter) -> tuple[str, str, list[str]] | None:
    """Return the first source or author of a filter that no article has: the field, what was asked, and all names.

    The names that are most frequent come first.
    """
    for column, parts in (("source", filter.sources), ("author", filter.authors)):
        for part in parts:
            if _names(database, column, [part]) == "[]":
                rows = database.rows(
                    f"SELECT {column} FROM articles WHERE {column} IS NOT NULL "  # noqa: S608
                    "GROUP BY 1 ORDER BY count(*) DESC, 1"
                )
                return column, part, [name for (name,) in rows]
    return None


def _asked(database: Database, filter: Filter) -> dict[str, str]:
    """Return what a filter asks of articles: conditions, each with its value."""
    conditions: list[tuple[str, str | None]] = [
        ("published >= ?", filter.since.isoformat() if filter.since else None),
        ("published <= ?", filter.until.isoformat() if filter.until else None),
        ("source IN (SELECT value FROM json_each(?))", _names(database, "source", filter.sources)),
        ("author IN (SELECT value FROM json_each(?))", _names(database, "author", filter.authors)),
        (_OF_LANGUAGE, _languages(filter) if filter.languages else None),
        (
            "EXISTS (SELECT 1 FROM json_each(?) WHERE instr(articles.path, value))",
            _json([spelling for path in filter.paths for spelling in spellings(path)]),
        ),
    ]
    return {condition: value for condition, value in conditions if value is not None}


def _names(database: Database, column: str, parts: Sequence[str]) -> str | None:
    """Return, as a list in JSON, the names in a column that hold one of the parts; None if there are no parts."""
    if not parts:
        return None
    folded = [one for part in parts if (one := " ".join(words(part)))]
    rows = database.rows(f"SELECT DISTINCT {column} FROM articles WHERE {column} IS NOT NULL")  # noqa: S608
    return json.dumps([name for (name,) in rows if any(part in " ".join(words(name)) for part in folded)])


def _languages(filter: Filter) -> str:
    return json.dumps([primary(one).lower() for one in filter.languages])


def _json(values: Sequence[str]) -> str | None:
    return json.dumps(values) if values else None
