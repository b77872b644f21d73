"""Requests that no page sends, over the network: each has an answer, and none leaves a line on the terminal."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from server_parts import served

from rag.archive import Archive

SEED, REQUESTS = 18, 250

# fmt: off
VALUES = [
    None, True, -1, 2**63, 10**30, 1.5, "", "a" * 2000, "\ud800", "\x1b[31m", "\0", "../x", [], [[]], {}, {"a": [1]},
    {"value": 1}, {"question": {"a": 1}}, {"name": 1, "text": 2},
]
PIECES = [
    "NaN", "1e999", "9" * 5000, "[" * 3000, "[", '"\\ud800"', '"\x01"', "'", "\xff", "\ufeff", '{"a":1,"a":2}', "null",
]
PATHS = [
    "/", "*", "//", "/%", "/%zz", "/./", "/\xe4", "/article/%ff%fe", "/article/%00", "/article/%1b[31m",
    "/evaluation/%ff.html", "/evaluation/..%2f..%2fx.html", "/assets/%ff", "/assets/x%00", "/static/js/x%00.js",
    "/gradio_api/queue/data", "/gradio_api/queue/data?session_hash=unknown", "/gradio_api/heartbeat/x%0a", "/theme.css",
    "/favicon.ico", "/manifest.json", "http://127.0.0.1/", "/gradio_api/queue/data?session_hash=%00",
]
QUERIES = ["", "?lang=%ff", "?lang=\xe4", "?deep_link=../x", "?" + "a=1&" * 200, "?start=%00&end=" + "9" * 5000]
HEADERS = [
    "Accept-Encoding", "Accept-Language", "Content-Length", "Content-Type", "Cookie", "Expect", "Host", "Origin",
    "Range", "If-Modified-Since", "If-None-Match", "Sec-Fetch-Site", "Transfer-Encoding", "Upgrade", "X-Forwarded-Host",
    "X-Forwarded-Proto", "X-Gradio-Server",
]
TOLD = [
    "", "\xff\xfe", "x", "-1", "a" * 5000, "de;q=x,;", "bytes=9-1,-", "\x1b[31m", "websocket", "http://[", "gzip;q=0",
]
TYPES = [
    *["application/json"] * 6, "text/plain", "application/json; charset=utf-16", "multipart/form-data; boundary=x", "",
]
# fmt: on


def spoilt(body: dict[str, Any], chance: random.Random) -> bytes:
    """Return a body as JSON in which something is wrong."""
    if chance.random() < 0.3:
        body.pop(chance.choice(list(body)))
    if chance.random() < 0.5:
        body[chance.choice(["data", "event_data", "fn_index", "trigger_id", "session_hash", "start", "article"])] = (
            chance.choice(VALUES)
        )
    text = json.dumps(body)
    if chance.random() < 0.4:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(PIECES) + text[at + chance.randrange(3) :]
    return text.encode()


def malformed(chance: random.Random) -> Iterator[bytes]:
    """Yield requests, for ever."""
    while True:
        headers = {"Host": "127.0.0.1", "Connection": "close"}
        method, path, body = "GET", chance.choice(PATHS) + chance.choice(QUERIES), b""
        kind = chance.random()
        if kind < 0.5:
            values = [chance.choice(VALUES) for _ in range(chance.randrange(6))]
            call = {"fn_index": chance.randrange(12), "data": values, "event_data": chance.choice(VALUES)}
            method, path = "POST", chance.choice(["/gradio_api/run/predict", "/gradio_api/queue/join"])
            body = spoilt(call | {"session_hash": "s"}, chance)
        elif kind < 0.65:
            mark = {"question": "Was?", "article": "a", "start": 0, "end": 5, "sentence": [0, 1], "answers": True}
            method, path, body = "POST", "/mark", spoilt(mark, chance)
        elif kind < 0.85:
            method = chance.choice(["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "FOO"])
        headers |= {"Content-Type": chance.choice(TYPES)} if body else {}
        headers["Content-Length"] = str(len(body))
        if kind > 0.85:
            path, headers[chance.choice(HEADERS)] = chance.choice(["/", "/theme.css", "/mark"]), chance.choice(TOLD)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        yield f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace") + body


def test_malformed_requests_leave_no_line(
    archive: Archive, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is wrong with a request, it ends in a refusal or a page, never in 500, a hanging line or a trace."""
    chance = random.Random(SEED)  # noqa: S311
    strange = []
    with served(archive) as page:
        for request, _ in zip(malformed(chance), range(REQUESTS), strict=False):
            reply = page.send(request)
            if not reply.startswith((b"HTTP/1.1 2", b"HTTP/1.1 3", b"HTTP/1.1 4")):
                strange.append((request[:300], reply[:100]))
    assert strange == []
    assert (capfd.readouterr(), caplog.text) == (("", ""), "")
