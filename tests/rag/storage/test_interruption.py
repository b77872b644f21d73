"""Ctrl-C at any moment: it stays what it is, and the archive can be used afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from factories import BRIDGE, article_file

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.storage import checksums, listing
from rag.storage.salvage import fault_of, salvage
from rag.storage.sqlite_database import DATABASE, SqliteDatabase

QUESTION = "Wann wurde die Brücke geöffnet?"


@contextmanager
def interrupted(module: object, name: str) -> Iterator[None]:
    """Press Ctrl-C whenever a function of a module is called."""

    def interrupted_call(*_: object) -> object:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, interrupted_call)
        yield


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    text = article_file("Die Brücke", "2021-03-02", "Bote", BRIDGE)
    (tmp_path / "articles" / "bridge.md").write_text(text, encoding="utf-8")
    return tmp_path / "articles"


def test_while_a_question_is_asked(articles: Path, tmp_path: Path, encoder: Encoder) -> None:
    """In the function that checks a row which SQLite reads, though SQLite makes another error of it."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([articles])
        with interrupted(checksums.xxhash, "xxh3_64_digest"), pytest.raises(KeyboardInterrupt):
            archive.ask(QUESTION)
        assert archive.ask(QUESTION).citations


@pytest.mark.parametrize(("module", "name"), [(checksums.xxhash, "xxh3_64_digest"), (listing, "words")])
def test_while_articles_are_stored(articles: Path, tmp_path: Path, encoder: Encoder, module: object, name: str) -> None:
    """In a function that a trigger or a statement calls: nothing of the article is stored, and the next run does it."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        with interrupted(module, name), pytest.raises(KeyboardInterrupt):
            archive.index([articles])
        assert archive.status().articles == 0
        assert archive.index([articles]).new == 1


def test_while_an_archive_is_made_or_mended(articles: Path, tmp_path: Path, encoder: Encoder) -> None:
    """No half-made file stays, and nothing is taken for damaged."""
    with interrupted(checksums.xxhash, "xxh3_64_digest"), pytest.raises(KeyboardInterrupt):
        Archive.open(tmp_path / "archive", encoder=encoder)
    assert not list((tmp_path / "archive").glob(f"{DATABASE}*"))
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([articles])
    for work in (fault_of, salvage):
        with interrupted(checksums.xxhash, "xxh3_64_digest"), pytest.raises(KeyboardInterrupt):
            work(tmp_path / "archive" / DATABASE)
    assert [path.name for path in (tmp_path / "archive").glob(f"{DATABASE}*")] == [DATABASE]
    assert not fault_of(tmp_path / "archive" / DATABASE)


def test_as_a_transaction_begins(tmp_path: Path) -> None:
    """After SQLite began it and before anything else: it is undone, and the next one begins."""
    database = SqliteDatabase(tmp_path / DATABASE)
    with pytest.raises(KeyboardInterrupt), database.lent() as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO meta (name, value) VALUES ('half', '1')")
        raise KeyboardInterrupt
    database.set_meta("whole", "1")
    assert (database.meta("half"), database.meta("whole")) == (None, "1")
    database.close()


def test_letters_that_are_no_utf_8_are_no_interruption(articles: Path, tmp_path: Path, encoder: Encoder) -> None:
    """The name of a damaged outlet is listed by its letters, as far as they can be read."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([articles])
        with archive._database.lent() as connection:
            connection.execute("UPDATE articles SET title = CAST(x'4272FC636B65' AS TEXT)")
            (article_id,) = connection.execute("SELECT id FROM articles").fetchone()
            listing.list_article(connection, article_id)
            assert connection.execute("SELECT title_key FROM listing").fetchall() == [("brˆcke",)]
