"""The doors of the page: what is open, to whom, and what a request can make the server do."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.testclient import TestClient
from route_parts import CLOSED, OPEN, paths
from server_parts import Served, served
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send
from waiting import PATIENCE

from rag.archive import Archive
from rag.server.hosts import Serving, View
from ui.app import build_app
from ui.security.allowlist import rule_for
from ui.security.calls import BadCall, Call, calls_of, checked_call
from ui.security.gate import Gate, Refusal, RequestFacts, check_request

PAGE, ELSEWHERE = "http://127.0.0.1:7860", "http://evil.example"
HERE = View("http", "127.0.0.1:7860", "")
JSON = {"content-type": "application/json"}
PREDICT, JOIN = "/gradio_api/run/predict", "/gradio_api/queue/join"


@pytest.fixture(scope="module")
def server(archive: Archive) -> Iterator[Served]:
    """The page on a port of its own."""
    with served(archive) as page:
        yield page


@pytest.fixture(scope="module")
def client(server: Served) -> Iterator[httpx.Client]:
    """A program on this machine that asks the page."""
    with httpx.Client(base_url=server.address, timeout=PATIENCE, trust_env=False) as opened:
        yield opened


def file(path: str) -> dict[str, Any]:
    """Return what Gradio takes for a file."""
    return {"path": path, "url": path, "meta": {"_type": "gradio.FileData"}}


def test_every_route_is_judged(archive: Archive) -> None:
    """Whoever updates Gradio hears of each route that it brings."""
    routes = {path for path, _ in paths(build_app(archive).routes)}
    assert routes - CLOSED == set(OPEN)
    assert all(rule_for(address) for address in OPEN.values())


def test_what_the_page_does_not_need_is_closed(archive: Archive, browser: TestClient) -> None:
    """No such route is reached by any method, whatever its parameters: Gradio does not even see the request."""
    for path, methods in paths(build_app(archive).routes):
        if path in CLOSED:
            for name in ("predict", "a/b", "https://passblatt.example/", "/etc/passwd"):
                address = re.sub(r"\{[^}]*\}", quote(name), path)
                for method in methods:
                    assert browser.request(method, address).status_code == 404, address


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/run/ask",
        "/gradio_api/run/predict/",
        "/gradio_api/run/3",
        "//gradio_api/run/predict",
        "/gradio_api//run/predict",
        "/assets/../gradio_api/info",
        "/assets/..%2f..%2f..%2fconfig",
        "/assets/%2e%2e/x.js",
        "/static/js/.x",
        "/static/other/x.js",
        "/article/a/b",
        "/article/",
        "/evaluation/.html",
        "/theme.css\n",
        "/?",
        "",
        "/mark/",
        "/gradio_api/heartbeat/a%20b",
        "/gradio_api/heartbeat/" + "a" * 65,
    ],
)
def test_an_address_beside_an_open_one_is_closed(path: str) -> None:
    """A rule fits the whole address, and no segment of a file's path leads upwards."""
    assert rule_for(path) is None


