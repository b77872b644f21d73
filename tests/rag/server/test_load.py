"""How many questions a server takes: until one would wait too long; and what it says then, to whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from access_parts import Clock
from api_parts import HERE, check_problem
from fastapi.testclient import TestClient
from mcp import Client as Assistant
from page_parts import TEXT

from embeddings.encoder import Encoder
from rag.api.app import build_api
from rag.archive import Archive
from rag.client import Client
from rag.client.calls import ApiCall
from rag.errors import TooManyQuestions
from rag.mcp.server import build_mcp
from rag.server.load import MOST_SECONDS, Load
from ui.app import build_app

ASKED = {"question": "Wann wurde der Gotthard-Basistunnel eröffnet?", "fast": True}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Archive]:
    """An archive of one article."""
    folder = tmp_path_factory.mktemp("load")
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(folder / "archive", encoder=encoder) as opened:
        opened.index([folder / "one.txt"])
        yield opened


def answer(load: Load, clock: Clock, seconds: float, count: int = 1) -> None:
    """Answer a request that takes so long."""
    with load.question() as question:
        clock.now += seconds
        question.count, question.is_answered = count, True


@contextmanager
def waiting(load: Load, number: int) -> Iterator[None]:
    """Let some questions wait."""
    with ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(load.question())
        yield


def full(number: int = 20) -> tuple[Load, ExitStack]:
    """A server whose questions take a quarter of a second, and so many wait."""
    clock = Clock()
    load, stack = Load(clock), ExitStack()
    for _ in range(number):
        stack.enter_context(load.question())
    load._mean = 0.25
    return load, stack


def test_a_question_is_refused_when_those_before_it_take_two_seconds() -> None:
    """As many are taken as the server answers in that time, and it says when to ask again."""
    assert MOST_SECONDS == 2
    clock = Clock()
    load = Load(clock)
    answer(load, clock, 0.125)
    with waiting(load, 17):
        with pytest.raises(TooManyQuestions, match=r"^17 questions wait .*: ask again in 1 second\.$") as caught:
            load.check()
        assert caught.value.wait == 1
    load.check()


def test_a_few_are_never_too_many() -> None:
    """Where an answer takes three seconds, eight people may ask at once all the same."""
    clock = Clock()
    load = Load(clock)
    answer(load, clock, 3)
    with waiting(load, 8), pytest.raises(TooManyQuestions, match="in 22 seconds"):
        load.check()
    with waiting(load, 7):
        load.check()


def test_the_time_of_a_question_is_that_of_the_server() -> None:
    """Two that are answered at once take half of the time each; a request of ten questions is ten."""
    clock = Clock()
    load = Load(clock)
    with load.question() as first, load.question() as second:
        clock.now += 0.4
        first.is_answered = second.is_answered = True
    # the first took 0.4 s, the second came with it: 0.9 of 0.4
    assert load._mean == pytest.approx(0.36)
    clock.now += 100
    for _ in range(200):
        answer(load, clock, 2, count=10)
    assert load._mean == pytest.approx(0.2)


def test_what_fails_says_nothing_of_the_time() -> None:
    """A question that was refused for its words is no quick answer."""
    clock = Clock()
    load = Load(clock)
    answer(load, clock, 0.5)
    with load.question():
        clock.now += 0.001
    assert load._mean == pytest.approx(0.5)
    assert load.wait == 0


def test_the_api_refuses_with_a_sentence(archive: Archive) -> None:
    """429 with the time to wait, for questions alone; it is not ready as long; then it answers again."""
    load, questions = full()
    client = TestClient(build_api(archive, load=load), base_url=HERE)
    refused = client.post("/api/v1/ask", json=ASKED)
    problem = check_problem(refused, 429, "too-many-questions")
    assert problem["detail"] == "20 questions wait for this server already: ask again in 3 seconds."
    assert (problem["facts"], refused.headers["retry-after"]) == ({"wait": 3}, "3")
    ready = client.get("/api/v1/ready")
    assert check_problem(ready, 503, "unavailable")["detail"] == problem["detail"]
    assert ready.headers["retry-after"] == "3"
    assert client.get("/api/v1/articles").is_success
    assert client.get("/api/v1/health").is_success
    questions.close()
    assert client.post("/api/v1/ask", json=ASKED).is_success
    archive.warm_up()
    assert client.get("/api/v1/ready").is_success
    load.is_ending = True
    assert "about to end" in check_problem(client.get("/api/v1/ready"), 503, "unavailable")["detail"]
    assert client.post("/api/v1/ask", json=ASKED).is_success


def test_assistants_get_the_sentence(archive: Archive) -> None:
    """As the error of the tool, which they can read."""
    load, questions = full()

    async def ask() -> str:
        async with Assistant(build_mcp(archive, load=load)) as assistant:
            result = await assistant.call_tool("ask", {"question": ASKED["question"]})
            assert result.is_error
            return str(result.content[0].text)

    assert asyncio.run(ask()).endswith("20 questions wait for this server already: ask again in 3 seconds.")
    questions.close()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Gerade sind sehr viele Fragen auf einmal gekommen. Versuchen Sie es in ein paar Sekunden noch einmal."),
        ("en", "Very many questions came in at once. Try again in a few seconds."),
    ],
)
def test_the_page_says_it_in_its_language(archive: Archive, language: str, sentence: str) -> None:
    """In place of the answer, and the API beside it counts the same questions."""
    app = build_app(archive)
    load: Load = app.state.load
    client = TestClient(app, base_url=HERE)
    with waiting(load, 20):
        load._mean = 0.25
        refused = client.get("/answer", params={"q": ASKED["question"], "lang": language})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "3")
        assert sentence in refused.text
        assert client.post("/api/v1/ask", json=ASKED).status_code == 429
        assert client.get("/view/library").is_success
    assert client.get("/answer", params={"q": ASKED["question"], "lang": language}).is_success


def test_questions_are_counted_as_they_are_answered(archive: Archive) -> None:
    """A request of five questions is five, and what is malformed is none."""
    load = Load()
    client = TestClient(build_api(archive, load=load), base_url=HERE)
    assert client.post("/api/v1/ask", json={"question": ""}).status_code == 422
    assert load._mean == 0
    noted: list[int] = []
    note: Callable[[int], None] = load._note
    load._note = lambda count: (noted.append(count), note(count))[1]  # type: ignore[method-assign]
    assert client.post("/api/v1/ask", json={"questions": [ASKED["question"]] * 5, "fast": True}).is_success
    assert noted == [5]
    assert load._mean > 0


def test_when_a_client_sends_again(tmp_path: Path) -> None:
    """Whatever was refused with 429; of the rest, what a reply asks for and what does no harm twice."""

    def pauses(call: ApiCall[None]) -> list[float | None]:
        return [
            call.pause(429, {"retry-after": "3"}),
            call.pause(503, {"retry-after": "60"}),
            call.pause(409, {"retry-after": "1"}),
            call.pause(502, {}),
            call.pause(503, {}),
            call.pause(500, {"retry-after": "1"}),
        ]

    again = [3, 10, 1, 1, None, None]
    assert pauses(ApiCall("GET", "/x", lambda _: None)) == again
    assert pauses(ApiCall("POST", "/x", lambda _: None, is_read=True)) == again
    assert pauses(ApiCall("POST", "/x", lambda _: None, key="k")) == again
    assert pauses(ApiCall("POST", "/x", lambda _: None)) == [3, *[None] * 5]
    with (tmp_path / "f").open("w+b") as file:
        assert pauses(ApiCall("POST", "/x", lambda _: None, files=[("f", file)])) == [None] * 6
    with Client(HERE) as client:
        assert client.server == HERE
