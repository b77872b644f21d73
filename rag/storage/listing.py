"""The listing: one narrow row for each article, by which the library sorts and filters without reading any text.

Outlets, authors and languages are numbers there, and every sort order has an index that covers all filters: so the
worst case of a page is one walk through an index. It follows from the other tables.
"""

from __future__ import annotations

import sqlite3
from pathlib import PurePosixPath

from rag.text.words import words

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

# a day is the number 20240301, an unknown one 0
_SELECT = f"""
SELECT id, sort_key(CAST(coalesce(title, path) AS BLOB)), coalesce(source_name.key, ''), coalesce(author_name.key, ''),
    CAST(replace(coalesce(published, '0'), '-', '') AS INTEGER), lower(language),
    (SELECT count(*) FROM passages WHERE article = id), CAST(coalesce(strftime('%s', added), 0) AS INTEGER),
    CASE WHEN same_as IS NOT NULL THEN {DUPLICATE}
        WHEN json_extract(origins, '$.unread') IS NOT NULL THEN {INCOMPLETE} ELSE {COMPLETE} END,
    source_name.code, author_name.code, language_name.code, instr(asides, '"comment"') > 0
FROM articles
LEFT JOIN names AS source_name ON source_name.name = source
LEFT JOIN names AS author_name ON author_name.name = author
LEFT JOIN names AS language_name ON language_name.name = language
"""  # noqa: S608
_COLUMNS = (
    "article, title_key, source_key, author_key, published, language_key, passages, added, state, "
    "source, author, language, comments"
)
_INSERT = f"INSERT INTO listing ({_COLUMNS}) {_SELECT}"
FILL_LISTING = f"""
INSERT OR IGNORE INTO names (name, key) SELECT name, sort_key(CAST(name AS BLOB)) FROM (
    SELECT source AS name FROM articles UNION SELECT author FROM articles UNION SELECT language FROM articles
) WHERE name IS NOT NULL;
{_INSERT}
"""  # noqa: S608
"""Lists all articles of an archive that has no listing yet."""
_UPDATED = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ") if name != "article")
_PUT = f"{_INSERT} WHERE id = ? ON CONFLICT (article) DO UPDATE SET {_UPDATED}"
_PUT_NAMES = (
    "INSERT OR IGNORE INTO names (name, key) SELECT value, sort_key(CAST(value AS BLOB)) FROM "
    "(SELECT source AS value FROM articles WHERE id = ?1 UNION SELECT author FROM articles WHERE id = ?1 "
    "UNION SELECT language FROM articles WHERE id = ?1) WHERE value IS NOT NULL"
)


def sort_key(text: str) -> str:
    """Return a text as it is sorted and searched: its folded words; of a path, those of the file's name.

    >>> sort_key("Übersee: „Häfen“")
    'ubersee hafen'
    """
    name = PurePosixPath(text).name if text.startswith("/") else text
    return " ".join(words(name))[:_MAX_KEY_CHARACTERS]


def register_sort_key(connection: sqlite3.Connection) -> None:
    """Let SQL on a connection compute sort keys, of the bytes of a text: damaged text may be no valid UTF-8."""

    def key_of_bytes(text: bytes) -> str:
        return sort_key(text.decode("utf-8", "replace"))

    connection.create_function("sort_key", 1, key_of_bytes, deterministic=True)


def list_article(connection: sqlite3.Connection, article_id: str) -> None:
    """Bring the row of an article in step with the other tables."""
    connection.execute(_PUT_NAMES, (article_id,))
    connection.execute(_PUT, (article_id,))


def unlist_article(connection: sqlite3.Connection, article_id: str) -> None:
    """Remove the row of an article."""
    connection.execute("DELETE FROM listing WHERE article = ?", (article_id,))
