"""The server: whom it answers, what it refuses, and how quietly it takes a request that makes no sense."""

from __future__ import annotations

import json
import logging
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from page_parts import Parts
from paths import ROOT

from rag.archive import Archive
from rag.errors import FundstelleError
from rag.server.hosts import Serving
from rag.server.listening import address
from ui.app import build_app, serve
from ui.routes.fragments import fragment
from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN
from ui.wording.texts import Texts

SURROGATE = "Was ist \ud800?"


def test_the_page_may_load_from_its_own_address_only(browser: TestClient) -> None:
    """Every reply carries a policy under which the browser refuses all other addresses."""
    policy = browser.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_only_the_names_of_this_machine_are_answered(archive: Archive, browser: TestClient) -> None:
    """A strange name that resolves to this machine (DNS rebinding) reads nothing."""
    assert browser.get("/", headers={"host": "evil.example"}).status_code == 400
    assert browser.get("/article/x", headers={"host": "evil.example:7860"}).status_code == 400
    assert browser.get("/", headers={"host": "localhost:7860"}).status_code == 200
    assert browser.get("/", headers={"host": "[::1]:7860"}).status_code == 200


def test_a_port_in_use_is_said_in_a_sentence(archive: Archive) -> None:
    """A port that another program holds is refused before anything starts, with what to do next."""
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = occupied.getsockname()[1]
        with pytest.raises(FundstelleError, match=f"Port {port} is in use: stop the other program or choose another"):
            serve(archive, Serving(port=port))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:7860"),
        ("localhost", "http://localhost:7860"),
        ("::1", "http://[::1]:7860"),
        ("fe80::2", "http://[fe80::2]:7860"),
    ],
)
def test_the_address_can_be_opened(host: str, expected: str) -> None:
    """RFC 3986 puts an IPv6 address into brackets, or its last part would be read as the port."""
    assert address(Serving(host)) == expected
    assert address(Serving(host, certificate=Path("a"))) == expected.replace("http", "https")


def test_the_server_says_where_it_answers(archive: Archive) -> None:
    """Once the port is taken, `on_ready` gets the address that a browser takes."""

    class Ready(Exception):
        """Ends the server before it begins."""

    addresses: list[str] = []

    def on_ready(url: str) -> None:
        addresses.append(url)
        raise Ready

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Ready):
        serve(archive, Serving(port=port), on_ready)
    assert addresses == [f"http://127.0.0.1:{port}"]


@pytest.mark.parametrize("origin", [None, "http://127.0.0.1:7860", "http://evil.example"])
@pytest.mark.parametrize("route", ["upload", "upload/", "upload?upload_id=x", "process_recording"])
def test_nothing_is_uploaded(
    browser: TestClient, origin: str | None, route: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gradio's routes for files are closed to everybody."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    headers = {"origin": origin} if origin else {}
    reply = browser.post(f"/gradio_api/{route}", files={"files": ("a.txt", b"a"), "video": b"a"}, headers=headers)
    assert reply.status_code == 404
    assert "Content-Security-Policy" in reply.headers
    assert not list(tmp_path.rglob("*.txt"))


def test_no_link_to_a_state_is_kept(browser: TestClient) -> None:
    """Gradio would write the state of a page into a file at a mere GET, which any page can have a browser send."""
    assert browser.get("/gradio_api/deep_link", params={"session_hash": "x"}).status_code == 404


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://127.0.0.1:8000",
        "http://127.0.0.1",
        "http://localhost:7860",
        "null",
        "",
        "http://[",
    ],
)
def test_the_pages_of_others_send_nothing(browser: TestClient, origin: str) -> None:
    """A request that may change something is refused when the browser says that another page sent it."""
    opening = {"fn_index": 0, "data": []}
    assert browser.post("/gradio_api/run/predict", json=opening, headers={"origin": origin}).status_code == 403
    reply = browser.get("/answer", params={"q": "Wie lang ist der Tunnel?"}, headers={"origin": origin})
    assert (reply.status_code, "Tunnel" in reply.text) == (403, False)
    asked_first = {"origin": origin, "access-control-request-method": "POST"}
    assert browser.options("/gradio_api/run/predict", headers=asked_first).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860"])
def test_the_page_itself_may_ask(browser: TestClient, host: str) -> None:
    """A question from our own page, under each name of this machine, is answered, and so is one from no page."""
    for headers in ({"host": host, "origin": f"http://{host}"}, {"host": host}):
        reply = browser.get("/answer", params={"q": "Wie lang ist der Tunnel?"}, headers=headers)
        assert (reply.status_code, "57 Kilometern" in reply.text) == (200, True)
    assert browser.get("/", headers={"host": host, "origin": "http://evil.example"}).status_code == 200


