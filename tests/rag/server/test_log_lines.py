"""The log of a server as JSON."""

from __future__ import annotations

import io
import json
import logging

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from rag.access import door
from rag.access.door import Door
from rag.server.hosts import Serving
from rag.server.log_lines import JsonLine
from ui.security.allowlist import page_rule
from ui.security.gate import welcome


def test_slow_questions_are_logged_by_their_id_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is an object with its time, level and request; of the question nothing stands in it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine())
    monkeypatch.setattr(door, "SLOW_SECONDS", -1.0)
    logger = logging.getLogger("rag.access")
    monkeypatch.setattr(logger, "level", logging.INFO)
    logger.addHandler(handler)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        logger.warning("line one\nline two \x1b[2J")
        await PlainTextResponse(Request(scope).url.path)(scope, receive, send)

    behind = Door(app, serving=Serving(), access=None, rule_of=page_rule, refuse=welcome)
    client = TestClient(behind, base_url="http://127.0.0.1:7860")
    try:
        assert client.get("/answer?q=secret", headers={"x-request-id": "abc"}).status_code == 200
        assert client.get("/view/library", headers={"x-request-id": "def"}).status_code == 200
        try:
            int("a reason")
        except ValueError:
            logger.exception("failed")
    finally:
        logger.removeHandler(handler)
    text = stream.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["level"], line.get("request")) for line in lines] == [
        ("warning", "abc"),
        ("info", "abc"),
        ("warning", "def"),
        ("error", None),
    ]
    assert lines[1]["message"].startswith("Request abc, a question, took ")
    assert "secret" not in text
    assert "\x1b" not in text
    assert "a reason" in lines[3]["trace"]
