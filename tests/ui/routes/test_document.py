"""The document of the page: its language, title and preview."""

from __future__ import annotations

from fastapi.testclient import TestClient
from lxml import html


def head_of(browser: TestClient, address: str, language: str = "") -> html.HtmlElement:
    return html.document_fromstring(browser.get(address, headers={"Accept-Language": language}).text)


def test_a_preview_says_what_fundstelle_is(browser: TestClient) -> None:
    """What a chat shows of a link is ours: no other address, nothing of Gradio, and nothing of the question."""
    page = head_of(browser, "/?q=Informant+Berger&lang=de")
    described = {meta.get("property") or meta.get("name"): meta.get("content") for meta in page.xpath("//meta")}
    assert (page.findtext(".//title"), described["og:title"]) == ("Fundstelle", "Fundstelle")
    assert described["description"] == described["og:description"]
    assert "wörtlich und mit Beleg" in described["description"]
    assert "noindex" in described["robots"]
    written = " ".join(value or "" for value in described.values())
    assert all(word not in written for word in ("Berger", "gradio", "Gradio", "http"))


def test_the_document_is_in_the_readers_language(browser: TestClient) -> None:
    """The address decides, then the browser's language, then English: before any script has run."""
    assert head_of(browser, "/", "de-AT,en;q=0.5").get("lang") == "de"
    assert head_of(browser, "/?lang=en", "de").get("lang") == "en"
    assert head_of(browser, "/", "fr").get("lang") == "en"
    assert head_of(browser, "/", "fr").xpath("string(//meta[@name='description']/@content)").isascii()


def test_only_the_document_is_changed(browser: TestClient) -> None:
    """Its length is declared as it is; a HEAD request has no body; other addresses are passed on as they are."""
    reply = browser.get("/")
    assert len(reply.content) == int(reply.headers["content-length"])
    assert browser.head("/").content == b""
    assert browser.get("/theme.css").text.lstrip().startswith(":root")


def test_gradio_reads_nothing_from_the_address(browser: TestClient) -> None:
    """The address of any page of the library's list opens the document, however often it is opened again."""
    document = browser.get("/").text
    for address in ("/?tab=library&page=2", "/?page=%00&page=-1", "/?page=%3Cscript%3E"):
        reply = browser.get(address)
        assert (reply.status_code, reply.text) == (200, document)
