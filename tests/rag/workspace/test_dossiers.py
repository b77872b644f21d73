"""Dossiers: quotations that stay as they were, in an order, with notes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import BRIDGE, WITHOUT_VERSION_6, article_file

from rag.archive import Archive
from rag.errors import ArchiveError, FundstelleError, NotFound
from rag.storage.dossier_records import MAX_DELETIONS
from rag.types.dossier import MAX_NAME, MAX_TEXT, Dossier
from rag.workspace.dossiers import Dossiers

QUOTE = "Die Kosten stiegen nach Angaben der Hafenbehörde von zunächst 61 auf 84 Millionen Euro."
SPAN = (BRIDGE.index(QUOTE), BRIDGE.index(QUOTE) + len(QUOTE))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one article."""
    file = tmp_path / "articles" / "bridge.md"
    file.parent.mkdir()
    file.write_text(article_file("Neue Hubbrücke", "2021-03-12", "Altmoorer Bote"), "utf-8")
    return file


@pytest.fixture
def archive(tmp_path: Path, file: Path) -> Iterator[Archive]:
    """An archive of that file."""
    with Archive.open(tmp_path / "archive") as archive:
        archive.index(file.parent)
        yield archive


@pytest.fixture
def dossiers(archive: Archive) -> Dossiers:
    return Dossiers(archive)


def kinds(dossier: Dossier) -> list[str]:
    return [each.text or each.kind for each in dossier.entries]


def test_a_quotation_stands_alone(dossiers: Dossiers, archive: Archive, file: Path) -> None:
    """Words, place, file, hash, facts and question stay when the article is changed, and when it is forgotten."""
    article = next(archive.articles())
    dossier_id = dossiers.make("Brücke")
    dossiers.save(dossier_id, article.id, SPAN, "Was kostete die Brücke?")
    saved = dossiers.dossier("Brücke").entries
    quote = saved[0].quotation
    assert quote
    assert (quote.text, quote.start, quote.end) == (QUOTE, *SPAN)
    assert (quote.path, quote.sha256, quote.title, quote.source) == (
        file.as_posix(),
        article.sha256,
        "Neue Hubbrücke",
        "Altmoorer Bote",
    )
    assert saved[0].question == "Was kostete die Brücke?"
    file.write_text(article_file("Anders", "2022-01-01", "Bote", "Ein ganz anderer Text."), "utf-8")
    archive.index(file.parent)
    assert dossiers.dossier(dossier_id).entries == saved
    archive.forget(file)
    assert dossiers.dossier(dossier_id).entries == saved


def test_a_moved_file_is_followed(dossiers: Dossiers, archive: Archive, file: Path) -> None:
    """After a folder moved and was indexed, the entry leads to the article there and is verified as moved."""
    dossier_id = dossiers.make("Brücke")
    dossiers.save(dossier_id, next(archive.articles()).id, SPAN)
    moved = file.parent.rename(file.parent.with_name("elsewhere"))
    archive.index(moved)
    entry = dossiers.dossier(dossier_id).entries[0]
    assert archive.article(entry.article_id).path == (moved / file.name).as_posix()
    verification = dossiers.verify(entry)
    assert verification
    assert (verification.state, verification.path) == ("moved", (moved / file.name).as_posix())


def test_entries_have_an_order(dossiers: Dossiers) -> None:
    """New entries come last; one is put before another, or last again."""
    dossier_id = dossiers.make("A")
    first, second, third = (dossiers.write(dossier_id, "note", text) for text in ("1", "2", "3"))
    assert kinds(dossiers.dossier(dossier_id)) == ["1", "2", "3"]
    dossiers.move(third, first)
    assert kinds(dossiers.dossier(dossier_id)) == ["3", "1", "2"]
    dossiers.move(third, None)
    dossiers.move(second, first)
    assert kinds(dossiers.dossier(dossier_id)) == ["2", "1", "3"]
    with pytest.raises(NotFound):
        dossiers.move(first, "nothing")
    assert kinds(dossiers.dossier(dossier_id)) == ["2", "1", "3"]


def test_texts_are_rewritten(dossiers: Dossiers, archive: Archive) -> None:
    """Headings, notes, and the note on a quotation; the quotation itself stays."""
    dossier_id = dossiers.make("A")
    entry = dossiers.save(dossier_id, next(archive.articles()).id, SPAN)
    dossiers.rewrite(entry, "Nachfragen!\n\nAm Montag.")
    stored = dossiers.entry(entry)
    assert stored.text == "Nachfragen!\n\nAm Montag."
    assert stored.quotation and stored.quotation.text == QUOTE
    with pytest.raises(FundstelleError, match="characters"):
        dossiers.rewrite(entry, "x" * (MAX_TEXT + 1))


