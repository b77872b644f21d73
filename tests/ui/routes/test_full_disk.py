"""A full disk: every change that a person makes is refused with a sentence, and what was stored before stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from factories import BRIDGE
from fastapi.testclient import TestClient
from page_parts import TEXT
from waiting import wait_until

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.types.library import LibraryQuery
from rag.workspace import inbox
from rag.workspace.dossiers import Dossiers
from ui.app import build_app

FULL = "Die Festplatte mit dem Archiv ist voll."


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Iterator[Archive]:
    """An archive of one article, with a dossier."""
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as opened:
        opened.index([tmp_path / "one.txt"])
        Dossiers(opened).make("Bahn")
        yield opened


@contextmanager
def filled(archive: Archive) -> Iterator[None]:
    """Let the database grow no more, as SQLite meets a disk without room."""
    database = archive._database
    pages = database.rows("PRAGMA page_count")[0][0]
    prepare = database._connections._prepare

    def prepare_full(connection: sqlite3.Connection) -> None:
        prepare(connection)
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database._connections, "_prepare", prepare_full)
        database.close()  # connections are opened anew
        yield
    database.close()


def test_a_full_disk_refuses_with_a_sentence_and_loses_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Changes, an upload and a run say so in German; questions are answered; with room again, all of it works."""
    client = TestClient(build_app(archive), base_url="http://127.0.0.1:7860", headers={"accept-language": "de"})
    article = archive.library(LibraryQuery()).rows[0].id
    (dossier,) = (summary.id for summary in Dossiers(archive).summaries())
    # each with a number, since the last pages of the tables have room for a few more
    changes: dict[str, Callable[[int], dict[str, Any]]] = {
        # first, to use up free pages
        "dossiers/text": lambda number: {"dossier": dossier, "kind": "note", "text": "Nachfragen. " * 1000},
        "dossiers/name": lambda number: {"name": f"Dossier {number}" * 10},
        "dossiers/save": lambda number: {"article": article, "start": number, "end": 60, "dossier": dossier},
        "saved/add": lambda number: {"query": f"q=Wie+lang+ist+Tunnel+{number}%3F" * 10},
    }
    (tmp_path / "two.txt").write_text("\n\n".join(f"{number}: {BRIDGE}" for number in range(30)), "utf-8")
    with filled(archive):
        for path, body in changes.items():
            replies = (client.post(f"/{path}", json=body(number)) for number in range(50))
            refusal = next(reply for reply in replies if reply.status_code != 200)
            assert (refusal.status_code, refusal.text[: len(FULL)]) == (503, FULL), path
        stored = len(Dossiers(archive).dossier(dossier).entries)
        with monkeypatch.context() as patch:
            patch.setattr(inbox, "_MIN_FREE_BYTES", 2**62)
            reply = client.post("/library/upload", params={"name": "x.txt"}, content=b"A text.")
            assert (reply.status_code, "kein Platz mehr" in reply.text) == (422, True)
        assert (
            client.post("/library/add", json={"kind": "folder", "value": str(tmp_path / "two.txt")}).status_code == 200
        )
        wait_until(lambda: "data-fs-running" not in client.get("/view/library/run").text)
        assert FULL in client.get("/view/library/run").text
        assert "fs-card" in client.get("/answer", params={"q": "How long is the tunnel?"}).text

    for path, body in changes.items():
        assert client.post(f"/{path}", json=body(59)).status_code == 200, path
    assert len(Dossiers(archive).dossier(dossier).entries) == stored + 2
