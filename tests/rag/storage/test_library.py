"""The list of all articles: sorted, searched and filtered as Python would do it, and in step with every change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import BRIDGE, article_file

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.storage import library
from rag.storage.database import Database, SqlConnection
from rag.storage.library import Library
from rag.storage.listing import FILL_LISTING, list_article
from rag.storage.sqlite_database import SqliteDatabase
from rag.storage.store import Store
from rag.types import Filter
from rag.types.library import SORT_FACTS, LibraryQuery, LibraryRow, SortFact

TITLES = ("Zölle", "Ähren", "arme Häfen", "Übersee", "Hafenfest", None, "Ölpreis 2020", "Überseehafen", "über alles")
OUTLETS = ("Bote", "Éclair", None, "Altmoorer Zeitung")
AUTHORS = (None, "Øyvind Ås", "Ada Müller", "Max Hafen", "Bo")
ALL = LibraryQuery()
LANGUAGES = ("de", "en", "de-CH", "fr")


def fill_listing(database: Database, connection: SqlConnection) -> None:
    """List all articles: in SQLite as a migration does, which other engines never had."""
    if isinstance(database, SqliteDatabase):
        for statement in FILL_LISTING.split(";"):
            connection.execute(statement)
        return
    for (article_id,) in database.rows("SELECT id FROM articles"):
        list_article(connection, article_id)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """180 articles of all mixtures of facts, put there by SQL."""
    opened = Store(tmp_path_factory.mktemp("library") / "archive.sqlite").database
    with opened.transaction() as (connection, _):
        for number in range(180):
            day = None if number % 7 == 0 else date(2015 + number % 9, 1 + number % 12, 1 + number % 28).isoformat()
            connection.execute(
                "INSERT INTO articles (id, path, sha256, recipe, title, text, language, source, author, published, "
                "added, file, origins, asides) VALUES (?, ?, '', '', ?, 'x', ?, ?, ?, ?, ?, '', ?, ?)",
                (
                    f"id{number}",
                    f"/in/name{number}.txt",
                    TITLES[number % len(TITLES)],
                    LANGUAGES[number % len(LANGUAGES)],
                    OUTLETS[number * 3 % 11 % len(OUTLETS)],
                    AUTHORS[number * 7 % 13 % len(AUTHORS)],
                    day,
                    f"2026-01-01T00:{number % 60:02}:00+00:00",
                    '{"unread": "page 2"}' if number % 10 == 3 else "{}",
                    '[[0, 1, "comment"]]' if number % 5 == 0 else "[]",
                ),
            )
        fill_listing(opened, connection)
    yield opened
    opened.close()


def all_rows(database: Database, query: LibraryQuery = ALL) -> list[LibraryRow]:
    """All articles that a query asks for, page after page."""
    rows: list[LibraryRow] = []
    page, number = Library(database).page(query), 1
    while True:
        rows += page.rows
        assert page.total is None or page.has_next == (len(rows) < page.total)
        if not page.has_next:
            return rows
        number += 1
        page = Library(database).page(replace(query, page=number))


KEYS: dict[SortFact, Callable[[LibraryRow], Any]] = {
    "published": lambda row: row.published or date.min,
    "language": lambda row: row.language.lower(),
    "added": lambda row: row.added,
    "state": lambda row: ["complete", "incomplete", "duplicate"].index(row.state),
    "passages": lambda row: row.passages,
}


@pytest.mark.parametrize("most", [20_000, 0])
@pytest.mark.parametrize("sort", SORT_FACTS)
def test_every_order_in_both_directions(
    database: Database, monkeypatch: pytest.MonkeyPatch, most: int, sort: SortFact
) -> None:
    """Every article once; few articles are sorted as many are, which the index gives in order."""
    monkeypatch.setattr(library, "MAX_COUNTED", most)
    for filter in (Filter(), Filter(languages=("de",))):
        up = all_rows(database, LibraryQuery(filter=filter, sort=sort, descending=False, size=50))
        down = all_rows(database, LibraryQuery(filter=filter, sort=sort, descending=True, size=7))
        assert up == down[::-1]
        query = LibraryQuery(filter=filter, sort=sort, descending=False, page=2, size=1)
        assert [row for rows in Library(database).all_rows(query) for row in rows] == up
        assert [row for rows in Library(database).all_rows(query, 3) for row in rows] == up[:3]
        assert len({row.id for row in up}) == len(up) == (90 if filter.languages else 180)
        if key := KEYS.get(sort):
            assert list(map(key, up)) == sorted(map(key, up))


def test_headlines_are_sorted_as_in_a_dictionary(database: Database) -> None:
    """Case and umlauts do not matter; without a headline, the file's name counts."""
    rows = all_rows(database, LibraryQuery(sort="title", descending=False))
    assert list(dict.fromkeys(row.label for row in rows if not row.label.startswith("name"))) == [
        "Ähren",
        "arme Häfen",
        "Hafenfest",
        "Ölpreis 2020",
        "über alles",
        "Übersee",
        "Überseehafen",
        "Zölle",
    ]
    assert [row.source for row in all_rows(database, LibraryQuery(sort="source", descending=False))][-1] == "Éclair"


