"""Saved questions of a folder and of a server are the same, and so is what is new in their answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from api_parts import serving_api
from factories import BRIDGE, article_file

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.client import Client
from rag.client.client import RemoteSavedQuestions
from rag.errors import AlreadySaved, FundstelleError, NotFound, QuestionError
from rag.storage.sqlite_database import DATABASE
from rag.types import Filter
from rag.types.archive_state import State
from rag.types.saved import Look
from rag.workspace.saved_questions import SavedQuestions

QUESTION = "Wie lang ist die Brücke?"
FIRE = "Bei dem Brand in der Lagerhalle am Hafen kamen 134 Menschen ums Leben, sagte die Feuerwehr am Montagabend."
NEWS = "Die Brücke ist seit dem Umbau 430 Meter lang. Das teilte die Stadt am Montag mit."


@pytest.fixture(params=["folder", "server"])
def saved(request: pytest.FixtureRequest, archive: Archive, client: Any) -> Iterator[Any]:
    """The saved questions of the archive, asked here and by each client; there is none before and after."""
    yield SavedQuestions(archive) if request.param == "folder" else client.saved
    for question in SavedQuestions(archive).all():
        SavedQuestions(archive).remove(question.name)


def facts(look: Look) -> dict[str, Any]:
    """Return a look as values that are the same here and from a server, whose scores have four decimals."""
    citations = [(citation.to_dict(), citation.article.text) for citation in (*look.new, *look.answering)]
    return {"question": look.question, "state": look.state, "damaged": look.damaged, "citations": citations}


def test_what_is_new(archive: Archive, saved: Any) -> None:
    """What comes after a question was saved is new until somebody looked, wherever it is asked."""
    local, file = SavedQuestions(archive), archive.folder.parent / "articles" / "news.txt"
    filter = Filter(since=None, languages=("de",), kinds=("article", "comment"))
    question = saved.add(QUESTION, "bridge", filter)
    assert saved.all() == local.all() == (question,)
    assert (question.name, question.question, question.filter) == ("bridge", QUESTION, filter)
    first = saved.look("bridge")
    assert (first.new, len(first.answering), first.damaged) == ((), 1, ())
    assert facts(first) == facts(local.look("bridge"))
    file.write_text(NEWS, encoding="utf-8")
    try:
        archive.index([file])
        for _ in range(2):
            look = saved.look("bridge")
            assert [citation.quote for citation in look.new] == [NEWS]
            assert facts(look) == facts(local.look("bridge"))
        saved.mark_seen("bridge", first.state)
        assert len(saved.look("bridge").new) == 1
        saved.mark_seen("bridge", look.state)
        assert saved.look("bridge").new == ()
    finally:
        archive.forget(file)
        file.unlink()
    saved.remove("bridge")
    assert saved.all() == ()


def test_filters_come_back(archive: Archive, saved: Any) -> None:
    """Each field of a filter, and a question that names itself."""
    filter = Filter(
        date(2020, 1, 1), date(2024, 2, 29), ("taz",), ("de",), ("Eva",), ("a/b",), ("comment",), ("B",), ("C",)
    )
    assert saved.add(QUESTION, filter=filter).filter == filter
    assert saved.add(QUESTION).name == f"{QUESTION} (2)"
    assert [question.filter for question in saved.all()] == [filter, Filter()]
    assert saved.all() == SavedQuestions(archive).all()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda saved: saved.add(QUESTION, "other"), None),
        (lambda saved: saved.add(QUESTION), AlreadySaved),
        (lambda saved: saved.add("Wer?", "bridge"), AlreadySaved),
        (lambda saved: saved.add("?"), QuestionError),
        (lambda saved: saved.add("Wer?", "x" * 300), QuestionError),
        (lambda saved: saved.look("tunnel"), NotFound),
        (lambda saved: saved.remove("bridge", "tunnel"), NotFound),
        (lambda saved: saved.mark_seen("tunnel", State(1)), NotFound),
        (lambda saved: saved.mark_seen("bridge", State(1, "another")), QuestionError),
    ],
)
def test_errors(archive: Archive, saved: Any, call: Callable[[Any], Any], error: type[FundstelleError] | None) -> None:
    """Class and sentence are the same; of several names, none is removed if one is unknown."""
    local = SavedQuestions(archive)
    local.add(QUESTION, "bridge")
    if error is None:
        call(saved)
        return
    sentences = set()
    for asked in (saved, local):
        with pytest.raises(error) as caught:
            call(asked)
        sentences.add(str(caught.value))
    assert len(sentences) == 1
    assert [question.name for question in local.all()] == ["bridge"]


def test_a_damaged_article_is_said(tmp_path: Path, encoder: Encoder) -> None:
    """A look names the articles that it lacks since the disk damaged them, here and from a server."""
    for name, text in (("fire", FIRE), ("bridge", BRIDGE)):
        (tmp_path / f"{name}.md").write_text(article_file(name.title(), "2021-03-01", "Bote", text), encoding="utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([tmp_path / "fire.md", tmp_path / "bridge.md"])
        SavedQuestions(archive).add("Wie viele Menschen kamen beim Brand ums Leben?", "fire")
    database = tmp_path / "archive" / DATABASE
    database.write_bytes(database.read_bytes().replace(b"134 Menschen", b"934 Menschen"))
    with (
        Archive.open(tmp_path / "archive", encoder=encoder) as archive,
        serving_api(archive) as address,
        Client(address) as client,
    ):
        ours, theirs = client.saved.look("fire"), SavedQuestions(archive).look("fire")
        assert ours.damaged == theirs.damaged == (str(tmp_path / "fire.md"),)
        assert facts(ours) == facts(theirs)


def test_the_methods_are_those_of_a_folder() -> None:
    """With the same parameters and defaults."""
    names = [name for name in vars(RemoteSavedQuestions) if not name.startswith("_")]
    assert len(names) > 4
    for name in names:
        ours, theirs = (inspect.signature(getattr(kind, name)) for kind in (RemoteSavedQuestions, SavedQuestions))
        assert list(ours.parameters.values()) == list(theirs.parameters.values()), name
        assert str(ours.return_annotation) == str(theirs.return_annotation), name
