"""The doors of the API: whom it answers, how much it takes, and what it says of what it does not take."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
from api_parts import HERE, check_problem
from fastapi.testclient import TestClient
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from waiting import PATIENCE

from rag.api import gate
from rag.api.app import build_api
from rag.api.gate import ApiGate
from rag.archive import Archive
from rag.server.hosts import THIS_COMPUTER, Serving


@pytest.fixture(scope="module")
def client(archive: Archive) -> TestClient:
    """A program on this computer."""
    return TestClient(build_api(archive), base_url=HERE)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 400),
        ({"x-forwarded-host": "evil.example"}, 400),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate"}, 403),
        ({"origin": HERE, "sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({}, 200),
    ],
)
def test_no_page_of_another_site_gets_in(client: TestClient, headers: dict[str, str], status: int) -> None:
    """A name that only resolves to this computer, and a foreign page in the browser, are refused; programs are not."""
    reply = client.get("/api/v1/jobs", headers=headers)
    assert reply.status_code == status
    if status != 200:
        check_problem(reply, status, "forbidden" if status == 403 else "malformed-request")
    assert not [name for name in reply.headers if name.startswith("access-control")]
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_an_address_or_a_method_that_does_not_exist(client: TestClient) -> None:
    """Both are problems, and so are parameters that the address does not know."""
    check_problem(client.get("/api/v1/nothing"), 404, "no-such-address")
    check_problem(client.get("/"), 404, "no-such-address")
    assert check_problem(client.delete("/api/v1/jobs"), 405, "method-not-allowed")
    problem = check_problem(client.get("/api/v1/jobs?page=2"), 422, "invalid-request")
    assert "'page'" in str(problem["detail"])
    check_problem(client.get("/api/v1/jobs/indexing-none-1"), 404, "not-found")


def test_a_request_has_an_id(client: TestClient) -> None:
    """That which it came with if it is a word, else a new one each time."""
    assert client.get("/api/v1/jobs", headers={"X-Request-ID": "cms-42.a"}).headers["x-request-id"] == "cms-42.a"
    for strange in ("", "a" * 65, "a b", "\x1b[31m"):
        replies = [client.get("/api/v1/jobs", headers={"X-Request-ID": strange}) for _ in range(2)]
        ids = {reply.headers["x-request-id"] for reply in replies}
        assert len(ids) == 2
        assert strange not in ids


def test_what_nobody_expected_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    """The reply has the id under which the log has the kind of error, and neither says what may be part of a text."""

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("secret")

    reply = TestClient(ApiGate(failing, THIS_COMPUTER), base_url=HERE).get("/api/v1/jobs")
    problem = check_problem(reply, 500, "unexpected")
    assert "secret" not in reply.text
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert str(problem["request_id"]) in record.getMessage()
    assert "RuntimeError" in record.getMessage()
    assert "secret" not in record.getMessage()


def test_below_a_path(archive: Archive) -> None:
    """Behind a proxy the API is below the root path, whether or not the proxy cuts that off."""
    client = TestClient(build_api(archive, Serving(root="/archive")), base_url=HERE)
    assert client.get("/archive/api/v1/jobs").json() == client.get("/api/v1/jobs").json() == {"jobs": []}


class _SlowApp:
    """Answers after a wait, in a thread as routes do, and counts what it has finished."""

    def __init__(self, wait: Callable[[], object]) -> None:
        self._wait = wait
        self.finished = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await run_in_threadpool(self._wait)
        self.finished += 1
        await PlainTextResponse("late")(scope, receive, send)


def test_an_answer_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Becomes a problem when its time is over, not when the work is done; an upload has all the time it needs."""
    monkeypatch.setattr(gate, "MAX_SECONDS", 0.1)
    slow = _SlowApp(lambda: time.sleep(1))
    client = TestClient(ApiGate(slow, THIS_COMPUTER), base_url=HERE)
    check_problem(client.get("/api/v1/status"), 503, "unavailable")
    assert slow.finished == 1
    assert client.post("/api/v1/index/files").text == "late"


def test_too_many_requests_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than may be answered is told to come again; those before it are answered, and so is a later one."""
    monkeypatch.setattr(gate, "MAX_REQUESTS", 2)
    may_end = threading.Event()
    client = TestClient(ApiGate(_SlowApp(lambda: may_end.wait(PATIENCE)), THIS_COMPUTER), base_url=HERE)
    with ThreadPoolExecutor(3) as pool:
        replies = as_completed([pool.submit(client.get, "/api/v1/status") for _ in range(3)])
        refused = next(replies).result()
        may_end.set()
        assert [reply.result().text for reply in replies] == ["late", "late"]
    check_problem(refused, 429, "too-many-requests")
    assert refused.headers["retry-after"] == "1"
    assert client.get("/api/v1/status").text == "late"