@pytest.mark.parametrize("most", [20_000, 0])
@pytest.mark.parametrize(
    ("query", "passes"),
    [
        # ä and a are one letter, as in a question
        (LibraryQuery("HAFEN"), lambda row: re.search("h[aä]fen", f"{row.label} {row.author}".lower())),
        (LibraryQuery("ubersee muller"), lambda row: "Übersee" in row.label and row.author == "Ada Müller"),
        (LibraryQuery("name14"), lambda row: row.label.startswith("name14")),
        (LibraryQuery("eclair"), lambda row: row.source == "Éclair"),
        (LibraryQuery("gibt es nicht"), lambda row: False),
        (LibraryQuery("%_"), lambda row: False),
        (LibraryQuery(state="incomplete"), lambda row: row.unread == "page 2"),
        (LibraryQuery(state="duplicate"), lambda row: False),
        (LibraryQuery(filter=Filter(sources=("alt",))), lambda row: row.source == "Altmoorer Zeitung"),
        (LibraryQuery(filter=Filter(sources=("alt", "bote"))), lambda row: row.source in ("Bote", "Altmoorer Zeitung")),
        (LibraryQuery(filter=Filter(paths=("name17",))), lambda row: "name17" in row.path),
        (LibraryQuery(filter=Filter(authors=("ås",))), lambda row: row.author == "Øyvind Ås"),
        (LibraryQuery(filter=Filter(languages=("de", "fr"))), lambda row: row.language != "en"),
        (
            LibraryQuery(filter=Filter(since=date(2018, 1, 1), until=date(2019, 12, 31))),
            lambda row: row.published and 2018 <= row.published.year <= 2019,
        ),
        (
            LibraryQuery(filter=Filter(since=date(2016, 2, 2), until=date(2016, 2, 2))),
            lambda row: row.published == date(2016, 2, 2),
        ),
        (
            LibraryQuery(filter=Filter(until=date(2017, 12, 31))),
            lambda row: row.published and row.published.year < 2018,
        ),
        (LibraryQuery(filter=Filter(kinds=("article", "comment"))), lambda row: int(row.id[2:]) % 5 == 0),
    ],
    # the same in every process, which the name of a lambda is not
    ids=lambda value: str(value) if isinstance(value, LibraryQuery) else "",
)
def test_search_and_filters(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    query: LibraryQuery,
    passes: Callable[..., bool],
) -> None:
    """Parts of words, folded; all words must be there, each in the headline, the outlet or the author."""
    expected = {row.id for row in all_rows(database) if passes(row)}
    monkeypatch.setattr(library, "MAX_COUNTED", most)
    for sort in ("title", "added"):
        assert {row.id for row in all_rows(database, replace(query, sort=sort))} == expected


