"""POST /ask: the answers are those of the archive, whatever is asked, and bad questions have a sentence."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_parts import HERE
from fastapi.testclient import TestClient

from embeddings.encoder import Encoder
from rag.api.app import build_api
from rag.archive import Archive
from rag.schemas.answer import AnswerWithTextsModel
from rag.types.decoding import decode_answer

QUESTION = "Wann wurde der Gotthard-Basistunnel eröffnet?"


@pytest.fixture(scope="module")
def client(sample: Archive) -> TestClient:
    """A program that asks the sample archive."""
    return TestClient(build_api(sample), base_url=HERE)


def ask(client: TestClient, **body: Any) -> httpx.Response:
    return client.post("/api/v1/ask", json=body)


def without_time(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in ("took_ms", "outcome")}


def test_an_answer_is_that_of_the_command_line(client: TestClient, sample: Archive) -> None:
    """The same JSON in the same order, and what the question led to."""
    for filters in ({}, {"since": "2016", "until": "2022", "languages": ["de"], "include": ["comments"]}):
        reply = ask(client, question=QUESTION, k=3, filters=filters).json()
        names = {"languages": "language"}
        arguments = {names.get(name, name): value for name, value in filters.items()}
        printed = sample.ask(QUESTION, 3, **arguments).to_dict()
        assert json.dumps(without_time(reply)) == json.dumps(without_time(printed))
        assert reply["outcome"] == "answered"
    assert list(reply) == [*printed, "outcome"]


def test_an_empty_archive_asks_for_articles(tmp_path: Path, encoder: Encoder) -> None:
    """A program reads which request adds them; one that works with the answer as if it had the archive, its words."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        program = TestClient(build_api(archive), base_url=HERE)
        for extra in ({}, {"group_by": "article"}):
            reason = ask(program, question=QUESTION, **extra).json()["reason"]
            assert reason == "The archive is still empty: add articles with POST /index."
            assert ask(program, question=QUESTION, texts=True, **extra).json()["reason"] == archive.ask(QUESTION).reason


def test_fast_answers_are_not_re_ranked(client: TestClient) -> None:
    """They lack the signal of late interaction."""
    assert "late" not in ask(client, question=QUESTION, fast=True).json()["citations"][0]["signals"]


def test_several_questions_have_several_answers(client: TestClient) -> None:
    """In their order, and as if they were asked alone."""
    answers = ask(client, questions=[QUESTION, "Wer fand das Higgs-Teilchen?"], k=1).json()["answers"]
    alone = ask(client, question=QUESTION, k=1).json()
    assert without_time(answers[0]) == without_time(alone)
    assert [answer["question"] for answer in answers] == [QUESTION, "Wer fand das Higgs-Teilchen?"]
    assert ask(client, questions=[]).json() == {"answers": []}


def test_results_by_article(client: TestClient, sample: Archive) -> None:
    """They are those of `Archive.search`, with counts, by relevance or date."""
    for sort in ("relevance", "date"):
        reply = ask(client, question="Koalition", group_by="article", sort=sort, k=20).json()
        results = sample.search("Koalition", sort=sort, limit=20)
        assert without_time(reply) == without_time(results.to_dict())
        assert reply["facets"]["sources"] == dict(results.facets.sources)


def test_texts_make_an_answer_whole(client: TestClient, sample: Archive) -> None:
    """With them a program has the answer as if it had the archive; without being asked for they are not sent."""
    body = ask(client, question=QUESTION, texts=True).text
    answer, whole = decode_answer(AnswerWithTextsModel.model_validate_json(body)), sample.ask(QUESTION)
    assert [citation.article for citation in answer] == [citation.article for citation in whole]
    assert [citation.sentence for citation in answer] == [citation.sentence for citation in whole]
    for citation in answer:
        assert citation.article.text[citation.start : citation.end] == citation.quote
    assert "texts" not in ask(client, question=QUESTION).json()


def test_an_answer_is_explained(client: TestClient) -> None:
    """By the words that a quote shares with the question, and by what its signals measure."""
    reply = ask(client, question="Wer fand das Higgs-Teilchen?", explain=True, k=1).json()
    (why,) = reply["explanation"]
    assert why["marker"] == 1
    assert set(why["signals"]) == set(reply["citations"][0]["signals"])
    assert "Higgs" in why["words"]
    assert all(word in reply["citations"][0]["quote"] for word in why["words"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'"Wer?"',
        b"{",
        b"\xff",
        b'{"question": 5}',
        b'{"question": ""}',
        b'{"question": "\\ud800"}',
        b'{"question": "' + b"a" * 20_000 + b'"}',
        b'{"question": "Wer?", "mood": "sunny"}',
        b'{"question": "Wer?", "filters": {"mood": "sunny"}}',
        b'{"question": "Wer?", "questions": ["Wer?"]}',
        b'{"question": "Wer?", "k": 0}',
        b'{"question": "Wer?", "k": 501}',
        b'{"question": "Wer?", "k": "3"}',
        b'{"question": "Wer?", "k": true}',
        b'{"question": "Wer?", "k": 1e400}',
        b'{"question": "Wer?", "fast": 1}',
        b'{"question": "Wer?", "sort": "date"}',
        b'{"question": "Wer?", "filters": {"since": "2024-13"}}',
        b'{"question": "Wer?", "filters": {"since": "2024", "until": "2023"}}',
        b'{"question": "Wer?", "filters": {"languages": ["Klingonisch"]}}',
        b'{"question": "Wer?", "filters": {"sources": [""]}}',
        b'{"questions": ["Wer?", ""]}',
        b'{"questions": ["Wer?"], "group_by": "article"}',
        b"[" * 10_000,
        b'{"question":' * 10_000,
        b'{"filters": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    ],
)
def test_a_bad_question_is_a_problem(client: TestClient, body: bytes) -> None:
    """Each has a sentence, and the server goes on."""
    reply = client.post("/api/v1/ask", content=body, headers={"content-type": "application/json"})
    assert reply.status_code in (400, 422)
    assert reply.headers["content-type"] == "application/problem+json"
    detail = reply.json()["detail"]
    assert detail[0].isupper()
    assert detail.endswith(".")
    assert "\n" not in detail
    assert client.get("/api/v1/health").json() == {"status": "alive"}


def test_a_question_may_contain_anything(client: TestClient) -> None:
    """NUL, control characters and letters beyond the basic plane are text like any other."""
    for question in ("Wer\x00 war es?", "\x1b[31mWer?", "😀 Wer?", "\u202eWer?"):
        assert ask(client, question=question, k=1).status_code == 200


def test_questions_at_once(client: TestClient, sample: Archive) -> None:
    """Eight programs get the answers that each would get alone."""
    questions = [QUESTION, "Wer fand das Higgs-Teilchen?", "Wie hoch war die Flut?", "Who won the World Cup?"] * 4
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda question: ask(client, question=question, k=2), questions))
    alone = {question: without_time(sample.ask(question, 2).to_dict()) for question in set(questions)}
    assert [without_time(reply.json()) for reply in replies] == [alone[question] for question in questions]
