"""What a person calls an article → the article."""

from __future__ import annotations

import os
import unicodedata
from pathlib import PurePath

from rag.errors import NotFound
from rag.storage.database import Database
from rag.storage.store import Store
from rag.text.paths import spellings

# maximum number of articles that a message names
_MAX_NAMED = 5
# longer than any path or title
_MAX_REFERENCE = 10_000


def resolve_article(store: Store, reference: str) -> str:
    """Return the id of the article that a person means: by id, path, title or address, or a part of one.

    Raises:
        NotFound: no article matches, or several do.
    """
    # as paths are stored whose names are not UTF-8
    reference = reference.encode("utf-8", "backslashreplace").decode()
    # a path relative to the working folder, as it was given to `index`
    references = [*spellings(reference), *spellings(os.path.abspath(reference))]  # noqa: PTH100
    matches: list[str] = []
    for spelling in references:
        matches = matches or find_articles(store.database, spelling)
    matches = matches or _find_by_part(store.database, reference)
    if not matches:
        raise NotFound(f"There is no article {reference!r} in this archive: give its id, path or title.")
    if len(matches) > 1:
        # articles of the same text count as one
        matches = list(dict.fromkeys(map(store.duplicates.original, matches)))
    if len(matches) > 1:
        names = "; ".join(f"{article_id} ({store.article(article_id).label})" for article_id in matches[:_MAX_NAMED])
        raise NotFound(f"{len(matches)} articles match {reference!r}: give the id of one: {names}.")
    return matches[0]


def find_articles(database: Database, reference: str) -> list[str]:
    """Return the ids of the articles that match a reference exactly or, failing that, in a part.

    Tried in this order: the id; the whole path, title or address; the beginning of an id, a part of a title, the end of
    a path.
    """
    if len(reference) > _MAX_REFERENCE:
        return []  # SQLite takes no longer pattern
    pattern = "%" + reference.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    for condition in (
        "id = ?1",
        "path = ?1 OR title = ?1 OR url = ?1",
        "substr(id, 1, length(?1)) = ?1 OR title LIKE ?2 ESCAPE '\\' "
        "OR substr(path, length(path) - length(?1)) = '/' || ?1",
    ):
        query = f"SELECT id FROM articles WHERE ?2 <> '' AND ({condition}) ORDER BY path"  # noqa: S608
        matches = [article_id for (article_id,) in database.rows(query, reference, pattern)]
        if matches:
            return matches
    return []


def _find_by_part(database: Database, reference: str) -> list[str]:
    """Return the ids of the articles whose title, path or address contains a text, in upper or lower case."""
    part = _folded(reference).strip()
    if not part:
        return []
    rows = database.rows("SELECT id, title, path, url FROM articles ORDER BY path")
    by_name = [
        article_id
        for article_id, title, path, url in rows
        if part in _folded("\n".join((title or "", PurePath(path).name, url or "")))
    ]
    # folders last, since many articles share them
    return by_name or [article_id for article_id, _, path, _ in rows if part in _folded(path)]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
