"""The audit log: what stands in it, what never does, and what happens when it cannot be written."""

from __future__ import annotations

import json
import logging
import re
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from access_parts import PASSWORD, TOKENS, bearer, make_accounts
from fastapi.testclient import TestClient
from page_parts import TEXT

from rag.access import audit
from rag.access.audit import AuditLog
from rag.access.roles import Role
from rag.archive import Archive
from rag.server.hosts import Serving
from ui.app import build_app

HERE = "http://127.0.0.1:7860"
QUESTION = "Wie lang ist der Tunnel?"


def lines(folder: Path) -> list[dict[str, Any]]:
    path = folder / audit.LOG
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_what_was_done_can_be_seen(tmp_path: Path) -> None:
    """Who asked, opened, exported, changed and signed in, and who tried to; not what was asked, nor any password."""
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    accounts = make_accounts(tmp_path / "accounts.json").path
    with Archive.open(tmp_path / "archive") as archive:
        archive.index([tmp_path / "one.txt"])
        article = next(archive.articles()).id
        client = TestClient(build_app(archive, Serving(accounts=accounts)), base_url=HERE)
        reader, editor = bearer(Role.READER), bearer(Role.EDITOR)
        client.get("/answer", params={"q": QUESTION}, headers=reader)
        client.post("/api/v1/ask", json={"question": QUESTION}, headers={**reader, "x-request-id": "abc"})
        client.get(f"/article/{article}/fragment", headers=reader)
        client.post("/library/forget", json={"article": article}, headers=reader)
        client.post("/library/correct", json={"article": article, "title": "Neu"}, headers=editor)
        client.get("/view/library", headers=reader)
        client.get("/sign-in")
        for password in ("wrong word", PASSWORD):
            fields = {"name": "admin", "password": password}
            client.post("/sign-in", data=fields, headers={"origin": HERE}, follow_redirects=False)
        log = lines(archive.folder)
    done = [(line.get("who", ""), line["deed"], line["path"], line["status"]) for line in log]
    assert done == [
        ("reader-program", "ask", "/answer", 200),
        ("reader-program", "ask", "/api/v1/ask", 200),
        ("reader-program", "open", f"/article/{article}/fragment", 200),
        ("reader-program", "change", "/library/forget", 403),
        ("editor-program", "change", "/library/correct", 200),
        ("", "sign-in", "/sign-in", 401),
        ("admin", "sign-in", "/sign-in", 303),
    ]
    assert (log[1]["id"], log[4]["article"], log[0]["from"]) == ("abc", article, "testclient")
    text = (tmp_path / "archive" / audit.LOG).read_text("utf-8")
    assert not [secret for secret in (QUESTION, PASSWORD, "wrong word", "Tunnel", *TOKENS.values()) if secret in text]
    assert stat.S_IMODE((tmp_path / "archive" / audit.LOG).stat().st_mode) == 0o600


def test_questions_are_logged_on_purpose_only(tmp_path: Path) -> None:
    """Hashed, equal ones are equal, and the key is for the owner alone; full, their words stand there."""
    for number in range(2):
        AuditLog(tmp_path, "hashed").write({"deed": "ask", "question": f"Frage {number % 1}"})
    AuditLog(tmp_path, "full").write({"deed": "ask", "question": "Wörtlich?"})
    AuditLog(tmp_path).write({"deed": "ask", "question": "nie", "who": ""})
    first, second, third, fourth = lines(tmp_path)
    assert first["question_hash"] == second["question_hash"]
    assert len(first["question_hash"]) == 64
    assert third["question"] == "Wörtlich?"
    assert set(fourth) == {"time", "deed"}
    assert stat.S_IMODE((tmp_path / audit.KEY).stat().st_mode) == 0o600


def test_a_large_log_is_put_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a name with its time; no line is lost, and line breaks make no second line."""
    monkeypatch.setattr(audit, "MAX_LOG_BYTES", 500)
    log = AuditLog(tmp_path)
    for number in range(40):
        log.write({"path": f"/{number}\n{{}}", "deed": "open"})
    files = sorted(tmp_path.glob("audit*.jsonl"))
    assert len(files) > 3
    assert all(file.stat().st_size < 700 for file in files)
    written = [json.loads(line)["path"] for file in files for line in file.read_text("utf-8").splitlines()]
    assert sorted(written) == sorted(f"/{number}\n{{}}" for number in range(40))


def test_each_computer_has_a_log_where_several_write(tmp_path: Path) -> None:
    """Named after it; put away, it still is."""
    log = AuditLog.of(Serving(audit="off"), tmp_path, is_shared=True)
    assert log
    log.write({"deed": "ask"})
    (path,) = tmp_path.iterdir()
    name = re.sub(r"[^\w.-]", "_", socket.gethostname())
    assert path.name == f"audit-{name}.jsonl"


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each time; the request is answered all the same."""
    (tmp_path / audit.LOG).mkdir()
    with caplog.at_level(logging.ERROR):
        AuditLog(tmp_path).write({"deed": "open"})
    assert "cannot be written" in caplog.text


def test_nobody_logs_at_home(tmp_path: Path) -> None:
    """A server for this computer alone has no log unless one is asked for."""
    assert AuditLog.of(Serving(), tmp_path) is None
    assert AuditLog.of(Serving(audit="full"), tmp_path) is not None
    assert AuditLog.of(Serving(accounts=tmp_path), tmp_path) is not None
