"""The door: who gets through to an application, and for how long."""

from __future__ import annotations

import asyncio
from pathlib import Path

from access_parts import TOKENS, bearer, make_accounts
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from rag.access.access import Access
from rag.access.door import Door, visitor_of
from rag.access.roles import Role
from rag.errors import FundstelleError
from rag.server.hosts import Serving
from ui.security.allowlist import page_rule

HERE = "http://127.0.0.1:7860"


async def say_who(scope: Scope, receive: Receive, send: Send) -> None:
    """Reply with what the door says of a request."""
    request = Request(scope, receive)
    facts = {"name": visitor_of(request).name, "address": request.state.address, "session": request.state.session}
    await JSONResponse(facts)(scope, receive, send)


def refuse(error: FundstelleError, _: Request) -> Response:
    return PlainTextResponse(str(error), 418)


def behind_door(tmp_path: Path, app: object, *proxies: str) -> TestClient:
    serving = Serving(accounts=make_accounts(tmp_path / "accounts.json").path, proxies=proxies)
    door = Door(app, serving=serving, access=Access.of(serving), rule_of=page_rule, refuse=refuse)  # type: ignore[arg-type]
    return TestClient(door, base_url=HERE, client=("192.0.2.9", 1))


def test_the_door_says_who_it_is(tmp_path: Path) -> None:
    """By the token, whatever the cookie; where it comes from, a trusted proxy alone may say."""
    forwarded = {"x-forwarded-for": "203.0.113.5, 198.51.100.7, 192.0.2.8"}
    headers = {**bearer(Role.READER), **forwarded, "cookie": "fundstelle=abc"}
    client = behind_door(tmp_path, say_who)
    assert client.get("/answer", headers=headers).json() == {
        "name": "reader-program",
        "address": "192.0.2.9",
        "session": "abc",
    }
    client = behind_door(tmp_path, say_who, "192.0.2.8/31")
    assert client.get("/answer", headers=headers).json()["address"] == "198.51.100.7"
    assert client.get("/answer", headers=bearer(Role.READER)).json()["address"] == "192.0.2.9"


def test_what_is_no_token_is_refused(tmp_path: Path) -> None:
    """In the address it is none; the scheme is Bearer alone, and a wrong token is said to be wrong."""
    client = behind_door(tmp_path, say_who)
    token = TOKENS[Role.ADMIN]
    assert client.get("/answer", params={"token": token, "q": token}).status_code == 418
    for header in (f"Basic {token}", token, f"Bearer{token}", f"Token {token}", "Bearer ", "Bearer x"):
        assert client.get("/answer", headers={"authorization": header}).status_code == 418, header
    assert client.get("/answer", headers={"authorization": f"bearer {token}"}).status_code == 200


def test_a_stream_ends_when_its_reader_may_no_longer_read(tmp_path: Path) -> None:
    """With the next event after the account was removed; what is no stream is sent to its end."""
    file = make_accounts(tmp_path / "accounts.json")

    def streaming(media_type: str) -> TestClient:
        async def events(scope: Scope, receive: Receive, send: Send) -> None:
            async def parts():  # type: ignore[no-untyped-def]
                yield b"first"
                file.change(lambda accounts: accounts.pop("reader-program", None) and None)
                await asyncio.sleep(0)
                yield b" second"

            await StreamingResponse(parts(), media_type=media_type)(scope, receive, send)

        return behind_door(tmp_path, events)

    assert streaming("text/event-stream").get("/answer", headers=bearer(Role.READER)).text == "first"
    assert streaming("text/plain").get("/answer", headers=bearer(Role.READER)).text == "first second"
