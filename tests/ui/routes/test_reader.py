"""The routes of the reader: the article as a fragment and as a page, and the articles around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import BRIDGE, article_file
from fastapi.testclient import TestClient
from page_parts import ARTICLE, TEXT, Parts

from rag.archive import Archive
from ui.app import build_app
from ui.routes.reader import span_in


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, TestClient]]:
    """An archive of two versions of an article, and a client of its page."""
    folder = tmp_path_factory.mktemp("versions")
    (folder / "a.md").write_text(article_file("Neue Hubbrücke", "2021-03-12", "Altmoorer Bote"), "utf-8")
    later = f"{BRIDGE.replace('84', '97')}\n\nDer Landrat dankte allen Beteiligten."
    (folder / "b.md").write_text(article_file("Hubbrücke fertig", "2021-03-13", "Neumoorer Bote", later), "utf-8")
    with Archive.open(folder / "archive") as archive:
        archive.index(folder)
        yield archive, TestClient(build_app(archive), base_url="http://127.0.0.1:7860")


@pytest.mark.parametrize(
    ("start", "end"),
    [(None, None), ("0", None), ("a", "5"), ("5", "5"), ("9", "3"), ("-1", "4"), ("0", "999999"), ("1.5", "4")],
)
def test_a_place_that_is_not_there_marks_nothing(start: str | None, end: str | None) -> None:
    """Numbers out of range, the wrong way round, or no numbers: there is no such span."""
    assert span_in(ARTICLE, start, end) is None


@pytest.mark.parametrize("name", ["", "/fragment"])
def test_an_article_is_opened_at_the_passage(archive: Archive, browser: TestClient, name: str) -> None:
    """The address that a citation carries shows the article with its passage marked: alone, or as a part of a page."""
    cited = archive.ask("Wie lang ist der Tunnel?").citations[0]
    span = {"start": cited.start, "end": cited.end}
    reply = browser.get(f"/article/{cited.article.id}{name}", params=span)
    assert reply.status_code == 200
    assert f'data-fs-span="{cited.start}-{cited.end}" class="fs-current" id="passage"' in reply.text
    assert reply.text.startswith("<!doctype html>" if not name else '<article class="fs fs-reader"')


def test_a_page_of_its_own_runs_only_our_scripts(archive: Archive, browser: TestClient) -> None:
    """Its title is the headline, and its policy lets it load nothing but what this server has."""
    article = next(archive.articles())
    reply = browser.get(f"/article/{article.id}", params={"lang": "de"})
    assert f"<title>{article.label} – Fundstelle</title>" in reply.text
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self' 'sha256-" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert {tag for tag in Parts(reply.text).tags if tag in ("iframe", "object", "form")} == {"form"}


def test_all_passages_of_the_question_are_marked(sample: Archive) -> None:
    """With a question in its address, an article has every passage that the answer cites from it, and its sentence."""
    question = "Wie viele Menschen starben im Ahrtal?"
    cited = sample.search(question, limit=10).results[0].citations
    assert len(cited) > 1
    browser = TestClient(build_app(sample), base_url="http://127.0.0.1:7860")
    span = {"start": cited[0].start, "end": cited[0].end}
    html = browser.get(f"/article/{cited[0].article.id}/fragment", params={"q": question, "lang": "de", **span}).text
    for citation in cited:
        assert f'data-fs-span="{citation.start}-{citation.end}"' in html
    assert f"von {len(cited)}</span>" in html
    sentence = cited[0].sentence
    assert sentence
    assert f"<b>{sentence}</b>" in html
    # of a time without articles, nothing is listed beside the article
    filtered = {"q": question, "until": "1990", **span}
    assert "Passage 1 of 1" in browser.get(f"/article/{cited[0].article.id}/fragment", params=filtered).text


def test_a_question_that_cannot_be_asked_marks_nothing(archive: Archive, browser: TestClient) -> None:
    """An article is shown whatever the question in its address is; the answer beside it says what is wrong."""
    article = next(archive.articles())
    for question in ("-tunnel", "x" * 100_000, " "):
        reply = browser.get(f"/article/{article.id}/fragment", params={"q": question[:60_000]})
        assert (reply.status_code, "<mark" in reply.text) == (200, False)


def test_a_wrong_id_is_not_found(archive: Archive, browser: TestClient) -> None:
    """Neither an unknown id nor a part of a title opens an article, and the page for it says so in its language."""
    assert archive.article("one.txt")
    for reference in ("nothing", "one.txt"):
        for name in ("/fragment", "/related", "/difference", "/check", "/page", "/page.png", "/file"):
            assert browser.get(f"/article/{reference}{name}").status_code == 404
        reply = browser.get(f"/article/{reference}", params={"lang": "de"})
        assert (reply.status_code, "<h1>Diesen Artikel gibt es nicht</h1>" in reply.text) == (404, True)


def test_no_title_can_hide_an_article(tmp_path: Path) -> None:
    """An article whose title, and another whose address, is the id of a third one leaves that one where it was."""
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(tmp_path / "archive") as archive:
        archive.index([tmp_path / "one.txt"])
        article_id = archive.article("one.txt").id
        # their paths sort before that of the article that they name
        for name, key in (("a.md", "title"), ("b.md", "url")):
            (tmp_path / name).write_text(f"---\n{key}: '{article_id}'\n---\n\nEin anderer Tunnel.\n", encoding="utf-8")
        archive.index([tmp_path])
        assert archive.status().articles == 3
        reply = TestClient(build_app(archive), base_url="http://127.0.0.1:7860").get(f"/article/{article_id}")
        assert reply.status_code == 200
        assert "Noch fährt kein Zug." in reply.text


def test_versions_are_named_and_compared(versions: tuple[Archive, TestClient]) -> None:
    """A version has a link and a comparison, which names the number that changed and the sentence that was added."""
    archive, browser = versions
    first, second = (archive.article(name).id for name in ("a.md", "b.md"))
    related = browser.get(f"/article/{first}/related", params={"lang": "de"}).text
    assert f"article/{first}/difference?version={second}" in related
    difference = browser.get(f"/article/{first}/difference", params={"version": second, "lang": "de"}).text
    assert "<del>84</del> <ins>97</ins>" in difference
    assert "Der Landrat dankte allen Beteiligten.</ins>" in difference


def test_articles_on_the_same_matter_are_named(sample: Archive) -> None:
    """The Italian report of the tunnel is named below the German one; what has nothing to do with it is not."""
    browser = TestClient(build_app(sample), base_url="http://127.0.0.1:7860")
    article = sample.article("de-gotthard-basistunnel-eroeffnung.md")
    links = Parts(browser.get(f"/article/{article.id}/related").text).values
    assert any(sample.article("it-galleria-base-gottardo.md").id in link for link in links)
    assert not any(sample.article("de-higgs-boson-cern.html").id in link for link in links)
