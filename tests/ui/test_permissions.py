"""An open page whose archive loses its permissions, in a process without the rights of root."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from factories import BRIDGE, article_file
from failing_calls import in_child
from fastapi.testclient import TestClient
from rights import leave_root

from embeddings.encoder import Encoder
from rag.archive import Archive
from ui.app import build_app

_QUESTION = "Was kostete die Brücke?"
_GERMAN, _ENGLISH = "Prüfen Sie die Zugriffsrechte seines Ordners", "Check the permissions of its folder"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process cannot give up the rights of root")
def test_permission_that_is_lost(tmp_path: Path, encoder: Encoder) -> None:
    """While the folder is closed, each view says so in the reader's language; afterwards all is as before."""
    folder, file = tmp_path / "archive", tmp_path / "bridge.md"
    file.write_text(article_file("Brücke auf", "2020-05-05", "Bote", BRIDGE), encoding="utf-8")
    # what is encoded here need not be in the child, where the encoder does not run
    with Archive.open(folder, encoder=encoder) as archive:
        archive.index(file)
        archive.search(_QUESTION)

    def task() -> tuple[str, Any]:
        leave_root()
        with (
            Archive.open(folder, encoder=encoder) as archive,
            TestClient(build_app(archive), base_url="http://localhost") as client,
        ):

            def views(language: str) -> list[tuple[int, str]]:
                question = {"q": _QUESTION, "lang": language}
                replies = [client.get(view, params=question) for view in ("/answer", "/view/library/list")]
                return [(reply.status_code, reply.text) for reply in replies]

            before = views("de")
            folder.chmod(0)
            refusals = [*views("de"), *views("en")]
            folder.chmod(0o700)
            return "done", (before, refusals, views("de"))

    outcome, result = in_child(task)
    assert outcome == "done", result
    before, refusals, after = result
    assert {status for status, _ in (*before, *after)} == {200}
    assert all("Brücke" in text for _, text in after)
    assert {status for status, _ in refusals} == {503}
    assert all(_GERMAN in text for _, text in refusals[:2])
    assert all(_ENGLISH in text for _, text in refusals[2:])
