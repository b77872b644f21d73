"""Folders that were moved, renamed, deleted or edited between two indexing runs, on real folders."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import NotFound
from rag.evaluation.session import EvaluationSession
from rag.indexing.moved_files import left_behind, moved_files
from rag.storage.file_records import FileFingerprint, FileRecord

LOCK = "Der Deichgraf von Altmoor hat am Montag die Schleuse Nord besichtigt und war mit den Toren {} zufrieden."
HARBOUR = "Im Hafen von Süderhusen wurde am Dienstag der neue Kran mit einer Traglast von vierzig Tonnen abgenommen."
ROAD = "Die Straße nach Westerfeld bleibt bis zum Herbst gesperrt, weil die Brücke über die Lauke erneuert wird."


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", encoder=encoder) as opened:
        yield opened


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder of two articles, one of them in a folder within."""
    folder = tmp_path / "old"
    (folder / "north").mkdir(parents=True)
    (folder / "north" / "lock.txt").write_text(LOCK.format("sehr"), encoding="utf-8")
    (folder / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    return folder


def paths(archive: Archive) -> list[str]:
    return [article.path for article in archive.articles()]


def test_a_moved_folder_is_cited_at_its_new_place(archive: Archive, old: Path, tmp_path: Path) -> None:
    """No article is kept twice and no text encoded again; the report names both folders."""
    archive.index([old])
    new = tmp_path / "elsewhere" / "new"
    new.parent.mkdir()
    old.rename(new)
    report = archive.index([new])
    assert paths(archive) == [str(new / "harbour.txt"), str(new / "north" / "lock.txt")]
    assert (report.new, report.removed, report.passages_encoded) == (2, 2, 0)
    assert report.moved == {str(old): str(new)}
    (citation,) = archive.ask("Welche Schleuse hat der Deichgraf besichtigt?", 1).citations
    assert (citation.article.path, citation.file_missing) == (str(new / "north" / "lock.txt"), False)


def test_a_file_that_was_edited_while_its_folder_moved(archive: Archive, old: Path, tmp_path: Path) -> None:
    """The old text, which stands in no file any more, is not cited any more."""
    archive.index([old])
    new = tmp_path / "new"
    old.rename(new)
    (new / "north" / "lock.txt").write_text(LOCK.format("nicht"), encoding="utf-8")
    archive.index([new])
    assert [article.text for article in archive.articles()] == [HARBOUR, LOCK.format("nicht")]


def test_a_file_that_was_deleted_when_its_folder_moved(archive: Archive, old: Path, tmp_path: Path) -> None:
    """Its folder moved as a whole, so that it is gone, as it would be in a folder that is indexed again."""
    archive.index([old])
    new = tmp_path / "new"
    old.rename(new)
    (new / "harbour.txt").unlink()
    archive.index([new])
    assert paths(archive) == [str(new / "north" / "lock.txt")]


def test_a_folder_that_is_merely_out_of_reach_stays(archive: Archive, old: Path, tmp_path: Path) -> None:
    """A disk that is not connected loses nothing when other folders are indexed; its citations say that it is away."""
    archive.index([old])
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    # another article under a name that the missing folder has, too
    (other_folder / "harbour.txt").write_text(ROAD, encoding="utf-8")
    shutil.rmtree(old)
    report = archive.index([other_folder])
    assert (report.removed, report.moved) == (0, {})
    citations = archive.ask("Welche Traglast hat der Kran im Hafen?", 3).citations
    missing = {
        Path(citation.article.path).relative_to(tmp_path).as_posix(): citation.file_missing for citation in citations
    }
    assert missing == {"old/harbour.txt": True, "old/north/lock.txt": True, "other/harbour.txt": False}


def test_copies_of_a_folder_that_is_still_there_are_no_move(archive: Archive, old: Path, tmp_path: Path) -> None:
    """Both places are known of each article."""
    archive.index([old])
    copy = tmp_path / "copy"
    shutil.copytree(old, copy)
    assert archive.index([copy]).moved == {}
    assert archive.status().duplicates == 2


def test_a_run_that_was_killed_before_it_removed_the_old_place(archive: Archive, old: Path, tmp_path: Path) -> None:
    """The next run removes it, although it finds nothing new."""
    archive.index([old])
    # as two separate folders, both on the disk, the new one was stored
    new = tmp_path / "new"
    shutil.copytree(old, new)
    archive.index([new])
    shutil.rmtree(old)
    report = archive.index([new])
    assert (report.new, report.moved) == (0, {str(old): str(new)})
    assert paths(archive) == [str(new / "harbour.txt"), str(new / "north" / "lock.txt")]


def test_what_was_marked_moves_with_its_article(archive: Archive, old: Path, tmp_path: Path) -> None:
    """A test question made from a passage still has its answer after the move."""
    archive.index([old])
    answer = archive.ask("Welche Traglast hat der Kran im Hafen?", 1)
    EvaluationSession(archive).feedback.mark(answer.question, answer.citations[0], answers=True)
    new = tmp_path / "new"
    old.rename(new)
    archive.index([new])
    (question,) = EvaluationSession(archive).feedback.questions()
    assert archive.article(question.labels[0].article).path == str(new / "harbour.txt")


def test_forgetting_a_folder_that_is_gone(archive: Archive, old: Path) -> None:
    """All articles that came from it are removed, a file within first; what was never indexed is named."""
    archive.index([old])
    shutil.rmtree(old)
    assert archive.forget([old / "north" / "lock.txt"]) == 1
    assert paths(archive) == [str(old / "harbour.txt")]
    with pytest.raises(NotFound, match="No article of this archive came from"):
        archive.forget([old.parent / "ol"])
    assert archive.forget([old]) == 1
    assert archive.status().passages == 0


def test_forgetting_one_of_two_copies(archive: Archive, old: Path, tmp_path: Path) -> None:
    """The text that only the other copy has a claim to is still found."""
    archive.index([old])
    copy = tmp_path / "copy"
    shutil.copytree(old, copy)
    archive.index([copy])
    # the text is kept with the first by its path, which is the copy
    archive.forget([copy])
    (citation,) = archive.ask("Welche Traglast hat der Kran im Hafen?", 1).citations
    assert citation.article.path == str(old / "harbour.txt")


def test_forgetting_that_was_interrupted(
    archive: Archive, old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once more, it finds no article to remove, but does the rest: the other copy is found."""
    copy = tmp_path / "copy"
    shutil.copytree(old, copy)
    archive.index([old, copy])
    calls = iter([None, KeyboardInterrupt])

    def settle_once(*_: object) -> None:
        if error := next(calls):
            raise error

    with monkeypatch.context() as patch:
        patch.setattr("rag.indexing.indexer.settle", settle_once)
        with pytest.raises(KeyboardInterrupt):
            archive.forget([copy])
    with pytest.raises(NotFound):
        archive.forget([copy])
    (citation,) = archive.ask("Welche Traglast hat der Kran im Hafen?", 1).citations
    assert citation.article.path == str(old / "harbour.txt")


def record(path: str, digest: str) -> FileRecord:
    return FileRecord(path, FileFingerprint(digest), "recipe", 1)


def test_of_several_copies_the_one_with_the_same_folders() -> None:
    """By hand: three files of the same bytes; `b/x.txt` ends as the missing one does."""
    present = [record("/n/a/x.txt", "1"), record("/n/b/x.txt", "1"), record("/n/y.txt", "1")]
    assert moved_files([record("/o/b/x.txt", "1")], present, lambda _: ()) == {"/o/b/x.txt": "/n/b/x.txt"}


def test_a_folder_of_which_a_minority_moved_leaves_nothing_behind() -> None:
    """One of three files stands elsewhere: the other two may be on a disk that is not connected."""
    missing = ["/o/1.txt", "/o/2.txt", "/o/3.txt"]
    assert left_behind({"/o/1.txt": "/n/1.txt"}, missing) == []
    assert left_behind({"/o/1.txt": "/n/1.txt", "/o/2.txt": "/n/2.txt"}, missing) == ["/o/3.txt"]
