"""The tab that evaluates without a browser: marks, sources, what is refused, and what a request cannot do."""

from __future__ import annotations

import json
import string
import threading
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi.testclient import TestClient
from page_parts import TEXT, Parts
from run_parts import run

from rag.archive import Archive
from rag.errors import ArchiveBusy, QuestionError
from rag.evaluation.questions.files import read_questions_text
from rag.evaluation.questions.judgements import judge
from rag.evaluation.session import EvaluationSession
from rag.jobs.evaluation_job import EvaluationJob
from ui.app import build_app
from ui.html.run import report_address
from ui.html.theme_switch import theme_script_hash
from ui.tabs.evaluation import EvaluationActions
from ui.tabs.evaluation_layout import EvaluationTab
from ui.tabs.question_sources import MAX_UPLOAD_CHARACTERS, available_sources, label, uploaded_source
from ui.wording.english import ENGLISH
from ui.wording.evaluation import words_of
from ui.wording.german import GERMAN

QUESTION = "Wie lang ist der Tunnel?"
ASKED = '{"question": "Wie lang ist der Tunnel?", "answers": [{"article": "one.txt", "quote": "57 Kilometern"}]}\n'
PLACE = {"question": QUESTION, "start": 26, "end": 72}
DE, EN = words_of(GERMAN), words_of(ENGLISH)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """An archive of one article, without marks and runs, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(tmp_path / "archive") as example:
        example.index([tmp_path / "one.txt"])
        yield example


@pytest.fixture
def browser(archive: Archive) -> TestClient:
    """A client that asks as a browser on this machine does."""
    return TestClient(build_app(archive), base_url="http://127.0.0.1:7860")


@pytest.fixture
def tab(archive: Archive) -> EvaluationActions:
    """What the tab does; its components are their own names."""
    names = EvaluationTab(*EvaluationTab._fields)  # type: ignore[arg-type]
    return EvaluationActions(names, archive, EvaluationJob(archive))


def text_of(html: Any) -> str:
    return Parts(html).text


def test_a_mark_becomes_a_test_question(archive: Archive, browser: TestClient) -> None:
    """What is stored is the archive's own text, the marked sentence if there is one; a second click takes it back."""
    passage = PLACE | {"article": next(archive.articles()).id}
    assert browser.post("/mark", json=passage | {"answers": True, "sentence": [30, 43]}).status_code == 200
    (question,) = EvaluationSession(archive).feedback.questions()
    assert (question.question, question.labels[0].quote) == (QUESTION, TEXT[30:43])
    assert browser.post("/mark", json=passage | {"answers": None}).status_code == 200
    assert EvaluationSession(archive).feedback.questions() == []


def test_a_marked_passage_is_shown_as_marked(archive: Archive, browser: TestClient) -> None:
    """Who asks the same again sees what was said of the passage, however the question is spaced."""
    cited = archive.ask(QUESTION).citations[0]
    passage = {"question": QUESTION, "article": cited.article.id, "start": cited.start, "end": cited.end}
    browser.post("/mark", json=passage | {"answers": True})
    for spelling, pressed in ((f"  {QUESTION} ", 1), ("Wie tief liegt er?", 0)):
        reply = browser.get("/answer", params={"q": spelling})
        assert reply.text.count('aria-pressed="true"') == pressed


def test_a_mark_that_makes_no_sense_stores_nothing(archive: Archive, browser: TestClient) -> None:
    """A place that the article does not have, a part of a title in place of an id, no text: nothing is stored."""
    nonsense: list[tuple[dict[str, Any], int]] = [
        ({"end": 100_000}, 400),
        ({"start": -1}, 400),
        ({"start": 72}, 400),
        ({"sentence": [0, 30]}, 400),
        ({"sentence": [40, 40]}, 400),
        ({"article": "one.txt"}, 400),
        ({"article": "nowhere"}, 400),
        ({"article": "\ud800"}, 400),
        ({"question": "?"}, 400),
        ({"question": "a\ud800?"}, 400),
        ({"question": "a" * 1001}, 400),
        ({"question": 5}, 422),
        ({"start": True}, 422),
        ({"end": "72"}, 422),
        ({"answers": "yes"}, 422),
        ({"sentence": [1]}, 422),
    ]
    for change, status in nonsense:
        passage = PLACE | {"article": next(archive.articles()).id, "answers": True} | change
        reply = browser.post("/mark", content=json.dumps(passage), headers={"content-type": "application/json"})
        assert (change, reply.status_code) == (change, status)
        assert archive._database.rows("SELECT * FROM marks") == []


