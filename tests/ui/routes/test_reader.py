"""The article as a page: the whole text, with the passage marked and nothing else changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from page_parts import ARTICLE, TEXT, Parts

from rag.archive import Archive
from ui.app import build_app
from ui.routes.reader import article_page, paragraphs, sentence_page, span_in
from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN

LINES = st.text(alphabet=st.sampled_from("ab<&{\n\n "), max_size=40)


@given(LINES, st.integers(0, 40), st.integers(0, 40))
def test_paragraphs_keep_the_text_sign_by_sign(text: str, first: int, second: int) -> None:
    """The text of the page's article is the text of the article, wherever the mark runs."""
    start, end = sorted((min(first, len(text)), min(second, len(text))))
    html = paragraphs(text, (start, end) if start < end else None)
    assert Parts(html).text == text
    assert html.count('id="passage"') <= 1


def test_a_passage_is_marked_across_paragraphs() -> None:
    """A mark ends with its paragraph and goes on in the next; only the first carries the id."""
    start, end = TEXT.index("Er liegt"), TEXT.index(" fährt")
    html = paragraphs(TEXT, (start, end))
    assert 'der Welt.\n<mark id="passage" tabindex="-1">Er liegt tief.</mark></p>\n\n<p' in html
    assert "<mark>Noch</mark> fährt" in html


def test_the_sentence_is_marked_within_the_passage() -> None:
    """The sentence that answers lies inside the passage's mark, and the text stays what it is."""
    first, last = TEXT.index("Er liegt"), TEXT.index("\n\nNoch")
    html = paragraphs(TEXT, (26, len(TEXT)), (first, last))
    assert "der Welt.\n<b>Er liegt tief.</b></mark></p>\n\n<p" in html
    assert Parts(html).text == TEXT


@pytest.mark.parametrize(
    ("start", "end"),
    [(None, None), ("0", None), ("a", "5"), ("5", "5"), ("9", "3"), ("-1", "4"), ("0", "999999"), ("1.5", "4")],
)
def test_a_place_that_is_not_there_marks_nothing(start: str | None, end: str | None) -> None:
    """Numbers out of range, the wrong way round, or no numbers: the article is shown without a mark."""
    assert span_in(ARTICLE, start, end) is None
    assert "<mark" not in article_page(ARTICLE, None, GERMAN)


def test_the_page_says_who_published_it() -> None:
    """Above the text stand title, outlet, author, date and language, below it the file and its whole hash."""
    html = Parts(article_page(ARTICLE, (0, 24), ENGLISH)).text
    for fact in ("57 Kilometer unter den Alpen", "Passblatt", "Ladina Tschuor", "1 June 2016", "German (CH)"):
        assert html.index(fact) < html.index("Der Tunnel ist eröffnet.")
    assert ARTICLE.sha256 in html
    assert "articles/gotthard.md" in html


@given(st.text(max_size=60))
def test_an_article_cannot_write_markup(text: str) -> None:
    """Whatever an article holds, its page has the tags that it has for plain words, but for paragraphs."""
    plain = Parts(article_page(replace(ARTICLE, text="x"), None, GERMAN)).tags
    tags = Parts(article_page(replace(ARTICLE, text=text, title=f"<b>{text}"), None, GERMAN)).tags
    assert [tag for tag in tags if tag != "p"] == [tag for tag in plain if tag != "p"]


def test_a_missing_article_is_said_in_a_sentence() -> None:
    """The page for a wrong id is a whole page with one sentence in the reader's language."""
    assert "There is no such article" in Parts(sentence_page(ENGLISH.no_article, ENGLISH)).text


def test_the_route_shows_the_article_at_the_passage(archive: Archive, browser: TestClient) -> None:
    """The address that a citation carries opens the article with its passage marked, and lets no script run."""
    cited = archive.ask("Wie lang ist der Tunnel?").citations[0]
    reply = browser.get(f"/article/{cited.article.id}", params={"start": cited.start, "end": cited.end})
    assert reply.status_code == 200
    assert '<mark id="passage"' in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_the_route_marks_the_sentence(browser: TestClient, archive: Archive) -> None:
    """The address may also name a sentence; one that is not there is left out."""
    cited = archive.ask("Wie lang ist der Tunnel?").citations[0]
    for last, is_marked in ((24, True), (99999, False)):
        query = {"start": 0, "end": cited.end, "from": 0, "to": last}
        reply = browser.get(f"/article/{cited.article.id}", params=query)
        assert (reply.status_code, "<b>Der Tunnel ist eröffnet.</b>" in reply.text) == (200, is_marked)


def test_a_wrong_id_is_not_found(archive: Archive, browser: TestClient) -> None:
    """Neither an unknown id nor a part of a title opens an article: a citation names one, or none."""
    assert browser.get("/article/nothing").status_code == 404
    assert archive.article("one.txt")
    assert browser.get("/article/one.txt").status_code == 404


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
