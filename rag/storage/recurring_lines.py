"""Lines that recur in article after article of an outlet: subscription prompts, labels and signatures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from rag.storage.article_mapping import BARE, article_of, if_intact, spans_json
from rag.storage.database import Database, SqlConnection
from rag.text.words import fold
from rag.types import Article, Span

# maximum number of lines at the beginning and at the end of an article's own words that can recur
_MAX_FIRST_LINES, _MAX_LAST_LINES = 6, 10
# minimum number of articles of an outlet that have a line, for the line to recur
_MIN_ARTICLES, _MIN_ARTICLES_IF_SHORT = 5, 10
# lines of fewer characters are short
_SHORT_CHARACTERS = 80
# maximum share of an article that can be boilerplate; where more of it recurs, it is a version of the others
_MAX_RECURRING_SHARE = 0.4
# those that recurred, and of which the number of articles is the same, and of all others those that recur now
_RECURRING = (
    "SELECT line FROM often WHERE NOT EXISTS (SELECT 1 FROM touched WHERE touched.line = often.line) "
    "UNION ALL SELECT line FROM lines WHERE line IN (SELECT line FROM touched) "
    "GROUP BY line HAVING count(*) >= CASE WHEN (line & 1) = 1 THEN ?1 ELSE ?2 END"
)
# changed articles that have a recurring line, or had one
_CONCERNED = (
    "SELECT article FROM unsettled JOIN articles ON id = article WHERE recurring <> '[]' UNION "
    "SELECT article FROM lines WHERE line IN (SELECT CAST(value AS INTEGER) FROM json_each(?)) "
    "AND article IN (SELECT article FROM unsettled)"
)


@dataclass(frozen=True, slots=True)
class RecurringChange:
    """An article whose recurring lines differ from those stored: the article as loaded, its lines now, its file."""

    article: Article
    recurring: tuple[Span, ...]
    file: str


def edge_lines(article: Article) -> dict[Span, int]:
    """Return the first and last lines of an article's own words, with numbers that equal lines of an outlet share.

    There are none where the outlet is unknown.
    """
    if not article.source:
        return {}
    lines: list[Span] = []
    for part in article.parts():
        offset = part.start
        for line in article.text[part.start : part.end].splitlines(keepends=True) if part.kind == "article" else ():
            if any(character.isalnum() for character in line):
                lines.append((offset, offset + len(line)))
            offset += len(line)
    edges = dict.fromkeys([*lines[:_MAX_FIRST_LINES], *lines[-_MAX_LAST_LINES:]])
    return {span: _line_number(article.source, article.text[slice(*span)]) for span in edges}


def recurring_in(article: Article, recurring_numbers: Container[int]) -> tuple[Span, ...]:
    """Return the lines of an article whose numbers recur, in order; none if they are too much of it."""
    spans = sorted(span for span, number in edge_lines(article).items() if number in recurring_numbers)
    own_characters = sum(part.end - part.start for part in article.parts() if part.kind == "article")
    is_version = sum(end - start for start, end in spans) > _MAX_RECURRING_SHARE * own_characters
    return () if is_version else tuple(spans)


class RecurringLines:
    """Which lines recur in the articles of an archive, and which of an article are boilerplate for it.

    Only lines whose number of articles has changed are counted, and only articles that may be concerned are read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def unsettled(self) -> Iterator[RecurringChange]:
        """Yield the articles in which other lines recur than are stored."""
        previous, current = self._recurring_numbers()
        rows = self._database.rows(_CONCERNED, json.dumps(sorted(current)))
        article_ids = {article_id for (article_id,) in rows}
        for number in previous ^ current:
            rows = self._database.rows("SELECT article FROM lines WHERE line = ?", number)
            article_ids.update(article_id for (article_id,) in rows)
        query = (
            f"SELECT recurring, file, {BARE} FROM articles "  # noqa: S608
            f"WHERE same_as IS NULL AND id = ? AND {if_intact(self._database)}"
        )
        for article_id in sorted(article_ids):
            for stored, file, *row in self._database.rows(query, article_id):
                article = article_of(row)
                recurring = recurring_in(article, current)
                if spans_json(recurring) != stored:
                    yield RecurringChange(article, recurring, file)

    def settle(self) -> None:
        """Note that the changes that `unsettled` yielded were stored."""
        _, current = self._recurring_numbers()
        with self._database.transaction(of_articles=False) as (connection, _):
            connection.execute("DELETE FROM often")
            connection.executemany("INSERT INTO often VALUES (?)", [(number,) for number in sorted(current)])
            connection.execute("DELETE FROM touched")
            connection.execute("DELETE FROM unsettled")

    def _recurring_numbers(self) -> tuple[set[int], set[int]]:
        """Return the numbers of the lines that recurred when last settled, and of those that recur now."""
        previous = {number for (number,) in self._database.rows("SELECT line FROM often")}
        return previous, {
            number for (number,) in self._database.rows(_RECURRING, _MIN_ARTICLES_IF_SHORT, _MIN_ARTICLES)
        }


def put_lines(connection: SqlConnection, article_id: str, numbers: Sequence[int]) -> None:
    """Store the numbers of an article's lines that can recur in its outlet."""
    old = {number for (number,) in connection.execute("SELECT line FROM lines WHERE article = ?", (article_id,))}
    new = set(numbers)
    connection.executemany(
        "DELETE FROM lines WHERE line = ? AND article = ?", [(number, article_id) for number in old - new]
    )
    connection.executemany("INSERT INTO lines VALUES (?, ?)", [(number, article_id) for number in new - old])
    connection.executemany("INSERT OR IGNORE INTO touched VALUES (?)", [(number,) for number in old ^ new])
    connection.execute("INSERT OR IGNORE INTO unsettled VALUES (?)", (article_id,))


def _line_number(outlet: str, line: str) -> int:
    """Return a number for a line of an outlet; it is odd for short lines."""
    text = f"{fold(outlet)}\n{' '.join(fold(line).split())}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8]
    return int.from_bytes(digest) >> 2 << 1 | (len(line.strip()) < _SHORT_CHARACTERS)