def test_only_our_own_page_marks(archive: Archive, browser: TestClient) -> None:
    """A page of somebody else cannot store what it likes, and a form, which needs no leave, is no mark."""
    passage = PLACE | {"article": next(archive.articles()).id, "answers": True}
    assert browser.post("/mark", json=passage, headers={"origin": "http://evil.example"}).status_code == 403
    assert browser.post("/mark", content=str(passage), headers={"content-type": "text/plain"}).status_code == 422
    assert browser.get("/mark").status_code in {404, 405}
    assert archive._database.rows("SELECT * FROM marks") == []


def test_files_stay_refused_on_the_server(browser: TestClient) -> None:
    """The tab's file is read in the browser: no route takes one, not even from our own page."""
    for route in ("upload", "upload_progress", "process_recording", "deep_link"):
        reply = browser.post(
            f"/gradio_api/{route}", files={"files": ("a.jsonl", b"{}")}, headers={"origin": "http://127.0.0.1:7860"}
        )
        assert reply.status_code == 404


def test_the_report_runs_no_script(archive: Archive, browser: TestClient) -> None:
    """The report of a run, whatever its name, may run the script of the theme alone; of no run there is none."""
    name = "a/b <script>?"
    EvaluationSession(archive).runs.save(replace(run(), name=name))
    reply = browser.get(report_address(name, GERMAN))
    assert (reply.status_code, "&lt;script&gt;?" in reply.text) == (200, True)
    assert (' lang="de">' in reply.text, "Wie die Fragen ausgingen" in reply.text) == (True, True)
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert f"script-src {theme_script_hash()}; " in reply.headers["content-security-policy"]
    assert reply.text.count("<script") == 1
    missing = browser.get("/evaluation/none.html")
    assert (missing.status_code, "no longer in the archive" in missing.text) == (404, True)


def test_questions_come_from_files_marks_and_runs(archive: Archive, tmp_path: Path) -> None:
    """The sample questions are offered where the archive answers them, a run's file as long as it exists."""
    assert available_sources(archive, None) == []
    (tmp_path / "seeds").mkdir()
    sample = tmp_path / "seeds" / "questions.jsonl"
    sample.write_text(ASKED.replace("one.txt", "two.txt"), encoding="utf-8")
    assert available_sources(archive, None) == []
    sample.write_text(ASKED, encoding="utf-8")
    own_file = tmp_path / "own.csv"
    own_file.write_text("question,article\nWas?,one.txt\nWer?,one.txt\n", encoding="utf-8")
    runs = EvaluationSession(archive).runs
    for number, file in enumerate(
        [str(own_file), str(sample), str(tmp_path / "gone.csv"), str(tmp_path / "one.txt"), "/"]
    ):
        runs.save(replace(run(), name=str(number), questions=file))
    EvaluationSession(archive).feedback.mark(QUESTION, archive.ask(QUESTION).citations[0], answers=True)
    sources = available_sources(archive, uploaded_source("C:\\x\\mine.jsonl", ASKED))
    names = [label(source, DE) for source in sources]
    assert names == [
        "Ihre Datei: mine.jsonl (1 Frage)",
        "Ihre Testfragen (1 Frage)",
        f"{Path('seeds') / 'questions.jsonl'} (1 Frage)",
        f"{own_file} (2 Fragen)",
    ]
    assert sources[0].run_name(DE).startswith("mine-20")
    assert sources[1].run_name(DE).startswith("Testfragen-20")
    assert sources[1].run_name(EN).startswith("test-questions-20")


def test_a_request_opens_no_file_that_is_not_offered(tab: EvaluationActions, archive: Archive, tmp_path: Path) -> None:
    """What a request names is compared with what is offered: another file is not opened, whatever it holds."""
    secret = tmp_path / "secret.jsonl"
    secret.write_text(ASKED, encoding="utf-8")
    for key in (str(secret), "uploaded", None, 5, ["marked"]):
        (update,) = tab.run("de", key, None, "", True)
        assert DE.no_questions in text_of(update["progress"])
    assert EvaluationSession(archive).runs.listing() == []


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": "a.jsonl", "text": "{"}, "a.jsonl, Zeile 1: Das ist keine gültige Frage."),
        ({"name": "<b>.csv", "text": "a,b\n1,2\n"}, "<b>.csv hat keine Spalte question."),
        ({"name": "a.jsonl", "text": ""}, "a.jsonl enthält keine gültige Frage."),
        ({"name": "a.jsonl", "text": '{"question": "\\ud800?"}'}, "a.jsonl, Zeile 1: Das ist keine gültige Frage."),
        ({"name": "a.jsonl", "fault": "not text"}, DE.not_text),
        ({"name": "a.jsonl", "fault": "too large"}, DE.too_large),
        ({"name": "a.jsonl", "text": "x" * (MAX_UPLOAD_CHARACTERS + 1)}, DE.too_large),
        ({"name": "a.jsonl", "text": "[" * 100_000}, GERMAN.failure_heading),
        ({}, "enthält keine gültige Frage."),
        (5, "enthält keine gültige Frage."),
        (None, "enthält keine gültige Frage."),
        ({"name": ["a"], "text": {"b": 1}}, "enthält keine gültige Frage."),
    ],
)
def test_a_wrong_file_is_a_sentence(tab: EvaluationActions, sent: Any, sentence: str) -> None:
    """Whatever comes as a file, the page says in a sentence what is wrong with it."""
    update = tab.take_file("de", gr.EventData(None, sent))
    assert sentence in text_of(update["progress"])
    assert "upload_source" not in update


