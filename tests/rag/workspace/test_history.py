"""The history: newest first, each question once, nothing in private mode."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from factories import WITHOUT_VERSION_6
from hypothesis import given
from hypothesis import strategies as st

from rag.archive import Archive
from rag.errors import ArchiveError, QuestionError
from rag.storage.filter_json import filter_from_json, filter_to_json
from rag.types import NO_FILTER, Filter
from rag.workspace.history import History
from rag.workspace.saved_questions import SavedQuestions
from rag.workspace.settings import Settings, SettingsStore


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive."""
    with Archive.open(tmp_path / "archive") as opened:
        yield opened


def questions(history: History) -> list[str]:
    return [asked.question for asked in history.page()]


def test_the_newest_question_is_first(archive: Archive) -> None:
    """Asked again, in whatever spelling of the same characters, a question moves up and has its newest outcome."""
    history = History(archive)
    for question in ("Wer baute den Tunnel?", "Wie groß ist Zürich?", "Wer  baute den Tunnel?\n"):
        assert history.note(question, outcome="answered", results=3)
    history.note("Wie groß ist Zu\u0308rich?", outcome="nothing_fits", results=0)
    assert questions(history) == ["Wie groß ist Zürich?", "Wer baute den Tunnel?"]
    newest = history.page(limit=1)[0]
    assert (newest.outcome, newest.results, newest.filter) == ("nothing_fits", 0, NO_FILTER)
    assert newest.time.startswith("20")
    assert newest.time.endswith("+00:00")


def test_a_question_is_noted_with_its_last_filter(archive: Archive) -> None:
    """Filtering step by step leaves one entry."""
    history = History(archive)
    since = Filter(since=date(2020, 1, 1), sources=("Passblatt",), kinds=("article", "comment"))
    history.note("Wer?", outcome="answered", results=1)
    history.note("Wer?", since, outcome="answered", results=1)
    assert [asked.filter for asked in history.page()] == [since]


def test_pages(archive: Archive) -> None:
    """The history is read page by page."""
    history = History(archive)
    for number in range(7):
        history.note(f"Frage {number}?", outcome="empty", results=0)
    third = history.page(3)[-1]
    assert [asked.question[6] for asked in history.page(3, third.id)] == ["3", "2", "1"]
    history.delete(third.id)
    assert [asked.question[6] for asked in history.page(3, third.id)] == ["3", "2", "1"]
    assert len(history) == 6


def test_deleting(archive: Archive) -> None:
    """One question goes, then all; a number is never used again, so that no other question is deleted for it."""
    history = History(archive)
    for question in ("a?", "b?", "c?"):
        history.note(question, outcome="empty", results=0)
    newest = history.page()[0]
    assert history.delete(newest.id)
    assert not history.delete(newest.id)
    history.note("d?", outcome="empty", results=0)
    assert newest.id not in {asked.id for asked in history.page()}
    assert (history.clear(), questions(history)) == (3, [])


@pytest.mark.folder
def test_private_mode(archive: Archive) -> None:
    """While it is on, nothing is noted, not even that a question was asked again."""
    history, settings = History(archive), SettingsStore(archive)
    history.note("a?", outcome="empty", results=0)
    history.note("b?", outcome="empty", results=0)
    settings.change(private=True)
    assert not history.note("a?", outcome="empty", results=0)
    assert not history.note("secret?", outcome="empty", results=0)
    assert questions(history) == ["b?", "a?"]
    assert b"secret" not in (archive.folder / "archive.sqlite").read_bytes()
    settings.change(private=False)
    assert history.note("a?", outcome="empty", results=0)
    assert questions(history) == ["a?", "b?"]


@pytest.mark.folder
def test_an_archive_of_version_5_gets_a_history(archive: Archive) -> None:
    """It is migrated on open; one that may only be read has no history, no saved questions, and the usual settings."""
    folder = archive.folder
    archive.close()
    with sqlite3.connect(folder / "archive.sqlite") as database:
        database.executescript(WITHOUT_VERSION_6)
        database.execute("PRAGMA user_version = 5")
        database.execute("PRAGMA journal_mode = delete")
    database.close()
    folder.joinpath("archive.sqlite").chmod(0o400)
    folder.chmod(0o500)
    try:
        with Archive.open(folder) as old:
            if old._database.version < 6:  # the superuser may write all the same
                assert (len(History(old)), SavedQuestions(old).all(), SettingsStore(old).load()) == (0, (), Settings())
                with pytest.raises(ArchiveError):
                    History(old).note("Wer?", outcome="empty", results=0)
    finally:
        folder.chmod(0o700)
        folder.joinpath("archive.sqlite").chmod(0o600)
    with Archive.open(folder) as migrated:
        assert History(migrated).note("Wer?", outcome="empty", results=0)
        assert questions(History(migrated)) == ["Wer?"]


def test_what_cannot_be_asked_is_not_noted(archive: Archive) -> None:
    """An empty question is refused."""
    with pytest.raises(QuestionError):
        History(archive).note(" ?", outcome="empty", results=0)
    assert len(History(archive)) == 0


names = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), max_size=3).map(tuple)
days = st.none() | st.dates()


@given(data=st.data())
def test_filters_come_back(data: st.DataObject) -> None:
    """A filter that was written as JSON is the same when it is read, and equal filters are written alike."""
    strategies = {"since": days, "until": days, "kinds": st.sampled_from([("article",), ("article", "comment")])}
    values = {field.name: data.draw(strategies.get(field.name, names)) for field in fields(Filter)}
    filter = Filter(**values)  # type: ignore[arg-type]
    assert filter_from_json(filter_to_json(filter)) == filter
    assert filter_to_json(filter_from_json(filter_to_json(filter))) == filter_to_json(filter)
