"""The same article from several files is kept once with all its places; a later version is linked."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from factories import BRIDGE, article, article_file, stored_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paths import Run

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.storage.articles import ArticleRecord
from rag.text.similarity import minhash_bands, shingles_of, versions_among
from rag.types import Article, Filter

QUESTION = "Was hat die neue Hubbrücke gekostet?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.md").write_text(article_file("Brücke frei", "2021-05-05", "Elbblatt"), "utf-8")
    (articles / "b.md").write_text(article_file("Hubbrücke eröffnet", "2021-05-04", "Nordkurier"), "utf-8")
    (articles / "c.txt").write_text(
        "Im Stadtpark blühen die Kirschen. Das Fest beginnt am Samstag um zehn Uhr.\n", "utf-8"
    )
    return articles


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Archive:
    return Archive.open(tmp_path / "archive", encoder=encoder)


def passages(archive: Archive) -> dict[str, int]:
    """How many passages are kept of each article, by its outlet."""
    query = "SELECT coalesce(source, ''), count(*) FROM passages JOIN articles ON article = articles.id GROUP BY 1"
    return dict(archive._database.rows(query))


def test_the_same_text_is_kept_once_and_cited_from_the_earliest(archive: Archive, folder: Path) -> None:
    """The Nordkurier printed it a day earlier, so it is cited; the other one is named as a further place."""
    archive.index([folder])
    assert set(passages(archive)) == {"Nordkurier", ""}
    status = archive.status()
    assert (status.articles, status.duplicates) == (2, 1)
    first = archive.ask(QUESTION).citations[0]
    assert (first.article.source, [article.source for article in first.also]) == ("Nordkurier", ["Elbblatt"])
    assert first.also[0].text == first.article.text


def test_a_filter_cites_the_place_that_it_allows(archive: Archive, folder: Path) -> None:
    """Asked for the Elbblatt alone, the citation is the Elbblatt's, with its headline, day and file."""
    archive.index([folder])
    first = archive.ask(QUESTION, filter=Filter(sources=("Elbblatt",))).citations[0]
    assert (first.article.title, first.article.published) == ("Brücke frei", date(2021, 5, 5))
    assert first.passage_id.startswith(first.article.id)
    assert [article.source for article in first.also] == ["Nordkurier"]
    citation = archive.ask(QUESTION, filter=Filter(since=date(2021, 5, 5))).citations[0]
    assert citation.article.source == "Elbblatt"


@pytest.mark.parametrize("gone", ["removed", "rewritten"])
def test_a_place_takes_over_when_the_cited_file_goes(archive: Archive, folder: Path, gone: str) -> None:
    """Without the earlier file, or when it says something else now, the later one has the passages."""
    archive.index([folder])
    if gone == "removed":
        (folder / "b.md").unlink()
    else:
        ferry_text = "Der Betrieb der Fähre wird zum Jahresende eingestellt, teilte die Reederei am Abend mit."
        (folder / "b.md").write_text(article_file("Fähre", "2021-05-04", "Nordkurier", ferry_text), "utf-8")
    archive.index([folder])
    first = archive.ask(QUESTION).citations[0]
    assert (first.article.source, first.also) == ("Elbblatt", ())
    assert archive.status().duplicates == 0


def test_nothing_is_lost_when_the_process_dies_before_the_text_is_handed_on(archive: Archive, folder: Path) -> None:
    """After the cited file was removed from the store and before the next one has passages, the text is there, and the
    next run gives it passages.
    """
    archive.index([folder])
    archive._store.remove_file((folder / "b.md").as_posix())
    remaining = archive.article("Brücke frei")
    assert remaining.text == BRIDGE
    (folder / "b.md").unlink()
    archive.index([folder])
    assert archive.ask(QUESTION).citations[0].article.id == remaining.id


def test_further_places_follow_their_text(archive: Archive, folder: Path) -> None:
    """While an earlier article takes the place of the one that was cited, the text of the others is there all along."""
    archive.index([folder])
    (folder / "c.txt").write_text(article_file("Frei", "2021-05-01", "Wochenpost"), "utf-8")
    other_archive = Archive.open(archive.folder.parent / "other", encoder=archive.encoder)
    other_archive.index([folder / "c.txt"])
    earliest = other_archive.article("c.txt")
    store, cited = archive._store, archive.article("b.md")
    record = ArticleRecord(article=earliest, recipe="made", passages=[])
    store.put(record, fingerprint=archive.encoder.fingerprint, vectors={})
    store.duplicates.fold(cited.id, earliest.id)
    assert archive.article("a.md").text == BRIDGE


def test_a_short_text_under_two_headlines_is_two_articles(archive: Archive, folder: Path) -> None:
    """What a paywall leaves of articles is the same, and the articles are not."""
    for number in (1, 2):
        text = article_file(
            f"Bericht {number}", "2020-01-01", "Blatt", "Dieser Artikel ist nur mit einem Abo zu lesen."
        )
        (folder / f"short{number}.md").write_text(text, "utf-8")
    archive.index([folder])
    assert archive.status().articles == 4


def test_a_corrected_headline_is_an_article_of_its_own(archive: Archive, folder: Path) -> None:
    """The same outlet printed the text again under another headline: both are found, and neither has the other's."""
    for name, title in (("d.md", "Hubbrücke kostet Millionen"), ("e.md", "HUBBRÜCKE ERÖFFNET")):
        (folder / name).write_text(article_file(title, "2021-05-07", "Nordkurier"), "utf-8")
    archive.index([folder])
    assert (archive.status().articles, archive.status().duplicates) == (3, 2)
    citation = archive.ask(QUESTION).citations[0]
    by_title = {article.title: article for article in (citation.article, *citation.also)}
    assert by_title.keys() == {"Hubbrücke eröffnet", "Brücke frei", "Hubbrücke kostet Millionen", "HUBBRÜCKE ERÖFFNET"}
    assert [version.article.title for version in archive.versions(archive.article("b.md").id)] == [
        "Hubbrücke kostet Millionen"
    ]