def test_counts(database: Database) -> None:
    """By month, outlet and language, as Python counts them."""
    rows, counts = all_rows(database), Library(database).counts(LibraryQuery())
    assert counts.undated == sum(row.published is None for row in rows)
    assert sum(counts.months.values()) + counts.undated == 180
    assert counts.months["2016-02"] == sum(f"{row.published}".startswith("2016-02") for row in rows)
    assert list(counts.months) == sorted(counts.months)
    assert counts.languages == {"de": 90, "en": 45, "fr": 45}
    assert counts.sources["Bote"] == sum(row.source == "Bote" for row in rows)


@pytest.mark.parametrize("most", [20_000, 10])
def test_counts_of_some(database: Database, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Those that a query asks for, whether they are few or many, or those that are named, as Python counts them."""
    monkeypatch.setattr(library, "MAX_COUNTED", most)
    query = LibraryQuery(filter=Filter(languages=("fr",), since=date(2016, 2, 1)))
    rows, counts = all_rows(database, query), Library(database).counts(query)
    assert counts.languages == {"fr": len(rows)}
    assert counts.sources == Counter(row.source for row in rows if row.source)
    assert counts.months == Counter(f"{row.published:%Y-%m}" for row in rows)
    assert Library(database).counts_of([row.id for row in rows]) == counts


def listing(archive: Archive) -> list[tuple[Any, ...]]:
    """The listing, without the numbers of its rows."""
    query = (
        "SELECT article, title_key, published, language_key, passages, added, state, comments, "
        "(SELECT name FROM names WHERE code = source), (SELECT name FROM names WHERE code = author) FROM listing"
    )
    return sorted(archive._database.rows(query))


def test_the_listing_follows_every_change(tmp_path: Path, encoder: Encoder) -> None:
    """Whatever happens, it is what a new listing of the same articles would be; `added` stays."""
    folder = tmp_path / "in"
    folder.mkdir()
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:

        def check(articles: int) -> None:
            current = listing(archive)
            with archive._database.transaction(of_articles=False) as (connection, _):
                connection.execute("DELETE FROM listing")
                fill_listing(archive._database, connection)
            assert listing(archive) == current
            assert len(current) == articles

        (folder / "a.md").write_text(article_file("Brücke", "2020-05-05", "Bote"), encoding="utf-8")
        (folder / "b.md").write_text(article_file("Brücke", "2020-05-04", "Kurier"), encoding="utf-8")
        archive.index([folder])
        check(2)
        by_state = {row.state: row for row in archive.library().rows}
        assert (by_state["duplicate"].same_as, by_state["duplicate"].passages) == (by_state["complete"].id, 0)
        assert by_state["complete"].passages == len(archive.passages(by_state["complete"].id))
        added = {row.id: row.added for row in archive.library().rows}
        with archive._database.transaction(of_articles=False) as (connection, _):
            connection.execute("UPDATE articles SET added = '2020-01-01T00:00:00+00:00'")
        (folder / "b.md").write_text(article_file("Steg", "2020-05-06", "Kurier", f"{BRIDGE} Neu."), encoding="utf-8")
        archive.index([folder])
        check(2)
        rows = archive.library(LibraryQuery(sort="title", descending=False)).rows
        assert [(row.label, row.state) for row in rows] == [("Brücke", "complete"), ("Steg", "complete")]
        assert {row.added.year for row in rows if row.added} == {2020}
        assert added.keys() == {row.id for row in rows}
        archive.correct(rows[0].id, source="Anzeiger", published="2021-01-01")
        check(2)
        assert archive.library(LibraryQuery("anzeiger")).rows[0].corrected == ("source", "published")
        archive.forget(folder / "a.md")
        check(1)
        assert archive.library(LibraryQuery("anzeiger")).total == 0