@pytest.mark.parametrize("depth", range(4))
def test_no_file_is_read(browser: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: int) -> None:
    """A request that names a file instead of a value is refused, wherever in it the file stands; nothing is copied."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "copies"))
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody's business", encoding="utf-8")
    value: Any = file(str(secret))
    for _ in range(depth):
        value = {"value": [value]}
    bodies = [
        {"fn_index": 7, "data": ["en", value, None], "session_hash": "n"},
        {"fn_index": 6, "data": ["en", value]},
        {"fn_index": 3, "data": [None], "event_data": value},
    ]
    for body in bodies:
        reply = browser.post(PREDICT, json=body)
        assert (reply.status_code, "secret" in reply.text) == (400, False)
    joined = {"fn_index": 4, "data": [None, value, None, "", True], "session_hash": "n"}
    assert browser.post(JOIN, json=joined).status_code == 400
    assert not list(tmp_path.rglob("copies/*"))


def test_gradio_itself_reads_no_file_either(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the gate ever let a file through, Gradio looks whether it may be read."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "copies"))
    (tmp_path / "secret.txt").write_text("nobody's business", encoding="utf-8")
    (mounted,) = (route for route in build_app(archive).routes if isinstance(route, Mount))
    body = {"fn_index": 6, "data": ["en", file(str(tmp_path / "secret.txt"))], "session_hash": "n"}
    TestClient(mounted.app, base_url=PAGE).post(PREDICT, json=body)
    assert not [copy for copy in tmp_path.rglob("copies/**/*") if copy.is_file()]


def test_the_server_asks_nobody(client: httpx.Client, server: Served) -> None:
    """Neither its start, nor any address or file that a request names, lets the server look up or call anybody."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        port = trap.getsockname()[1]
        wishes = [f"http://127.0.0.1:{port}/a.txt", "https://passblatt.example/a.txt", f"//127.0.0.1:{port}/a"]
        for wish in wishes:
            for route in ("file=", "file/", "proxy=", "custom_component/", "stream/", "call/", "call/v2/", "run/", ""):
                client.get(f"/gradio_api/{route}{quote(wish, safe='/:')}")
                client.post(f"/gradio_api/{route}{quote(wish, safe='/:')}", json={"data": [file(wish)]})
            for address in (PREDICT, JOIN, "/gradio_api/component_server", "/mark", "/gradio_api/call/ask"):
                for sent in (file(wish), wish, {"value": file(wish)}):
                    body = {"fn_index": 6, "data": ["en", sent], "session_hash": "s", "event_data": sent}
                    client.post(address, json=body)
            for name in ("deep_link", "page", "url", "__theme", "view"):
                client.get("/", params={name: wish})
            for name in ("x-forwarded-host", "x-gradio-server", "x-gradio-history-bucket", "referer"):
                client.get("/", headers={name: wish})
                client.post(PREDICT, json={"fn_index": 6, "data": ["en", wish]}, headers={name: wish})
        with pytest.raises(TimeoutError):
            trap.accept()
    assert "57 Kilometern" in client.get("/answer", params={"q": "Wie lang?"}).text
    assert server.left == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_pages_may_only_lead_here(browser: TestClient, archive: Archive, site: str) -> None:
    """A link elsewhere opens the page, an article or a report; all else that a page elsewhere asks for is refused."""
    article = next(archive.articles()).id
    opened = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert browser.get("/", headers=opened).status_code == 200
    assert browser.get(f"/article/{article}", headers=opened).status_code == 200
    assert browser.get("/evaluation/none.html", headers=opened).status_code == 404
    assert browser.get("/theme.css", headers=opened).status_code == 403
    assert browser.get("/answer", params={"q": "Wie lang?"}, headers=opened).status_code == 403
    for mode in ("no-cors", "cors", ""):
        headers = {"sec-fetch-site": site, "sec-fetch-mode": mode}
        for path in ("/", f"/article/{article}", "/theme.css", "/favicon.ico", "/gradio_api/heartbeat/a"):
            assert browser.get(path, headers=headers).status_code == 403, path
    for unknown in ("Cross-Site", "same-origin, cross-site", ""):
        assert browser.get("/theme.css", headers={"sec-fetch-site": unknown}).status_code == 403, unknown
    own = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}
    assert browser.get("/theme.css", headers=own).status_code == 200
    assert browser.get("/", headers={"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}).status_code == 200


@pytest.mark.parametrize(
    ("origin", "view", "own"),
    [
        (PAGE, HERE, True),
        ("x://127.0.0.1:7860", HERE, False),
        ("https://127.0.0.1:7860", HERE, False),
        ("http://127.0.0.1:7861", HERE, False),
        ("http://127.0.0.1", HERE, False),
        ("127.0.0.1:7860", HERE, False),
        ("://127.0.0.1:7860", HERE, False),
        ("http://127.0.0.1:7860/", HERE, False),
        ("http://127.0.0.1:7860, http://127.0.0.1:7860", HERE, False),
        ("null", HERE, False),
        ("", HERE, False),
        ("http://archive.example", View("http", "archive.example:80", ""), True),
        ("https://archive.example", View("https", "archive.example:443", "/a"), True),
        ("https://archive.example", View("https", "Archive.Example", ""), True),
        ("https://archive.example", View("http", "archive.example", ""), False),
    ],
)
def test_an_origin_is_scheme_and_host_and_port(origin: str, view: View, own: bool) -> None:
    """RFC 6454: two origins are the same if all three are; a port that the scheme has anyway may be left out."""
    ruled = check_request(RequestFacts("POST", PREDICT, view, origin))
    assert (ruled.status if isinstance(ruled, Refusal) else 200) == (200 if own else 403)


@pytest.mark.parametrize("origin", [PAGE, "http://localhost:3000", "http://0.0.0.0:1", ELSEWHERE, "null"])
def test_no_header_opens_the_page_to_other_origins(browser: TestClient, origin: str) -> None:
    """No reply, refused or not, carries a header of CORS: browsers show it to no page but ours."""
    headers = {"origin": origin, "access-control-request-method": "POST"}
    for reply in (
        browser.get("/", headers=headers),
        browser.get("/theme.css", headers=headers),
        browser.options("/", headers=headers),
        browser.options(PREDICT, headers=headers),
        browser.get("/answer", params={"q": "Wie lang?"}, headers=headers),
    ):
        assert not [name for name in reply.headers if name.startswith("access-control")]


def test_a_function_is_called_as_the_page_calls_it(archive: Archive) -> None:
    """Each function of the page can be called, each in one way, by what triggers it; one runs when the page closes."""
    (mounted,) = (route for route in build_app(archive).routes if isinstance(route, Mount))
    functions = mounted.app.get_blocks().config["dependencies"]
    calls = calls_of(functions)
    at_close = {function["id"] for function in functions if "unload" in {event for _, event in function["targets"]}}
    assert len(at_close) == 1
    assert len(calls) > 5
    assert {call.queued for call in calls.values()} == {True, False}
    for number, call in calls.items():
        assert bool(call.triggers) == (number not in at_close)
        for trigger in [None, *call.triggers]:
            body = {"fn_index": number, "data": [None] * call.values, "trigger_id": trigger, "session_hash": "a"}
            checked = json.loads(checked_call(json.dumps(body).encode(), calls, queued=call.queued))
            assert checked == body | {"event_data": None}
            with pytest.raises(BadCall):
                checked_call(json.dumps(body).encode(), calls, queued=not call.queued)


CALLS = {0: Call(False, 2, frozenset({6})), 4: Call(True, 1, frozenset({12}))}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"fn_index": 0}',
        b'{"fn_index": 0, "data": []}',
        b'{"fn_index": 0, "data": [1]}',
        b'{"fn_index": 0, "data": {"a": 1, "b": 2}}',
        b'{"fn_index": 0.0, "data": [1, 2]}',
        b'{"fn_index": false, "data": [1, 2]}',
        b'{"fn_index": "0", "data": [1, 2]}',
        b'{"fn_index": 1, "data": [1, 2]}',
        b'{"fn_index": 4, "data": [1]}',
        b'{"fn_index": 0, "data": [1, 2], "trigger_id": 7}',
        b'{"fn_index": 0, "data": [1, 2], "trigger_id": "6"}',
        b'{"fn_index": 0, "data": [1, 2], "session_hash": "../a"}',
        b'{"fn_index": 0, "data": [1, 2], "session_hash": 5}',
        b'{"fn_index": 0, "data": [1, NaN]}',
        b'{"fn_index": 0, "data": [1, -Infinity]}',
        b'{"fn_index": 0, "data": [1, 1e999]}',
        b'{"fn_index": 0, "data": [1, ' + b"9" * 5000 + b"]}",
        b'{"fn_index": 0, "data": [1, ' + b"[" * 100_000,
        b'{"fn_index": 0, "data": [1, ' + b"[" * 50 + b"]" * 50 + b"]}",
        b'{"fn_index": 0, "data": [{"path": "/etc/passwd"}, 2]}',
        b'{"fn_index": 0, "data": [[[[{"u\\u0072l": ""}]]], 2]}',
        b'{"fn_index": 0, "data": [1, 2], "event_data": {"a": {"meta": {}}}}',
    ],
)
def test_what_calls_no_function_is_refused(body: bytes) -> None:
    """No JSON, no function, a wrong trigger, too few values, a file, numbers that JSON does not have."""
    with pytest.raises(BadCall):
        checked_call(body, CALLS, queued=False)