EARLY, LATE = "2020-01-01", "2020-01-02"
# day, text, and a headline; of one outlet all but the first
STATES = st.fixed_dictionaries(
    {
        name: st.sampled_from([None, (EARLY, 0, name), (LATE, 0, name), (EARLY, 1, name), (LATE, 0, "Korrektur")])
        for name in ("a.md", "b.md", "c.md")
    }
)
TEXTS = (BRIDGE, BRIDGE.replace("84", "97"))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(STATES, min_size=2, max_size=4))
def test_the_same_files_give_the_same_archive_whatever_was_there_before(
    states: list[dict[str, tuple[str, int, str] | None]], tmp_path_factory: pytest.TempPathFactory, encoder: Encoder
) -> None:
    """Files come, change and go; in the end the archive is that of the last files alone."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "always.txt").write_text("Im Stadtpark blühen die Kirschen.", "utf-8")

    outlets = {"a.md": "Bote", "b.md": "Kurier", "c.md": "Kurier"}

    def write(state: dict[str, tuple[str, int, str] | None]) -> None:
        for name, made in state.items():
            (folder / name).unlink(missing_ok=True)
            if made:
                (folder / name).write_text(article_file(made[2], made[0], outlets[name], TEXTS[made[1]]), "utf-8")

    with Archive.open(tmp_path_factory.mktemp("lived") / "archive", encoder=encoder) as lived:
        for state in states:
            write(state)
            lived.index([folder])
        with Archive.open(tmp_path_factory.mktemp("fresh") / "archive", encoder=encoder) as fresh:
            fresh.index([folder])
            (rows, vectors), (fresh_rows, fresh_vectors) = stored_rows(lived), stored_rows(fresh)
    assert rows == fresh_rows
    assert vectors.keys() == fresh_vectors.keys()


def made(text: str, path: str = "x") -> Article:
    return article(path, text)


def test_an_updated_article_is_a_version(archive: Archive, folder: Path, fundstelle: Run) -> None:
    """One paragraph more: both are searched, each names the other, with the share of word runs counted by hand here."""
    longer_text = BRIDGE + "\n\nDie Reederei hatte bis zuletzt auf einen Aufschub gehofft."
    (folder / "d.md").write_text(article_file("Hubbrücke eröffnet", "2021-05-06", "Nordkurier", longer_text), "utf-8")
    archive.index([folder])
    first = archive.article("d.md")
    (version,) = archive.versions(first.id)
    assert version.article.title == "Hubbrücke eröffnet"
    words = len(BRIDGE.split())
    # all runs of the shorter text, of all those of the longer one, which has nine words more
    assert version.shared == pytest.approx((words - 4) / (words - 4 + 9), abs=0.01)
    facts = json.loads(fundstelle("show", "d.md", "--json", "--archive", archive.location).stdout)
    assert [linked["id"] for linked in facts["versions"]] == [version.article.id]
    assert [linked["source"] for linked in json.loads(fundstelle("show", version.article.id, "--json", "--archive",
            archive.location).stdout)["doubles"]] == ["Elbblatt"]  # fmt: skip
    printed = fundstelle("show", "d.md", "--archive", archive.location).stdout
    assert f"{version.article.id} (shares" in printed


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.4))
def test_alike_texts_share_a_mark(seed: int, changed: float) -> None:
    """Texts that share .8 of their runs or more share one of twelve marks with a probability of .998 (1 - (1 - J⁴)¹²);
    those that share nothing share none.
    """
    random = np.random.default_rng(seed)
    words = [f"wort{number}" for number in random.integers(0, 10**6, 400)]
    cutting = int(400 * (1 - changed / 4))
    first, second = made(" ".join(words)), made(" ".join(words[:cutting]))
    shingles, second_shingles = shingles_of(first.text), shingles_of(second.text)
    assert len(shingles & second_shingles) / len(shingles | second_shingles) >= 0.8
    assert set(minhash_bands(first)) & set(minhash_bands(second))
    strange = made(" ".join(f"fremd{number}" for number in random.integers(0, 10**6, 400)), "y")
    assert not set(minhash_bands(first)) & set(minhash_bands(strange))
    assert versions_among(first, [strange]) == ()


@pytest.mark.parametrize(("shared", "truth"), [(165, 0.962), (133, 0.533), (92, 0.091)])
def test_marks_are_shared_as_often_as_the_theory_says(shared: int, truth: float) -> None:
    """Of 150 pairs of texts of 200 runs each that share a share J of them all, 1 - (1 - J⁴)¹² have a mark in common."""
    random, met = np.random.default_rng(7), 0
    for _ in range(150):
        words = [f"wort{number}" for number in random.integers(0, 10**9, 204 + 200 - shared)]
        first, second = made(" ".join(words[:204])), made(" ".join([*words[: shared + 4], *words[204:]]))
        shingles, second_shingles = shingles_of(first.text), shingles_of(second.text)
        assert (len(shingles), len(second_shingles), len(shingles & second_shingles)) == (200, 200, shared)
        met += bool(set(minhash_bands(first)) & set(minhash_bands(second)))
    jaccard = shared / (400 - shared)
    assert truth == pytest.approx(1 - (1 - jaccard**4) ** 12, abs=0.006)
    # three standard deviations of a share of 150
    assert met / 150 == pytest.approx(truth, abs=3 * (truth * (1 - truth) / 150) ** 0.5)
