"""The view in which a draft is checked."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from lxml import html

from rag.archive import Archive
from rag.checking.check import MAX_DRAFT
from ui.app import build_app

DRAFT = (
    "Im Ahrtal kamen 134 Menschen ums Leben, 812 wurden verletzt.\n\n„134 Menschen kamen im Ahrtal ums Leben“, "
    "„Weniger als 50 Prozent der Wohngebäude“, „nichts <b>davon</b> ist ${wahr}“. Offen: „so"
)


@pytest.fixture
def page(sample: Archive) -> TestClient:
    """A client of the page that speaks German."""
    return TestClient(build_app(sample), base_url="http://127.0.0.1:7860", headers={"Accept-Language": "de"})


def test_the_form(page: TestClient) -> None:
    """It has a label, in the reader's language."""
    view = html.fromstring(page.get("/view/check").text)
    assert view.xpath("string(//label[@for='fs-draft'])") == "Ihr Text"
    assert "Check a draft" in page.get("/view/check?lang=en").text


def test_verdicts_are_words(page: TestClient) -> None:
    """Each quotation and number in the draft has its verdict in words, and leads to its place."""
    report = html.fromstring(f"<div>{page.post('/check', json={'text': DRAFT}).text}</div>")
    marks = report.xpath("//*[@class='fs-draft']/*/small/text()")
    assert marks == ["Zahl stimmt überein", "andere Zahl", "wörtlich", "weicht ab", "nicht im Archiv"]
    links = report.xpath("//*[@class='fs-draft']/a/@href")
    assert links == [report.xpath(f"string(//ol/li[{number}]//a/@href)") for number in range(1, 5)]
    assert report.xpath("string(//*[@class='fs-draft'])").startswith("Im Ahrtal kamen 134 Menschen")
    exact = report.xpath("//ol/li[3]//a")[0]
    assert exact.get("href").startswith("article/")
    assert "from=" in exact.get("href")
    assert report.xpath("//ol/li[4]//del/text()") == ["50"]
    assert report.xpath("//ol/li[4]//ins/text()") == ["40"]
    assert "Zeile 3: Ein Anführungszeichen wird nie geschlossen." in report.text_content()
    assert not report.xpath("//q/b")


@pytest.mark.parametrize("text", ["", "Nur Worte."])
def test_a_draft_without_quotations(page: TestClient, text: str) -> None:
    """Says so."""
    assert "weder Zitate noch Zahlen" in page.post("/check", json={"text": text}).text


def test_limits_are_sentences(page: TestClient) -> None:
    """In the reader's language."""
    reply = page.post("/check", json={"text": "a" * (MAX_DRAFT + 1)})
    assert "Der Text ist zu lang: höchstens 2.000.000 Zeichen" in reply.text


@pytest.mark.parametrize("body", [{}, {"text": 1}, {"text": "a", "more": 1}])
def test_other_bodies_are_refused(page: TestClient, body: dict[str, object]) -> None:
    """As everywhere on the page."""
    assert page.post("/check", json=body).status_code in (400, 422)
