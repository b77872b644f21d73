"""How the server is, for those who watch it: health, readiness, metrics; and its description for people."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from api_parts import HERE
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from rag.api.app import build_api
from rag.archive import Archive


@pytest.fixture
def client(archive: Archive) -> TestClient:
    """A program on this computer, and a server that has answered nothing yet."""
    return TestClient(build_api(archive), base_url=HERE)


def metrics(client: TestClient) -> dict[tuple[str, ...], float]:
    """Return what the server counts, by name and labels, as the parser of Prometheus reads it."""
    reply = client.get("/api/v1/metrics")
    assert reply.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def test_the_status_is_that_of_the_command_line(client: TestClient, archive: Archive) -> None:
    """The same JSON."""
    assert client.get("/api/v1/status").json() == archive.status().to_dict()


def test_a_server_lives_before_it_is_ready(tmp_path: Path) -> None:
    """Without an encoder it is alive, but a question would wait; once that is open, it is ready."""
    with Archive.open(tmp_path / "archive") as cold:
        client = TestClient(build_api(cold), base_url=HERE)
        assert client.get("/api/v1/health").json() == {"status": "alive"}
        reply = client.get("/api/v1/ready")
        assert (reply.status_code, reply.headers["content-type"]) == (503, "application/problem+json")
        cold.warm_up()
        assert client.get("/api/v1/ready").json() == {"status": "ready"}


def test_requests_and_questions_are_counted(client: TestClient, archive: Archive) -> None:
    """By route, never by address; the archive's size is that of its status."""
    client.post("/api/v1/ask", json={"questions": ["Wie lang ist er?", "Wie tief liegt er?"]})
    client.post("/api/v1/ask", json={"mood": "sunny"})
    for path in ("/api/v1/articles/x", "/api/v1/articles/y", "/api/v1/nowhere", "/api/v1/elsewhere"):
        client.get(path)
    values, status = metrics(client), archive.status()
    assert values["fundstelle_questions_total",] == 2
    assert values["fundstelle_requests_total", "POST", "/api/v1/ask", "200"] == 1
    assert values["fundstelle_requests_total", "POST", "/api/v1/ask", "422"] == 1
    assert values["fundstelle_requests_total", "GET", "/api/v1/articles/{article_id}", "404"] == 2
    assert values["fundstelle_requests_total", "GET", "", "404"] == 2
    assert values["fundstelle_request_seconds_count", "/api/v1/ask"] == 2
    assert values["fundstelle_articles",] == status.articles
    assert values["fundstelle_passages",] == status.passages
    assert values["fundstelle_bytes_on_disk", "dense"] == status.bytes_on_disk["dense"]
    assert metrics(client)["fundstelle_requests_total", "GET", "/api/v1/metrics", "200"] == 1


def test_the_document_is_of_this_api_alone(client: TestClient) -> None:
    """OpenAPI 3.1; each route says which problems it can answer with, and names what it sends."""
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert {"400", "403", "422", "429", "500", "503"} <= operation["responses"].keys(), where
            assert operation["description"].rstrip().endswith("."), where
            assert set(operation["tags"]) <= {tag["name"] for tag in document["tags"]}, where
    fields = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field in schema.get("properties", {})
    ]
    assert len(fields) > 100


def test_the_reference_asks_for_nothing_else(client: TestClient) -> None:
    """A page without scripts and addresses of files, whose policy lets a browser load nothing."""
    reply = client.get("/api/v1/docs")
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert re.findall(r"<(?:script|link|img|iframe|base)\b|\bsrc=|@import|url\(", reply.text) == []
    assert set(re.findall(r'href="([^"#]*)', reply.text)) <= {""}
    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        assert path.replace("{", "").split("}")[0] in reply.text.replace("{", "")


def test_long_replies_are_compressed(client: TestClient) -> None:
    """Where a program accepts it; short ones are not."""
    with client.stream("GET", "/api/v1/openapi.json", headers={"accept-encoding": "gzip"}) as reply:
        raw = b"".join(reply.iter_raw())
        assert reply.headers["content-encoding"] == "gzip"
        plain = client.get("/api/v1/openapi.json", headers={"accept-encoding": "identity"})
        assert gzip.decompress(raw) == plain.content
    assert "content-encoding" not in client.get("/api/v1/health").headers
