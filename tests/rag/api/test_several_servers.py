"""Several servers of one archive in PostgreSQL: what one of them knows, the others know."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from access_parts import PASSWORD, bearer, make_accounts
from api_parts import HERE, check_problem
from fastapi.testclient import TestClient
from waiting import PATIENCE, wait_until

from embeddings.encoder import Encoder
from rag.access import access as access_module
from rag.access.access import SignInRefused
from rag.access.account_file import AccountFile
from rag.access.roles import Role
from rag.access.sessions import IDLE_SECONDS, MOST_SESSIONS
from rag.access.throttle import FREE_BY_ADDRESS, FREE_BY_NAME
from rag.api.app import access_of, build_api
from rag.archive import Archive
from rag.backup.copying import copy_archive
from rag.errors import ArchiveError
from rag.jobs.jobs import Jobs
from rag.server.hosts import Serving
from rag.server.stored_replies import KeyState, StoredReply
from rag.storage.postgres import opening
from rag.storage.postgres.job_records import SILENT_SECONDS

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

TEXT = "Der Deichgraf von Altmoor hat am Montag die Schleuse Nord besichtigt und war mit den Toren sehr zufrieden."
HOME = "192.0.2.1"


@pytest.fixture
def archives(
    tmp_path: Path, postgres_address: str, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Archive]]:
    """The archive of one article, opened by two computers that share a folder for files."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(TEXT, "utf-8")
    monkeypatch.setenv("FUNDSTELLE_FILES", str(tmp_path / "files"))
    opened = []
    for name in ("first", "second"):
        monkeypatch.setattr(opening, "cache_folder", lambda name=name: tmp_path / name)
        opened.append(Archive.open(postgres_address, encoder=encoder))
    opened[0].index([tmp_path / "articles"])
    yield opened
    for archive in opened:
        archive.close()


@pytest.fixture
def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serving:
    """Two servers have the same accounts; passwords are compared at once."""
    monkeypatch.setattr(access_module, "is_password", lambda given, stored: given == PASSWORD and stored is not None)
    return Serving(accounts=make_accounts(tmp_path / "accounts.json").path)


def shift(archive: Archive, table: str, column: str, seconds: float) -> None:
    """Let something have happened earlier."""
    with archive._database.lent() as connection:
        query = f"UPDATE {table} SET {column} = {column} - make_interval(secs => %s)"  # noqa: S608
        connection.raw.execute(query, (seconds,))  # type: ignore[attr-defined]


def test_who_signs_in_at_one_server_is_known_at_the_other(archives: list[Archive], serving: Serving) -> None:
    """And who signs out of one, or everywhere, or has another password, is known at neither."""
    first, second = (access_of(serving, archive) for archive in archives)
    assert first and second and serving.accounts
    session = first.sign_in("reader", PASSWORD, HOME)
    visitor = second.visitor_of_session(session)
    assert visitor and (visitor.name, visitor.role) == ("reader", Role.READER)
    assert second.visitor_of_session(session + "x") is None
    second.sign_out(session)
    assert first.visitor_of_session(session) is None
    sessions = [access.sign_in("reader", PASSWORD, HOME) for access in (first, second)]
    other = first.sign_in("editor", PASSWORD, HOME)
    second.sign_out_everywhere("reader")
    assert not any(map(first.visitor_of_session, sessions))
    AccountFile(serving.accounts).change(lambda accounts: accounts.pop("editor") and None)
    assert second.visitor_of_session(other) is None
    make_accounts(serving.accounts)


def test_sessions_end_by_the_clock_of_the_database(archives: list[Archive], serving: Serving) -> None:
    """After eight hours without use, and the oldest of too many; a server that ends, ends none."""
    first, second = (access_of(serving, archive) for archive in archives)
    assert first and second
    session = first.sign_in("reader", PASSWORD, HOME)
    shift(archives[0], "sessions", "last_used", IDLE_SECONDS - 100)
    assert second.visitor_of_session(session, is_use=False)
    assert second.visitor_of_session(session)
    shift(archives[0], "sessions", "last_used", IDLE_SECONDS - 100)
    assert first.visitor_of_session(session)
    shift(archives[0], "sessions", "last_used", IDLE_SECONDS + 1)
    assert first.visitor_of_session(session) is None
    sessions = [first.sign_in("reader", PASSWORD, HOME) for _ in range(MOST_SESSIONS + 1)]
    assert [second.visitor_of_session(each) is None for each in sessions] == [True] + [False] * MOST_SESSIONS
    again = access_of(serving, archives[1])
    assert again and again.visitor_of_session(sessions[-1])


