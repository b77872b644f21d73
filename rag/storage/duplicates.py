"""Articles of the same text: one of them has the text and the passages, the others are its further places."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rag.storage.article_mapping import READ, article_of
from rag.storage.database import Database
from rag.storage.filter_sql import passing
from rag.storage.passages import remove_all_passages
from rag.storage.recurring_lines import put_lines
from rag.text.agreement import normalised
from rag.types import Article, Filter, Hit


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Articles of the same text, the one to be cited first; `ready` tells whether that one has its passages.

    `file` is the one that it came from.
    """

    ids: tuple[str, ...]
    ready: bool
    file: str


@dataclass(frozen=True, slots=True)
class _Copies:
    """Articles of the same text: the headline in each outlet, the first one's file and whether it has its passages."""

    headlines: dict[str | None, str]
    file: str
    ready: bool
    ids: list[str]
    originals: list[str | None]


class Doubles:
    """Which articles of an archive are the same, and which are alike."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- reading ------------------------------------------------------------------------------------

    def original(self, article_id: str) -> str:
        """Return the id of the article that has the passages of one: another of the same text, or itself."""
        rows = self._database.rows("SELECT coalesce(same_as, id) FROM articles WHERE id = ?", article_id)
        return str(rows[0][0]) if rows else article_id

    def of(self, article_id: str) -> tuple[Article, ...]:
        """Return the other articles of the same text, the earliest first, and last those without a day."""
        original = self.original(article_id)
        query = (
            f"SELECT {READ} FROM articles WHERE (same_as = ?1 OR id = ?1) AND id <> ?2 "  # noqa: S608
            "ORDER BY published IS NULL, published, path"
        )
        return tuple(map(article_of, self._database.rows(query, original, article_id)))

    def cited(self, hit: Hit, filter: Filter) -> Hit:
        """Return a hit in the first article of its text that passes the filter; all other places stand in `also`."""
        same = (hit.article, *self.of(hit.article.id))
        if hit.passage.language != hit.article.language:
            # it passed by its own language
            filter = replace(filter, languages=())
        passed = passing(self._database, filter, [one.id for one in same]) if len(same) > 1 else {hit.article.id}
        article = next((one for one in same if one.id in passed), hit.article)
        copies = [place for one in hit.also for place in (one, *self.of(one.id))]
        also = {one.id: one for one in (*same, *copies) if one.id != article.id}
        return replace(
            hit, article=article, passage=replace(hit.passage, article_id=article.id), also=tuple(also.values())
        )

    def alike(self, article_id: str) -> tuple[Article, ...]:
        """Return articles that may share much of an article's text."""
        query = (
            f"SELECT {READ} FROM articles WHERE id IN "  # noqa: S608
            "(SELECT other.article FROM bands JOIN bands AS other USING (band) "
            "WHERE bands.article = ?1 AND other.article <> ?1) ORDER BY path"
        )
        return tuple(map(article_of, self._database.rows(query, self.original(article_id))))

    def count(self) -> int:
        """Return how many articles have the same text as another one and are not cited themselves."""
        return int(self._database.rows("SELECT count(*) FROM articles WHERE same_as IS NOT NULL")[0][0])

    def unsettled(self) -> list[Unsettled]:
        """Return the groups of articles of the same text in which not just the first one has passages.

        The first is the one published first, and of several the first by its path: it follows from the articles
        alone, whatever happened on the way. Articles of one outlet with the same text under different headlines are
        not the same, since a corrected headline must be found.
        """
        groups: dict[bytes, list[_Copies]] = {}
        query = (
            "SELECT text_key, id, same_as, EXISTS (SELECT 1 FROM passages WHERE article = id), file, source, title "
            "FROM articles "
            "WHERE text_key <> x'' AND (id IN (SELECT article FROM unsettled) OR text_key IN "
            "(SELECT text_key FROM articles GROUP BY text_key HAVING count(*) > 1)) "
            "ORDER BY published IS NULL, published, path"
        )
        for key, article, same_as, cut, file, source, title in self._database.rows(query):
            of_text, headline = groups.setdefault(key, []), normalised(title or "")
            group = next((one for one in of_text if one.headlines.get(source, headline) == headline), None)
            if group is None:
                group = _Copies({}, file, same_as is None and bool(cut), [], [])
                of_text.append(group)
            group.headlines[source] = headline
            group.ids.append(article)
            group.originals.append(same_as)
        return [
            Unsettled(tuple(one.ids), one.ready, one.file)
            for of_text in groups.values()
            for one in of_text
            if not one.ready or any(other != one.ids[0] for other in one.originals[1:])
        ]

    # -- writing ------------------------------------------------------------------------------------

    def fold(self, article_id: str, original: str) -> None:
        """Keep of an article only what is known of it: its text and passages are those of another one."""
        with self._database.transaction() as (database, revision):
            # what had it for an original has the new one
            database.execute("UPDATE articles SET same_as = ? WHERE same_as = ?", (original, article_id))
            database.execute("UPDATE articles SET same_as = ?, text = '' WHERE id = ?", (original, article_id))
            remove_all_passages(database, revision, article_id)
            put_bands(database, article_id, ())
            put_lines(database, article_id, ())
            database.execute("UPDATE articles SET recurring = '[]' WHERE id = ?", (article_id,))


def hand_over(database: sqlite3.Connection, article: str, key: bytes) -> None:
    """Give the text of an article that goes, or gets a text of another key, to those whose text is kept with it.

    They have no passages until one of them is stored anew.
    """
    database.execute(
        "INSERT OR IGNORE INTO unsettled SELECT id FROM articles "
        "WHERE same_as = ?1 AND (SELECT text_key FROM articles WHERE id = ?1) <> ?2",
        (article, key),
    )
    database.execute(
        "UPDATE articles SET same_as = NULL, text = (SELECT text FROM articles WHERE id = ?1) "
        "WHERE same_as = ?1 AND (SELECT text_key FROM articles WHERE id = ?1) <> ?2",
        (article, key),
    )


def put_bands(database: sqlite3.Connection, article: str, bands: Iterable[int]) -> None:
    """Keep the marks by which articles that are alike find each other."""
    database.execute("DELETE FROM bands WHERE article = ?", (article,))
    database.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, article) for band in bands])
