"""Evaluations over the API: questions are asked, runs are listed, compared and deleted, as on the command line."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from api_parts import HERE, check_problem
from fastapi.testclient import TestClient
from paths import Run
from waiting import PATIENCE

from embeddings.encoder import Encoder
from rag.api.app import build_api
from rag.archive import Archive

BRIDGE = "Die Brücke wurde am 3. Mai 1998 eröffnet. Sie ist 412 Meter lang und führt über den Fluss."
TUNNEL = "Der Tunnel misst 57 Kilometer. Er wurde im Juni 2016 eröffnet und führt durch den Berg."
QUESTIONS: list[dict[str, Any]] = [
    {"question": "Wie lang ist die Brücke?", "answers": [{"article": "bridge.txt", "quote": "412 Meter lang"}]},
    {"question": "Wie lang ist der Tunnel?", "answers": [{"article": "tunnel.txt"}], "tags": ["länge"]},
    {"question": "Was kostet ein Fahrrad?", "answerable": False},
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Archive]:
    """An archive of two articles."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    (folder / "tunnel.txt").write_text(TUNNEL, encoding="utf-8")
    with Archive.open(folder / ".fundstelle", encoder=encoder) as opened:
        opened.index([folder / "bridge.txt", folder / "tunnel.txt"])
        yield opened


@pytest.fixture
def client(archive: Archive) -> TestClient:
    """A program on this computer."""
    return TestClient(build_api(archive), base_url=HERE)


def run_of(client: TestClient, **wanted: Any) -> str:
    """Evaluate, and return the name of the run."""
    reply = client.post("/api/v1/evaluate", json=wanted)
    assert reply.status_code == 202, reply.text
    until = time.monotonic() + PATIENCE
    job = reply.json()
    while job["running"] and time.monotonic() < until:
        time.sleep(0.05)
        job = client.get(reply.headers["location"]).json()
    assert (job["kind"], job["phase"], job["done"], job["total"]) == ("evaluation", "done", 3, 3)
    return str(job["run"])


def test_a_run_is_that_of_the_command_line(client: TestClient, archive: Archive, fundstelle: Run) -> None:
    """The same questions give the same summary, but for when, how fast, and where the questions came from."""
    name = run_of(client, questions=QUESTIONS, name="first")
    summary = client.get(f"/api/v1/runs/{name}").json()
    folder = archive.folder.parent
    (folder / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS), encoding="utf-8")
    printed = fundstelle("eval", "q.jsonl", "--name", "terminal", "--json", cwd=folder)
    expected = json.loads(printed.stdout)
    varying = {"name", "made", "latency_ms", "questions"}
    assert {key: summary[key] for key in summary if key not in varying} == {
        key: expected[key] for key in expected if key not in varying
    }
    assert summary["name"] == "first"


def test_runs_are_compared_and_deleted(client: TestClient, archive: Archive, fundstelle: Run) -> None:
    """The comparison is that of the command line; a run that is deleted is gone."""
    fast, full = (run_of(client, questions=QUESTIONS, name=name, fast=name == "b/fast") for name in ("x b", "x b"))
    assert (fast, full) == ("x b", "x b-2")
    comparison = client.get("/api/v1/runs/x b/comparison", params={"with": "x b-2"}).json()
    printed = fundstelle("eval", "compare", "x b", "x b-2", "--json", cwd=archive.folder.parent)
    assert comparison == json.loads(printed.stdout)
    assert {run["name"] for run in client.get("/api/v1/runs").json()["runs"]} >= {"x b", "x b-2"}
    check_problem(client.get("/api/v1/runs/x b/comparison", params={"with": "x b"}), 422, "question-error")
    check_problem(client.get("/api/v1/runs/x b/comparison"), 422, "invalid-request")
    check_problem(client.get("/api/v1/runs/x b/comparison", params={"with": "none"}), 404, "no-run")
    deleted = client.delete("/api/v1/runs/x b-2")
    assert (deleted.status_code, deleted.content) == (204, b"")
    for reply in (client.get("/api/v1/runs/x b-2"), client.delete("/api/v1/runs/x b-2")):
        check_problem(reply, 404, "no-run")


@pytest.mark.parametrize(
    ("wanted", "slug"),
    [
        ({}, "question-error"),
        ({"questions": []}, "invalid-request"),
        ({"questions": [{"question": "Wer?"}], "nam": "x"}, "invalid-request"),
        ({"questions": [{"question": " "}]}, "question-error"),
        ({"questions": [{"question": "Wer?", "answerable": True}]}, "question-error"),
        ({"questions": [{"question": "Wer?", "answers": [{"article": "none.txt"}]}]}, "question-error"),
        ({"questions": [{"question": "Wer?", "answers": [{}]}]}, "question-error"),
        ({"questions": [{"question": "Wer?", "answerable": False}], "name": "a\nb"}, "invalid-request"),
        ({"questions": [{"question": "Wer?", "answerable": False}], "name": "a/b"}, "invalid-request"),
    ],
)
def test_questions_that_cannot_be_asked_are_a_sentence(client: TestClient, wanted: dict[str, Any], slug: str) -> None:
    """No job is begun for them."""
    check_problem(client.post("/api/v1/evaluate", json=wanted), 422, slug)
    assert client.get("/api/v1/jobs").json() == {"jobs": []}


def test_the_description_is_valid(client: TestClient) -> None:
    """OpenAPI 3.1 can be made of all routes."""
    document = client.app.openapi()  # type: ignore[attr-defined]
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/runs/{name}/comparison" in document["paths"]