@pytest.mark.parametrize(
    "request_body",
    [
        {"fn_index": 1, "data": [None, None, None, None]},
        {"fn_index": 1, "data": [["de"], {"a": 1}, [], 5]},
        {"fn_index": 1, "data": [SURROGATE, SURROGATE, None, SURROGATE]},
        {"fn_index": 3, "data": [None]},
        {"fn_index": 3, "data": [None], "event_data": {}},
        {"fn_index": 3, "data": [None], "event_data": 5},
        {"fn_index": 3, "data": [None], "event_data": "text"},
        {"fn_index": 3, "data": [None], "event_data": ["text"]},
        {"fn_index": 3, "data": [None], "event_data": {"text": None}},
        {"fn_index": 3, "data": [None], "event_data": {"text": ["a"]}},
        {"fn_index": 3, "data": [None], "event_data": {"name": SURROGATE, "text": SURROGATE}},
        {"fn_index": 0, "data": []},
    ],
)
def test_a_request_without_sense_is_answered_quietly(
    browser: TestClient,
    request_body: dict[str, Any],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever stands where a value should be, there is a reply, and the terminal stays empty."""
    # with \ud800 spelt out, which the client's own JSON could not send
    kind = {"content-type": "application/json"}
    reply = browser.post("/gradio_api/run/predict", content=json.dumps(request_body), headers=kind)
    assert reply.status_code == 200
    assert reply.json()["data"]
    assert (capfd.readouterr(), caplog.text) == (("", ""), "")


@pytest.mark.parametrize(
    ("question", "german", "english"),
    [
        ("", GERMAN.empty_question, ENGLISH.empty_question),
        ('"?"', GERMAN.empty_question, ENGLISH.empty_question),
        ("a" * 1001, "ist 1001 Zeichen lang. Kürzen Sie sie auf höchstens 1000 Zeichen", "1000 characters or fewer"),
        (" a  " * 12_345, "ist 24.689 Zeichen lang", "is 24,689 characters long"),
        ("-Gotthard", GERMAN.wrong_question, ENGLISH.wrong_question),
    ],
)
def test_a_refusal_is_in_the_readers_language(browser: TestClient, question: str, german: str, english: str) -> None:
    """Nothing to look for, too much, only words to leave out: each has a sentence in both languages."""
    for sentence, foreign_sentence, code in ((german, english, "de"), (english, german, "en")):
        text = Parts(browser.get("/answer", params={"q": question, "lang": code}).text).text
        assert sentence in text
        assert foreign_sentence not in text


def test_an_archive_that_is_gone_is_a_sentence_everywhere(
    archive: Archive, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Opening the page, asking, reading, evaluating and marking all say so, in the language of the page."""
    folder = tmp_path / "archive"
    shutil.copytree(archive.folder, folder)
    with Archive.open(folder) as copied:
        client = TestClient(build_app(copied), base_url="http://127.0.0.1:7860")
        article = copied.ask("Wie lang ist der Tunnel?").citations[0].article
        shutil.rmtree(folder)
        with pytest.raises(FundstelleError, match="was deleted or moved"):
            copied.status()
        mark = {"question": "Wie?", "article": article.id, "start": 0, "end": 5, "answers": True}
        calls = (
            (0, [], None),  # the page is opened
            (1, ["de", None, None, None], None),
            (6, ["de", "a run"], None),
            (7, ["de", "a run", "another"], None),
            (8, ["de", "a run"], None),
        )
        replies = [
            client.post("/gradio_api/run/predict", json={"fn_index": number, "data": data, "event_data": event})
            for number, data, event in calls
        ]
        routes = [
            client.get("/answer", params={"q": "Wie lang?"}),
            client.get(f"/article/{article.id}"),
            client.get("/evaluation/x.html"),
            client.post("/mark", json=mark),
        ]
    assert [reply.status_code for reply in replies] == [200] * len(replies)
    assert [reply.status_code for reply in routes] == [503] * len(routes)
    for reply, (_, values, _) in zip(replies, calls, strict=True):
        assert (GERMAN if values else ENGLISH).archive_gone in Parts(reply.text).text
    for reply in routes:
        assert ENGLISH.archive_gone in Parts(reply.text).text
    assert caplog.text == ""


def test_nothing_left_is_said_in_the_readers_language(browser: TestClient) -> None:
    """A phrase that stands nowhere leaves nothing, which the page says in its own words."""
    text = Parts(browser.get("/answer", params={"q": 'Tunnel "steht nirgends"', "lang": "de"}).text).text
    assert GERMAN.nothing_matches in text
    assert "No passage" not in text


def test_an_unexpected_error_is_a_sentence_and_a_line(caplog: pytest.LogCaptureFixture) -> None:
    """What the archive did not foresee is a sentence in the page, one line in the log, and a trace for --debug only."""

    def fail(_: Texts) -> str:
        raise ValueError("first\nsecond")

    request = Request({"type": "http", "path": "/answer", "query_string": b"lang=en", "headers": []})
    with caplog.at_level(logging.DEBUG, "ui"):
        reply = fragment(request, cast(Archive, SimpleNamespace(folder=Path())), fail)
    text = Parts(bytes(reply.body).decode()).text
    assert reply.status_code == 500
    assert "Something went wrong" in text
    assert "Traceback" not in text
    line, trace = caplog.records
    assert (line.levelno, line.exc_info) == (logging.ERROR, None)
    # what the error says may quote a question or a text
    assert line.getMessage() == "/answer could not be answered: ValueError"
    assert trace.levelno == logging.DEBUG
    assert trace.exc_info


def test_nothing_is_loaded_from_elsewhere() -> None:
    """Our own styles and scripts name no address."""
    for asset in (path for path in (ROOT / "ui" / "assets").rglob("*") if path.suffix in {".css", ".js", ".svg"}):
        text = asset.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//" not in text.replace("// ", ""), asset.name
