"""An archive on a small disk, and on one that may only be read: each mounted in a child, in mounts of its own."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from damage import QUESTIONS, TOPICS
from failing_calls import in_child, rows_of
from postgres_server import postgres_server

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import ArchiveFull, ArchiveReadOnly, FundstelleError
from rag.storage.postgres import opening
from rag.storage.sqlite_database import DATABASE
from rag.workspace.dossiers import Dossiers

pytestmark = [pytest.mark.mounts, pytest.mark.slow]
# of Linux: mounts of its own, which others do not see
_CLONE_NEWNS, _MS_REC, _MS_PRIVATE = 0x20000, 0x4000, 0x40000


def mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


def leave_mounts() -> None:
    """Let the mounts of this process be seen by no other."""
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.unshare(_CLONE_NEWNS) == 0
    assert libc.mount(None, b"/", None, ctypes.c_ulong(_MS_REC | _MS_PRIVATE), None) == 0


@pytest.mark.parametrize("size", ["256k", "1m", "2m"])
def test_a_disk_that_becomes_full(tmp_path: Path, files: Path, encoder: Encoder, size: str) -> None:
    """One sentence says that the disk is full, and with more room the next run completes the archive."""
    with Archive.open(tmp_path / "whole", encoder=encoder) as archive:
        archive.index(files)
    disk = tmp_path / "disk"
    disk.mkdir()

    def task() -> tuple[str, Any]:
        leave_mounts()
        mount("-t", "tmpfs", "-o", f"size={size}", "none", disk)
        sentences = []
        try:
            with Archive.open(disk / "archive", encoder=encoder) as archive:
                archive.index(files)
                archive.ask(QUESTIONS[0])
        except FundstelleError as error:
            sentences.append(str(error))
        mount("-o", "remount,size=100m", disk)
        with Archive.open(disk / "archive", encoder=encoder) as archive:
            archive.index(files)
            quotes = [citation.quote for citation in archive.ask(QUESTIONS[0]).citations]
        return "done", (sentences, rows_of(disk / "archive" / DATABASE), quotes)

    outcome, result = in_child(task)
    assert outcome == "done", result
    sentences, rows, quotes = result
    assert all(" is full: make room" in sentence for sentence in sentences)
    assert sentences or size == "2m"
    assert rows == rows_of(tmp_path / "whole" / DATABASE)
    assert "134 Menschen" in quotes[0]


@pytest.mark.heavy
@pytest.mark.postgres
@pytest.mark.parametrize("room", [0, 64])
def test_a_server_whose_disk_becomes_full(
    tmp_path: Path, files: Path, encoder: Encoder, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL has so many kilobytes left: one sentence, nothing in halves, and with more room all is completed."""
    monkeypatch.setattr(opening, "cache_folder", lambda: tmp_path / "cache")
    # paths of sockets have to be short
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="pg-")))
        mount("-t", "tmpfs", "-o", "size=600m", "none", folder)
        stack.callback(subprocess.run, ["umount", folder], check=True)
        server = stack.enter_context(postgres_server(folder))
        archive = stack.enter_context(Archive.open(server.address, encoder=encoder))
        Dossiers(archive).make("Vorher")
        with (folder / "filling").open("wb") as filling:
            os.posix_fallocate(filling.fileno(), 0, shutil.disk_usage(folder).free - (room << 10))
        for _ in range(2):
            with pytest.raises(ArchiveFull, match="has no room: make room there"):
                archive.index(files)
        assert archive._store.damaged() == {}
        (folder / "filling").unlink()
        archive.index(files)
        Dossiers(archive).make("Nachher")
        assert [summary.name for summary in Dossiers(archive).summaries()] == ["Nachher", "Vorher"]
        assert "134 Menschen" in archive.ask(QUESTIONS[0]).citations[0].quote
        whole = stack.enter_context(Archive.open(tmp_path / "whole", encoder=encoder))
        whole.index(files)
        assert list(archive.articles()) == list(whole.articles())


def test_a_disk_that_may_only_be_read(tmp_path: Path, files: Path, encoder: Encoder) -> None:
    """Questions are answered as before, also with what is in the write-ahead log; changes are refused in a sentence."""
    disk = tmp_path / "disk"
    disk.mkdir()
    with Archive.open(disk / "archive", encoder=encoder) as archive:
        archive.index(files)
        expected = archive.ask(QUESTIONS[0]).citations
        article_id = archive.article(TOPICS[0][0]).id

        def task() -> tuple[str, Any]:
            leave_mounts()
            mount("--bind", disk, disk)
            mount("-o", "remount,bind,ro", disk)
            assert (disk / "archive" / f"{DATABASE}-wal").stat().st_size
            with Archive.open(disk / "archive", encoder=encoder) as archive:
                assert archive.ask(QUESTIONS[0]).citations == expected
                for change in (
                    lambda: archive.index(files, again=True),
                    lambda: archive.forget(files),
                    lambda: archive.correct(article_id, author="Anna Beck"),
                    lambda: Dossiers(archive).make("Hafen"),
                ):
                    with pytest.raises(ArchiveReadOnly, match="cannot be written"):
                        change()
                archive.backup(tmp_path / "saved.tar.zst")
            return "done", ""

        assert in_child(task) == ("done", "")
    assert (tmp_path / "saved.tar.zst").is_file()
