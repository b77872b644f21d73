"""What commands, the API and assistants say of an article that was damaged on the disk."""

from __future__ import annotations

import json
from pathlib import Path

from api_parts import HERE
from factories import BRIDGE, article_file
from fastapi.testclient import TestClient
from paths import Run

from embeddings.encoder import Encoder
from rag.api.app import build_api
from rag.archive import Archive
from rag.storage.sqlite_database import DATABASE

FIRE = "Bei dem Brand in der Lagerhalle am Hafen kamen 134 Menschen ums Leben, sagte die Feuerwehr am Montagabend."
QUESTION = "Wie viele Menschen kamen beim Brand im Hafen ums Leben?"


def damaged_archive(folder: Path, encoder: Encoder) -> Path:
    """Return the archive of two articles of which one was damaged."""
    (folder / "fire.md").write_text(article_file("Brand im Hafen", "2021-03-01", "Bote", FIRE), encoding="utf-8")
    (folder / "bridge.md").write_text(article_file("Die Brücke", "2021-03-02", "Bote", BRIDGE), encoding="utf-8")
    with Archive.open(folder / "archive", encoder=encoder) as archive:
        archive.index([folder / "fire.md", folder / "bridge.md"])
    database = folder / "archive" / DATABASE
    database.write_bytes(database.read_bytes().replace(b"134 Menschen", b"934 Menschen"))
    return folder / "archive"


def test_a_damaged_article_is_named_wherever_somebody_asks(tmp_path: Path, encoder: Encoder, fundstelle: Run) -> None:
    """Once by each command, in words, JSON and notes; in the API's answers and lists; and never with its facts."""
    folder = damaged_archive(tmp_path, encoder)
    path, place = str(tmp_path / "fire.md"), ("--archive", str(folder))
    asked = fundstelle("ask", QUESTION, *place)
    sentence = (
        "1 article was damaged on the disk and is missing here: fire.md. `fundstelle repair` reads its file again."
    )
    assert sentence in asked.stdout
    assert "damaged" not in asked.stderr
    assert json.loads(fundstelle("ask", QUESTION, "--json", *place).stdout)["damaged"] == [path]
    assert "Damaged on the disk, and missing here:" in fundstelle("ask", QUESTION, "--markdown", *place).stdout
    (tmp_path / "draft.txt").write_text(f"„{FIRE}“", encoding="utf-8")
    checked = fundstelle("check", str(tmp_path / "draft.txt"), *place)
    assert (sentence in checked.stdout, checked.returncode) == (True, 1)
    fundstelle("saved", "add", QUESTION, "--name", "fire", *place)
    run = fundstelle("saved", "run", "--new", *place)
    assert (run.stdout.strip(), run.stderr) == (sentence, "")
    (look,) = json.loads(fundstelle("saved", "run", "--json", *place).stdout)["questions"]
    assert look["damaged"] == [path]
    (listed,) = fundstelle("list", "--state", "damaged", *place).stdout.splitlines()
    assert (path in listed, "Brand im Hafen" in listed) == (True, False)
    with Archive.open(folder, encoder=encoder) as archive:
        client = TestClient(build_api(archive), base_url=HERE)
        assert client.post("/api/v1/ask", json={"question": QUESTION}).json()["damaged"] == [path]
        (row,) = client.get("/api/v1/articles", params={"state": "damaged"}).json()["articles"]
        assert (row["path"], row["label"], row["state"]) == (path, "fire.md", "damaged")
        refused = client.get(f"/api/v1/articles/{row['id']}")
        assert (refused.status_code, "fire.md was damaged" in refused.json()["detail"]) == (503, True)
