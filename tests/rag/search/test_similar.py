"""More like this: articles about the same matter, whatever their language; never the article itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories import BRIDGE, article_file

from rag.archive import Archive
from rag.errors import NotFound


def stems(archive: Archive, name: str, k: int = 5) -> list[str]:
    return [Path(similar.article.path).stem for similar in archive.similar(archive.article(name).id, k)]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("de-gotthard-basistunnel-eroeffnung.md", {"it-galleria-base-gottardo"}),
        ("de-philae-landung-komet.txt", {"en-philae-comet-67p"}),
        ("en-webb-first-images.html", {"de-james-webb-teleskop-start"}),
        ("uk-zernovyi-korydor-razoni.md", {"en-black-sea-grain-initiative"}),
        ("de-notre-dame-wiedereroeffnung.txt", {"fr-notre-dame-reouverture"}),
    ],
)
def test_articles_on_the_same_event_come_first(sample: Archive, name: str, nearest: set[str]) -> None:
    """The reports of an event in other languages are nearest to the report in one."""
    assert set(stems(sample, name, len(nearest))) == nearest


def test_each_article_comes_once_and_never_itself(sample: Archive) -> None:
    """Of an archive of few articles, all others come, each once, nearest first."""
    article = sample.article("de-higgs-boson-cern.html")
    similar = sample.similar(article.id, 100)
    ids = [neighbour.article.id for neighbour in similar]
    assert len(ids) == len(set(ids)) == sample.status().articles - 1
    assert article.id not in ids
    cosines = [neighbour.cosine for neighbour in similar]
    assert cosines == sorted(cosines, reverse=True)


def test_copies_and_versions_are_left_out(tmp_path: Path) -> None:
    """Of the same text under another name, and of a version with a further sentence, neither is something else."""
    for name, text in (
        ("a", BRIDGE),
        ("b", BRIDGE),
        ("c", f"{BRIDGE}\n\nDer Steg folgt."),
        ("d", "Die Brücke ist alt."),
    ):
        (tmp_path / f"{name}.md").write_text(
            article_file("Brücke", "2024-03-01", f"Blatt {name}", text), encoding="utf-8"
        )
    with Archive.open(tmp_path / "archive") as archive:
        archive.index(tmp_path)
        for name in "abc":
            assert stems(archive, f"{name}.md") == ["d"]
        with pytest.raises(NotFound):
            archive.similar("nothing")
