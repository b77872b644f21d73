"""The OpenAPI document is true: cases made from it lead to no other status, type or shape, and to no error inside."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from access_parts import make_accounts
from api_parts import serving_api
from hypothesis import HealthCheck, assume, given, settings
from hypothesis.errors import Unsatisfiable

from rag.access.roles import Role
from rag.api.app import build_api
from rag.archive import Archive
from rag.server.hosts import Serving

HOST = {"host": "127.0.0.1:7860"}
DOCUMENT = "/api/v1/openapi.json"
NO_FETCHING = Serving(fetching=False)
_MAX_ADDRESS = 50_000


def try_all(schema: Any, examples: int, **arguments: Any) -> int:
    """Try cases of each operation, valid ones and others, and return how many there were.

    Raises:
        AssertionError: a reply is not as the document says.
    """
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    rules = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
        checks.unsupported_method,
    ]
    count = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

            @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(case=operation.as_strategy(generation_mode=mode))
            def check(case: Any) -> None:
                nonlocal count
                # of a longer address, the server reads no more than the beginning
                assume(len(urlencode(case.query or {}, doseq=True)) < _MAX_ADDRESS)
                count += 1
                case.call_and_validate(checks=rules, **arguments)

            # of a route that takes nothing, nothing is wrong
            with suppress(Unsatisfiable):
                check()
    return count


def test_the_document_is_made_for_requests_that_come_at_once(sample: Archive) -> None:
    """The first requests of a server need it, all of them: none fails, and all get the same."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    try:
        api = build_api(sample)
        with ThreadPoolExecutor(8) as pool:
            documents = list(pool.map(lambda _: api.openapi(), range(8)))
    finally:
        sys.setswitchinterval(interval)
    assert all(document is documents[0] for document in documents)


def test_the_document_says_who_may_use_a_route(sample: Archive, tmp_path: Path) -> None:
    """The role that the gate asks for, and a token or a session; where nobody has accounts, nothing is needed."""
    make_accounts(tmp_path / "accounts.json")
    strict = build_api(sample, Serving(accounts=tmp_path / "accounts.json")).openapi()
    schemes = strict["components"]["securitySchemes"]
    assert (schemes["token"]["scheme"], schemes["session"]["in"]) == ("bearer", "cookie")
    needed = [{"token": []}, {"session": []}]
    for document, security in ((strict, needed), (build_api(sample).openapi(), [*needed, {}])):
        operations = {
            (method, path.removeprefix("/api/v1")): operation
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        }
        roles = {
            ("post", "/ask"): "reader",
            ("patch", "/articles/{article_id}"): "editor",
            ("delete", "/articles/{article_id}"): "admin",
        }
        for route, role in roles.items():
            assert (operations[route]["x-role"], operations[route]["security"]) == (role, security), route
        assert operations["get", "/health"]["security"] == []
        assert {operation.get("x-role") for operation in operations.values()} == {None, *Role}


@pytest.mark.slow
def test_any_request_is_answered_as_described(archive: Archive) -> None:
    """Whatever is sent, the reply has a status, a type and a shape that the document names for its route."""
    import schemathesis

    app = build_api(archive, NO_FETCHING)
    assert try_all(schemathesis.openapi.from_asgi(DOCUMENT, app, headers=HOST), 2, headers=HOST) > 50


@pytest.mark.heavy
def test_two_thousand_requests_to_a_server(archive: Archive) -> None:
    """The same of a server that runs, which is the same afterwards."""
    import schemathesis

    with serving_api(archive, NO_FETCHING) as address:
        schema = schemathesis.openapi.from_url(address + DOCUMENT)
        assert try_all(schema, 80) > 2000
        assert httpx.get(f"{address}/api/v1/ready", trust_env=False).json() == {"status": "ready"}
