"""The routes of dossiers: what the page reads and changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_parts import HOSTILE
from factories import BRIDGE, article_file
from fastapi.testclient import TestClient
from httpx import Response
from lxml import html

from rag.archive import Archive
from rag.types.dossier import Dossier
from rag.workspace.dossiers import Dossiers
from ui.app import build_app
from ui.wording.dossiers import DOSSIERS

QUOTE = BRIDGE.split("\n\n")[1]
START = BRIDGE.index(QUOTE)
LOCAL = {"Origin": "http://127.0.0.1:7860"}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with one article."""
    file = tmp_path_factory.mktemp("articles") / "bridge.md"
    file.write_text(article_file("Neue Hubbrücke", "2021-03-12", "Altmoorer Bote"), "utf-8")
    return file


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, file: Path) -> Iterator[Archive]:
    """An archive of it, in which tests write."""
    with Archive.open(tmp_path_factory.mktemp("written") / "archive") as archive:
        archive.index(file.parent)
        yield archive


@pytest.fixture(scope="module")
def client(written: Archive) -> TestClient:
    return TestClient(build_app(written), base_url="http://127.0.0.1:7860", headers=LOCAL)


@pytest.fixture
def archive(written: Archive) -> Iterator[Archive]:
    """The archive without a dossier."""
    yield written
    for summary in Dossiers(written).summaries():
        Dossiers(written).delete(summary.id)


def send(client: TestClient, action: str, lang: str = "de", **values: Any) -> Response:
    return client.post(f"/dossiers/{action}", json=values, params={"lang": lang})


def save(client: TestClient, archive: Archive, **values: Any) -> Response:
    article = next(archive.articles())
    passage = {"article": article.id, "start": START, "end": START + len(QUOTE), "question": "Was kostete sie?"}
    return send(client, "save", **(passage | values))


def stored(archive: Archive) -> Dossier:
    """Return the dossier that was changed last."""
    dossiers = Dossiers(archive)
    return dossiers.dossier(dossiers.summaries()[0].id)


def view(client: TestClient, lang: str = "de", **query: str) -> Any:
    reply = client.get("/view/dossiers", params={"lang": lang, **query})
    return html.fragment_fromstring(reply.text)


def test_the_first_passage_makes_a_dossier(client: TestClient, archive: Archive) -> None:
    """It gets a name in the language of the page; the next passage goes there, too, and the same one only once."""
    first = save(client, archive).json()
    assert (first["name"], first["count"]) == ("Mein Dossier", 1)
    assert save(client, archive).json()["count"] == 1
    assert save(client, archive, start=0).json() == {**first, "count": 2}
    entry = stored(archive).entries[0]
    assert entry.quotation and (entry.quotation.text, entry.question) == (QUOTE, "Was kostete sie?")


def test_a_passage_goes_where_a_person_says(client: TestClient, archive: Archive) -> None:
    """Into a new dossier by its name, or into another one by its id; the menu has both, the one used last first."""
    first = save(client, archive, name="Eins").json()
    second = save(client, archive, name="Zwei").json()
    assert save(client, archive, dossier=first["dossier"], start=0).json()["count"] == 2
    menu = html.fragment_fromstring(client.get("/dossiers/menu", params={"lang": "de"}).text)
    ids = [button.get("data-fs-into") for button in menu.xpath("//button[@data-fs-into]")]
    assert ids == [first["dossier"], second["dossier"]]
    taken = save(client, archive, name="Eins")
    assert (taken.status_code, taken.text) == (409, DOSSIERS["de"].name_taken)


def test_words_that_are_not_there_are_not_saved(client: TestClient, archive: Archive) -> None:
    """A stale card is answered by a sentence."""
    for values in ({"end": 10**9}, {"article": "nothing"}, {"start": -1}, {"dossier": "0" * 16}):
        reply = save(client, archive, **values)
        assert (reply.status_code, reply.text) == (409, DOSSIERS["de"].gone)


def test_the_view_lists_dossiers(client: TestClient, archive: Archive) -> None:
    """Without one, what to do; then each as a link with its count."""
    assert DOSSIERS["en"].empty in view(client, "en").text_content()
    send(client, "name", name="Brücke")
    (link,) = view(client).xpath("//a[@data-fs-dossier]")
    assert link.text == "Brücke"
    assert link.get("href") == f"./?tab=dossiers&dossier={stored(archive).id}&lang=de"


