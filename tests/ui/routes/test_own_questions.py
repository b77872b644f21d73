"""The routes of test questions made while asking: what is stored, listed, changed, deleted and exported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from page_parts import TEXT, Parts

from rag.archive import Archive
from rag.evaluation.questions.feedback import MARKED
from rag.evaluation.questions.files import read_questions_text
from rag.evaluation.session import EvaluationSession
from ui.app import build_app
from ui.html.own_questions import no_answer_button, own_questions_html, question_button
from ui.routes.own_questions import collected_question
from ui.wording.german import GERMAN
from ui.wording.own_questions import OWN_QUESTIONS

QUESTION = "Wie lang ist der Tunnel?"
HOSTILE = '<img src=x onerror=alert(1)> "${7*7}"'
DE = OWN_QUESTIONS["de"]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive of one article, without feedback."""
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(tmp_path / "archive") as example:
        example.index([tmp_path / "one.txt"])
        yield example


@pytest.fixture
def browser(archive: Archive) -> TestClient:
    return TestClient(build_app(archive), base_url="http://127.0.0.1:7860", headers={"accept-language": "de"})


def passage(archive: Archive) -> dict[str, Any]:
    return {"article": next(archive.articles()).id, "start": 26, "end": 72, "sentence": [30, 43]}


def sent_by(html: str) -> Any:
    """Return what a button sends, as a browser reads its attribute."""
    return json.loads(next(value for value in Parts(html).values if value.startswith("{")))


def test_a_card_makes_a_test_question(archive: Archive, browser: TestClient) -> None:
    """The button sends the passage; the archive stores its own words, and the list shows them with a link."""
    citation = archive.ask(QUESTION).citations[0]
    reply = browser.post("/test-question", json=sent_by(question_button(citation, QUESTION, GERMAN)))
    assert (reply.status_code, reply.text) == (200, DE.made)
    (question,) = EvaluationSession(archive).feedback.questions()
    first, last = (*citation.highlights, (citation.start, citation.end))[0]
    assert (question.question, question.labels[0].quote) == (QUESTION, citation.article.text[first:last])
    page = browser.get("/view/evaluate/questions")
    assert QUESTION in Parts(page.text).text
    assert f"article/{citation.article.id}?start={first}" in page.text


def test_an_answer_that_should_have_been_refused(archive: Archive, browser: TestClient) -> None:
    """Pressed, the button stores a question without an answer, and no passage stays right; a second press undoes it."""
    assert '"true"' not in no_answer_button(QUESTION, GERMAN, pressed=False)
    browser.post("/test-question", json={"question": QUESTION, "passage": passage(archive)})
    reply = browser.post("/test-question", json={"question": QUESTION, "answerable": False})
    assert (reply.status_code, reply.text) == (200, DE.no_answer_made)
    (question,) = EvaluationSession(archive).feedback.questions()
    assert (question.answerable, question.labels) == (False, ())
    collected = collected_question(archive, f" {QUESTION}")
    assert collected is not None
    assert not collected.answerable
    reply = browser.post("/test-question", json={"question": QUESTION, "answerable": True})
    assert (reply.text, EvaluationSession(archive).feedback.questions()) == (DE.no_answer_undone, [])


def test_wording_and_tags_are_changed(archive: Archive, browser: TestClient) -> None:
    """Tags are split at commas, each once, without control characters; making it again from a card keeps them."""
    made = {"question": QUESTION, "passage": passage(archive)}
    browser.post("/test-question", json=made)
    change = {"question": QUESTION, "wording": " Welche  Länge? ", "tags": "Zahl, Tunnel\x00bau,,Zahl"}
    assert browser.post("/test-question", json=change).text == DE.saved
    browser.post("/test-question", json=made)
    (question,) = EvaluationSession(archive).feedback.questions()
    assert (question.question, question.tags) == ("Welche Länge?", (MARKED, "Zahl", "Tunnel bau"))
    assert f"{DE.first_wording}: {QUESTION}" in Parts(browser.get("/view/evaluate/questions").text).text


