"""Articles come in over the API, as jobs that are followed, cancelled and not done twice."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_parts import HERE, check_problem, serving_api
from fastapi.testclient import TestClient
from waiting import PATIENCE

from embeddings.encoder import Encoder
from rag.api import jobs
from rag.api.app import build_api
from rag.api.gate import MAX_BODY_BYTES
from rag.archive import Archive
from rag.server import stored_replies
from rag.server.hosts import Serving

SHORT = "Der Deichgraf von Altmoor hat am Montag die Schleuse Nord besichtigt und war mit den Toren sehr zufrieden."


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Iterator[Archive]:
    """An archive of one article in the folder `articles`, beside which there is a secret."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(SHORT, encoding="utf-8")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "s.txt").write_text(f"{SHORT} Das Kennwort ist Deich.", encoding="utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as opened:
        opened.index([tmp_path / "articles"])
        yield opened


@pytest.fixture
def client(archive: Archive) -> TestClient:
    """A program on this computer."""
    return TestClient(build_api(archive), base_url=HERE)


@contextmanager
def over_network(archive: Archive) -> Iterator[httpx.Client]:
    """Ask a server of the archive over the network."""
    with serving_api(archive) as address, httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False) as client:
        yield client


def ended(client: Any, reply: Any) -> dict[str, Any]:
    """Wait for the end of the job that a request began; return it."""
    assert reply.status_code == 202, reply.text
    assert reply.headers["location"] == f"/api/v1/jobs/{reply.json()['id']}"
    until = time.monotonic() + PATIENCE
    job: dict[str, Any] = reply.json()
    while job["running"] and time.monotonic() < until:
        time.sleep(0.05)
        job = client.get(reply.headers["location"]).json()
    assert not job["running"]
    return job


def test_a_folder_that_is_indexed_already_is_indexed_again(client: TestClient, tmp_path: Path) -> None:
    """The reply is a job, which ends with the report of `index`."""
    (tmp_path / "articles" / "b.txt").write_text(f"{SHORT} Es gab Kuchen.", encoding="utf-8")
    job = ended(client, client.post("/api/v1/index", json={"paths": [str(tmp_path / "articles")]}))
    assert (job["kind"], job["phase"], job["report"]["new"], job["report"]["unchanged"]) == ("indexing", "done", 1, 1)
    assert [state["id"] for state in client.get("/api/v1/jobs").json()["jobs"]] == [job["id"]]


def test_other_paths_are_refused(client: TestClient, archive: Archive, tmp_path: Path) -> None:
    """Whether they exist or not, and by whatever way they lead there; nothing is read."""
    (tmp_path / "articles" / "link").symlink_to(tmp_path / "secret")
    secret, nothing = tmp_path / "secret", tmp_path / "nothing"
    around = tmp_path / "articles" / ".." / "secret"
    for path in (secret, secret / "s.txt", nothing, around, tmp_path / "articles" / "link", tmp_path, "articles", "/"):
        reply = client.post("/api/v1/index", json={"paths": [str(path)]})
        check_problem(reply, 403, "forbidden")
    check_problem(client.post("/api/v1/index", json={"paths": ["/\0"]}), 403, "forbidden")
    gone = client.post("/api/v1/index", json={"paths": [str(tmp_path / "articles" / "gone")]})
    check_problem(gone, 404, "not-found")
    assert client.get("/api/v1/jobs").json() == {"jobs": []}
    allowed = TestClient(build_api(archive, Serving(paths=(secret,))), base_url=HERE)
    assert ended(allowed, allowed.post("/api/v1/index", json={"paths": [str(secret / "s.txt")]}))["report"]["new"] == 1


