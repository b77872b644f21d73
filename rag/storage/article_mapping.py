"""Articles ↔ the rows of their table."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from rag.errors import ArticleDamaged, NotFound
from rag.storage.checksums import ANYTHING_IS_DAMAGED, ARTICLE_IS_INTACT, is_intact
from rag.storage.damage import DAMAGED
from rag.storage.database import Database
from rag.types import Article, Aside, Span

# most articles have the same in these columns, often nothing, and a question reads a hundred articles
_parse_json = lru_cache(1024)(json.loads)


def day_of(text: str | None) -> date | None:
    """Return the day that is stored as text."""
    return date.fromisoformat(text) if text else None


def spans_json(spans: Sequence[Span]) -> str:
    """Return spans as they are stored."""
    return json.dumps(list(spans))


def _asides_json(article: Article) -> str:
    return json.dumps([(aside.start, aside.end, aside.kind) for aside in article.asides])


def _asides_of(text: str) -> tuple[Aside, ...]:
    return tuple(Aside(start, end, kind) for start, end, kind in _parse_json(text))


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the table, which is named as the field of `Article` that it stores."""

    name: str
    to_sql: Callable[[Article], object]
    from_sql: Callable[[Any], Any] = _same


_COLUMNS = (
    *(
        _Column(name, attrgetter(name))
        for name in ("id", "title", "text", "language", "source", "author", "url", "path", "sha256", "place")
    ),
    _Column("published", lambda article: article.published and article.published.isoformat(), day_of),
    _Column("asides", _asides_json, _asides_of),
    _Column("pages", lambda article: json.dumps(article.pages), lambda text: tuple(_parse_json(text))),
    _Column("origins", lambda article: json.dumps(dict(article.origins)), lambda text: dict(_parse_json(text))),
)
# of duplicates, the original alone has the text
_SELECT_TEXT = (
    "CASE WHEN same_as IS NULL THEN text "
    "ELSE (SELECT original.text FROM articles AS original WHERE original.id = articles.same_as) END"
)
_SELECTED = ", ".join(_SELECT_TEXT if column.name == "text" else column.name for column in _COLUMNS)
READ = f"{_SELECTED}, recurring"
"""The columns from which `article_of` makes an article."""
BARE = f"{_SELECTED}, '[]'"
"""The same, for an article as it was loaded: recurring lines are part of its text."""

_STORED = (*(column.name for column in _COLUMNS), "recipe", "file", "same_as", "text_key", "recurring", "added")
_RENEWED = [name for name in _STORED if name not in ("id", "added")]
PUT_ARTICLE = (
    f"INSERT INTO articles ({', '.join(_STORED)}) VALUES ({', '.join(f':{name}' for name in _STORED)}) "  # noqa: S608
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _RENEWED)}, "
    f"added = CASE WHEN {is_intact('articles')} THEN articles.added ELSE excluded.added END"
)
"""Stores the values that `sql_values` returns."""


def sql_values(
    article: Article, recipe: str, file: str, text_key: bytes, recurring: Sequence[Span]
) -> dict[str, object]:
    """Return the values of `PUT_ARTICLE` for an article that is not a duplicate, by column."""
    return {column.name: column.to_sql(article) for column in _COLUMNS} | {
        "recipe": recipe,
        "file": file or article.path,
        "same_as": None,
        "text_key": text_key,
        "recurring": spans_json(recurring),
        "added": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def article_of(row: Sequence[Any]) -> Article:
    """Return the article in a row of the columns `READ` or `BARE`."""
    *values, recurring = row
    fields = {column.name: column.from_sql(value) for column, value in zip(_COLUMNS, values, strict=True)}
    return with_recurring(Article(**fields), [(start, end) for start, end in _parse_json(recurring)])


def select_article(database: Database, article_id: str, columns: str = READ) -> Article:
    """Return an article by its id, from the columns `READ` or `BARE`.

    Raises:
        NotFound: there is none.
        ArticleDamaged: it is not as it was stored.
    """
    query = f"SELECT {columns} FROM articles WHERE id = ? AND {if_intact(database)}"  # noqa: S608
    for row in database.rows(query, article_id):
        return article_of(row)
    if names := damaged_articles(database, "id = ?", article_id):
        raise ArticleDamaged(DAMAGED.format(name=names[article_id], what="is not shown"))
    raise NotFound(f"There is no article {article_id} in this archive: `fundstelle status` tells what is there.")


def select_articles(database: Database, article_ids: Collection[str]) -> dict[str, Article]:
    """Return articles by their ids; ids of no article are left out, and damaged ones, which are reported."""
    condition, ids = "id IN (SELECT value FROM json_each(?))", json.dumps(list(article_ids))
    query = f"SELECT {READ} FROM articles WHERE {condition} AND {if_intact(database)}"  # noqa: S608
    articles = {article.id: article for article in map(article_of, database.rows(query, ids))}
    if len(articles) < len(article_ids):
        database.damage.add(damaged_articles(database, condition, ids))
    return articles


def read_articles(database: Database, condition: str, *values: object, order: str = "path") -> list[Article]:
    """Return the articles for which an SQL condition is true, in an order; damaged ones are reported and left out."""
    query = f"SELECT {READ} FROM articles WHERE ({condition}) AND {if_intact(database)} ORDER BY {order}"  # noqa: S608
    database.damage.add(damaged_articles(database, condition, *values))
    return list(map(article_of, database.rows(query, *values)))


def if_intact(database: Database) -> str:
    """Return the SQL condition that an article is as it was stored, as far as that is known."""
    return ARTICLE_IS_INTACT if database.has_checksums else "1"


def if_anything_damaged(database: Database) -> str:
    """Return the SQL condition that an article, a passage or a vector of it is damaged, as far as that is known."""
    return ANYTHING_IS_DAMAGED if database.has_checksums else "0"


def damaged_articles(
    database: Database, condition: str, *values: object, is_damaged: str = f"NOT {ARTICLE_IS_INTACT}"
) -> dict[str, str]:
    """Return the paths of the damaged articles for which an SQL condition is true, by id.

    Args:
        is_damaged: the SQL condition that an article is damaged.
    """
    if not database.has_checksums:
        return {}
    query = f"SELECT id, CAST(path AS BLOB) FROM articles WHERE ({condition}) AND {is_damaged}"  # noqa: S608
    return {article_id: path.decode("utf-8", "replace") for article_id, path in database.rows(query, *values)}


def with_recurring(article: Article, recurring: Sequence[Span]) -> Article:
    """Return an article in which the recurring lines of its own words are boilerplate."""
    if not recurring:
        return article
    boilerplate = [Aside(start, end, "boilerplate") for start, end in recurring]
    asides: list[Aside] = []
    for aside in sorted([*article.asides, *boilerplate], key=attrgetter("start")):
        previous = asides[-1] if asides else None
        if previous and (previous.kind, previous.end) == (aside.kind, aside.start):
            asides[-1] = replace(previous, end=aside.end)
        else:
            asides.append(aside)
    return replace(article, asides=tuple(asides))
