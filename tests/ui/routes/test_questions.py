"""The view of saved questions and of the history: its routes through the gate, and its use in a browser."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_parts import HOSTILE, Open, needs_chromium
from fastapi.testclient import TestClient
from lxml import html
from page_parts import Parts
from playwright import sync_api
from server_parts import served
from starlette.datastructures import QueryParams

from rag.archive import Archive
from rag.storage.sqlite_database import DATABASE
from rag.types import Filter
from rag.workspace.history import History
from rag.workspace.saved_questions import SavedQuestions
from rag.workspace.settings import SettingsStore
from ui.app import build_app
from ui.html.question_address import question_query
from ui.routes.answer import filter_in

BRIDGE = "Die Brücke über den Kanal wurde 1932 gebaut. Sie ist für Lastwagen gesperrt, seit ein Pfeiler Risse zeigt."
NEWS = "Die Brücke über den Kanal wird im Mai abgerissen. Das hat der Gemeinderat am Montag beschlossen."
QUESTION = "Was ist mit der Brücke über den Kanal?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of articles."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    return tmp_path / "in"


@pytest.fixture
def own(folder: Path) -> Iterator[Archive]:
    """An archive of the folder that a test may change."""
    with Archive.open(folder.parent / "archive") as opened:
        opened.index([folder])
        yield opened


@pytest.fixture
def page(own: Archive) -> TestClient:
    """A client of its page that speaks German."""
    return TestClient(build_app(own), base_url="http://127.0.0.1:7860", headers={"Accept-Language": "de"})


def come(own: Archive, folder: Path) -> None:
    """Let an article come that answers."""
    (folder / "council.txt").write_text(NEWS, encoding="utf-8")
    own.index([folder])


def test_an_empty_view_says_what_it_is_for(page: TestClient) -> None:
    """Without questions there is a sentence in each part, in the language of the page."""
    assert "Merken Sie sich eine Frage" in page.get("/view/questions").text
    english = page.get("/view/questions?lang=en").text
    assert "Save a question" in english and "No questions yet." in english


def test_a_question_is_saved_and_followed(page: TestClient, own: Archive, folder: Path) -> None:
    """Saved from its address; once an article has come, what is new waits to be fetched, and is read once."""
    assert page.post("/saved/add", json={"query": f"tab=ask&q={QUESTION}&lang=de"}).status_code == 200
    assert "data-fs-new" not in page.get("/view/questions").text
    come(own, folder)
    waiting = html.fromstring(page.get("/view/questions").text).xpath("string(//@data-fs-new)")
    assert waiting == QUESTION
    news = page.get("/view/questions/new", params={"name": waiting}).text
    assert "Eine neue Fundstelle" in news and NEWS in Parts(news).text and BRIDGE not in Parts(news).text
    (body,) = html.fromstring(f"<div>{news}</div>").xpath("//button[@data-fs-post='saved/seen']/@data-fs-body")
    assert page.post("/saved/seen", content=body, headers={"Content-Type": "application/json"}).status_code == 200
    assert "Nichts Neues seit" in page.get("/view/questions/new", params={"name": waiting}).text


def test_what_cannot_be_saved(page: TestClient) -> None:
    """A question that is saved already is said to be; nonsense is refused."""
    assert page.post("/saved/add", json={"query": f"q={QUESTION}"}).status_code == 200
    again = page.post("/saved/add", json={"query": f"q={QUESTION}"})
    assert (again.status_code, again.text) == (409, "Schon gemerkt")
    for query, sentence in (
        ("q=", "Bitte geben Sie eine Frage ein."),
        ("q=a&since=gestern", "Dieser Filter ist"),
    ):
        refused = page.post("/saved/add", json={"query": query})
        assert (refused.status_code, sentence in refused.text) == (422, True)
    for path, body in (
        ("/saved/add", {"query": 3}),
        ("/saved/add", {"query": "q=a", "more": 1}),
        ("/saved/remove", {}),
        ("/history/delete", {"id": "1"}),
        ("/history/delete", {"id": 2**63}),
        ("/history/clear", {"all": True}),
    ):
        assert page.post(path, json=body).status_code == 422
    assert page.post("/saved/seen", json={"name": QUESTION, "state": "x"}).status_code == 400
    # what is gone already is gone
    headers = {"Content-Type": "application/json"}
    for path, body in (("/saved/remove", {"name": "a\ud800"}), ("/history/delete", {"id": 2**62})):
        assert page.post(path, content=json.dumps(body), headers=headers).status_code == 200
    assert page.get("/view/questions/new?name=nobody").status_code == 404
    assert page.get("/view/questions/older?older-than=x").status_code == 404


def test_the_history_is_noted_read_and_deleted(page: TestClient, own: Archive) -> None:
    """What is asked at the page stands there with its filters and leads back; private questions do not."""
    page.get("/answer", params={"q": QUESTION, "since": "1990-01-01", "language": "de"})
    page.get("/answer", params={"q": "Wer?"})
    assert page.post("/settings", json={"private": True}).status_code == 200
    page.get("/answer", params={"q": "Wer ist der Informant?"})
    view = html.fromstring(page.get("/view/questions").text)
    assert [link.text for link in view.xpath("//a[@data-fs-go]")] == ["Wer?", QUESTION]
    assert "ab 1. Januar 1990" in view.text_content() and "Informant" not in view.text_content()
    assert view.xpath("//input[@data-fs-setting='private']/@checked")
    address = urlsplit(view.xpath("//a[@data-fs-go]/@href")[1])
    assert parse_qs(address.query) == {"q": [QUESTION], "since": ["1990-01-01"], "language": ["de"], "lang": ["de"]}
    page.post("/history/delete", json={"id": History(own).page()[0].id})
    assert [entry.question for entry in History(own).page()] == [QUESTION]
    page.post("/history/clear", json={})
    assert len(History(own)) == 0


def test_a_damaged_article_is_said(page: TestClient, own: Archive) -> None:
    """What is new names the articles that it lacks since the disk damaged them, even if nothing is new."""
    SavedQuestions(own).add(QUESTION)
    with sqlite3.connect(own.folder / DATABASE) as connection:
        connection.execute("DROP TRIGGER articles_changed")
        connection.execute("UPDATE articles SET title = 'Brücke'")
    connection.close()
    view = Parts(page.get("/view/questions/new", params={"name": QUESTION}).text).text
    assert "Ein Artikel ist auf der Festplatte beschädigt worden und fehlt hier: bridge.txt." in view
    assert "Nichts Neues seit" in view


def test_older_questions_come_in_parts(page: TestClient, own: Archive) -> None:
    """Thirty at a time, the rest by the button, none twice and none left out."""
    for number in range(65):
        History(own).note(f"Frage {number}?", outcome="empty", results=0)
    rows = page.get("/view/questions").text
    seen = re.findall(r"Frage (\d+)\?</a>", rows)
    while older := re.search(r'data-fs-older="(\d+)"', rows):
        rows = page.get(f"/view/questions/older?older-than={older[1]}").text
        seen += re.findall(r"Frage (\d+)\?</a>", rows)
    assert seen == [str(number) for number in reversed(range(65))]


def test_an_address_asks_the_same_question() -> None:
    """The filter of an address comes back from the address that is made of it."""
    filter = Filter(
        exact_sources=("A & B", "Ç"), exact_authors=("Ö",), languages=("de", "fr"), kinds=("article", "comment")
    )
    query = QueryParams(question_query("Was kostet 1+1 & mehr?", filter))
    assert (query["q"], filter_in(query)) == ("Was kostet 1+1 & mehr?", filter)


def test_hostile_questions_stay_text(page: TestClient, own: Archive) -> None:
    """Markup in a question, in its name and in an article adds no element."""
    SavedQuestions(own).add(HOSTILE, "<script>name</script>")
    History(own).note(HOSTILE, outcome="answered", results=1)
    view = Parts(page.get("/view/questions").text)
    assert not {"script", "img", "template"} & set(view.tags)
    assert HOSTILE in view.text


def test_a_read_only_archive(page: TestClient, own: Archive) -> None:
    """Where nothing can be written, the view still comes, and a change is refused with a sentence."""
    SavedQuestions(own).add(QUESTION)
    SettingsStore(own).change(theme="dark")
    (own.folder / "archive.sqlite").unlink()
    reply = page.post("/saved/remove", json={"name": QUESTION})
    assert (reply.status_code, "Archiv" in reply.text) == (503, True)
    assert page.get("/view/questions").status_code == 503


@pytest.mark.slow
@needs_chromium
def test_in_a_browser(own: Archive, folder: Path, open_page: Open) -> None:
    """Asked, saved, followed, read, deleted; the private mode is seen on every view; nothing goes wrong meanwhile."""
    SavedQuestions(own).add(QUESTION)
    History(own).note("Wer baute die Brücke?", outcome="answered", results=1)
    come(own, folder)
    with served(own) as server:
        visit = open_page(server.address)
        page = visit.page
        page.goto(f"{server.address}/?tab=questions")
        page.locator(".fs-news summary").click()
        sync_api.expect(page.locator(".fs-news blockquote")).to_have_text(NEWS)
        assert Axe().run(page).response["violations"] == []
        page.get_by_role("button", name=re.compile(rf"Gelesen ?: {re.escape(QUESTION)}")).click()
        sync_api.expect(page.locator(".fs-news")).to_contain_text("Nichts Neues seit")
        page.get_by_role("button", name=re.compile("Frage merken ?: Wer baute")).click()
        sync_api.expect(page.locator(".fs-questions").first.locator("> li")).to_have_count(2)
        private = page.locator("#fs-masthead .fs-private")
        sync_api.expect(private).to_be_hidden()
        page.get_by_label("Privater Modus").check()
        sync_api.expect(private).to_be_visible()
        page.reload()
        sync_api.expect(private).to_be_visible()
        page.get_by_role("link", name="Wer baute die Brücke?").last.click()
        page.locator("#fs-results .fs-asked").wait_for()
        sync_api.expect(page.locator("#fs-save-question")).to_have_text("Gemerkt")
        sync_api.expect(page.locator("#fs-save-question")).to_be_disabled()
        assert "Wer+baute" in page.url or "Wer%20baute" in page.url
        page.go_back()
        page.get_by_role("button", name=re.compile("Löschen ?: Wer baute")).click()
        sync_api.expect(page.locator("#fs-view-questions")).to_contain_text("Der private Modus ist an.")
        assert visit.faults == []
