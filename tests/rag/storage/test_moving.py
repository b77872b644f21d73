"""Archives that are moved, copied while they are open, or restored elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from factories import BRIDGE, article_file
from paths import Run

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.evaluation.session import EvaluationSession
from rag.workspace.dossiers import Dossiers

QUESTION = "Was kostete die Hubbrücke?"


@pytest.fixture
def moved(tmp_path: Path, encoder: Encoder) -> Path:
    """A folder with an archive that was moved after its uploaded article was marked and quoted."""
    with Archive.open(tmp_path / "old" / "archive", encoder=encoder) as archive:
        (archive.folder / "inbox").mkdir()
        (archive.folder / "inbox" / "bridge.md").write_text(article_file("Brücke", "2021-05-04", "Hafenblatt"), "utf-8")
        archive.index(archive.folder / "inbox")
        (citation,) = archive.ask(QUESTION, k=1).citations
        EvaluationSession(archive).feedback.mark(QUESTION, citation, answers=True)
        dossiers = Dossiers(archive)
        dossiers.save(dossiers.make("Hafen"), citation.article.id, (0, 20), QUESTION)
    shutil.move(tmp_path / "old", tmp_path / "new")
    return tmp_path / "new" / "archive"


def test_a_moved_archive_answers_as_before(
    moved: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Opened by a relative path in another folder, it rebuilds nothing; the citation says that its file is missing."""
    views = {path: path.read_bytes() for path in moved.glob("*/*.json")}
    monkeypatch.chdir(moved.parent)
    with Archive.open("archive", create=False, encoder=encoder) as archive:
        (citation,) = archive.ask(QUESTION, k=1).citations
        assert "84 Millionen" in citation.quote
        assert citation.file_missing
    assert {path: path.read_bytes() for path in moved.glob("*/*.json")} == views
    assert caplog.messages == []


def test_what_is_in_a_moved_archive_is_recognised(moved: Path, encoder: Encoder) -> None:
    """Indexed at its new place, the uploaded file brings its feedback and quotations along; nothing is encoded."""
    with Archive.open(moved, create=False, encoder=encoder) as archive:
        report = archive.index(moved / "inbox")
        assert (report.new, report.passages_encoded, len(report.moved)) == (1, 0, 1)
        (citation,) = archive.ask(QUESTION, k=1).citations
        assert citation.article.path == str(moved / "inbox" / "bridge.md")
        assert not citation.file_missing
        (marked,) = EvaluationSession(archive).feedback.passages(QUESTION)
        assert marked.article == citation.article.id
        dossiers = Dossiers(archive)
        (entry,) = dossiers.dossier("Hafen").entries
        assert entry.article_id == citation.article.id


def test_an_open_archive_may_be_copied(tmp_path: Path, encoder: Encoder) -> None:
    """While nothing is written, a copy of the folder has what is still in the write-ahead log, and stands alone."""
    (tmp_path / "bridge.txt").write_text(BRIDGE, "utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index(tmp_path / "bridge.txt")
        assert (archive.folder / "archive.sqlite-wal").stat().st_size
        shutil.copytree(archive.folder, tmp_path / "copy")
        answer = archive.ask(QUESTION)
    shutil.rmtree(tmp_path / "archive")
    with Archive.open(tmp_path / "copy", create=False, encoder=encoder) as copied:
        assert copied.ask(QUESTION).citations == answer.citations
        assert copied.index(tmp_path / "bridge.txt").unchanged == 1


def test_restoring_elsewhere_says_which_files_are_missing(fundstelle: Run, moved: Path, tmp_path: Path) -> None:
    """One line, with the command that finds the uploaded files; after it, there is nothing to say."""
    assert fundstelle("backup", "news.tar.zst", "--archive", moved).returncode == 0
    done = fundstelle("restore", "news.tar.zst", "restored")
    old = tmp_path / "old" / "archive" / "inbox" / "bridge.md"
    command = "fundstelle index restored/inbox --archive restored"
    assert done.stderr == (
        f"1 file is no longer where the articles came from, as {old}: answers are the same; "
        f"`{command}` recognises them by their contents where they are now.\n"
    )
    assert fundstelle(*command.split()[1:]).returncode == 0
    fundstelle("backup", "second.tar.zst", "--archive", "restored")
    assert fundstelle("restore", "second.tar.zst", "again").stderr == ""