def test_wrong_passwords_count_at_all_servers(archives: list[Archive], serving: Serving) -> None:
    """Whoever tries at one and at the other has no more tries than at one alone."""
    accesses = [access_of(serving, archive) for archive in archives]
    waits = []
    for number in range(FREE_BY_NAME + 1):
        access = accesses[number % 2]
        assert access
        with pytest.raises(SignInRefused) as caught:
            access.sign_in("reader", "wrong", HOME)
        waits.append(caught.value.wait)
    assert waits[:-1] == [0] * FREE_BY_NAME
    assert 0 < waits[-1] <= 1
    shift(archives[0], "attempts", "last", 2)
    first, second = accesses
    assert first and second
    assert second.sign_in("reader", PASSWORD, HOME)
    # the name is free again, the address is not
    for number in range(FREE_BY_ADDRESS - FREE_BY_NAME):
        with pytest.raises(SignInRefused) as caught:
            first.sign_in(f"name{number}", "wrong", HOME)
        assert caught.value.wait == 0
    with pytest.raises(SignInRefused) as caught:
        second.sign_in("editor", PASSWORD, HOME)
    assert caught.value.wait > 0
    assert second.sign_in("editor", PASSWORD, "192.0.2.2")


def test_a_request_that_is_sent_again_to_another_server_is_not_done_again(archives: list[Archive]) -> None:
    """It gets the reply of the first; and what fails for now is done."""
    first, second = (TestClient(build_api(archive), base_url=HERE) for archive in archives)
    headers, question = {"Idempotency-Key": "once"}, {"question": "Wer hat die Schleuse besichtigt?", "name": "Deich"}
    stored = first.post("/api/v1/saved", json=question, headers=headers)
    again = second.post("/api/v1/saved", json=question, headers=headers)
    assert (again.status_code, again.json()) == (stored.status_code, stored.json())
    assert stored.is_success, stored.text
    other = second.post("/api/v1/saved", json={**question, "name": "Tor"}, headers=headers)
    check_problem(other, 422, "invalid-request")
    assert len(first.get("/api/v1/saved").json()["questions"]) == 1


def test_a_request_whose_server_died_may_be_done_by_another(archives: list[Archive]) -> None:
    """While it is being done, nobody else does it; when its server is no more, another one may."""
    memories = [archive._database.shared_memory for archive in archives]
    assert memories[0] and memories[1]
    first, second = memories[0].replies, memories[1].replies
    assert first.claim("k", "fingerprint") is KeyState.FREE
    assert second.claim("k", "fingerprint") is KeyState.BUSY
    # as a process that is killed: its connections are closed
    first._claims["k"].close()  # type: ignore[attr-defined]
    assert second.claim("k", "fingerprint") is KeyState.FREE
    reply = StoredReply("fingerprint", 200, ((b"content-type", b"text/plain"),), b"\x00done")
    second.finish("k", reply)
    assert first.claim("k", "fingerprint") == reply
    assert first.claim("k", "other") is KeyState.OTHER_REQUEST
    shift(archives[0], "replies", "stored", 25 * 3600)
    assert first.claim("k", "other") is KeyState.FREE
    first.finish("k", None)


def test_jobs_are_seen_and_ended_at_every_server(archives: list[Archive], tmp_path: Path) -> None:
    """The other server says how far a job is, streams that, lists it, and ends it."""
    all_jobs = [Jobs.of(archive) for archive in archives]
    first, second = (
        TestClient(build_api(archive, jobs=jobs), base_url=HERE)
        for archive, jobs in zip(archives, all_jobs, strict=True)
    )
    begun = first.post("/api/v1/index", json={"paths": [str(tmp_path / "articles")]})
    address = begun.headers["location"]
    assert second.get(address).json()["id"] == begun.json()["id"]
    events = second.get(f"{address}/events").text
    assert events.rstrip().splitlines()[-1].startswith("data: ") and "event: end" in events
    job = second.get(address).json()
    assert (job["phase"], job["running"]) == ("done", False)
    assert job["report"]["unchanged"] == 1
    assert [each["id"] for each in second.get("/api/v1/jobs").json()["jobs"]] == [job["id"]]
    assert first.get(address).json() == job
    # enough for the server to hear, within a second, that the job is to end
    for number in range(600):
        (tmp_path / "articles" / f"{number}.txt").write_text(f"{TEXT} Es gab {number} Kuchen.", "utf-8")
    begun = first.post("/api/v1/index", json={"paths": [str(tmp_path / "articles")]})
    assert second.post(f"{begun.headers['location']}/cancel").status_code == 200
    wait_until(lambda: not second.get(begun.headers["location"]).json()["running"])
    assert second.get(begun.headers["location"]).json()["phase"] == "cancelled"
    check_problem(second.get("/api/v1/jobs/none"), 404, "not-found")
    for jobs in all_jobs:
        jobs.close()


