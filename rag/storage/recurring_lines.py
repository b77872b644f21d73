"""Lines that recur in article after article of an outlet: its appeals, labels and signatures, whatever they say."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Container, Iterator, Sequence

from rag.storage.article_mapping import BARE, article_of, written
from rag.storage.database import Database
from rag.text.words import fold
from rag.types import Article, Span

# what surrounds an article stands before and behind it
_FIRST, _LAST = 6, 10
# so many articles must have a line, and a short one so many
_ARTICLES, _ARTICLES_IF_SHORT, _SHORT = 5, 10, 80
# where so much of an article recurs, the others are versions of it
_MOST = 0.4


def edge_lines(article: Article) -> dict[Span, int]:
    """Return the first and last lines of an article's own words, with numbers that are equal for equal lines of an
    outlet; there are none where the outlet is not known."""
    if not article.source:
        return {}
    lines: list[Span] = []
    for part in article.parts():
        at = part.start
        for line in article.text[part.start : part.end].splitlines(keepends=True) if part.kind == "article" else ():
            if any(character.isalnum() for character in line):
                lines.append((at, at + len(line)))
            at += len(line)
    edges = dict.fromkeys([*lines[:_FIRST], *lines[-_LAST:]])
    return {span: _number(article.source, article.text[slice(*span)]) for span in edges}


def recurring_in(article: Article, often: Container[int]) -> tuple[Span, ...]:
    """Return the lines of an article that recur, in order, by the numbers of those that do."""
    found = sorted(span for span, number in edge_lines(article).items() if number in often)
    own = sum(part.end - part.start for part in article.parts() if part.kind == "article")
    return tuple(found) if sum(end - start for start, end in found) <= _MOST * own else ()


class Recurring:
    """Which lines recur in the articles of an archive, and what of each article is set aside for it.

    Only lines of which the number of articles has changed are counted, and only articles that may be concerned are
    looked at.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def unsettled(self) -> Iterator[tuple[Article, tuple[Span, ...], str]]:
        """Yield each article of which other lines recur than are set aside, with these lines and the article's file.

        What is set aside for recurring is part of the text in these articles.
        """
        before, now = self._often()
        articles = {row[0] for row in self._database.rows("SELECT article FROM unsettled")}
        for line in before ^ now:
            articles.update(row[0] for row in self._database.rows("SELECT article FROM lines WHERE line = ?", line))
        query = f"SELECT recurring, file, {BARE} FROM articles WHERE same_as IS NULL AND id = ?"  # noqa: S608
        for one in sorted(articles):
            for known, file, *row in self._database.rows(query, one):
                article = article_of(row)
                spans = recurring_in(article, now)
                if written(spans) != known:
                    yield article, spans, file

    def settle(self) -> None:
        """Note that what `unsettled` returned was done."""
        _, now = self._often()
        with self._database.transaction(of_articles=False) as (database, _):
            database.execute("DELETE FROM often")
            database.executemany("INSERT INTO often VALUES (?)", [(line,) for line in sorted(now)])
            database.execute("DELETE FROM touched")
            database.execute("DELETE FROM unsettled")

    def _often(self) -> tuple[set[int], set[int]]:
        """Return the lines that were known to recur, and those that do."""
        before = {row[0] for row in self._database.rows("SELECT line FROM often")}
        now = set(before)
        query = "SELECT count(*) FROM (SELECT 1 FROM lines WHERE line = ? LIMIT ?)"
        for (line,) in self._database.rows("SELECT line FROM touched"):
            least = _ARTICLES_IF_SHORT if line & 1 else _ARTICLES
            (now.add if self._database.rows(query, line, least)[0][0] == least else now.discard)(line)
        return before, now


def put_lines(database: sqlite3.Connection, article: str, lines: Sequence[int]) -> None:
    """Keep the lines of an article by which it may be like others of its outlet."""
    before = {row[0] for row in database.execute("SELECT line FROM lines WHERE article = ?", (article,))}
    new = set(lines)
    database.executemany("DELETE FROM lines WHERE line = ? AND article = ?", [(one, article) for one in before - new])
    database.executemany("INSERT INTO lines VALUES (?, ?)", [(one, article) for one in new - before])
    database.executemany("INSERT OR IGNORE INTO touched VALUES (?)", [(one,) for one in before ^ new])
    database.execute("INSERT OR IGNORE INTO unsettled VALUES (?)", (article,))


def _number(outlet: str, line: str) -> int:
    """The last bit tells short lines from long ones."""
    said = f"{fold(outlet)}\n{' '.join(fold(line).split())}"
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()[:8]
    return int.from_bytes(digest) >> 2 << 1 | (len(line.strip()) < _SHORT)