def test_gradio_gets_what_was_checked(archive: Archive) -> None:
    """Of what a request holds twice one value is checked and handed on; what the page never sends is left out."""
    body = b'{"fn_index": 9, "fn_index": 0, "data": ["a", null, 3], "batched": true, "event_id": "y"}'
    checked = json.loads(checked_call(body, CALLS, queued=False))
    expected = {"fn_index": 0, "data": ["a", None], "trigger_id": None, "session_hash": None, "event_data": None}
    assert checked == expected


def test_gradio_sees_of_a_request_what_the_page_needs() -> None:
    """Headers and parameters that Gradio would believe do not reach it, nor do its headers of CORS get out."""
    requests: list[Request] = []

    async def gradio(scope: Scope, receive: Receive, send: Send) -> None:
        requests.append(Request(scope))
        opening = {"access-control-allow-origin": "*", "Access-Control-Allow-Credentials": "true", "x-other": "stays"}
        await PlainTextResponse("", headers=opening)(scope, receive, send)

    names = (
        "authorization cookie forwarded range referer x-direct-url x-forwarded-for x-forwarded-server x-gradio-server"
    )
    forged = dict.fromkeys(
        [*names.split(), "x-gradio-user", "x-http-method-override", "x-original-url"], "evil.example"
    )
    page = TestClient(Gate(gradio, Serving(), {}), base_url=PAGE)
    own = {"origin": PAGE, "sec-fetch-site": "same-origin", "accept-language": "de"}
    reply = page.get("/", params={"lang": "de", "deep_link": "x", "__theme": "dark"}, headers={**forged, **own})
    (request,) = requests
    assert set(request.headers) == {"host", "accept", "accept-encoding", "accept-language", "user-agent"}
    assert dict(request.query_params) == {"lang": "de"}
    assert reply.headers["x-other"] == "stays"
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_a_body_has_an_end(browser: TestClient) -> None:
    """A body that is larger than a file of questions can be is refused before it is read."""
    for path, size in ((PREDICT, 11_000_000), (JOIN, 11_000_000), ("/mark", 200_000)):
        assert browser.post(path, content=b" " * size, headers=JSON).status_code == 413
    text = "ä" * 2_400_000
    body = {"fn_index": 3, "data": [None], "event_data": {"name": "a.csv", "text": text}}
    assert browser.post(PREDICT, json=body).status_code == 200