def test_a_dossier_shows_quotation_source_and_note(client: TestClient, archive: Archive) -> None:
    """Each entry with its own controls; texts are those that were stored."""
    dossier = save(client, archive).json()["dossier"]
    item = send(client, "text", dossier=dossier, kind="heading", text="Kosten").text
    assert 'value="Kosten"' in item
    send(client, "text", entry=stored(archive).entries[0].id, text="Nachfragen\n& mehr")
    shown = view(client, dossier=dossier)
    assert shown.findtext(".//blockquote") == QUOTE
    assert "Altmoorer Bote" in shown.xpath("//p[@class='fs-source']")[0].text_content()
    # browsers drop the first line feed of a text area
    assert [field.text for field in shown.iter("textarea")] == ["\nNachfragen\n& mehr"]
    assert [field.get("value") for field in shown.xpath("//input[@data-fs-text]")] == ["Kosten"]


def test_entries_are_moved_deleted_and_restored(client: TestClient, archive: Archive) -> None:
    """The order is the stored one; what was deleted last comes back."""
    dossier = send(client, "name", name="A").text
    for text in ("1", "2", "3"):
        send(client, "text", dossier=dossier, kind="note", text=text)
    first, second, third = (entry.id for entry in stored(archive).entries)
    assert send(client, "move", entry=third, before=first).status_code == 200
    send(client, "delete", entry=second)
    assert [entry.text for entry in stored(archive).entries] == ["3", "1"]
    send(client, "restore", entry=second)
    assert [entry.text for entry in stored(archive).entries] == ["3", "1", "2"]
    send(client, "delete", dossier=dossier)
    assert client.get("/view/dossiers", params={"dossier": dossier}).status_code == 404
    send(client, "restore", dossier=dossier)
    assert client.get("/view/dossiers", params={"dossier": dossier}).status_code == 200


def test_a_note_that_is_too_long_is_refused_in_a_sentence(client: TestClient, archive: Archive) -> None:
    """It says how long a note may be, in the language of the page, and nothing is stored."""
    save(client, archive)
    entry = stored(archive).entries[0]
    for lang, sentence in (("de", "Eine Notiz kann bis zu 100.000 Zeichen haben"), ("en", "have 100,000 characters")):
        reply = send(client, "text", lang, entry=entry.id, text="x" * 100_001)
        assert (reply.status_code, sentence in reply.text) == (409, True)
    assert stored(archive).entries == (entry,)


def verdict_on(client: TestClient, entry: str, lang: str = "de") -> str:
    return str(send(client, "verify", lang, entries=[entry]).json()[entry])


def test_a_verdict_is_a_fragment(client: TestClient, archive: Archive, file: Path) -> None:
    """In the language of the page, with the words that changed."""
    save(client, archive)
    entry = stored(archive).entries[0].id
    verdict = verdict_on(client, entry)
    assert "Unverändert" in verdict and 'data-fs-holds="true"' in verdict
    content = file.read_text("utf-8")
    file.write_text(content.replace("84 Millionen", "97 Millionen"), "utf-8")
    verdict = html.fragment_fromstring(verdict_on(client, entry, "en"))
    assert verdict.get("data-fs-state") == "changed"
    assert [tag.text.strip() for tag in verdict.iter("del", "ins")] == ["84", "97"]
    file.unlink()
    assert "Die Datei gibt es nicht mehr" in verdict_on(client, entry)
    file.write_text(content, "utf-8")


@pytest.mark.parametrize("format", ["docx", "html", "md", "csv", "json", "ris", "csl.json"])
def test_a_dossier_is_downloaded(client: TestClient, archive: Archive, format: str) -> None:
    """As a file with the name of the dossier; the print view is shown in the browser."""
    dossier = save(client, archive, name="Brücke: Kosten").json()["dossier"]
    reply = client.get(f"/dossier/{dossier}.{format}", params={"lang": "de", "style": "apa"})
    assert reply.status_code == 200
    disposition = reply.headers["content-disposition"]
    assert disposition == f"attachment; filename*=UTF-8''Br%C3%BCcke-%20Kosten.{format}"
    shown = client.get(f"/dossier/{dossier}.html", params={"view": "print"})
    assert shown.headers["content-disposition"].startswith("inline")


