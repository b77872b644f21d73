"""Watched folders while the page runs: what changes in them is indexed, in the background."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import wait_until

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.jobs.folder_watch import FolderWatch
from rag.jobs.indexing_job import IndexingJob
from rag.workspace.folders import Folders

SHORT = "Der Deichgraf von Altmoor hat am Montag die Schleuse Nord besichtigt und war mit den Toren sehr zufrieden."


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Iterator[Archive]:
    """An archive of a folder with one article."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(SHORT, encoding="utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as opened:
        opened.index([folder])
        yield opened


def test_a_watched_folder_is_indexed_when_it_changes(archive: Archive, tmp_path: Path) -> None:
    """Once it is watched, what changed before too; once it is not, nothing more."""
    folder = tmp_path / "articles"
    assert [(record.path, record.watched) for record in Folders(archive).all()] == [(str(folder), False)]
    (folder / "b.txt").write_text(f"{SHORT} Es gab Kuchen.", encoding="utf-8")
    job = IndexingJob(archive)
    watch = FolderWatch(archive, job)
    Folders(archive).watch(str(folder), watched=True)
    watch.renew()
    wait_until(lambda: archive.library().total == 2)
    (folder / "c.txt").write_text(f"{SHORT} Es gab Tee.", encoding="utf-8")
    wait_until(lambda: archive.library().total == 3)
    Folders(archive).watch(str(folder), watched=False)
    watch.renew()
    time.sleep(1.5)
    (folder / "d.txt").write_text(f"{SHORT} Es gab Saft.", encoding="utf-8")
    time.sleep(2)
    assert archive.library().total == 3
    watch.close()
    job.close()


def test_a_folder_is_taken_off_the_list_when_it_is_forgotten(archive: Archive, tmp_path: Path) -> None:
    """What the archive keeps in its own folder is never on it."""
    own = archive.folder / "inbox"
    own.mkdir()
    (own / "x.txt").write_text(f"{SHORT} Es gab Brot.", encoding="utf-8")
    archive.index([own])
    assert [record.path for record in Folders(archive).all()] == [str(tmp_path / "articles")]
    archive.forget(tmp_path / "articles")
    assert Folders(archive).all() == []


@pytest.mark.slow
def test_what_changes_while_another_program_indexes_is_not_missed(archive: Archive, tmp_path: Path) -> None:
    """The run that is refused is begun again, until it can be done."""
    folder = tmp_path / "articles"
    job = IndexingJob(archive)
    watch = FolderWatch(archive, job)
    Folders(archive).watch(str(folder), watched=True)
    (folder / "b.txt").write_text(f"{SHORT} Es gab Kuchen.", encoding="utf-8")
    with Archive.open(archive.folder, create=False, encoder=archive.encoder) as other:
        with other._writing():
            watch.renew()
            wait_until(lambda: job.state.phase == "refused")
        wait_until(lambda: archive.library().total == 2)
    watch.close()
    job.close()
