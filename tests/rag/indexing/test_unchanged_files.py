"""Indexing again: files that look as they did are not opened, and whatever has changed is noticed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from factories import WITHOUT_VERSION_6
from paths import copied_articles

from embeddings.encoder import Encoder, Identity, identity
from rag.archive import Archive
from rag.errors import ArchiveError
from rag.loading.common import files

SOME = ("de-gotthard-basistunnel-eroeffnung.md", "pl-powodz-tysiaclecia-rocznica.txt", "fr-notre-dame-reouverture.html")


class Opened:
    """The paths that this process opens. Python calls audit hooks from the first to the end, so there is one."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, values: tuple[object, ...]) -> None:
        if event == "open" and isinstance(values[0], str | os.PathLike):
            self.paths.add(os.fspath(values[0]))


OPENED = Opened()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three articles, one with a companion."""
    folder = copied_articles(SOME, tmp_path / "articles")
    (folder / f"{SOME[1]}.meta.json").write_text('{"author": "Anna Nowak"}', "utf-8")
    return folder


@pytest.fixture
def archive(tmp_path: Path, folder: Path, encoder: object, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An archive of that folder, whose files count as old."""
    monkeypatch.setattr(files, "_CLOCK_TICK_NS", 0)
    archive = Archive.open(tmp_path / "archive")
    assert archive.index([folder]).new == 3
    return archive


def opened_by(archive: Archive, folder: Path) -> tuple[int, set[str]]:
    """Index a folder again; return how many articles are unchanged, and the names of its files that were opened."""
    OPENED.paths.clear()
    unchanged = archive.index([folder]).unchanged
    return unchanged, {Path(path).name for path in OPENED.paths if Path(path).parent == folder}


def test_files_that_look_as_they_did_are_not_opened(archive: Archive, folder: Path) -> None:
    """Neither are their companions; a file that was touched is read once, to see that nothing has changed."""
    assert opened_by(archive, folder) == (3, set())
    os.utime(folder / SOME[0])
    assert opened_by(archive, folder) == (3, {SOME[0]})
    assert opened_by(archive, folder) == (3, set())


@pytest.mark.parametrize("changed", [SOME[0], f"{SOME[1]}.meta.json"], ids=["article", "companion"])
def test_a_change_that_hides_is_noticed(archive: Archive, folder: Path, changed: str) -> None:
    """Size and time of change are set back; the time that the system keeps for itself gives it away."""
    path = folder / changed
    before = path.stat()
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"57", b"75", 1) if b"57" in raw else raw.replace(b"Anna", b"Hana", 1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.read_bytes() != raw, path.stat().st_size) == (True, before.st_size)
    report = archive.index([folder])
    assert (report.changed, report.unchanged) == (1, 2)


def test_a_companion_that_comes_or_goes_is_noticed(archive: Archive, folder: Path) -> None:
    """Its file is read again either way."""
    companion = folder / f"{SOME[0]}.meta.json"
    companion.write_text('{"author": "Beat Keller"}', "utf-8")
    assert archive.index([folder]).changed == 1
    companion.unlink()
    assert archive.index([folder]).changed == 1


def test_new_files_are_read_until_their_clock_has_moved_on(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within two seconds, a file may change twice and bear the same time."""
    monkeypatch.setattr(files, "_CLOCK_TICK_NS", 3_600_000_000_000)
    every = {path.name for path in folder.iterdir()}
    assert opened_by(archive, folder) == (3, every)
    assert opened_by(archive, folder) == (3, every)


@pytest.mark.folder
def test_an_archive_that_knows_hashes_alone_learns_the_rest(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """One of a version before is upgraded: its files are read once more, and not again."""
    archive.close()
    with sqlite3.connect(tmp_path / "archive" / "archive.sqlite") as database:
        database.executescript(WITHOUT_VERSION_6)
        database.executescript("DROP TABLE states; ALTER TABLE files DROP COLUMN stamp; PRAGMA user_version = 3")
    with Archive.open(tmp_path / "archive") as upgraded:
        revision = upgraded.status().revision
        assert opened_by(upgraded, folder) == (3, {path.name for path in folder.iterdir()})
        assert opened_by(upgraded, folder) == (3, set())
        assert upgraded.status().revision == revision


@pytest.mark.folder
def test_nothing_new_needs_no_encoder(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """The library that runs it is not even imported; asking afterwards opens it."""
    program = (
        "import sys; from rag.archive import Archive; archive = Archive.open(sys.argv[1]);"
        "report = archive.index([sys.argv[2]]); print(report.unchanged, 'openvino' in sys.modules);"
        "archive.ask('Wie lang ist der Tunnel?'); print('openvino' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "archive"), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["3 False", "True"]


@pytest.mark.slow  # it imports torch
def test_an_encoder_that_does_not_open_is_no_fault_of_an_article(folder: Path, tmp_path: Path) -> None:
    """It is opened for the first text, and what is wrong with it is said once; afterwards, all articles are taken."""
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a graphics card, so the encoder opens on it")
    with Archive.open(tmp_path / "archive", device="cuda") as refused, pytest.raises(ArchiveError, match="no graphics"):
        refused.index([folder])
    with Archive.open(tmp_path / "archive") as archive:
        assert archive.index([folder]).new == 3


def test_what_an_encoder_says_of_itself_is_known_before(encoder: Encoder) -> None:
    """Fingerprint and length of vectors, or an archive would take its own vectors for those of another."""
    assert identity("bundled") == Identity(encoder.fingerprint, encoder.dim)
    assert identity("intfloat/multilingual-e5-small") is None
