"""Quotations for Zotero, sent to a small server that records what Zotero would get."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from factories import BRIDGE, article
from paths import Run

from rag.archive import Archive
from rag.errors import FundstelleError
from rag.integrations.zotero import push, zotero_items
from rag.types.quotation import quotation_of

DAY = date(2026, 11, 30)


class Connector(HTTPServer):
    """Answers as Zotero does, and keeps the requests."""

    status, reply = 201, b""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[tuple[str, dict[str, str], Any]] = []


class Handler(BaseHTTPRequestHandler):
    server: Connector

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.reply)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def connector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connector]:
    # a proxy of the environment is not asked
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Connector() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


BOTE = article(
    "bruecke.txt",
    BRIDGE,
    title="Neue <Hubbrücke>",
    source="Der Bote",
    author="Ada von Au, Redaktion",
    published=date(2024, 3, 1),
    url="https://bote.example/bruecke",
)


def test_the_request_is_that_of_the_connector(connector: Connector) -> None:
    """One item for each source, with its facts in Zotero's fields and each quotation as a note."""
    quotations = [
        quotation_of(BOTE, 0, 17),
        quotation_of(BOTE, 20, 40),
        quotation_of(article("b.txt", "Ein <Satz>."), 0, 11),
    ]
    push(zotero_items(quotations, "en", DAY), connector.server_port)
    ((path, headers, body),) = connector.requests
    assert path == "/connector/saveItems"
    assert headers["X-Zotero-Connector-API-Version"] == "3"
    assert headers["Content-Type"] == "application/json"
    assert body["sessionID"]
    assert body["uri"] == "https://bote.example/bruecke"
    first, second = body["items"]
    notes = [note["note"] for note in first.pop("notes")]
    assert first == {
        "itemType": "newspaperArticle",
        "title": "Neue <Hubbrücke>",
        "creators": [
            {"creatorType": "author", "firstName": "Ada", "lastName": "von Au"},
            {"creatorType": "author", "lastName": "Redaktion", "fieldMode": 1},
        ],
        "publicationTitle": "Der Bote",
        "date": "2024-03-01",
        "url": "https://bote.example/bruecke",
        "accessDate": "2026-11-30",
        "language": "de",
    }
    assert notes[0].startswith(
        f"<blockquote><p>{BRIDGE[:17]}</p></blockquote><p>bruecke.txt, characters 0–17, SHA-256 0"
    )
    assert (len(notes), second["itemType"]) == (2, "document")
    assert "Ein &lt;Satz&gt;." in second["notes"][0]["note"]


@pytest.mark.parametrize(
    ("status", "reply", "sentence"),
    [(500, b'{"libraryEditable":false}', "read-only"), (412, b"", "update Zotero")],
)
def test_what_zotero_does_not_take(connector: Connector, status: int, reply: bytes, sentence: str) -> None:
    """A sentence says why, and what to do."""
    connector.status, connector.reply = status, reply
    with pytest.raises(FundstelleError, match=sentence):
        push(zotero_items([quotation_of(BOTE, 0, 17)], "en", DAY), connector.server_port)


def test_a_dossier_is_pushed(fundstelle: Run, sample: Archive, connector: Connector, tmp_path: Any) -> None:
    """The command sends all quotations of a dossier; where Zotero does not run, it says so."""
    from rag.workspace.dossiers import Dossiers

    with Archive.open(tmp_path / "archive") as archive:
        archive.fill([BOTE], "test")
        dossiers = Dossiers(archive)
        dossiers.save(dossiers.make("Brücke"), "bruecke.txt", (0, 17), "")
    done = fundstelle("dossier", "push", "Brücke", "--archive", "archive", "--port", str(connector.server_port))
    assert (done.returncode, done.stdout) == (0, "1 quotation from 1 source saved in Zotero\n"), done.stderr
    assert connector.requests[0][2]["items"][0]["title"] == BOTE.title
    connector.server_close()
    away = fundstelle("dossier", "push", "Brücke", "--archive", "archive", "--port", "9")
    assert (away.returncode, away.stdout) == (2, "")
    assert away.stderr.startswith("Zotero does not answer on port 9: start it, or export the dossier as .ris")
