"""The listing: one narrow row for each article, by which the library sorts and filters without reading any text.

Outlets, authors and languages are numbers there, and every sort order has an index that covers all filters: so the
worst case of a page is one walk through an index. It follows from the other tables.
"""

from __future__ import annotations

import sqlite3
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from rag.text.words import words

if TYPE_CHECKING:
    from rag.storage.database import SqlConnection

SORT_COLUMNS = {
    "title": "title_key",
    "source": "source_key",
    "author": "author_key",
    "published": "published",
    "language": "language_key",
    "passages": "passages",
    "added": "added",
    "state": "state",
}
"""The column of the listing by which each fact is sorted."""
COMPLETE, INCOMPLETE, DUPLICATE = range(3)
"""The states of articles in the listing."""
FIRST_LISTED_VERSION = 6
"""The version of the archive that has a listing."""
_MAX_KEY_CHARACTERS = 200
_FILTERED = ("published", "source", "author", "language", "comments", "state")
LISTING_INDEXES = "".join(
    f"CREATE INDEX listing_by_{name} ON listing ({', '.join(dict.fromkeys((column, 'number', *_FILTERED)))});\n"
    for name, column in SORT_COLUMNS.items()
)

_FROM = """
FROM articles
LEFT JOIN names AS source_name ON source_name.name = source
LEFT JOIN names AS author_name ON author_name.name = author
LEFT JOIN names AS language_name ON language_name.name = language
"""
# a day is the number 20240301, an unknown one 0
_SELECT = f"""
coalesce(source_name.key, ''), coalesce(author_name.key, ''),
    CAST(replace(coalesce(published, '0'), '-', '') AS INTEGER), lower(language),
    (SELECT count(*) FROM passages WHERE article = id), CAST(coalesce(strftime('%s', added), 0) AS INTEGER),
    CASE WHEN same_as IS NOT NULL THEN {DUPLICATE}
        WHEN json_extract(origins, '$.unread') IS NOT NULL THEN {INCOMPLETE} ELSE {COMPLETE} END,
    source_name.code, author_name.code, language_name.code,
    CASE WHEN instr(asides, '"comment"') > 0 THEN 1 ELSE 0 END
{_FROM}"""  # noqa: S608
LISTING_COLUMNS = (
    *("article", "title_key", "source_key", "author_key", "published", "language_key", "passages", "added", "state"),
    *("source", "author", "language", "comments"),
)
"""What is stored of an article, beside the number of its row."""
_INSERT = f"INSERT INTO listing ({', '.join(LISTING_COLUMNS)}) SELECT id"
FILL_LISTING = f"""
INSERT OR IGNORE INTO names (name, key) SELECT name, sort_key(CAST(name AS BLOB)) FROM (
    SELECT source AS name FROM articles UNION SELECT author FROM articles UNION SELECT language FROM articles
) WHERE name IS NOT NULL;
{_INSERT}, sort_key(CAST(coalesce(title, path) AS BLOB)), {_SELECT}
"""  # noqa: S608
"""Lists all articles of an archive that has no listing yet."""
_UPDATED = ", ".join(f"{name} = excluded.{name}" for name in LISTING_COLUMNS if name != "article")
_PUT = f"{_INSERT}, ?2, {_SELECT} WHERE id = ?1 ON CONFLICT (article) DO UPDATE SET {_UPDATED}"
_NAMED = ("source", "author", "language")
# what is sorted, and those names that have no number yet, as bytes: damaged text may be no valid UTF-8
_SORTED = (
    f"SELECT CAST(coalesce(title, path) AS BLOB), "
    f"{', '.join(f'CAST(CASE WHEN {name}_name.code IS NULL THEN {name} END AS BLOB)' for name in _NAMED)} "
    f"{_FROM} WHERE id = ?"
)


def sort_key(text: str) -> str:
    """Return a text as it is sorted and searched: its folded words; of a path, those of the file's name.

    >>> sort_key("Übersee: „Häfen“")
    'ubersee hafen'
    """
    name = PurePosixPath(text).name if text.startswith("/") else text
    return " ".join(words(name))[:_MAX_KEY_CHARACTERS]


def register_sort_key(connection: sqlite3.Connection) -> None:
    """Let SQL on a connection compute sort keys of the bytes of a text."""
    connection.create_function("sort_key", 1, _key_of_bytes, deterministic=True)


def _key_of_bytes(text: bytes) -> str:
    return sort_key(text.decode("utf-8", "replace"))


def list_article(connection: SqlConnection, article_id: str) -> None:
    """Bring the row of an article in step with the other tables."""
    for title, *new_names in connection.execute(_SORTED, (article_id,)).fetchall():
        for column, name in zip(_NAMED, new_names, strict=True):
            if name is not None:
                put = f"INSERT OR IGNORE INTO names (name, key) SELECT {column}, ?2 FROM articles WHERE id = ?1"  # noqa: S608
                connection.execute(put, (article_id, _key_of_bytes(name)))
        connection.execute(_PUT, (article_id, _key_of_bytes(title)))


def unlist_article(connection: SqlConnection, article_id: str) -> None:
    """Remove the row of an article."""
    connection.execute("DELETE FROM listing WHERE article = ?", (article_id,))
