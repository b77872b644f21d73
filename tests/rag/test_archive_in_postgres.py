"""An archive in PostgreSQL answers as one in a folder, from every computer, and is copied both ways."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from factories import BRIDGE, article_file
from paths import ARTICLES, QUESTIONS, Run, copied_articles
from postgres_server import PostgresServer

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.backup.copying import copy_archive
from rag.errors import ArchiveError, ArchiveUnreachable, FundstelleError, NotFound
from rag.evaluation.session import EvaluationSession
from rag.storage.copies import copy_sqlite_file
from rag.storage.postgres import opening
from rag.storage.sqlite_database import DATABASE
from rag.storage.transfer import COPIED_TABLES
from rag.types import Progress
from rag.types.library import LibraryQuery
from rag.workspace.dossiers import Dossiers

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

Computer = Callable[[str], None]


@pytest.fixture(autouse=True)
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    """Be at a computer, by its name, which has its own folder for indexes; first at that called `first`."""

    def go_to(name: str) -> None:
        monkeypatch.setattr(opening, "cache_folder", lambda: tmp_path / name)

    go_to("first")
    return go_to


@pytest.fixture
def moved(sample: Archive, postgres_address: str, encoder: Encoder) -> Iterator[Archive]:
    """The sample archive, copied."""
    copy_archive(str(sample.folder), postgres_address)
    with Archive.open(postgres_address, create=False, encoder=encoder) as archive:
        yield archive


def rows_of(file: Path, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of a database, by table, but how often it changed."""
    copy = folder / f"{file.parent.name}.sqlite"
    copy_sqlite_file(file, copy)
    with closing(sqlite3.connect(copy)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables.fetchall()}  # noqa: S608
    rows["meta"] = [row for row in rows["meta"] if row[0] != "changes"]
    return {name: sorted(table, key=repr) for name, table in rows.items()}


@pytest.mark.heavy
def test_answers_are_the_same(sample: Archive, moved: Archive) -> None:
    """Passages, scores, lists and counts do not depend on where the articles are."""
    for question in [each["question"] for each in QUESTIONS[:4]]:
        for filters in ({}, {"language": "de", "since": "2019"}, {"author": "a", "path": "en-"}):
            expected, answer = (archive.ask(question, 10, fast=True, **filters) for archive in (sample, moved))
            cited = [(each.article, each.passage_id, each.quote, each.also) for each in answer.citations]
            assert cited == [(each.article, each.passage_id, each.quote, each.also) for each in expected.citations]
            assert [each.score for each in answer.citations] == pytest.approx(
                [each.score for each in expected.citations], abs=1e-6
            )
    for query in (LibraryQuery(), LibraryQuery(search="hafen"), LibraryQuery(sort="source", descending=False)):
        assert moved.library(query) == sample.library(query)
        assert moved.library_counts(query) == sample.library_counts(query)
    article = next(sample.articles())
    assert moved.passages(article.id) == sample.passages(article.id)
    assert [each.article.id for each in moved.similar(article.id)] == [
        each.article.id for each in sample.similar(article.id)
    ]
    ours, theirs = moved.status(), sample.status()
    assert (ours.articles, ours.languages, ours.sources, ours.revision) == (
        theirs.articles,
        theirs.languages,
        theirs.sources,
        theirs.revision,
    )
    assert ours.folder == moved.location != theirs.folder
    assert ours.bytes_on_disk["database"] > 1_000_000


def test_the_copy_of_a_copy_is_the_same_archive(sample: Archive, moved: Archive, tmp_path: Path) -> None:
    """Back in a folder, every row is as it was, checksums included."""
    back = tmp_path / "back"
    copy_archive(moved.location, str(back))
    assert rows_of(back / DATABASE, tmp_path) == rows_of(sample.folder / DATABASE, tmp_path)
    with Archive.open(back, create=False) as archive:
        assert archive.id == sample.id == moved.id
        assert archive.doctor(quick=True).wrong == ()
    for target in (str(back), moved.location):
        with pytest.raises(ArchiveError, match="There is an archive in"):
            copy_archive(str(sample.folder), target)