def test_what_was_deleted_comes_back(dossiers: Dossiers) -> None:
    """An entry at its place, a dossier with its entries, whatever else was deleted since; the oldest are gone."""
    dossier_id = dossiers.make("A")
    first, second = (dossiers.write(dossier_id, "note", text) for text in ("1", "2"))
    dossiers.delete_entry(first)
    assert kinds(dossiers.dossier(dossier_id)) == ["2"]
    dossiers.restore(first)
    assert kinds(dossiers.dossier(dossier_id)) == ["1", "2"]
    dossiers.delete_entry(second)
    dossiers.delete(dossier_id)
    with pytest.raises(NotFound):
        dossiers.dossier(dossier_id)
    dossiers.restore(dossier_id)
    assert kinds(dossiers.dossier(dossier_id)) == ["1"]
    dossiers.restore(second)
    assert kinds(dossiers.dossier(dossier_id)) == ["1", "2"]
    dossiers.delete_entry(second)
    for number in range(MAX_DELETIONS):
        dossiers.delete(dossiers.make(f"B{number}"))
    with pytest.raises(NotFound):
        dossiers.restore(second)


def test_names_are_unique(dossiers: Dossiers) -> None:
    """A name is neither empty nor too long nor taken; an imported dossier gets a number."""
    dossier_id = dossiers.make("  Neue   Brücke ")
    assert dossiers.summaries()[0].name == "Neue Brücke"
    for name in ("", " \n", "Neue Brücke", "x" * (MAX_NAME + 1)):
        with pytest.raises(FundstelleError):
            dossiers.make(name)
    dossiers.rename(dossier_id, "Neue Brücke")
    copy = dossiers.store(dossiers.dossier(dossier_id))
    assert dossiers.dossier(copy).name == "Neue Brücke 2"


def test_what_is_quoted_is_known(dossiers: Dossiers, archive: Archive) -> None:
    """A card can say that its passage is saved, until its entry or its dossier is deleted."""
    article = next(archive.articles())
    span, other = (article.id, *SPAN), (article.id, 0, 5)
    dossier_id = dossiers.make("A")
    entry = dossiers.save(dossier_id, article.id, SPAN)
    assert dossiers.quoted([span, other]) == {span}
    dossiers.delete_entry(entry)
    assert dossiers.quoted([span]) == set()
    dossiers.restore(entry)
    dossiers.delete(dossier_id)
    assert dossiers.quoted([span]) == set()


@pytest.mark.parametrize("span", [(5, 5), (-1, 4), (0, 10**9), (9, 3)])
def test_only_what_is_there_is_quoted(dossiers: Dossiers, archive: Archive, span: tuple[int, int]) -> None:
    """Outside of the text there are no words."""
    dossier_id = dossiers.make("A")
    with pytest.raises(NotFound):
        dossiers.save(dossier_id, next(archive.articles()).id, span)


def test_nothing_is_added_to_what_is_not_there(dossiers: Dossiers) -> None:
    """Neither a dossier nor an entry is made by changing it."""
    for action in (
        lambda: dossiers.write("x", "note", "y"),
        lambda: dossiers.rename("x", "y"),
        lambda: dossiers.rewrite("x", "y"),
        lambda: dossiers.delete("x"),
        lambda: dossiers.delete_entry("x"),
        lambda: dossiers.move("x", None),
    ):
        with pytest.raises(NotFound):
            action()
    assert dossiers.summaries() == []


@pytest.mark.folder
def test_an_archive_of_version_5_gets_dossiers(archive: Archive) -> None:
    """It is migrated on open; one that may only be read has none, and says so when one is made."""
    folder = archive.folder
    archive.close()
    with sqlite3.connect(folder / "archive.sqlite") as database:
        database.executescript(WITHOUT_VERSION_6)
        database.execute("PRAGMA user_version = 5")
        database.execute("PRAGMA journal_mode = delete")
    folder.joinpath("archive.sqlite").chmod(0o400)
    folder.chmod(0o500)
    try:
        with Archive.open(folder) as old:
            if old._database.version < 6:  # the superuser may write all the same
                assert Dossiers(old).summaries() == []
                assert Dossiers(old).quoted([("a", 0, 1)]) == set()
                with pytest.raises(ArchiveError):
                    Dossiers(old).make("A")
    finally:
        folder.chmod(0o700)
        folder.joinpath("archive.sqlite").chmod(0o600)
    with Archive.open(folder) as migrated:
        Dossiers(migrated).make("A")
        assert [summary.name for summary in Dossiers(migrated).summaries()] == ["A"]
