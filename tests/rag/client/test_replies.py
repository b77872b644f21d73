"""What a client says of servers that do not answer as they should."""

from __future__ import annotations

import io
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from api_parts import serving_api
from paths import Run
from waiting import PATIENCE

from embeddings.encoder import Encoder
from rag import errors
from rag.archive import Archive
from rag.client import Client
from rag.errors import ArchiveBusy, ArticleDamaged, FundstelleError, NotFound, ServerUnreachable, UploadError
from rag.evaluation.session import EvaluationSession
from rag.exporting.export import export_table
from rag.server.hosts import Serving
from rag.server.problems import error_from, facts_of, problem_kind
from rag.storage.sqlite_database import DATABASE
from rag.types.library import LibraryQuery

SHORT = "Der Deichgraf von Altmoor hat am Montag die Schleuse Nord besichtigt und war mit den Toren sehr zufrieden."


@contextmanager
def answering(*replies: bytes) -> Iterator[str]:
    """Answer one connection after the other with these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def work() -> None:
            for reply in replies:
                connection = listener.accept()[0]
                with connection:
                    connection.recv(65536)
                    connection.sendall(reply)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(PATIENCE)
        assert not thread.is_alive()


def http(status: str, body: bytes, content_type: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    """It says the address, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with (
        Client(address) as client,
        pytest.raises(ServerUnreachable, match=rf"^The server at {address} does not .*[.]$"),
    ):
        client.status()


@pytest.mark.parametrize("address", ["", "127.0.0.1:7860", "ftp://x", "http://", "http://[", "http://x?y"])
def test_what_is_no_address_is_a_sentence(address: str) -> None:
    """Before anything is sent."""
    with pytest.raises(FundstelleError, match="is not the address of a server"):
        Client(address)


@pytest.mark.parametrize(
    "reply",
    [
        http("200 OK", b"<html>", "text/html"),
        http("200 OK", b"{}"),
        http("200 OK", b"[" * 5000),
        http("418 Teapot", b"<html>", "text/html"),
        http("500 Oh", b"[]", "application/problem+json"),
        http("500 Oh", b"{", "application/problem+json"),
    ],
)
def test_another_server_is_a_sentence(reply: bytes) -> None:
    """What is not Fundstelle's is not taken for an archive."""
    sentence = pytest.raises(FundstelleError, match=r"^[^\n]+[.]$")
    with answering(reply) as address, Client(address) as client, sentence:
        client.status()


def test_a_client_waits_for_a_server_that_asks_for_it() -> None:
    """One that is full, and one that a proxy does not reach: it asks four times, and no more."""
    full, gone = (
        f"HTTP/1.1 {status}\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n".encode()
        for status in ("429 Full", "502 Bad Gateway")
    )
    away = http(
        "404 Not Found", b'{"type": "urn:fundstelle:problem:not-found", "detail": "Gone."}', "application/problem+json"
    )
    with answering(full, gone, full, away) as address, Client(address) as client, pytest.raises(NotFound):
        client.status()
    sentence = pytest.raises(FundstelleError, match="answered with status 429")
    with answering(full, full, full, full) as address, Client(address) as client, sentence:
        client.status()
    # what is not known to be undone is not sent again
    sentence = pytest.raises(FundstelleError, match="answered with status 502")
    with answering(gone) as address, Client(address) as client, sentence:
        client.correct("a", title="b")


def test_a_broken_connection_is_tried_again_where_that_does_no_harm() -> None:
    """Reading, and what has an idempotency key, are sent once more; a correction is not."""
    away = http(
        "404 Not Found", b'{"type": "urn:fundstelle:problem:not-found", "detail": "Gone."}', "application/problem+json"
    )
    with answering(b"", away) as address, Client(address) as client, pytest.raises(NotFound, match=r"^Gone\.$"):
        client.article("x")
    with answering(b"", away) as address, Client(address) as client, pytest.raises(NotFound):
        client.index("/x")
    with answering(b"", away) as address, Client(address) as client:
        with pytest.raises(ServerUnreachable):
            client.correct("x", title="y")
        with pytest.raises(NotFound):
            client.article("x")


