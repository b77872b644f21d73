"""Facts corrected by hand: used everywhere, kept apart from what the file says, and never lost."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import BRIDGE, article_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paths import Run

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import ArchiveBusy, CorrectionError, EncoderMisfit, NotFound
from rag.types import BY_HAND, Article

SHORT = "Der Deichgraf von Altmoor hat die Schleuse Nord besichtigt und war mit den Toren sehr zufrieden."
MARKET = "Auf dem Markt von Westerfeld kostet ein Pfund Spargel in dieser Woche vier Euro und zwanzig Cent."


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", encoder=encoder) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path, archive: Archive) -> Path:
    """An indexed folder of one article."""
    path = tmp_path / "articles"
    path.mkdir()
    (path / "bridge.md").write_text(article_file("Brücke auf", "2020-05-05", "Bote"), encoding="utf-8")
    archive.index([path])
    return path


def facts(article: Article) -> tuple[str | None, str | None, str | None, date | None]:
    return article.title, article.source, article.author, article.published


def test_corrected_facts_are_those_of_the_citation(archive: Archive, folder: Path) -> None:
    """The value that was read stays visible, with who corrected it; filters and search use the new one."""
    (article,) = archive.articles()
    changed = archive.correct(
        article.id, title="Hubbrücke freigegeben", source="Kattruper Zeitung", published="6.5.2020", by="Ada"
    )
    assert facts(changed) == ("Hubbrücke freigegeben", "Kattruper Zeitung", None, date(2020, 5, 6))
    assert {changed.origins[field] for field in ("title", "source", "published")} == {BY_HAND}
    by_field = {correction.field: correction for correction in archive.corrections(article.id)}
    assert (by_field["title"].read, by_field["published"].read) == ("Brücke auf", "2020-05-05")
    assert (by_field["source"].by, by_field["source"].origin) == ("Ada", article.origins["source"])
    (citation,) = archive.ask("Wann wurde die Brücke freigegeben?", 1, source="Kattruper", since="2020-05-06").citations
    assert citation.article == changed
    assert archive.ask("Wann wurde die Brücke freigegeben?", source="Kattruper", until="2020-05-05").citations == ()
    assert archive.status().sources == {"Kattruper Zeitung": 1}
    (phrase,) = archive.ask('"Hubbrücke freigegeben"').citations
    assert phrase.article.id == article.id


def test_a_corrected_author_is_searched_as_a_word(archive: Archive, folder: Path) -> None:
    """Though nothing in the text or the vector changes."""
    (article,) = archive.articles()
    assert archive.ask('"Ada Lovelace"').citations == ()
    archive.correct(article.id, author="Ada Lovelace")
    assert [citation.article.id for citation in archive.ask('"Ada Lovelace"')] == [article.id]
    archive.take_back_correction(article.id)
    assert archive.ask('"Ada Lovelace"').citations == ()


def test_a_corrected_article_is_unchanged_for_the_next_index(archive: Archive, folder: Path) -> None:
    """And a file whose facts changed keeps the correction, with what the file says now."""
    (article,) = archive.articles()
    corrected = archive.correct(article.id, title="Hubbrücke freigegeben")
    revision = archive.status().revision
    (folder / "bridge.md").touch()
    report = archive.index([folder])
    assert (report.unchanged, report.changed, archive.status().revision) == (1, 0, revision)
    (folder / "bridge.md").write_text(article_file("Brücke offen", "2020-05-07", "Bote"), encoding="utf-8")
    assert archive.index([folder]).changed == 1
    renewed = archive.article(article.id)
    assert facts(renewed) == ("Hubbrücke freigegeben", "Bote", None, date(2020, 5, 7))
    assert archive.corrections(article.id)[0].read == "Brücke offen"
    undone = archive.take_back_correction(article.id, "title")
    assert facts(undone) == ("Brücke offen", "Bote", None, date(2020, 5, 7))
    assert undone.origins["title"] == article.origins["title"]
    assert (corrected.title, archive.corrections(article.id)) == ("Hubbrücke freigegeben", ())


def test_corrections_follow_a_moved_folder(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """Also where the file was edited on the way; the time when the article first came in stays as well."""
    (article,) = archive.articles()
    archive.correct(article.id, author="Jost Behrens")
    added = archive.library().rows[0].added
    new = tmp_path / "moved"
    folder.rename(new)
    text = (new / "bridge.md").read_text("utf-8").replace("Dienstag", "Mittwoch")
    (new / "bridge.md").write_text(text, encoding="utf-8")
    archive.index([new])
    (moved,) = archive.articles()
    assert (moved.author, moved.path) == ("Jost Behrens", str(new / "bridge.md"))
    assert archive.library().rows[0].added == added


def write_table(path: Path, rows: list[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("title", "text"), *rows])


def test_corrections_follow_the_row_of_a_table(archive: Archive, tmp_path: Path) -> None:
    """Rows are named by their lines, which change when one is added above; other rows get nothing of it."""
    table = tmp_path / "table.csv"
    rows = [("Schleuse", SHORT), ("Markt", MARKET), ("Brücke", BRIDGE)]
    write_table(table, rows)
    archive.index([table])
    ids = {article.title: article.id for article in archive.articles()}
    archive.correct(ids["Schleuse"], title="Die Schleuse", author="A")
    archive.correct(ids["Brücke"], title="Die Brücke", author="B")
    write_table(table, [("Neu", "Das neue Schwimmbad in Moorwerder hat am Sonntag geöffnet."), *rows])
    archive.index([table])
    assert {(article.title, article.author) for article in archive.articles()} == {
        ("Neu", None),
        ("Die Schleuse", "A"),
        ("Markt", None),
        ("Die Brücke", "B"),
    }
    write_table(table, rows[2:])
    archive.index([table])
    assert {(article.title, article.author) for article in archive.articles()} == {("Die Brücke", "B")}


def test_forgotten_articles_come_back_as_their_file_says(archive: Archive, folder: Path) -> None:
    """Forgetting includes what was corrected; a file that was away for a while keeps it."""
    (article,) = archive.articles()
    archive.correct(article.id, title="Neu")
    (folder / "other.txt").write_text(SHORT, encoding="utf-8")
    content = (folder / "bridge.md").read_text("utf-8")
    (folder / "bridge.md").unlink()
    archive.index([folder])
    (folder / "bridge.md").write_text(content, encoding="utf-8")
    archive.index([folder])
    assert archive.article(article.id).title == "Neu"
    archive.forget(folder / "bridge.md")
    archive.index([folder])
    assert archive.article(article.id).title == "Brücke auf"


def test_a_corrected_day_and_headline_decide_on_duplicates(archive: Archive, tmp_path: Path) -> None:
    """The earliest is the original; a headline of its own in the same outlet is an article of its own."""
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "a.md").write_text(article_file("Brücke auf", "2020-05-05", "Bote"), encoding="utf-8")
    (folder / "b.md").write_text(article_file("Brücke auf", "2020-05-06", "Bote"), encoding="utf-8")
    archive.index([folder])
    (first,) = archive.articles()
    (second,) = archive.duplicates(first.id)
    archive.correct(second.id, published=date(2020, 5, 1))
    assert [article.id for article in archive.articles()] == [second.id]
    assert {row.id: row.same_as for row in archive.library().rows} == {first.id: second.id, second.id: None}
    archive.correct(first.id, title="Hubbrücke freigegeben")
    assert {article.id for article in archive.articles()} == {first.id, second.id}
    archive.take_back_correction(first.id)
    archive.take_back_correction(second.id)
    assert [article.id for article in archive.articles()] == [first.id]


def test_what_cannot_be_a_correction_is_refused(archive: Archive, folder: Path) -> None:
    """With a sentence; nothing changes."""
    (article,) = archive.articles()
    for values, message in (
        ({}, "Nothing is corrected"),
        ({"published": "2020"}, "There is no day '2020'"),
        ({"published": "31.2.2020"}, "There is no day"),
        ({"title": "x" * 501}, "at most 500"),
    ):
        with pytest.raises(CorrectionError, match=message):
            archive.correct(article.id, **values)
    with pytest.raises(TypeError):
        archive.correct(article.id, title=3)  # type: ignore[arg-type]
    with pytest.raises(CorrectionError, match="'text' cannot be corrected"):
        archive.take_back_correction(article.id, "text")
    with pytest.raises(NotFound):
        archive.correct("nowhere", title="Neu")
    with archive._indexing, Archive.open(archive.location) as second, pytest.raises(ArchiveBusy):
        second.correct(article.id, title="Neu")
    assert archive.article(article.id) == article
    assert archive.correct(article.id, title="  Zwei\n Zeilen\x00 ", source="").title == "Zwei Zeilen"
    assert archive.article(article.id).source is None


def test_another_encoder_corrects_nothing(archive: Archive, folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    """Its vectors would not be comparable with those of the archive."""
    (article,) = archive.articles()
    archive.close()
    with Archive.open(archive.location, encoder=Renamed(encoder)) as other, pytest.raises(EncoderMisfit):
        other.correct(article.id, title="Neu")


class Renamed:
    """An encoder with another fingerprint."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.fingerprint = "another"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)


