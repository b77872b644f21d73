"""Articles ↔ the rows of their table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from rag.errors import NotFound
from rag.storage.database import Database
from rag.types import Article, Aside, Span

ARTICLE_COLUMNS = (
    "id, title, text, language, source, author, published, url, path, sha256, place, asides, pages, origins"
)
_COLUMNS = [*ARTICLE_COLUMNS.split(", "), "recipe", "file", "same_as", "text_key", "recurring"]
_TEXT = (
    "CASE WHEN same_as IS NULL THEN text "
    "ELSE (SELECT one.text FROM articles AS one WHERE one.id = articles.same_as) END"
)
READ = ARTICLE_COLUMNS.replace(" text,", f" {_TEXT},") + ", recurring"
"""The columns that an article is read from; the text of those that are the same is kept with one of them."""
BARE = READ.replace("recurring", "'[]'")
"""The same, but lines that are set aside for recurring are part of the text."""
PUT_ARTICLE = (
    f"INSERT INTO articles ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "  # noqa: S608
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{one} = excluded.{one}' for one in _COLUMNS[1:])}"
)


def values_of(
    article: Article, recipe: str, file: str, text_key: bytes, recurring: Sequence[Span]
) -> tuple[object, ...]:
    """Return what `PUT_ARTICLE` asks for; the article is none that is kept with another one."""
    asides = json.dumps([(one.start, one.end, one.kind) for one in article.asides])
    return (
        article.id, article.title, article.text, article.language, article.source, article.author,
        article.published and article.published.isoformat(), article.url, article.path, article.sha256, article.place,
        asides, json.dumps(article.pages), json.dumps(dict(article.origins)), recipe, file, None,
        text_key, spans_json(recurring),
    )  # fmt: skip


# most articles have nothing in these columns, or the same; a question reads a hundred articles
_parsed = lru_cache(1024)(json.loads)


def article_of(row: Sequence[Any]) -> Article:
    """Return the article in a row of the columns `READ`."""
    *facts, place, asides, pages, origins, recurring = row
    article_id, title, text, language, source, author, published, url, path, sha256 = facts
    article = Article(
        id=article_id,
        title=title,
        text=text,
        language=language,
        source=source,
        author=author,
        published=day_of(published),
        url=url,
        path=path,
        sha256=sha256,
        place=place,
        asides=tuple(Aside(*one) for one in _parsed(asides)),
        pages=tuple(_parsed(pages)),
        origins=dict(_parsed(origins)),
    )
    return with_recurring(article, [(start, end) for start, end in _parsed(recurring)])


def select_article(database: Database, article_id: str, columns: str = READ) -> Article:
    """Return an article by its id, from the columns `READ` or `BARE`.

    Raises:
        NotFound: there is none.
    """
    for row in database.rows(f"SELECT {columns} FROM articles WHERE id = ?", article_id):  # noqa: S608
        return article_of(row)
    raise NotFound(f"There is no article {article_id} in this archive: `fundstelle status` tells what is there.")


def with_recurring(article: Article, recurring: Sequence[Span]) -> Article:
    """Return an article with lines of its own words set aside."""
    if not recurring:
        return article
    asides: list[Aside] = []
    for one in sorted([*article.asides, *(Aside(start, end, "boilerplate") for start, end in recurring)], key=_start):
        if asides and (asides[-1].kind, asides[-1].end) == (one.kind, one.start):
            one = Aside(asides.pop().start, one.end, one.kind)  # noqa: PLW2901
        asides.append(one)
    return replace(article, asides=tuple(asides))


def spans_json(spans: Sequence[Span]) -> str:
    """Return spans as they are stored."""
    return json.dumps(list(spans))


def _start(aside: Aside) -> int:
    return aside.start


def day_of(value: str | None) -> date | None:
    """Return the day that is kept as text."""
    return date.fromisoformat(value) if value else None