def test_an_export_that_breaks_off_is_a_sentence(fundstelle: Run, tmp_path: Path) -> None:
    """Half of it is not taken for the whole: the file is not there, and what stood in its place stays."""
    half = b'HTTP/1.1 200 OK\r\ncontent-type: application/jsonl\r\ncontent-length: 100\r\n\r\n{"id": "1"}\n'
    for _ in range(2):
        with answering(half) as address:
            done = fundstelle("export", "all.jsonl", "--force", "--server", address)
        sentence = rf"The server at {address} did not send all of it \([^\n]*\): try again, or see its log[.]\n"
        assert (done.returncode, done.stdout) == (2, "")
        assert re.fullmatch(sentence, done.stderr), done.stderr
        assert [path.read_text() for path in tmp_path.iterdir()] in ([], ["mine"])
        (tmp_path / "all.jsonl").write_text("mine")


def test_a_damaged_article_ends_an_export(tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture) -> None:
    """Before anything was sent, with the error of a folder; later, the connection breaks, and the log says why."""
    (tmp_path / "Deich.txt").write_text(SHORT, encoding="utf-8")
    (tmp_path / "lang.txt").write_text("Das Wasser stieg. " * 4000, encoding="utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([tmp_path / "Deich.txt", tmp_path / "lang.txt"])
    database = tmp_path / "archive" / DATABASE
    database.write_bytes(database.read_bytes().replace(b"Schleuse Nord", b"Schleuse Ost "))
    short_first = LibraryQuery(sort="passages", descending=False)
    with (
        Archive.open(tmp_path / "archive", encoder=encoder) as archive,
        serving_api(archive, Serving()) as address,
        Client(address) as client,
    ):
        sentences = []
        for export in (client.export_table, partial(export_table, archive)):
            file = io.BytesIO()
            with pytest.raises(ArticleDamaged) as caught:
                export(file, "jsonl", "articles", query=short_first)
            assert file.getvalue() == b""
            sentences.append(str(caught.value))
        assert sentences[0] == sentences[1]
        caplog.clear()
        with pytest.raises(ServerUnreachable, match="did not send all of it"):
            client.export_table(io.BytesIO(), "jsonl", "articles", query=replace(short_first, descending=True))
        assert f"An export was not completed: {sentences[0]}" in caplog.messages


def test_every_error_comes_back_as_itself() -> None:
    """Of all classes: what the server says of an error is that error again, with its attributes."""
    made: list[FundstelleError] = []
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, FundstelleError):
            error = value.__new__(value)
            Exception.__init__(error, "It is so: do that.")
            vars(error).update({"fault": "large", "value": 3} if issubclass(value, UploadError) else {})
            made.append(error)
    assert len(made) > 20
    for error in made:
        kind = problem_kind(error)
        assert 400 <= kind.status <= 503
        back = error_from({"type": kind.type, "detail": str(error), "facts": facts_of(error)})
        assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))
    assert type(error_from({"type": "about:blank", "title": "Oh."})) is FundstelleError


def test_files_are_sent_and_runs_come_back(tmp_path: Path, encoder: Encoder) -> None:
    """A file of this computer is indexed on the server; the run of an evaluation is the one that is stored there."""
    (tmp_path / "here").mkdir()
    file = tmp_path / "here" / "Deich.txt"
    file.write_text(SHORT, encoding="utf-8")
    with (
        Archive.open(tmp_path / "archive", encoder=encoder) as archive,
        serving_api(archive, Serving()) as address,
        Client(address) as client,
    ):
        assert client.upload(file).new == 1
        assert client.article("Deich.txt").text == SHORT
        with pytest.raises(UploadError) as refused:
            client.upload(file.rename(file.with_name(".Deich.txt")))
        assert refused.value.fault == "hidden"
        questions = [{"question": "Was besichtigte der Deichgraf?", "answers": [{"article": "Deich.txt"}]}]
        progress: list[tuple[int, int | None]] = []
        run = client.evaluate(questions, name="erste", on_progress=lambda *counts: progress.append(counts))
        assert run == EvaluationSession(archive).runs.load("erste") == client.run("erste")
        assert progress[-1] == (1, 1)
        with pytest.raises(FundstelleError, match="does not index"):
            client.index("/etc")
        with archive._writing(), pytest.raises(ArchiveBusy):
            client.forget(file)