def test_a_server_for_others_indexes_only_what_it_was_given(archive: Archive, tmp_path: Path) -> None:
    """What is indexed already may be named on this computer alone; addresses are fetched if that is allowed."""
    client = TestClient(build_api(archive, Serving(names=("news.example",))), base_url=HERE)
    check_problem(client.post("/api/v1/index", json={"paths": [str(tmp_path / "articles")]}), 403, "forbidden")
    problem = check_problem(
        client.post("/api/v1/index", json={"addresses": ["https://news.example/"]}), 403, "forbidden"
    )
    assert "--fetch" in problem["detail"]


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "[]",
        "",
        "{",
        '{"path": ["a"]}',
        '{"paths": "a"}',
        '{"paths": [1]}',
        '{"paths": [""]}',
        '{"paths": ["\\ud800"]}',
        '{"addresses": ["ftp:/x"]}',
        '{"again": 1}',
        "[" * 10_000,
        '{"paths": ' + "[" * 10_000 + "]" * 10_000 + "}",
        '{"paths": [' + "9" * 5000 + "]}",
    ],
)
def test_what_is_no_request_is_a_sentence(client: TestClient, body: str) -> None:
    """Wrong types, unknown fields, depths without end: a problem each, and the server goes on."""
    reply = client.post("/api/v1/index", content=body, headers={"content-type": "application/json"})
    assert reply.status_code in (400, 404, 422)
    check_problem(reply, reply.status_code, reply.json()["type"].rpartition(":")[2])
    assert client.get("/api/v1/jobs").json() == {"jobs": []}


def test_files_are_uploaded(client: TestClient, archive: Archive) -> None:
    """They go to the inbox under safe names and are indexed; the same file again is no second one."""
    files = [("files", ("c.txt", f"{SHORT} Es gab Tee.")), ("files", ("../../d.txt", f"{SHORT} Es gab Saft."))]
    for new in (2, 0):
        job = ended(client, client.post("/api/v1/index/files", files=files))
        assert (job["phase"], job["report"]["new"]) == ("done", new)
    inbox = archive.folder / "inbox"
    assert sorted(str(path.relative_to(inbox)) for path in inbox.rglob("*.txt")) == ["c.txt", "d.txt"]
    problem = check_problem(
        client.post("/api/v1/index/files", files=[("files", (".x.txt", SHORT))]), 422, "upload-error"
    )
    assert "'.x.txt'" in problem["detail"]
    assert problem["facts"]["fault"] == "hidden"
    check_problem(client.post("/api/v1/index/files", json={}), 422, "invalid-request")
    problem = check_problem(
        client.post("/api/v1/index/files", files=[("files", ("x.png", b"\x89PNG"))]), 422, "upload-error"
    )
    assert problem["detail"].startswith("The file 'x.png' is not taken. Files of this kind cannot be read: save it as")
    many = [("files", (f"{number}.txt", b"x")) for number in range(1001)]
    problem = check_problem(client.post("/api/v1/index/files", files=many), 400, "malformed-request")
    assert problem["detail"] == "More than 1000 files were sent at once: send them in parts."
    assert not (inbox / "0.txt").exists()


def test_files_are_taken_all_or_none(archive: Archive) -> None:
    """One that cannot be taken is named, and leaves nothing of the others behind; without it, all of them come in."""
    good = [("files", (f"{name}.txt", f"{SHORT} Es gab {name}.")) for name in ("Tee", "Saft")]
    with over_network(archive) as client:
        for name, content, fault in (
            ("leer.txt", b"", "empty"),
            ("x.png", b"\x89PNG", "kind"),
            (".x.txt", b"x", "hidden"),
        ):
            for files in ([*good, ("files", (name, content))], [("files", (name, content)), *good]):
                problem = check_problem(client.post("/api/v1/index/files", files=files), 422, "upload-error")
                assert problem["facts"]["fault"] == fault
                assert problem["detail"].startswith(f"The file {name!r} is not taken, nor are those sent with it. ")
            assert not list((archive.folder / "inbox").rglob("*"))
        assert client.get("/api/v1/jobs").json() == {"jobs": []}
        assert ended(client, client.post("/api/v1/index/files", files=good))["report"]["new"] == 2
        assert archive.library().total == 3


def test_a_job_is_followed_and_one_runs_at_a_time(archive: Archive, tmp_path: Path) -> None:
    """Events end with that of the end; a client that goes away disturbs nothing; a second writer is refused."""
    for number in range(30):
        text = f"{SHORT} Es gab {number} Kuchen."
        (tmp_path / "articles" / f"{number}.txt").write_text(text, encoding="utf-8")
    with over_network(archive) as client:
        wanted = {"paths": [str(tmp_path / "articles")]}
        job = client.post("/api/v1/index", json=wanted)
        assert job.status_code == 202
        problem = check_problem(client.post("/api/v1/index", json=wanted), 409, "archive-busy")
        assert "wait until" in problem["detail"]
        events = f"/api/v1/jobs/{job.json()['id']}/events"
        with client.stream("GET", events) as leaving:
            next(leaving.iter_lines())
        with client.stream("GET", events) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = [line for line in stream.iter_lines() if line]
        assert lines[-2] == "event: end"
        last = json.loads(lines[-1].removeprefix("data: "))
        assert (last["phase"], last["report"]["new"]) == ("done", 30)
        assert {json.loads(line[6:])["id"] for line in lines if line.startswith("data: ")} == {last["id"]}
        check_problem(client.get("/api/v1/jobs/none/events"), 404, "not-found")


