"""Lines that stand in article after article of an outlet are set aside, whatever they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories import article_file, stored_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.encoder import Encoder
from rag.archive import Archive

SIGNATURE = (
    "Das Tagblatt aus dem Kattrup erscheint sechsmal in der Woche und liegt in allen Bäckereien des Tals kostenlos aus."
)
SUBJECTS = [
    "Brücke",
    "Schule",
    "Feuerwehr",
    "Museum",
    "Stadtrat",
    "Bahnhof",
    "Freibad",
    "Theater",
    "Markthalle",
    "Sternwarte",
    "Friedhof",
    "Mühle",
]


def report(number: int, line: str = SIGNATURE, outlet: str = "Tagblatt") -> str:
    subject = SUBJECTS[number]
    body = (
        f"Über das Thema {subject} wurde am Montag lange beraten, und am Ende stand ein Beschluss mit {number + 11} "
        f"Stimmen dafür. Für das Vorhaben {subject} sind {number * 7 + 3} Millionen Euro vorgesehen, die zur Hälfte "
        f"das Land trägt.\n\nWer sich zu {subject} äußern will, kann das bis Ende {subject}monat schriftlich tun."
    )
    return article_file(f"{subject} im Tal", f"2020-03-{number + 1:02}", outlet, f"{body}\n\n{line}")


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Archive:
    return Archive.open(tmp_path / "archive", encoder=encoder)


def write(folder: Path, numbers: range, **how: str) -> None:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number:02}.md").write_text(report(number, **how), "utf-8")


def searched(archive: Archive) -> list[str]:
    """The texts of all passages."""
    return [passage.text for article in archive.articles() for passage in archive.passages(article.id)]


def test_the_fifth_article_gives_a_signature_away(archive: Archive, tmp_path: Path) -> None:
    """In four articles a line is theirs; with the fifth it is set aside in all of them, and not deleted."""
    write(tmp_path / "a", range(4))
    archive.index([tmp_path / "a"])
    assert sum("Bäckereien" in text for text in searched(archive)) == 4
    write(tmp_path / "a", range(5))
    archive.index([tmp_path / "a"])
    assert not any("Bäckereien" in text for text in searched(archive))
    for article in archive.articles():
        assert article.text.endswith(SIGNATURE)
        assert [(article.text[aside.start : aside.end], aside.kind) for aside in article.asides] == [
            (SIGNATURE, "boilerplate")
        ]


def test_it_belongs_to_the_articles_again_when_they_are_few(archive: Archive, tmp_path: Path) -> None:
    """One of five is deleted."""
    write(tmp_path / "a", range(5))
    archive.index([tmp_path / "a"])
    (tmp_path / "a" / "00.md").unlink()
    archive.index([tmp_path / "a"])
    assert sum("Bäckereien" in text for text in searched(archive)) == 4


def test_a_short_line_needs_more_articles(archive: Archive, tmp_path: Path) -> None:
    """Ten, since a sentence of four words may be said five times."""
    write(tmp_path / "a", range(9), line="Die Sitzung war öffentlich.")
    archive.index([tmp_path / "a"])
    assert sum("öffentlich" in text for text in searched(archive)) == 9
    write(tmp_path / "a", range(10), line="Die Sitzung war öffentlich.")
    archive.index([tmp_path / "a"])
    assert not any("öffentlich" in text for text in searched(archive))


def test_outlets_are_counted_apart(archive: Archive, tmp_path: Path) -> None:
    """Three articles of one outlet and three of another with the same line are not five of one."""
    write(tmp_path / "a", range(3))
    write(tmp_path / "b", range(3, 6), outlet="Bote")
    archive.index([tmp_path / "a", tmp_path / "b"])
    assert sum("Bäckereien" in text for text in searched(archive)) == 6


def test_versions_of_an_article_keep_their_words(archive: Archive, tmp_path: Path) -> None:
    """Six versions share nearly all lines: that tells nothing about the lines."""
    folder = tmp_path / "a"
    folder.mkdir()
    for number in range(6):
        text = report(0).replace("2020-03-01", f"2020-03-{number + 1:02}") + f"\nStand: {SUBJECTS[number]}."
        (folder / f"{number}.md").write_text(text, "utf-8")
    archive.index([folder])
    assert all(not article.asides for article in archive.articles())


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(st.sets(st.integers(0, 7), min_size=3), min_size=2, max_size=3))
def test_the_same_files_give_the_same_archive(
    states: list[set[int]], tmp_path_factory: pytest.TempPathFactory, encoder: Encoder
) -> None:
    """Whatever articles came and went before."""
    folder = tmp_path_factory.mktemp("articles")
    with Archive.open(tmp_path_factory.mktemp("lived") / "archive", encoder=encoder) as lived:
        for state in states:
            for number in range(8):
                (folder / f"{number:02}.md").unlink(missing_ok=True)
            for number in state:
                write(folder, range(number, number + 1))
            lived.index([folder])
        with Archive.open(tmp_path_factory.mktemp("fresh") / "archive", encoder=encoder) as fresh:
            fresh.index([folder])
            assert stored_rows(lived)[0] == stored_rows(fresh)[0]