def test_what_is_exported_is_read_again(archive: Archive, browser: TestClient) -> None:
    """The file is that of the command line."""
    browser.post("/test-question", json={"question": QUESTION, "passage": passage(archive)})
    browser.post("/test-question", json={"question": "Wer?", "answerable": False})
    reply = browser.get("/test-questions.jsonl")
    assert reply.headers["content-disposition"] == 'attachment; filename="questions.jsonl"'
    questions = read_questions_text(reply.text, "questions.jsonl")
    assert [(question.question, question.answerable) for question in questions] == [(QUESTION, True), ("Wer?", False)]
    assert questions[0].labels[0].quote == TEXT[30:43]


def test_a_deleted_question_is_gone_with_its_feedback(archive: Archive, browser: TestClient) -> None:
    """From the list and from the cards."""
    browser.post("/test-question", json={"question": QUESTION, "passage": passage(archive)})
    assert browser.post("/test-question/delete", json={"question": QUESTION}).status_code == 200
    assert EvaluationSession(archive).feedback.passages(QUESTION) == []
    assert DE.none in Parts(browser.get("/view/evaluate/questions").text).text


def test_a_passage_that_is_gone_is_named(archive: Archive, browser: TestClient) -> None:
    """Its question stays in the list, where it can be deleted."""
    browser.post("/test-question", json={"question": QUESTION, "passage": passage(archive)})
    archive.forget(next(archive.articles()).path)
    assert DE.missing_hint.format(count="1 Textstelle") in Parts(browser.get("/view/evaluate/questions").text).text


def test_what_makes_no_sense_stores_nothing(archive: Archive, browser: TestClient) -> None:
    """What a person can mend is said in the language of the page."""
    nonsense: list[tuple[dict[str, Any], int, str]] = [
        ({"wording": "?"}, 422, GERMAN.empty_question),
        ({"wording": "a" * 1001}, 422, "1001 Zeichen"),
        ({"question": " "}, 422, GERMAN.empty_question),
        ({"question": "a\ud800?"}, 400, ""),
        ({"passage": {"article": "nowhere", "start": 0, "end": 5}}, 400, ""),
        ({"passage": {"article": "one.txt", "start": 0, "end": 5}}, 400, ""),
        ({"answerable": "no"}, 422, ""),
        ({"tags": ["a"]}, 422, ""),
    ]
    for change, status, sentence in nonsense:
        body = json.dumps({"question": QUESTION, "answerable": False} | change)
        reply = browser.post("/test-question", content=body, headers={"content-type": "application/json"})
        assert (change, reply.status_code, sentence in reply.text) == (change, status, True)
        assert EvaluationSession(archive).feedback.collected() == []


def test_only_our_own_page_changes_questions(archive: Archive, browser: TestClient) -> None:
    """Another site can neither store nor delete one."""
    browser.post("/test-question", json={"question": QUESTION, "answerable": False})
    for path in ("/test-question", "/test-question/delete"):
        reply = browser.post(path, json={"question": QUESTION}, headers={"origin": "http://evil.example"})
        assert reply.status_code == 403
    assert len(EvaluationSession(archive).feedback.collected()) == 1


def test_text_from_outside_never_becomes_markup(archive: Archive, browser: TestClient) -> None:
    """A question, its wording and its tags are shown as they are."""
    browser.post("/test-question", json={"question": HOSTILE, "answerable": False})
    change = {"question": HOSTILE, "wording": f"{HOSTILE}!", "tags": HOSTILE, "answerable": False}
    browser.post("/test-question", json=change)
    parts = Parts(own_questions_html(EvaluationSession(archive).feedback.collected(), {}, GERMAN))
    assert "img" not in parts.tags
    assert f"{HOSTILE}!" in parts.text
    assert f"{DE.first_wording}: {HOSTILE}" in parts.text
