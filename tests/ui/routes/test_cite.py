"""The routes of citations: quotations as text, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from factories import BRIDGE, article_file
from fastapi.testclient import TestClient
from lxml import html

from rag.archive import Archive
from rag.citing.formats import FORMATS
from rag.workspace.dossiers import Dossiers
from ui.app import build_app

QUOTE = "Die Kosten stiegen nach Angaben der Hafenbehörde von zunächst 61 auf 84 Millionen Euro."
SPAN = {"start": BRIDGE.index(QUOTE), "end": BRIDGE.index(QUOTE) + len(QUOTE)}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of an article with an address and one without."""
    folder = tmp_path_factory.mktemp("cite")
    with_address = article_file("Hubbrücke <b>", "2021-03-12", "Bote").replace(
        "---\n", "---\nurl: https://b.example/\n", 1
    )
    (folder / "one.md").write_text(with_address, "utf-8")
    (folder / "two.md").write_text(
        article_file("Anders", "2021-03-12", "Bote", "Ein anderer Text steht hier."), "utf-8"
    )
    with Archive.open(folder / "archive") as example:
        example.index([folder / "one.md", folder / "two.md"])
        yield example


@pytest.fixture(scope="module")
def client(archive: Archive) -> TestClient:
    return TestClient(build_app(archive), base_url="http://127.0.0.1:7860")


def id_of(archive: Archive, name: str) -> str:
    return next(article.id for article in archive.articles() if article.path.endswith(name))


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_is_served(client: TestClient, archive: Archive, format: str) -> None:
    """As plain text that is not stored, with the words of the archive."""
    reply = client.get("/cite", params={"article": id_of(archive, "one.md"), **SPAN, "style": format, "lang": "de"})
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert reply.headers["content-type"].startswith("text/plain")
    assert ("84%20Millionen" if format == "link" else "84 Millionen") in reply.text


def test_the_language_is_the_readers(client: TestClient, archive: Archive) -> None:
    """Quotation marks and words follow it; the hash comes on request."""
    query = {"article": id_of(archive, "one.md"), **SPAN, "style": "iso690"}
    german, english = (client.get("/cite", params={**query, "lang": code}).text for code in ("de", "en"))
    assert german.startswith("„") and "Verfügbar unter" in german
    assert english.startswith("“") and "Available from" in english
    assert "SHA-256" in client.get("/cite", params={**query, "hash": "1"}).text


def test_an_entry_of_a_dossier_is_cited(client: TestClient, archive: Archive) -> None:
    """Also when its article is not in the archive any more."""
    dossiers = Dossiers(archive)
    entry = dossiers.save(dossiers.make("A"), id_of(archive, "one.md"), (SPAN["start"], SPAN["end"]))
    assert QUOTE in client.get("/cite", params={"entry": entry, "style": "apa"}).text
    assert client.get("/cite", params={"entry": "nothing", "style": "apa"}).status_code == 409


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"style": "vancouver"}, 400),
        ({"style": ""}, 400),
        ({"article": "one"}, 409),
        ({"article": ""}, 409),
        ({"start": "-1"}, 409),
        ({"start": "x"}, 409),
        ({"end": "99999999"}, 409),
        ({"end": "9" * 5000}, 409),
        ({"start": "5", "end": "5"}, 409),
    ],
)
def test_nonsense_is_refused(client: TestClient, archive: Archive, changes: dict[str, str], status: int) -> None:
    """Words that are not there are answered by a sentence."""
    query = {"article": id_of(archive, "one.md"), **SPAN, "style": "apa", "lang": "de"} | changes
    reply = client.get("/cite", params=query)
    assert reply.status_code == status
    assert status == 400 or "stehen nicht mehr im Artikel" in reply.text


def test_the_menu_offers_what_there_is(client: TestClient, archive: Archive) -> None:
    """A sentence only where one is marked, a link only where there is an address; nothing is asked of the web."""
    query = {"article": id_of(archive, "one.md"), **SPAN, "lang": "en"}
    menu = html.fragment_fromstring(client.get("/cite/menu", params={**query, "from": 1, "to": 9}).text)
    assert [button.get("data-fs-format") for button in menu.iter("button")] == [
        *("iso690", "chicago", "apa", "mla", "markdown", "html", "link", "bibtex", "ris", "csl-json")
    ]
    assert [radio.get("value") for radio in menu.xpath("//input[@type='radio']")] == ["sentence", "passage"]
    query = {"article": id_of(archive, "two.md"), "start": 0, "end": 9}
    menu = html.fragment_fromstring(client.get("/cite/menu", params=query).text)
    assert not menu.xpath("//input[@type='radio'] | //button[@data-fs-format='link']")
