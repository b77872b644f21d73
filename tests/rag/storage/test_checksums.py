"""Checksums of rows: what was damaged on the disk is not shown, and is said."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from factories import BRIDGE, article_file

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import ArticleDamaged
from rag.storage.checksums import COLUMNS, checksum
from rag.storage.sqlite_database import DATABASE, SqliteDatabase
from rag.types.library import LibraryQuery

FIRE = "Bei dem Brand in der Lagerhalle am Hafen kamen 134 Menschen ums Leben, sagte die Feuerwehr am Montagabend."
QUESTION = "Wie viele Menschen kamen beim Brand im Hafen ums Leben?"


@pytest.fixture
def folder(tmp_path: Path, encoder: Encoder) -> Path:
    """The archive of two articles, closed."""
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "fire.md").write_text(article_file("Brand im Hafen", "2021-03-01", "Bote", FIRE), encoding="utf-8")
    (articles / "bridge.md").write_text(article_file("Die Brücke", "2021-03-02", "Bote", BRIDGE), encoding="utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([articles])
    return tmp_path / "archive"


def exchange(file: Path, old: bytes, new: bytes) -> None:
    """Change bytes of a file in place."""
    data = file.read_bytes()
    assert old in data
    file.write_bytes(data.replace(old, new))


def test_every_column_is_covered(tmp_path: Path) -> None:
    """The checksum of a row covers all its columns, in every table that has checksums."""
    database = SqliteDatabase(tmp_path / DATABASE)
    for table, columns in COLUMNS.items():
        stored = {name for _, name, *_ in database.rows(f"PRAGMA table_info({table})")}
        assert stored == {*columns, "checksum"}, table
    database.close()


def test_equal_bytes_in_other_columns_differ() -> None:
    """A checksum tells where one value ends and the next begins, and no value from an empty one."""
    assert len({checksum("text,text", b"ab", b"c"), checksum("text,text", b"a", b"bc")}) == 2
    assert checksum("text,null", b"a", None) != checksum("text,text", b"a", b"")


def test_a_changed_digit_is_not_quoted(folder: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture) -> None:
    """An article of which one byte changed on the disk is left out of answers and not shown; its file heals it."""
    with Archive.open(folder, encoder=encoder) as archive:
        whole = archive.ask(QUESTION)
        article_id = whole.citations[0].article.id
    exchange(folder / DATABASE, b"134 Menschen", b"934 Menschen")
    with Archive.open(folder, encoder=encoder) as archive:
        answer = archive.ask(QUESTION)
        assert article_id not in [citation.article.id for citation in answer.citations]
        assert answer.damaged == archive.search(QUESTION).answer.damaged == (str(folder.parent / "articles/fire.md"),)
        assert "fire.md was damaged on the disk and is left out: `fundstelle repair`" in caplog.text
        with pytest.raises(ArticleDamaged, match=r"fire\.md was damaged on the disk and is not shown"):
            archive.article(article_id)
        assert {row.label: row.state for row in archive.library_rows()} == {
            "Die Brücke": "complete",
            "fire.md": "damaged",
        }
        assert [row.id for row in archive.library_rows(LibraryQuery(state="damaged"))] == [article_id]
        archive.index([folder.parent / "articles"], again=True)
        assert replace(archive.ask(QUESTION), took_ms=whole.took_ms) == whole
        assert archive.library_row(article_id).label == "Brand im Hafen"


@pytest.mark.parametrize("table", ["passages", "vectors"])
def test_a_damaged_passage_is_left_out(
    folder: Path, encoder: Encoder, table: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A passage of which the place or the vector changed is not cited, and reading its file again heals it."""
    with Archive.open(folder, encoder=encoder) as archive:
        whole = archive.ask(QUESTION)
    damage = {"passages": '"end" = "end" - 1', "vectors": "vector = zeroblob(length(vector))"}[table]
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute(f"DROP TRIGGER {table}_changed")
        connection.execute(f"UPDATE {table} SET {damage}")  # noqa: S608
    connection.close()
    with Archive.open(folder, encoder=encoder) as archive:
        answer = archive.ask(QUESTION)
        assert answer.citations == ()
        assert {Path(path).name for path in answer.damaged} == {"bridge.md", "fire.md"}
        assert "fire.md was damaged" in caplog.text
        archive.index([folder.parent / "articles"], again=True)
        assert archive.ask(QUESTION).citations == whole.citations


def test_a_draft_is_not_refuted_by_a_damaged_article(folder: Path, encoder: Encoder) -> None:
    """A draft is compared with all other articles, and the damaged one is named; of one quotation, nothing is said."""
    exchange(folder / DATABASE, b"134 Menschen", b"934 Menschen")
    with Archive.open(folder, encoder=encoder) as archive:
        report = archive.verify_quotes(f"„{FIRE}“ und „{BRIDGE}“")
        assert [quote.verdict for quote in report.quotes] == ["missing", "exact"]
        assert [Path(path).name for path in report.damaged] == ["fire.md"]
        with pytest.raises(ArticleDamaged, match=r"fire\.md was damaged on the disk and may have these words"):
            archive.find_quote(FIRE)
        assert archive.find_quote(BRIDGE).holds


def test_a_change_of_a_damaged_row_leaves_it_damaged(folder: Path, encoder: Encoder) -> None:
    """Whatever changes another column of a damaged article does not make it seem whole."""
    exchange(folder / DATABASE, b"134 Menschen", b"934 Menschen")
    with Archive.open(folder, encoder=encoder) as archive:
        archive._store.database.set_meta("a", "b")
        with archive._store.database.transaction() as (connection, _):
            connection.execute("UPDATE articles SET added = '2020-01-01T00:00:00+00:00'")
        assert len(archive._store.damaged()) == 1