def test_the_command_line_corrects(fundstelle: Run, tmp_path: Path) -> None:
    """It prints what the article says now; `--undo` gives the facts of the file back."""
    (tmp_path / "a.md").write_text(article_file("Brücke auf", "2020-05-05", "Bote"), encoding="utf-8")
    fundstelle("index", "a.md")
    result = fundstelle("correct", "a.md", "--title", "Neu", "--date", "2020-05-06", "--author", "Ada")
    assert result.returncode == 0, result.stderr
    assert "Neu" in result.stdout
    assert "Brücke auf" in result.stdout
    result = fundstelle("correct", "a.md", "--undo")
    assert "Brücke auf" in result.stdout
    refused = fundstelle("correct", "a.md")
    assert (refused.returncode, "Nothing is corrected" in refused.stderr) == (2, True)


NAMES = ("a", "b")
VALUES = st.sampled_from(("Eins", "Zwei", ""))
FIELDS = st.sampled_from(("title", "source", "author"))
STEPS = st.one_of(
    st.tuples(st.just("correct"), st.sampled_from(NAMES), FIELDS, VALUES),
    st.tuples(st.just("undo"), st.sampled_from(NAMES), FIELDS),
    st.tuples(st.just("undo all"), st.sampled_from(NAMES)),
    st.tuples(st.just("file"), st.sampled_from(NAMES), st.sampled_from(("Alt", "Neuer")), st.sampled_from((0, 1))),
    st.tuples(st.just("move")),
    st.tuples(st.just("index")),
)
LONG = (BRIDGE, f"{BRIDGE} Der Steg folgt.")
NUMBER = {"a": 1, "b": 2}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=3, max_size=8))
def test_corrections_and_files_in_any_order(encoder: Encoder, steps: list[Any]) -> None:
    """Each fact is what was corrected last, or else what its file said when it was indexed last."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "in0")
        folder.mkdir()
        files: dict[str, tuple[str, int]] = dict.fromkeys(NAMES, ("Alt", 0))
        said: dict[str, dict[str, str]] = {article: {} for article in NAMES}

        def write(article: str) -> None:
            title, text = files[article]
            body = LONG[text] if article == "a" else f"{SHORT} {'Gestern.' if text else 'Heute.'}"
            content = article_file(f"{title} {article}", f"2020-01-0{NUMBER[article]}", f"Blatt {article}", body)
            (folder / f"{article}.md").write_text(content, encoding="utf-8")

        with Archive.open(Path(name, "archive"), encoder=encoder) as archive:

            def by_name() -> dict[str, Article]:
                return {Path(article.path).stem: article for article in archive.articles()}

            list(map(write, NAMES))
            archive.index([folder])
            indexed = dict(files)
            for step in steps:
                match step:
                    case ("correct", article, field, value):
                        archive.correct(by_name()[article].id, **{field: value})
                        said[article][field] = value
                    case ("undo", article, field):
                        archive.take_back_correction(by_name()[article].id, field)
                        said[article].pop(field, None)
                    case ("undo all", article):
                        archive.take_back_correction(by_name()[article].id)
                        said[article].clear()
                    case ("file", article, title, text):
                        files[article] = (title, text)
                        write(article)
                    case ("move",):
                        folder = folder.rename(folder.with_name(f"{folder.name}x"))
                        archive.index([folder])
                        indexed = dict(files)
                    case ("index",):
                        archive.index([folder])
                        indexed = dict(files)
                articles = by_name()
                for article, (title, _) in indexed.items():
                    read = {"title": f"{title} {article}", "source": f"Blatt {article}", "author": None}
                    expected = {field: said[article].get(field, value) or None for field, value in read.items()}
                    current = articles[article]
                    assert {field: getattr(current, field) for field in read} == expected
                    assert {origin for field, origin in current.origins.items() if field in said[article]} <= {BY_HAND}
                    assert {item.field: item.read for item in archive.corrections(current.id)} == {
                        field: read[field] for field in said[article]
                    }
            assert archive.index([folder]).failures == ()
            assert archive.index([folder]).unchanged == len(NAMES)
