"""What is exported: tables of articles, passages and vectors, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from rag.archive import Archive
from rag.types import Article
from rag.types.library import LibraryRow

Subject = Literal["articles", "passages", "vectors"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
Kind = Literal["text", "number", "day", "time", "numbers", "asides", "vector"]
"""What a column holds; an unknown value is None."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table: the kinds of its columns by their names, and the rows that an article of the library has in it."""

    columns: Mapping[str, Kind]
    rows_of: Callable[[Archive, LibraryRow], Iterator[Row]]


_PLACE: Mapping[str, Kind] = {"passage_id": "text", "article_id": "text", "start": "number", "end": "number"}
_FACTS: Mapping[str, Kind] = {
    "title": "text",
    "source": "text",
    "author": "text",
    "published": "day",
    "url": "text",
    "path": "text",
    "sha256": "text",
}


def _facts(article: Article) -> Row:
    return {name: getattr(article, name) for name in _FACTS}


def _articles(archive: Archive, row: LibraryRow) -> Iterator[Row]:
    article = archive.article(row.id)
    yield {
        "id": article.id,
        **_facts(article),
        "language": article.language,
        "place": article.place,
        "added": row.added,
        "same_as": row.same_as,
        "text": article.text,
        "asides": [{"start": aside.start, "end": aside.end, "kind": aside.kind} for aside in article.asides],
        "pages": list(article.pages),
    }


def _passages(archive: Archive, row: LibraryRow) -> Iterator[Row]:
    if row.same_as is None:
        article, passages = archive.article_with_passages(row.id)
        for passage in passages:
            yield {
                "passage_id": passage.id,
                "article_id": article.id,
                "start": passage.start,
                "end": passage.end,
                "page": article.page_at(passage.start),
                "kind": passage.kind,
                "language": passage.language,
                "text": passage.text,
                **_facts(article),
            }


def _vectors(archive: Archive, row: LibraryRow) -> Iterator[Row]:
    if row.same_as is None:
        for passage, vector in archive.passage_vectors(row.id):
            yield {
                "passage_id": passage.id,
                "article_id": passage.article_id,
                "start": passage.start,
                "end": passage.end,
                "vector": vector,
            }


TABLES: Mapping[Subject, ExportTable] = {
    "articles": ExportTable(
        {
            "id": "text",
            **_FACTS,
            "language": "text",
            "place": "text",
            "added": "time",
            "same_as": "text",
            "text": "text",
            "asides": "asides",
            "pages": "numbers",
        },
        _articles,
    ),
    "passages": ExportTable(
        {**_PLACE, "page": "number", "kind": "text", "language": "text", "text": "text", **_FACTS}, _passages
    ),
    "vectors": ExportTable({**_PLACE, "vector": "vector"}, _vectors),
}
"""The tables by what they hold. Duplicates are articles, but their passages are those of their originals."""
