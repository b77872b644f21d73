"""Repairing a damaged archive."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from damage import QUESTIONS, TOPICS, shown
from factories import article_file
from paths import Run

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.repair import RepairReport, repair_archive
from rag.storage.sqlite_database import DATABASE
from rag.workspace.dossiers import Dossiers


@pytest.fixture
def folder(tmp_path: Path, encoder: Encoder) -> Path:
    """A closed archive of three articles, with a dossier and a corrected author."""
    files = tmp_path / "articles"
    files.mkdir()
    for number, (title, text) in enumerate(TOPICS[:3]):
        (files / f"{number}.md").write_text(article_file(title, "2021-03-01", "Bote", text), encoding="utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([files])
        article = archive.article(TOPICS[0][0])
        dossiers = Dossiers(archive)
        dossiers.save(dossiers.make("Hafen"), article.id, (0, 40), QUESTIONS[0])
        archive.correct(article.id, author="Anna Beck", by="test")
        archive.ask(QUESTIONS[0])
    return tmp_path / "archive"


def repaired(folder: Path, encoder: Encoder) -> RepairReport:
    return repair_archive(folder, lambda: Archive.open(folder, encoder=encoder, create=False))


def exchange(file: Path, old: bytes, new: bytes) -> None:
    data = file.read_bytes()
    assert old in data
    file.write_bytes(data.replace(old, new))


def test_a_damaged_article_is_read_again(folder: Path, encoder: Encoder) -> None:
    """Everything is shown as before, with the same ids, dossiers and corrections, and without a line."""
    before = shown(folder, encoder)
    exchange(folder / DATABASE, b"134 Menschen", b"934 Menschen")
    assert shown(folder, encoder)["lines"]
    report = repaired(folder, encoder)
    assert ([Path(file).name for file in report.healed], report.fault, bool(report)) == (["0.md"], "", True)
    assert shown(folder, encoder) == before


def test_an_article_whose_file_is_gone_stays_damaged(folder: Path, encoder: Encoder, fundstelle: Run) -> None:
    """It is named with its file, the exit code is 1, and it is healed when the file is back."""
    before = shown(folder, encoder)
    exchange(folder / DATABASE, b"134 Menschen", b"934 Menschen")
    file = folder.parent / "articles" / "0.md"
    content = file.read_bytes()
    file.unlink()
    result = fundstelle("repair", "--archive", folder)
    assert (result.returncode, result.stdout) == (1, "0 files read again, 1 articles damaged still\n")
    assert f"{file} cannot be read: put it back" in " ".join(result.stderr.split())
    file.write_bytes(content)
    result = fundstelle("repair", "--archive", folder)
    assert (result.returncode, result.stdout) == (0, "1 files read again, 0 articles damaged still\n")
    assert shown(folder, encoder)["results"] == before["results"]


@pytest.mark.slow
def test_a_damaged_page_is_replaced(folder: Path, encoder: Encoder) -> None:
    """Of a database with a page of noise, what can be read is saved, the rest read again, and the old one is kept."""
    before = shown(folder, encoder)
    with sqlite3.connect(folder / DATABASE) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'passages'").fetchone()[0]
    connection.close()
    data = bytearray((folder / DATABASE).read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xaa" * 4096
    (folder / DATABASE).write_bytes(data)
    assert {kind for kind, _ in shown(folder, encoder)["results"].values()} == {"refused"}
    report = repaired(folder, encoder)
    assert report
    assert report.damaged_file is not None
    assert report.damaged_file.read_bytes() == data
    assert shown(folder, encoder)["results"] == before["results"]


@pytest.mark.slow
def test_lost_rows_of_people_are_counted(folder: Path, encoder: Encoder) -> None:
    """A damaged entry of a dossier is not taken over, and the report says so; the rest is as it was."""
    before = shown(folder, encoder)
    exchange(folder / DATABASE, QUESTIONS[0].encode(), QUESTIONS[0].upper().encode())
    report = repaired(folder, encoder)
    assert not report
    assert report.lost["dossier_entries"] == 1
    after = shown(folder, encoder)
    assert {name for name, result in after["results"].items() if result != before["results"][name]} == {"dossiers"}
