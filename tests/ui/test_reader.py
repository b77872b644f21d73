"""The article as a page: the whole text, with the passage marked and nothing else changed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from page_parts import ARTICLE, TEXT, Parts

from rag.archive import Archive
from rag.errors import FundstelleError
from ui.app import build_app, serve
from ui.ask import answerer
from ui.reader import article_page, paragraphs, passage_in, sentence_page
from ui.texts import ENGLISH, GERMAN

LINES = st.text(alphabet=st.sampled_from("ab<&{\n\n "), max_size=40)


@given(LINES, st.integers(0, 40), st.integers(0, 40))
def test_paragraphs_keep_the_text_sign_by_sign(text: str, first: int, second: int) -> None:
    """The text of the page's article is the text of the article, wherever the mark runs."""
    start, end = sorted((min(first, len(text)), min(second, len(text))))
    shown = paragraphs(text, (start, end) if start < end else None)
    assert Parts(shown).text == text
    assert shown.count('id="passage"') <= 1


def test_a_passage_is_marked_across_paragraphs() -> None:
    """A mark ends with its paragraph and goes on in the next; only the first carries the id."""
    start, end = TEXT.index("Er liegt"), TEXT.index(" fährt")
    shown = paragraphs(TEXT, (start, end))
    assert 'der Welt.\n<mark id="passage" tabindex="-1">Er liegt tief.</mark></p>\n\n<p' in shown
    assert "<mark>Noch</mark> fährt" in shown


@pytest.mark.parametrize(
    ("start", "end"),
    [(None, None), ("0", None), ("a", "5"), ("5", "5"), ("9", "3"), ("-1", "4"), ("0", "999999"), ("1.5", "4")],
)
def test_a_place_that_is_not_there_marks_nothing(start: str | None, end: str | None) -> None:
    """Numbers out of range, the wrong way round, or no numbers: the article is shown without a mark."""
    assert passage_in(ARTICLE, start, end) is None
    assert "<mark" not in article_page(ARTICLE, None, GERMAN)


def test_the_page_says_who_published_it() -> None:
    """Above the text stand title, outlet, author, date and language, below it the file and its whole hash."""
    shown = Parts(article_page(ARTICLE, (0, 24), ENGLISH)).text
    for known in ("57 Kilometer unter den Alpen", "Passblatt", "Ladina Tschuor", "1 June 2016", "German (CH)"):
        assert shown.index(known) < shown.index("Der Tunnel ist eröffnet.")
    assert ARTICLE.sha256 in shown
    assert "articles/gotthard.md" in shown


@given(st.text(max_size=60))
def test_an_article_cannot_write_markup(text: str) -> None:
    """Whatever an article holds, its page has the tags that it has for plain words, but for paragraphs."""
    plain = Parts(article_page(replace(ARTICLE, text="x"), None, GERMAN)).tags
    shown = Parts(article_page(replace(ARTICLE, text=text, title=f"<b>{text}"), None, GERMAN)).tags
    assert [tag for tag in shown if tag != "p"] == [tag for tag in plain if tag != "p"]


def test_a_missing_article_is_said_in_a_sentence() -> None:
    """The page for a wrong id is a whole page with one sentence in the reader's language."""
    assert "There is no such article" in Parts(sentence_page(ENGLISH.no_article, ENGLISH)).text


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of one article."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(folder / "archive") as made:
        made.index([folder / "one.txt"])
        yield made


@pytest.fixture(scope="module")
def browser(archive: Archive) -> TestClient:
    """A client that asks as a browser on this machine does."""
    return TestClient(build_app(archive), base_url="http://127.0.0.1:7860")


def test_the_route_shows_the_article_at_the_passage(archive: Archive, browser: TestClient) -> None:
    """The address that a citation carries opens the article with its passage marked, and lets no script run."""
    found = archive.ask("Wie lang ist der Tunnel?").citations[0]
    reply = browser.get(f"/article/{found.article.id}", params={"start": found.start, "end": found.end})
    assert reply.status_code == 200
    assert '<mark id="passage"' in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_a_wrong_id_is_not_found(archive: Archive, browser: TestClient) -> None:
    """Neither an unknown id nor a part of a title opens an article: a citation names one, or none."""
    assert browser.get("/article/nothing").status_code == 404
    assert archive.article("one.txt")
    assert browser.get("/article/one.txt").status_code == 404


def test_the_page_may_load_from_its_own_address_only(browser: TestClient) -> None:
    """Every reply carries a policy under which the browser refuses all other addresses."""
    policy = browser.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_only_the_names_of_this_machine_are_answered(archive: Archive, browser: TestClient) -> None:
    """A strange name that resolves to this machine (DNS rebinding) reads nothing."""
    assert browser.get("/", headers={"host": "evil.example"}).status_code == 400
    assert browser.get("/article/x", headers={"host": "evil.example:7860"}).status_code == 400
    assert browser.get("/", headers={"host": "localhost:7860"}).status_code == 200
    assert browser.get("/", headers={"host": "[::1]:7860"}).status_code == 200


def test_a_port_in_use_is_said_in_a_sentence(archive: Archive) -> None:
    """A port that another program holds is refused before anything starts, with what to do next."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(FundstelleError, match=f"Port {port} is in use: stop the other program or choose another"):
            serve(archive, "127.0.0.1", port)


def test_an_unexpected_error_is_a_sentence_and_is_logged(archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    """What the archive did not foresee, here a question that is no text, shows no trace in the page but in the log."""
    shown = Parts(answerer(archive)(None, "en")).text  # type: ignore[arg-type]
    assert "Something went wrong" in shown
    assert "Traceback" not in shown
    assert "AttributeError" in caplog.text


def test_nothing_is_loaded_from_elsewhere() -> None:
    """Our own styles and scripts name no address."""
    for asset in (Path(__file__).parents[2] / "ui" / "assets").iterdir():
        text = asset.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//" not in text.replace("// ", ""), asset.name