def test_an_exported_dossier_is_imported(client: TestClient, archive: Archive) -> None:
    """Its bytes come back as a dossier of their own; other files are refused by a sentence."""
    dossier = save(client, archive, name="Brücke").json()["dossier"]
    raw = client.get(f"/dossier/{dossier}.json").content
    reply = client.post("/dossiers/import", content=raw, params={"lang": "de"})
    assert reply.status_code == 200
    assert stored(archive).name == "Brücke 2"
    assert stored(archive).id == reply.text
    for raw in (b"", b"{}", b"\xff", json.dumps({"format": "fundstelle-dossier"}).encode()):
        refused = client.post("/dossiers/import", content=raw, params={"lang": "de"})
        assert (refused.status_code, refused.text) == (409, DOSSIERS["de"].no_dossier_file)


def test_hostile_texts_are_shown_as_texts(client: TestClient, archive: Archive) -> None:
    """Names, headings and notes are no markup, in the list, in the view and in the menu."""
    dossier = send(client, "name", name=HOSTILE).text
    send(client, "text", dossier=dossier, kind="heading", text=HOSTILE)
    send(client, "text", dossier=dossier, kind="note", text=HOSTILE)
    for shown in (view(client), view(client, dossier=dossier)):
        assert HOSTILE in html.tostring(shown, encoding="unicode", method="text") or HOSTILE in [
            field.get("value") for field in shown.xpath("//input")
        ]
        assert not shown.xpath("//script | //img")
    assert "<script" not in client.get("/dossiers/menu").text


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/dossiers/name", {"name": ""}, 409),
        ("/dossiers/name", {"name": "x" * 201}, 409),
        ("/dossiers/name", {"name": "A", "dossier": "nothing"}, 409),
        ("/dossiers/text", {"text": "x"}, 409),
        ("/dossiers/text", {"text": "x", "dossier": "nothing", "kind": "poem"}, 422),
        ("/dossiers/text", {"text": 7}, 422),
        ("/dossiers/move", {"entry": "nothing"}, 409),
        ("/dossiers/delete", {}, 409),
        ("/dossiers/restore", {}, 409),
        ("/dossiers/verify", {"entries": ["nothing"]}, 409),
        ("/dossiers/explode", {}, 404),
    ],
)
def test_nonsense_changes_nothing(client: TestClient, archive: Archive, path: str, body: Any, status: int) -> None:
    """Each is refused, and no dossier is made."""
    assert client.post(path, json=body, params={"lang": "de"}).status_code == status
    assert Dossiers(archive).summaries() == []


@pytest.mark.parametrize("text", ["\\ud800", "a\\u0000b", "\\u202e", "\\ufdd0", "\\r\\n"])
def test_odd_characters_are_stored_or_refused(client: TestClient, archive: Archive, text: str) -> None:
    """Halves of pairs, zeros, signs of direction, line feeds: nothing ends in an error of the server."""
    dossier = send(client, "name", name="A").text
    for body in (f'{{"name": "x{text}"}}', f'{{"dossier": "{dossier}", "text": "x{text}"}}'):
        action = "name" if "name" in body else "text"
        reply = client.post(f"/dossiers/{action}", content=body, headers={"Content-Type": "application/json"})
        assert reply.status_code in (200, 409, 422)
    assert client.get("/view/dossiers", params={"dossier": dossier}).status_code == 200
    for format in ("docx", "html", "md", "csv", "json", "ris", "csl.json"):
        assert client.get(f"/dossier/{dossier}.{format}").status_code == 200


def test_other_sites_change_nothing(archive: Archive) -> None:
    """A request from another origin, or one that is too large, is refused by the gate."""
    client = TestClient(build_app(archive), base_url="http://127.0.0.1:7860")
    foreign = client.post("/dossiers/name", json={"name": "A"}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    large = client.post("/dossiers/name", json={"name": "A" * 700_000}, headers=LOCAL)
    assert large.status_code == 413
    assert Dossiers(archive).summaries() == []