def test_an_article_that_is_not_there_is_a_sentence(tab: EvaluationActions) -> None:
    """The answer names an article that the archive does not hold: nothing is asked."""
    source = uploaded_source("a.jsonl", ASKED.replace("one.txt", "<i>two"))
    (update,) = tab.run("en", source.key, source, None, None)
    assert "There is no article '<i>two' in this archive" in text_of(update["progress"])
    with pytest.raises(QuestionError):
        uploaded_source("a.jsonl", "[]")


def test_a_run_is_told_while_it_goes_and_shown_when_it_is_done(tab: EvaluationActions, archive: Archive) -> None:
    """The buttons change places, the questions are counted, and in the end the run is chosen under its name."""
    source = uploaded_source("a.jsonl", ASKED)
    first, *_, last = tab.run("de", source.key, source, "  Probe\n\x00 1 ", True)
    assert (first["run"]["visible"], first["cancel"]["visible"]) == (False, True)
    assert (last["run"]["visible"], last["cancel"]["visible"], last["progress"]) == (True, False, "")
    assert last["run_name"]["value"] == "Probe 1"
    (facts,) = EvaluationSession(archive).runs.listing()
    assert (facts.name, facts.query_count, facts.config["fast"]) == ("Probe 1", 1, True)
    assert "Antwort auf Rang 1" in text_of(tab.show("de", "Probe 1"))
    assert tab.compare("de", "Probe 1", "") == tab.show("de", None) == ""
    assert DE.same_run.format(run="Probe 1") in text_of(tab.compare("de", "Probe 1", "Probe 1"))
    assert "Diese Auswertung gibt es im Archiv nicht mehr." in text_of(tab.show("de", "none"))
    assert DE.deleted.format(name="Probe 1") in text_of(tab.delete("de", "Probe 1")["progress"])
    assert EvaluationSession(archive).runs.listing() == []


def test_one_evaluation_runs_at_a_time(archive: Archive) -> None:
    """A second one is refused; the first one, cancelled, keeps what was asked."""
    questions = read_questions_text("".join(ASKED.replace("Wie", f"{n} Wie") for n in range(300)), "a.jsonl")
    judgements = [judge(question, archive.article) for question in questions]
    bench = EvaluationJob(archive)
    bench.start(judgements, "long", "a.jsonl", fast=True)
    with pytest.raises(ArchiveBusy):
        bench.start(judgements, "other", "a.jsonl", fast=True)
    waited = threading.Event()
    while not bench.state.done and bench.running:
        waited.wait(0.01)
    assert archive.ask(QUESTION).citations
    bench.close()
    assert (bench.running, bench.state.run) == (False, "long")
    stored_run = EvaluationSession(archive).runs.load("long")
    assert 0 < len(stored_run.results) < stored_run.asked_of == 300


def test_what_was_cancelled_before_it_began_is_not_kept(tab: EvaluationActions, archive: Archive) -> None:
    """Nothing asked is nothing kept, and an archive without articles is a sentence."""
    with Archive.open(archive.folder.parent / "empty") as empty:
        bench = EvaluationJob(empty)
        bench.start([], "none", "a.jsonl", fast=True)
        assert bench.wait(10)
        assert "archive is still empty" in str(bench.state.refusal)
    assert EvaluationSession(archive).runs.listing() == []


def test_the_words_are_those_of_the_page() -> None:
    """German and English have the same names in their braces, so that no sentence loses its numbers."""
    english = words_of(ENGLISH)
    for field in fields(english):
        mine, english_text = getattr(DE, field.name), getattr(english, field.name)
        if isinstance(mine, str):
            braces = [
                {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (mine, english_text)
            ]
            assert braces[0] == braces[1], field.name
