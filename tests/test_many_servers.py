"""Two servers of an archive in PostgreSQL behind nginx: restarted in turn, killed, and who is led to which."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from access_parts import PASSWORD, TOKENS, bearer, make_accounts
from nginx_server import nginx, nginx_before
from paths import ARTICLES, copied_articles
from waiting import PATIENCE, wait_until

from embeddings.encoder import Encoder
from rag.access.roles import Role
from rag.archive import Archive
from rag.client import Client
from rag.server.listening import NOTICE_SECONDS

pytestmark = [pytest.mark.postgres, pytest.mark.heavy]

SIGN_IN_FIELD = 'name="password"'
QUESTIONS = ("Wie lang ist der Gotthard-Basistunnel?", "When did Philae land?", "Wer hat die Schleuse besichtigt?")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class ServerProcess:
    """`fundstelle ui` in a process of its own."""

    archive: str
    accounts: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        words = ["ui", "--archive", self.archive, "--port", str(self.port), "--proxy", "127.0.0.1"]
        words += ["--auth", str(self.accounts)]
        command = [sys.executable, "-c", "from rag.cli.app import main; main()", *words]
        self.process = subprocess.Popen(command)
        wait_until(self.is_ready)

    def is_ready(self) -> bool:
        assert self.process and self.process.poll() is None
        try:
            return httpx.get(f"{self.address}/api/v1/ready", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def end(self, sign: signal.Signals) -> int:
        """Send a signal, and return the exit code."""
        assert self.process
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE)


@dataclass(frozen=True)
class Place:
    """Two servers, and nginx before them."""

    servers: list[ServerProcess]
    address: str
    log: Path

    def failures(self) -> Counter[str]:
        """How many requests nginx answered with an error, by method, path and status."""
        lines = [line.split(" ") for line in self.log.read_text("utf-8").splitlines()]
        return Counter(
            kind
            for status, *_, method, path in lines
            for kind in (f"{method} {path} {status}",)
            if status in ("502", "503", "504")
        )


@pytest.fixture(scope="module")
def place(postgres: object, encoder: Encoder) -> Iterator[Place]:
    """A hundred sample articles, served twice, with accounts."""
    if not nginx():
        pytest.fail("nginx is missing: apt-get install nginx-light")
    address = f"{postgres.address}&schema=many"  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory(prefix="nginx-") as name, ExitStack() as stack:
        folder = Path(name)
        names = [path.name for path in sorted(ARTICLES.iterdir()) if path.suffix == ".md"][:100]
        with Archive.open(address, encoder=encoder) as archive:
            archive.index(copied_articles(names, folder / "articles"))
        accounts = make_accounts(folder / "accounts.json").path
        servers = [ServerProcess(address, accounts) for _ in range(2)]
        for server in servers:
            server.start()
            stack.callback(server.end, signal.SIGKILL)
        port, work = free_port(), folder / "nginx"
        work.mkdir()
        log = stack.enter_context(nginx_before([server.port for server in servers], port, work))
        yield Place(servers, f"http://127.0.0.1:{port}", log)


@contextmanager
def asking(place: Place, ask: Callable[[httpx.Client, int], object], threads: int = 4) -> Iterator[Counter[str]]:
    """Ask steadily while the block lasts; count what succeeded, and what failed by its reason."""
    outcomes: Counter[str] = Counter()
    stop = threading.Event()

    def work(number: int) -> None:
        headers = bearer(Role.EDITOR)
        with httpx.Client(base_url=place.address, headers=headers, trust_env=False, timeout=PATIENCE) as client:
            while not stop.is_set():
                number += threads
                try:
                    ask(client, number)
                    outcomes["done"] += 1
                except Exception as error:
                    outcomes[f"{type(error).__name__}: {error}"[:200]] += 1

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    try:
        yield outcomes
    finally:
        stop.set()
        for worker in workers:
            worker.join()


def ask(client: httpx.Client, number: int) -> None:
    """Ask, and open what answers: without a second try."""
    question = {"question": QUESTIONS[number % 3], "fast": True, "k": 3}
    answer = client.post("/api/v1/ask", json=question).raise_for_status().json()
    for citation in answer["citations"][:1]:
        client.get(f"/api/v1/articles/{citation['article']['id']}").raise_for_status()


def test_each_server_is_restarted_and_no_request_fails(place: Place) -> None:
    """Asked by four without a pause and without a second try: no failure; each ends with code 0, after its notice."""
    with asking(place, ask) as outcomes:
        for server in place.servers:
            time.sleep(2)
            assert server.process
            begin = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            time.sleep(1)
            ready = httpx.get(f"{server.address}/api/v1/ready", trust_env=False)
            assert (ready.status_code, ready.headers["connection"]) == (503, "close")
            assert "about to end" in ready.json()["detail"]
            # what comes all the same is answered
            asked = {"question": QUESTIONS[0], "fast": True}
            reply = httpx.post(f"{server.address}/api/v1/ask", json=asked, headers=bearer(Role.READER), trust_env=False)
            assert reply.status_code == 200
            assert server.process.wait(PATIENCE) == 0
            assert time.monotonic() - begin >= NOTICE_SECONDS
            time.sleep(2)
            server.start()
        time.sleep(2)
    sys.stderr.write(f"restarts: {outcomes}, {place.failures()}\n")
    assert outcomes.pop("done") > 100
    assert outcomes == {}


def test_a_server_is_killed_and_no_question_fails(place: Place) -> None:
    """Questions are sent to the other one by nginx, what reads by GET too; nothing that waited is lost."""
    with asking(place, ask) as outcomes:
        for server in place.servers:
            time.sleep(3)
            assert server.end(signal.SIGKILL) == -signal.SIGKILL
            time.sleep(3)
            server.start()
    sys.stderr.write(f"kills: {outcomes}, {place.failures()}\n")
    assert outcomes.pop("done") > 50
    assert outcomes == {}


def test_changes_are_made_once_though_a_server_is_killed(place: Place) -> None:
    """A client that sends again with its key does each change exactly once; without one, what was in flight fails."""
    names: list[str] = []

    def save(_: httpx.Client, number: int) -> None:
        with Client(place.address, token=TOKENS[Role.EDITOR]) as client:
            name = f"Frage {number}"
            client.saved.add(f"{QUESTIONS[0]} {number}", name)
            names.append(name)

    with asking(place, save) as outcomes:
        for server in place.servers:
            time.sleep(2)
            server.end(signal.SIGKILL)
            time.sleep(2)
            server.start()
    sys.stderr.write(f"changes: {outcomes}, {place.failures()}\n")
    assert outcomes.pop("done") == len(names) > 20
    assert outcomes == {}
    with Client(place.address, token=TOKENS[Role.EDITOR]) as client:
        assert sorted(saved.name for saved in client.saved.all()) == sorted(names)


def test_a_reader_stays_at_a_server_until_it_ends(place: Place) -> None:
    """By a cookie, from the first page on; the session is good at the other one when the first has ended."""
    with httpx.Client(base_url=place.address, trust_env=False, follow_redirects=True, timeout=PATIENCE) as browser:
        browser.headers["Accept"] = "text/html"
        form = {"name": "reader", "password": PASSWORD}
        origin = {"Origin": place.address}
        assert browser.post("/sign-in", data=form, headers=origin).status_code == 200
        assert browser.cookies["fundstelle_server"]
        place.log.write_text("", "utf-8")
        for _ in range(20):
            assert "Fundstelle" in browser.get("/").raise_for_status().text
        (only,) = {line.split(" ")[1] for line in place.log.read_text("utf-8").splitlines()}
        (server,) = [each for each in place.servers if each.address.endswith(only)]
        server.end(signal.SIGKILL)
        page = browser.get("/")
        assert page.status_code == 200 and SIGN_IN_FIELD not in page.text
        server.start()
        assert browser.post("/sign-out", headers=origin).status_code == 200
        assert SIGN_IN_FIELD in browser.get("/").text


def test_events_of_the_page_are_those_of_the_server_that_began_them(place: Place) -> None:
    """What is begun at one server is followed there; by the cookie, nginx leads the second request to it."""
    # a comparison of runs, which readers may ask for; its values do not matter
    call = {"fn_index": 2, "data": [None] * 9, "session_hash": "abc"}
    following = {"session_hash": "abc"}
    headers, patience = bearer(Role.ADMIN), httpx.Timeout(PATIENCE, read=5)
    first, second, browser = (
        httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=patience)
        for address in (*(server.address for server in place.servers), place.address)
    )
    assert first.post("/gradio_api/queue/join", json=call).status_code == 200
    assert "process_completed" not in events(second, following)
    assert "process_completed" in events(first, following)
    place.log.write_text("", "utf-8")
    for _ in range(6):
        assert browser.post("/gradio_api/queue/join", json=call).status_code == 200
        assert "process_completed" in events(browser, following)
    assert len({line.split(" ")[1] for line in place.log.read_text("utf-8").splitlines()}) == 1


def events(client: httpx.Client, following: dict[str, str]) -> str:
    """Return what a server says of what was begun; what it says until nothing comes any more."""
    text = ""
    with suppress(httpx.ReadTimeout), client.stream("GET", "/gradio_api/queue/data", params=following) as stream:
        for part in stream.iter_text():
            text += part
            if "process_completed" in text:
                break
    return text


def test_clients_wait_while_too_many_ask(place: Place) -> None:
    """Forty at once: what is too much is refused at once with 429, and the client, which obeys, gets its answer."""
    refused: Counter[int] = Counter()

    def question(_: httpx.Client, number: int) -> None:
        with Client(place.address, token=TOKENS[Role.READER]) as client:
            assert client.ask(QUESTIONS[number % 3]).citations

    with asking(place, question, threads=40) as outcomes:
        end = time.monotonic() + 15
        with httpx.Client(base_url=place.address, headers=bearer(Role.READER), trust_env=False) as client:
            while time.monotonic() < end:
                reply = client.post("/api/v1/ask", json={"question": QUESTIONS[0]}, timeout=PATIENCE)
                refused[reply.status_code] += 1
                if reply.status_code == 429:
                    assert int(reply.headers["retry-after"]) >= 1
                time.sleep(0.1)
    sys.stderr.write(f"overload: {outcomes}, {refused}\n")
    assert refused[429] > 0
    assert outcomes["done"] > 0
