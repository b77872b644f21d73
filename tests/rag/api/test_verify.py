"""POST /verify: a verdict for each quotation, and nothing said of files that are nobody's business."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_parts import HERE
from factories import BRIDGE, article_file
from fastapi.testclient import TestClient

from embeddings.encoder import Encoder
from rag.api.app import build_api
from rag.archive import Archive
from rag.server.hosts import Serving
from rag.workspace.dossier_json import dossier_json
from rag.workspace.dossiers import Dossiers


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Iterator[Archive]:
    """An archive of one article."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "bridge.md").write_text(article_file("Brücke frei", "2023-05-02", "Bote"), "utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as opened:
        opened.index(tmp_path / "articles")
        yield opened


@pytest.fixture
def client(archive: Archive) -> TestClient:
    """A program on this computer."""
    return TestClient(build_api(archive), base_url=HERE)


def reference(archive: Archive) -> dict[str, Any]:
    """Return what a citation has of a quotation."""
    (citation,) = archive.ask("Was kostete die Brücke?", 1).citations
    article = citation.article
    return {
        "article_id": article.id,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "sha256": article.sha256,
    }


def verdicts(client: TestClient, **body: Any) -> list[dict[str, Any]]:
    reply = client.post("/api/v1/verify", json=body)
    assert reply.status_code == 200, reply.text
    rows: list[dict[str, Any]] = reply.json()["verdicts"]
    assert reply.json()["holds"] == all(row["holds"] for row in rows)
    return rows


def test_a_citation_is_verified(client: TestClient, archive: Archive) -> None:
    """It holds as long as the file says so; when a number changes, the words that differ are named."""
    quotation = reference(archive)
    (verdict,) = verdicts(client, citations=[quotation])
    assert (verdict["state"], verdict["holds"], verdict["span"]) == (
        "unchanged",
        True,
        [quotation["start"], quotation["end"]],
    )
    file = Path(archive.article("Brücke frei").path)
    file.write_text(file.read_text("utf-8").replace("84 Millionen", "85 Millionen"), "utf-8")
    (verdict,) = verdicts(client, citations=[quotation])
    assert (verdict["state"], verdict["holds"], verdict["file_changed"]) == ("changed", False, True)
    assert verdict["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    changes = [(change["kind"], change["text"].strip()) for change in verdict["changes"]]
    assert [change for change in changes if change[0] != "same"] == [("removed", "84"), ("added", "85")]
    file.unlink()
    (verdict,) = verdicts(client, citations=[quotation])
    assert (verdict["state"], verdict["now"]) == ("missing", None)


def test_a_dossier_is_verified(client: TestClient, archive: Archive) -> None:
    """By its name, and as it is exported."""
    dossiers, article = Dossiers(archive), archive.article("Brücke frei")
    dossier_id, at = dossiers.make("Hafen"), article.text.index("84 Millionen")
    dossiers.save(dossier_id, article.id, (at, at + 12), "Was kostete sie?")
    exported = dossier_json(dossiers.dossier(dossier_id))
    for body in ("Hafen", exported):
        (verdict,) = verdicts(client, dossier=body)
        assert (verdict["quote"], verdict["state"]) == ("84 Millionen", "unchanged")
    assert client.post("/api/v1/verify", json={"dossier": "Flughafen"}).status_code == 404
    for body in ({"citations": [], "dossier": "Hafen"}, {}, {"dossier": {}}, {"dossier": 5}, {"citations": [{}]}):
        assert client.post("/api/v1/verify", json=body).status_code == 422


def test_an_unknown_article_is_missing(client: TestClient, archive: Archive) -> None:
    """It is a verdict like any other, so that the rest of the quotations have theirs."""
    quotation = reference(archive)
    rows = verdicts(client, citations=[quotation | {"article_id": "0123456789ab"}, quotation])
    assert [row["state"] for row in rows] == ["missing", "unchanged"]


def test_others_cannot_ask_for_files(archive: Archive, tmp_path: Path) -> None:
    """A path that a program names is looked at on this computer alone: elsewhere it would say what files there are."""
    secret = tmp_path / "secret.txt"
    secret.write_text(BRIDGE, "utf-8")
    quotation = reference(archive) | {"article_id": "0123456789ab", "path": str(secret)}
    (here,) = verdicts(TestClient(build_api(archive), base_url=HERE), citations=[quotation])
    assert here["sha256"] == hashlib.sha256(secret.read_bytes()).hexdigest()
    behind_proxy = TestClient(build_api(archive, Serving(proxies=("10.0.0.1",))), base_url=HERE)
    (elsewhere,) = verdicts(behind_proxy, citations=[quotation])
    assert (elsewhere["state"], elsewhere["sha256"]) == ("missing", None)


def test_a_draft_is_checked(client: TestClient, archive: Archive) -> None:
    """As `fundstelle check --json` does; without a text there is nothing to check."""
    draft = "„Sie ersetzt ein Bauwerk aus dem Jahr 1934“, schrieb der „Bote“, „und wird nie wieder rosten“."
    reply = client.post("/api/v1/check", json={"text": draft}).json()
    assert reply == archive.verify_quotes(draft).to_dict()
    verdicts = {quote["text"]: quote["verdict"] for quote in reply["quotes"]}
    assert verdicts["Sie ersetzt ein Bauwerk aus dem Jahr 1934"] == "exact"
    assert verdicts["und wird nie wieder rosten"] == "missing"
    for body in ({}, {"text": 5}, {"text": "x", "mood": "sunny"}):
        assert client.post("/api/v1/check", json=body).status_code == 422
