"""Articles ↔ the rows of their table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from rag.types import Article, Aside

ARTICLE_COLUMNS = (
    "id, title, text, language, source, author, published, url, path, sha256, place, asides, pages, origins"
)
_COLUMNS = [*ARTICLE_COLUMNS.split(", "), "recipe", "file", "same_as", "text_key"]
_TEXT = (
    "CASE WHEN same_as IS NULL THEN text "
    "ELSE (SELECT one.text FROM articles AS one WHERE one.id = articles.same_as) END"
)
READ = ARTICLE_COLUMNS.replace(" text,", f" {_TEXT},")
PUT_ARTICLE = (
    f"INSERT INTO articles ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "  # noqa: S608
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{one} = excluded.{one}' for one in _COLUMNS[1:])}"
)
"""The columns that an article is read from; the text of those that are the same is kept with one of them."""


def values_of(article: Article, recipe: str, file: str, text_key: bytes) -> tuple[object, ...]:
    """Return what `PUT_ARTICLE` asks for; the article is none that is kept with another one."""
    asides = json.dumps([(one.start, one.end, one.kind) for one in article.asides])
    return (
        article.id, article.title, article.text, article.language, article.source, article.author,
        article.published and article.published.isoformat(), article.url, article.path, article.sha256, article.place,
        asides, json.dumps(article.pages), json.dumps(dict(article.origins)), recipe, file, None, text_key,
    )  # fmt: skip


def article_of(row: Sequence[Any]) -> Article:
    """Return the article in a row of the columns `READ`."""
    *facts, place, asides, pages, origins = row
    article_id, title, text, language, source, author, published, url, path, sha256 = facts
    return Article(
        article_id, title, text, language, source, author, day_of(published), url, path, sha256, place,
        tuple(Aside(*one) for one in json.loads(asides)), tuple(json.loads(pages)), json.loads(origins),
    )  # fmt: skip


def day_of(value: str | None) -> date | None:
    """Return the day that is kept as text."""
    return date.fromisoformat(value) if value else None
