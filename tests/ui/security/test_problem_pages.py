"""What a person sees instead of a page: in her language, in the theme, with a way home; programs get a sentence."""

from __future__ import annotations

import pytest
from browser_parts import Open, needs_chromium
from fastapi.testclient import TestClient
from page_parts import Parts
from server_parts import served
from starlette.types import Receive, Scope, Send

from rag.archive import Archive
from rag.server.hosts import THIS_COMPUTER, Serving
from ui.app import build_app
from ui.security.gate import Gate

PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "de"}


@pytest.mark.parametrize("path", ["/nonsense", "/docs", "/gradio_api/info", "/article/a/b/c", "/fonts/none"])
def test_an_address_that_does_not_exist(browser: TestClient, path: str) -> None:
    """A person gets a page in her language that leads home, whether Gradio has a closed route there or nothing is."""
    reply = browser.get(path, headers=PERSON)
    page = Parts(reply.text)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Diese Seite gibt es nicht" in page.text
    assert "/" in page.values
    assert 'lang="de"' in reply.text
    english = browser.get(path, headers={**PERSON, "Accept-Language": "en-GB"}).text
    assert "There is no such page" in english
    assert "There is no such page" in browser.get(f"{path}?lang=en", headers=PERSON).text


def test_programs_get_a_sentence(browser: TestClient) -> None:
    """Whoever does not ask for HTML gets a line of text, and so does whoever sends something."""
    for reply in (browser.get("/nonsense"), browser.post("/nonsense", headers=PERSON)):
        assert (reply.status_code, reply.text) == (404, "There is no page at this address.")


def test_a_refusal_says_why(browser: TestClient) -> None:
    """The reason is for whoever runs the server; it is marked as English."""
    page = browser.get("/", headers={**PERSON, "Host": "evil.example"})
    assert page.status_code == 400
    assert "hat diese Anfrage abgelehnt" in page.text
    assert '<span lang="en">Fundstelle does not answer to this host name.' in page.text
    assert "evil.example" not in page.text


def test_nothing_of_the_address_is_repeated(browser: TestClient) -> None:
    """Markup in an address does not come back."""
    page = browser.get("/<script>alert(1)</script>?q=<b>", headers=PERSON)
    assert page.status_code == 404
    assert "alert" not in page.text


def test_an_unexpected_failure() -> None:
    """A person reads that something went wrong and that the archive is safe, and nothing of the reason."""

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("secret")

    browser = TestClient(Gate(failing, THIS_COMPUTER, {}), base_url="http://127.0.0.1:7860")
    page = browser.get("/", headers=PERSON)
    assert page.status_code == 500
    assert "Da ist etwas schiefgegangen" in page.text
    assert "secret" not in page.text


def test_below_a_path_the_way_home_leads_there(archive: Archive) -> None:
    """Behind a proxy that serves the page below a path, links and fonts are below it too."""
    serving = Serving("127.0.0.1", 7860, root="/archive")
    browser = TestClient(build_app(archive, serving), base_url="http://127.0.0.1:7860")
    page = browser.get("/archive/nonsense", headers=PERSON)
    assert page.status_code == 404
    assert 'href="/archive/"' in page.text
    assert 'url("/archive/fonts/' in page.text


@pytest.mark.slow
@needs_chromium
def test_in_a_browser(archive: Archive, open_page: Open) -> None:
    """The page is drawn in our faces and the chosen theme, without a fault but the status itself."""
    with served(archive) as page:
        visit = open_page(page.address)
        visit.page.evaluate("localStorage.setItem('fundstelle-theme', 'dark')")
        visit.page.goto(f"{page.address}/nonsense")
        assert visit.page.title() == "Diese Seite gibt es nicht – Fundstelle"
        assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 22, 20)"
        assert all("404" in fault for fault in visit.faults)
        visit.page.get_by_role("link", name="Zur Startseite").click()
        visit.page.locator("#fs-holdings .fs").wait_for()