def test_a_job_whose_server_died_has_ended(archives: list[Archive], tmp_path: Path) -> None:
    """Nobody waits for it: it is refused in a sentence that says to begin it anew."""
    memory = archives[0]._database.shared_memory
    assert memory
    client = TestClient(build_api(archives[0]), base_url=HERE)
    begun = client.post("/api/v1/index", json={"paths": [str(tmp_path / "articles")]})
    wait_until(lambda: not client.get(begun.headers["location"]).json()["running"])
    body = memory.jobs.get(begun.json()["id"])
    assert body
    memory.jobs.put("indexing-0-1", "indexing", body.body.replace('"done"', '"reading"', 1), running=True)
    other = TestClient(build_api(archives[1]), base_url=HERE)
    shift(archives[0], "jobs", "updated", SILENT_SECONDS + 1)
    job = other.get("/api/v1/jobs/indexing-0-1").json()
    assert (job["phase"], job["running"]) == ("refused", False)
    assert "begin it anew" in job["problem"]["detail"]


def test_an_upload_is_there_for_both(archives: list[Archive], tmp_path: Path) -> None:
    """It is in the folder that they share, so that its article has its file whatever server is asked."""
    jobs = Jobs.of(archives[0])
    client = TestClient(build_api(archives[0], jobs=jobs), base_url=HERE)
    note = f"{TEXT} Die Tore sind aus Eichenholz."
    reply = client.post("/api/v1/index/files", files=[("files", ("tore.txt", note.encode(), "text/plain"))])
    assert reply.status_code == 202, reply.text
    assert jobs.indexing.wait(PATIENCE)
    for archive in archives:
        (citation, *_) = archive.ask("Woraus sind die Tore?").citations
        assert not citation.file_missing
        assert Path(citation.article.path).is_relative_to(tmp_path / "files" / archive.id)
    assert archives[0].folder != archives[1].folder
    jobs.close()


def test_every_computer_finds_the_vectors(archives: list[Archive], tmp_path: Path, encoder: Encoder) -> None:
    """Who opens the archive later, wherever, searches where the vectors are; a copy of it has its own."""
    address = f"milvus:{tmp_path / 'vectors.db'}"
    with Archive.open(archives[0].location, encoder=encoder, vectors_at=address) as moved:
        assert moved.ask("Wer hat die Schleuse besichtigt?").citations
    archives[1].close()
    with Archive.open(archives[1].location, create=False, encoder=encoder) as other:
        assert other.status().vectors_at == address
    copy_archive(archives[0].location, str(tmp_path / "copy"))
    with Archive.open(tmp_path / "copy", create=False, encoder=encoder) as copy:
        assert copy.status().vectors_at == "faiss"


def test_a_server_that_may_make_no_tables_says_so(archives: list[Archive], serving: Serving) -> None:
    """In a sentence; programs with a token need none."""
    with archives[0]._database.lent() as connection:
        raw, schema = connection.raw, archives[0]._database.address.schema  # type: ignore[attr-defined]
        raw.execute(f"CREATE ROLE {schema} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {schema}")
        raw.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {schema}")
    address = archives[0].location.replace("user=postgres", f"user={schema}")
    with Archive.open(address, create=False, encoder=archives[0].encoder) as archive:
        client = TestClient(build_api(archive, serving), base_url=HERE)
        asked = {"question": "Wer hat die Schleuse besichtigt?"}
        assert client.post("/api/v1/ask", json=asked, headers=bearer(Role.READER)).is_success
        access = access_of(serving, archive)
        assert access
        with pytest.raises(ArchiveError, match=r"may not be written by this user.*: ask who runs the server\."):
            access.sign_in("reader", PASSWORD, HOME)


def test_two_servers_make_the_tables_at_once(archives: list[Archive], serving: Serving) -> None:
    """Neither fails."""
    failures: list[BaseException] = []
    start = threading.Barrier(8)

    def sign_in(archive: Archive) -> None:
        access = access_of(serving, archive)
        assert access
        start.wait()
        try:
            access.sign_in("reader", PASSWORD, HOME)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=sign_in, args=(archives[number % 2],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
