"""A filter → SQL: which articles and passages pass."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.storage.database import Database
from rag.text.paths import spellings
from rag.text.words import words
from rag.types import Filter, primary_language

# covered by the partial index on `kind`
_KINDS = "SELECT DISTINCT kind FROM passages WHERE kind <> 'article' UNION SELECT 'article'"
_ARTICLE_LANGUAGE = "EXISTS (SELECT 1 FROM json_each(?) WHERE instr(lower(language) || '-', value || '-') = 1)"
# a passage is in the language of its article, unless it has its own
_IN_LANGUAGE_ARTICLES = f"article IN (SELECT coalesce(same_as, id) FROM articles WHERE {_ARTICLE_LANGUAGE})"  # noqa: S608
_FACTS = (
    "SELECT passages.article, kind, coalesce(passages.language, articles.language), source, author, "
    "substr(published, 1, 7) FROM passages JOIN articles "
    "ON articles.id = passages.article OR articles.same_as = passages.article"
)
_CHOSEN = "key IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
_PASSAGE_LANGUAGE = f"CASE WHEN language IS NULL THEN {_IN_LANGUAGE_ARTICLES} ELSE {_ARTICLE_LANGUAGE} END"


@dataclass(frozen=True, slots=True)
class PassageFacts:
    """What filters look at in a passage; one whose article has duplicates has facts for each of them.

    `article` is the id of the original; `month` is that of publication, such as 2024-03.
    """

    article: str
    kind: str
    language: str
    source: str | None
    author: str | None
    month: str | None


class FilterQueries:
    """Applies filters to the articles and passages of an archive."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def passage_keys(self, filter: Filter) -> NDArray[np.int64] | None:
        """Return the keys of all passages that pass, ascending; None if the filter asks for nothing."""
        article_conditions = _article_conditions(self._database, replace(filter, languages=()))
        excluded_kinds = [kind for (kind,) in self._database.rows(_KINDS) if kind not in filter.kinds]
        conditions: dict[str, Iterable[str]] = {}
        if article_conditions:
            # a passage belongs to all articles of the same text, and is stored with one of them
            articles = f"SELECT coalesce(same_as, id) FROM articles WHERE {' AND '.join(article_conditions)}"  # noqa: S608
            conditions[f"article IN ({articles})"] = article_conditions.values()
        if excluded_kinds:
            conditions["kind NOT IN (SELECT value FROM json_each(?))"] = (json.dumps(excluded_kinds),)
        if filter.languages:
            conditions[_PASSAGE_LANGUAGE] = (_languages(filter), _languages(filter))
        if not conditions:
            return None
        values = [value for condition_values in conditions.values() for value in condition_values]
        rows = self._database.rows(f"SELECT key FROM passages WHERE {' AND '.join(conditions)}", *values)  # noqa: S608
        return np.sort(np.fromiter((key for (key,) in rows), np.int64, len(rows)))

    def facts(self, filter: Filter, keys: Sequence[int]) -> list[PassageFacts]:
        """Return the facts of passages that pass, as their articles that pass have them."""
        conditions = _article_conditions(self._database, replace(filter, languages=()))
        query = (
            f"{_FACTS} WHERE {' AND '.join(['key IN (SELECT CAST(value AS INTEGER) FROM json_each(?))', *conditions])}"  # noqa: S608
        )
        return [PassageFacts(*row) for row in self._database.rows(query, json.dumps(keys), *conditions.values())]

    def passing_articles(self, filter: Filter, ids: Sequence[str]) -> set[str]:
        """Return those of the article ids whose article passes."""
        conditions = {"id IN (SELECT value FROM json_each(?))": json.dumps(list(ids))}
        conditions |= _article_conditions(self._database, filter)
        query = f"SELECT id FROM articles WHERE {' AND '.join(conditions)}"  # noqa: S608
        return {article_id for (article_id,) in self._database.rows(query, *conditions.values())}

    def unknown_name(self, filter: Filter) -> tuple[str, str, list[str]] | None:
        """Return the first source or author that no article has: field, requested name, and all names in the archive.

        The most frequent names come first.
        """
        for column, parts, exact_names in (
            ("source", filter.sources, filter.exact_sources),
            ("author", filter.authors, filter.exact_authors),
        ):
            if not parts and not exact_names:
                continue
            rows = self._database.rows(
                f"SELECT {column} FROM articles WHERE {column} IS NOT NULL "  # noqa: S608
                "GROUP BY 1 ORDER BY count(*) DESC, 1"
            )
            names = [name for (name,) in rows]
            unknown = [part for part in parts if _matching_names(self._database, column, [part]) == "[]"]
            unknown += [name for name in exact_names if name not in names]
            if unknown:
                return column, unknown[0], names
        return None


def _article_conditions(database: Database, filter: Filter) -> dict[str, str]:
    """Return the SQL conditions that a filter sets for articles, each with its value."""
    conditions: list[tuple[str, str | None]] = [
        ("published >= ?", filter.since.isoformat() if filter.since else None),
        ("published <= ?", filter.until.isoformat() if filter.until else None),
        ("source IN (SELECT value FROM json_each(?))", _matching_names(database, "source", filter.sources)),
        ("author IN (SELECT value FROM json_each(?))", _matching_names(database, "author", filter.authors)),
        # written otherwise than the condition for parts of names, since both may be set
        ("articles.source IN (SELECT value FROM json_each(?))", _json(filter.exact_sources)),
        ("articles.author IN (SELECT value FROM json_each(?))", _json(filter.exact_authors)),
        (_ARTICLE_LANGUAGE, _languages(filter) if filter.languages else None),
        (
            "EXISTS (SELECT 1 FROM json_each(?) WHERE instr(articles.path, value) > 0)",
            _json([spelling for path in filter.paths for spelling in spellings(path)]),
        ),
    ]
    return {condition: value for condition, value in conditions if value is not None}


def _matching_names(database: Database, column: str, parts: Sequence[str]) -> str | None:
    """Return, as a JSON list, the names in a column that contain one of the parts; None if there are no parts."""
    if not parts:
        return None
    folded = [name for part in parts if (name := " ".join(words(part)))]
    rows = database.rows(f"SELECT DISTINCT {column} FROM articles WHERE {column} IS NOT NULL")  # noqa: S608
    return json.dumps([name for (name,) in rows if any(part in " ".join(words(name)) for part in folded)])


def _languages(filter: Filter) -> str:
    return json.dumps([primary_language(language).lower() for language in filter.languages])


def _json(values: Sequence[str]) -> str | None:
    return json.dumps(values) if values else None