@pytest.mark.parametrize("is_folder", [True, False])
def test_an_interrupted_copy_goes_on(sample: Archive, postgres_address: str, tmp_path: Path, is_folder: bool) -> None:
    """What was copied is not copied again, and nobody takes the half for the whole."""
    target = str(tmp_path / "copy") if is_folder else postgres_address

    def interrupt(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_archive(str(sample.folder), target, interrupt)
    with pytest.raises(NotFound if is_folder else ArchiveError):
        Archive.open(target, create=False)
    steps: list[int] = []
    counts = copy_archive(str(sample.folder), target, lambda done, _: steps.append(done))
    assert steps[-1] == sum(counts.values())
    # each table is a step, and each part of it that was missing
    assert len(steps) < len(COPIED_TABLES) + sum(-(-count // 1000) for count in counts.values())
    with Archive.open(target, create=False) as archive:
        assert archive.status().articles == sample.status().articles


def test_an_archive_that_changed_is_copied_anew(tmp_path: Path, postgres_address: str, encoder: Encoder) -> None:
    """An interrupted copy of its earlier state is of no use."""
    source = tmp_path / "archive"
    with Archive.open(source, encoder=encoder) as archive:
        archive.index(few(tmp_path))

        def interrupt(done: int, total: int) -> None:
            if done == total:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            copy_archive(str(source), postgres_address, interrupt)
        Dossiers(archive).make("Neu")
    copy_archive(str(source), postgres_address)
    with Archive.open(postgres_address, encoder=encoder) as moved:
        assert [summary.name for summary in Dossiers(moved).summaries()] == ["Neu"]


def few(folder: Path) -> Path:
    """A folder with two articles."""
    articles = folder / "articles"
    articles.mkdir()
    (articles / "bridge.md").write_text(article_file("Die Brücke", "2021-03-02", "Bote", BRIDGE), "utf-8")
    text = "Bei dem Brand in der Lagerhalle am Hafen kamen 134 Menschen ums Leben, sagte die Feuerwehr am Montag."
    (articles / "fire.md").write_text(article_file("Brand im Hafen", "2021-03-01", "Bote", text), "utf-8")
    return articles


def test_several_computers(tmp_path: Path, postgres_address: str, encoder: Encoder, computer: Computer) -> None:
    """What is indexed, corrected and forgotten on one is seen by the next question on another one."""
    articles = few(tmp_path)
    question = "Wie viele Menschen starben beim Brand im Hafen?"
    with Archive.open(postgres_address, encoder=encoder) as first:
        assert first.index(articles).new == 2
        computer("second")
        with Archive.open(postgres_address, create=False, encoder=encoder) as second:
            assert first.folder != second.folder
            assert stat.S_IMODE(second.folder.stat().st_mode) == 0o700
            assert second.ask(question).citations == first.ask(question).citations != ()
            article_id = second.ask(question).citations[0].article.id
            first.correct(article_id, title="Der große Brand")
            assert second.ask(question).citations[0].article.title == "Der große Brand"
            dossier = Dossiers(second).make("Brände")
            Dossiers(second).save(dossier, article_id, (0, 20), question)
            assert len(Dossiers(first).dossier("Brände").entries) == 1
            assert first.index(articles).unchanged == 2
            first.forget(articles / "fire.md")
            assert article_id not in [each.article.id for each in second.ask(question).citations]
            with pytest.raises(FundstelleError, match="back it up with pg_dump"):
                second.backup(tmp_path / "backup")
            assert [finding for finding in second.doctor(quick=True).findings if finding.health == "unchecked"] == []
            assert EvaluationSession(second).runs.listing() == []


@pytest.mark.heavy
def test_a_server_that_goes_while_articles_are_indexed(
    tmp_path: Path, postgres: PostgresServer, postgres_address: str, encoder: Encoder
) -> None:
    """The run ends in a sentence, and the next one completes the archive: as if nothing had happened."""
    names = [path.name for path in sorted(ARTICLES.iterdir()) if path.suffix == ".md"][:24]
    articles = copied_articles(names, tmp_path / "articles")

    def stop(progress: Progress) -> None:
        if progress.articles >= 8 and postgres.process:
            postgres.stop()

    with Archive.open(postgres_address, encoder=encoder) as archive:
        with pytest.raises(ArchiveUnreachable):
            archive.index(articles, on_progress=stop)
        postgres.start()
        assert archive.index(articles).new > 0
        with Archive.open(tmp_path / "undisturbed", encoder=encoder) as other:
            other.index(articles)
            assert list(archive.articles()) == list(other.articles())
            assert archive._store.passages.all_keys().tolist() == other._store.passages.all_keys().tolist()
        assert archive._store.damaged() == {}


def test_the_command_line(tmp_path: Path, postgres_address: str, fundstelle: Run) -> None:
    """The same commands, with an address in place of a folder."""
    articles = few(tmp_path)
    there = ("--archive", postgres_address)
    assert fundstelle("index", articles, *there).returncode == 0
    asked = fundstelle("ask", "Wie viele Menschen starben beim Brand?", "--json", *there)
    answer = json.loads(asked.stdout)
    assert answer["citations"][0]["article"]["title"] == "Brand im Hafen"
    status = json.loads(fundstelle("status", "--json", *there).stdout)
    assert (status["folder"], status["articles"]) == (postgres_address, 2)
    assert fundstelle("doctor", "--quick", *there).returncode in (0, 1)
    copied = fundstelle("copy", postgres_address, "back")
    assert copied.returncode == 0
    assert copied.stdout.startswith("Copied and compared: back, 2 articles, 2 passages")
    assert json.loads(fundstelle("status", "--json", "--archive", "back").stdout)["articles"] == 2
    refused = fundstelle("repair", *there)
    assert "is not in a folder, which this command needs" in refused.stderr