def test_a_job_is_cancelled(archive: Archive, tmp_path: Path) -> None:
    """It ends early; what was stored stays, and the next run goes on from there."""
    for number in range(120):
        text = f"{SHORT} Es gab {number} Kuchen."
        (tmp_path / "articles" / f"{number}.txt").write_text(text, encoding="utf-8")
    with over_network(archive) as client:
        reply = client.post("/api/v1/index", json={"paths": [str(tmp_path / "articles")]})
        cancelled = client.post(f"{reply.headers['location']}/cancel")
        assert cancelled.status_code == 200
        job = ended(client, reply)
        assert job["phase"] == "cancelled"
        assert archive.library().total < 121
        assert client.post(f"{reply.headers['location']}/cancel").json() == job
        check_problem(client.post("/api/v1/jobs/none/cancel"), 404, "not-found")


def test_a_request_that_is_sent_again_is_not_done_again(client: TestClient, tmp_path: Path) -> None:
    """One key and one request give one reply; another request with that key, or a strange key, is a problem."""
    wanted = {"paths": [str(tmp_path / "articles")]}
    headers = {"Idempotency-Key": "night-1"}
    first = client.post("/api/v1/index", json=wanted, headers=headers)
    ended(client, first)
    again = client.post("/api/v1/index", json=wanted, headers=headers)
    assert (again.status_code, again.json(), again.headers["location"]) == (
        202,
        first.json(),
        first.headers["location"],
    )
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert len(client.get("/api/v1/jobs").json()["jobs"]) == 1
    other = client.post("/api/v1/index", json={**wanted, "again": True}, headers=headers)
    check_problem(other, 422, "invalid-request")
    check_problem(client.post("/api/v1/index", json=wanted, headers={"Idempotency-Key": "a b"}), 422, "invalid-request")
    other_key = client.post("/api/v1/index", json=wanted, headers={"Idempotency-Key": "night-2"})
    assert ended(client, other_key)["id"] != first.json()["id"]


def test_a_body_has_an_end(archive: Archive) -> None:
    """A body of 100 MB is refused, be its size announced or not, with a key or without; the server goes on."""

    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 1_000_000

    with over_network(archive) as client:
        for content, key in ((b" " * 100_000_000, {}), (chunks(), {}), (chunks(), {"Idempotency-Key": "night-3"})):
            reply = client.post("/api/v1/index", content=content, headers={"content-type": "application/json", **key})
            problem = check_problem(reply, 413, "too-large")
            assert str(MAX_BODY_BYTES) in problem["detail"]
            assert client.get("/api/v1/jobs").json() == {"jobs": []}


def test_keys_that_are_remembered_have_an_end(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest is dropped, and its request is then answered as a new one."""
    monkeypatch.setattr(stored_replies, "MAX_KEYS", 2)
    replies = [
        client.post("/api/v1/index", json={"paths": ["/none", name]}, headers={"Idempotency-Key": key})
        for key, name in (("a", "1"), ("b", "1"), ("c", "1"), ("b", "2"), ("a", "2"))
    ]
    assert [reply.json()["type"].rpartition(":")[2] for reply in replies] == [
        *["forbidden"] * 3,
        "invalid-request",
        "forbidden",
    ]


def test_streams_have_an_end(client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One client too many that follows a job is told to come back."""
    monkeypatch.setattr(jobs, "MAX_STREAMS", 0)
    reply = client.post("/api/v1/index", json={"paths": [str(tmp_path / "articles")]})
    refused = client.get(f"{reply.headers['location']}/events")
    check_problem(refused, 429, "too-many-requests")
    assert int(refused.headers["retry-after"]) > 0
    ended(client, reply)
