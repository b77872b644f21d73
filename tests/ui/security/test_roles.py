"""Who may use which route of the page, of Gradio, of the API and for assistants: asked of a running server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from access_parts import PASSWORD, bearer, make_accounts
from fastapi.testclient import TestClient
from route_parts import CLOSED, OPEN, paths
from server_parts import served
from waiting import PATIENCE

from rag.access.roles import Role
from rag.api.app import build_api
from rag.api.rules import api_rule
from rag.archive import Archive
from rag.server.hosts import Serving
from ui.app import build_app
from ui.security.allowlist import page_rule

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ADMIN = {
    *("POST /history/clear", "POST /settings", "GET /view/settings", "GET /view/settings/cost"),
    "GET /view/settings/diagnosis",
    *("POST /library/forget", "POST /library/watch", "POST /api/v1/forget", "DELETE /api/v1/articles/x"),
}
EDITOR = {
    *("GET /dossiers/menu", "POST /dossiers/import", "POST /dossiers/save", "POST /mark", "POST /test-question"),
    *("POST /test-question/delete", "POST /saved/add", "POST /saved/remove", "POST /saved/seen"),
    *("GET /view/questions", "GET /view/questions/older", "GET /view/questions/new", "POST /history/delete"),
    *("POST /library/add", "POST /library/cancel", "POST /library/correct", "POST /library/undo"),
    *("POST /library/upload", "PATCH /api/v1/articles/x", "POST /api/v1/index", "POST /api/v1/index/files"),
    *("GET /api/v1/saved", "POST /api/v1/saved", "DELETE /api/v1/saved"),
    *("POST /api/v1/saved/look", "POST /api/v1/saved/seen", "POST /api/v1/dossiers"),
    *("POST /api/v1/evaluate", "POST /api/v1/jobs/x/cancel", "DELETE /api/v1/runs/x"),
}
EVERYBODY = {
    *("GET /sign-in", "GET /favicon.ico", "GET /theme.css", "GET /fonts/source-sans-3.052-latin.woff2"),
    *("GET /api/v1/health", "GET /api/v1/ready"),
}
SIGNING = {"POST /sign-in", "POST /sign-out"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Serving:
    return Serving(accounts=make_accounts(tmp_path_factory.mktemp("accounts") / "accounts.json").path)


@pytest.fixture(scope="module")
def client(archive: Archive, guarded: Serving) -> Iterator[httpx.Client]:
    with (
        served(archive, guarded) as page,
        httpx.Client(base_url=page.address, timeout=PATIENCE, trust_env=False) as opened,
    ):
        yield opened


def requests_of(archive: Archive, serving: Serving) -> set[str]:
    """Return every method and address of all routes."""
    addresses = {**OPEN, "/sign-in": "/sign-in", "/sign-out": "/sign-out"}
    own = {
        f"{method} {addresses[path]}"
        for path, methods in paths(build_app(archive, serving).routes)
        if path not in CLOSED
        for method in methods & set(_METHODS)
    }
    # /mcp is an application of its own, which takes any method
    listed = {*paths(build_api(archive, serving).routes)}
    programs = {
        f"{method} {re.sub(r'{[^}]*}', 'x', path)}"
        for path, methods in listed
        for method in (methods or {"GET", "POST"}) & set(_METHODS)
    }
    return own | programs


def test_every_route_has_a_rule(archive: Archive, guarded: Serving) -> None:
    """A new route that nobody gave a role fails here; at work it is closed to all but admins."""
    requests = requests_of(archive, guarded)
    assert len(requests) > 80
    without = {each for each in requests if not (page_rule(*each.split(" ")) or api_rule(*each.split(" ")))}
    assert without == set()
    assert requests >= ADMIN | EDITOR | EVERYBODY | SIGNING


@pytest.mark.parametrize("role", [None, *Role])
def test_each_role_does_what_it_may(
    archive: Archive, guarded: Serving, client: httpx.Client, role: Role | None
) -> None:
    """On all routes, by each method: without a token 401, with a lower role 403, else whatever the route says."""
    for request in sorted(requests_of(archive, guarded) - SIGNING):
        method, address = request.split(" ")
        needed = Role.ADMIN if request in ADMIN else Role.EDITOR if request in EDITOR else Role.READER
        with client.stream(method, address, headers=bearer(role) if role else {}) as reply:
            if reply.status_code >= 400:
                reply.read()
        if request in EVERYBODY:
            assert reply.status_code not in {401, 403}, request
        elif role is None:
            # without a token, a request that could change something does not even say which page sent it
            assert reply.status_code == (401 if method == "GET" else 403), request
        elif role.includes(needed):
            assert reply.status_code not in {401, 403}, request
        else:
            assert reply.status_code == 403, request
            assert f"needs the role {needed.value}" in reply.text


def test_other_methods_and_closed_routes_are_no_way_in(client: httpx.Client) -> None:
    """Whoever is not signed in gets no further than the door, whatever the method; a reader only to open routes."""
    for method in (*_METHODS, "OPTIONS", "TRACE", "PROPFIND"):
        for address in ("/", "/answer", "/config", "/gradio_api/info", "/api/v1/articles", "/mcp", "/nothing", "//"):
            assert client.request(method, address).status_code in {401, 403}, (method, address)
    assert client.get("/config", headers=bearer(Role.READER)).status_code == 403
    assert client.get("/config", headers=bearer(Role.ADMIN)).status_code == 404
    assert client.get("/api/v1/new", headers=bearer(Role.READER)).status_code == 403


def test_functions_of_gradio_have_roles(client: httpx.Client, archive: Archive) -> None:
    """A reader may look at runs; whoever starts, cancels or deletes one is an editor."""
    reader, editor = bearer(Role.READER), bearer(Role.EDITOR)
    allowed = {}
    for number in (0, 1, 2, 3, 4, 5, 6, 8):
        queued = number in {2, 4}
        body = {"fn_index": number, "data": [None] * 9, "session_hash": "abc"}
        address = "/gradio_api/queue/join" if queued else "/gradio_api/run/predict"
        statuses = [client.post(address, json=body, headers=headers).status_code for headers in (reader, editor)]
        allowed[number] = [status not in {401, 403} for status in statuses]
    assert [number for number, (by_reader, _) in allowed.items() if not by_reader] == [3, 4, 5, 8]
    assert all(by_editor for _, by_editor in allowed.values())


def sign_in(client: httpx.Client | TestClient, name: str) -> httpx.Response:
    origin = {"origin": str(client.base_url).rstrip("/")}
    fields = {"name": name, "password": PASSWORD, "next": "/view/library"}
    return client.post("/sign-in", data=fields, headers=origin, follow_redirects=False)


def test_a_cookie_alone_changes_nothing(client: httpx.Client) -> None:
    """A request that may change something says which page of ours sent it; a token needs no page."""
    sign_in(client, "editor")
    body = {"name": "x"}
    here = str(client.base_url).rstrip("/")
    assert client.post("/saved/remove", json=body).status_code == 403
    for foreign in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "same-site"}):
        assert client.post("/saved/remove", json=body, headers=foreign).status_code == 403
        assert client.post("/api/v1/evaluate", json={}, headers=foreign).status_code == 403
    for own_page in ({"origin": here}, {"sec-fetch-site": "same-origin"}):
        assert client.post("/saved/remove", json=body, headers=own_page).status_code not in {401, 403}
    client.cookies.clear()
    assert client.post("/saved/remove", json=body, headers=bearer(Role.EDITOR)).status_code not in {401, 403}
