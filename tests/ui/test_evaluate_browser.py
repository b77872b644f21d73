"""The tab that evaluates, in a real browser over the sample archive: questions are asked, runs shown and compared."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser_parts import HOSTILE, Open, Visit, findings, looks, needs_chromium, picture, serving
from paths import ROOT
from server_parts import served

from rag.archive import Archive
from rag.config import DEFAULT_RANKING, Config
from rag.evaluation.measures.summary import summarise
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.reports.wording import failed, outcome_of, worst_first
from rag.evaluation.runs.sweep import Setup
from rag.evaluation.session import EvaluationSession
from rag.evaluation.types import Run
from ui.page import OPENER_SCRIPT
from ui.wording.english import ENGLISH
from ui.wording.evaluation import bounds, fixed, report_texts, words_of
from ui.wording.german import GERMAN
from ui.wording.own_questions import OWN_QUESTIONS as OWN

if TYPE_CHECKING:
    from playwright import sync_api

pytestmark = [needs_chromium, pytest.mark.slow]

DE, EN = words_of(GERMAN), words_of(ENGLISH)
FAST = Setup(Config(), replace(DEFAULT_RANKING, fast=True))
SAMPLE = ROOT / "seeds" / "questions.jsonl"
LINES = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
FEW = [line for line in LINES if json.loads(line)["answerable"]][:6]
FEW += [line for line in LINES if not json.loads(line)["answerable"]][:2]


@pytest.fixture(scope="module")
def archive(sample: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """A copy of the sample archive, beside it a file of eight sample questions."""
    folder = tmp_path_factory.mktemp("evaluated")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "questions.jsonl").write_text("".join(FEW), encoding="utf-8")
    shutil.copytree(sample.folder, folder / "archive")
    with Archive.open(folder / "archive") as copied:
        yield copied


@pytest.fixture(scope="module")
def address(archive: Archive) -> Iterator[str]:
    """Where it is served, from the folder that holds the questions."""
    with chdir(archive.folder.parent), served(archive) as server:
        yield f"{server.address}/"


def filled(page: sync_api.Page) -> None:
    """Wait until questions are offered: the tab is filled when it is opened."""
    page.wait_for_function("document.querySelector('#fs-questions input')?.value")


def evaluate(visit: Visit, name: str, *, fast: bool = True) -> None:
    """Ask what is chosen, under a name, and wait for the run."""
    page = visit.page
    filled(page)
    page.locator("#fs-fast input").set_checked(fast)
    page.locator("#fs-name").get_by_role("textbox").fill(name)
    page.locator("#fs-run").click()
    page.locator("#fs-shown h2", has_text=name).wait_for()


def choose(page: sync_api.Page, box: str, option: str) -> None:
    """Choose in a list."""
    page.locator(f"{box} input").click()
    page.locator(f"{box} [role=option]", has_text=option).first.click()


def hand_in(page: sync_api.Page, name: str, content: bytes) -> None:
    """Choose a file of that name and content."""
    file: sync_api.FilePayload = {"name": name, "mimeType": "text/plain", "buffer": content}
    page.locator("#fs-upload input").set_input_files(file)


def test_questions_are_asked_and_measured(address: str, open_page: Open, archive: Archive) -> None:
    """The sample questions are offered; the table holds the numbers of the run that was kept."""
    visit = open_page(address)
    visit.page.get_by_role("tab", name=DE.tab).click()
    filled(visit.page)
    assert visit.page.locator("#fs-questions input").input_value() == "seeds/questions.jsonl (8 Fragen)"
    evaluate(visit, "gemessen")
    run = EvaluationSession(archive).runs.load("gemessen")
    measures = summarise(run.results).measures
    rows = visit.page.locator(".fs-measures").first.locator("tbody tr")
    cells = [row.locator("td").all_inner_texts()[1:] for row in rows.all()]
    assert cells == [[fixed(interval.mean, GERMAN), bounds(interval, GERMAN)] for interval in measures.values()]
    assert len(run.results) == visit.page.locator("#fs-shown .fs-question").count() == 8
    assert visit.page.locator("#fs-chosen input").input_value() == f"gemessen · {MAIN} {cells[0][0]}"
    assert visit.faults == []


def test_a_question_opens_and_leads_to_the_passage(address: str, open_page: Open, archive: Archive) -> None:
    """Enter opens a question; the link of its first result opens the article beside the page, at that passage."""
    visit = open_page(f"{address}?tab=evaluate")
    evaluate(visit, "geöffnet")
    worst = worst_first(EvaluationSession(archive).runs.load("geöffnet").results)[0]
    assert failed(worst)
    group = visit.page.locator("#fs-shown .fs-outcome", has_text=outcome_of(worst.fate, report_texts(DE)).label)
    group.locator("summary").first.click()
    row = group.locator(".fs-question").first
    assert row.locator(".fs-q").inner_text() == worst.question
    row.locator("summary").focus()
    visit.page.keyboard.press("Enter")
    first = row.locator(".fs-came li").first
    first.wait_for(state="visible")
    assert worst.shown[0].beginning in first.inner_text()
    first.get_by_role("link").click()
    mark = visit.page.locator(".fs-reader #passage")
    mark.wait_for()
    text = archive.article(worst.shown[0].article).text[worst.shown[0].start : worst.shown[0].end]
    assert text.startswith(mark.text_content() or "-")
    visit.page.keyboard.press("Escape")
    assert visit.faults == []


def test_a_cancelled_evaluation_keeps_what_was_asked(address: str, open_page: Open, archive: Archive) -> None:
    """While it runs another page is answered and sees it running; cancelled there, it is shown as interrupted here."""
    # more than can be asked until the second page is there, however slow the machine
    many = [
        json.dumps(json.loads(line) | {"id": f"{number}-{copy}"}) + "\n"
        for copy in range(4)
        for number, line in enumerate(LINES)
    ]
    visit = open_page(f"{address}?tab=evaluate")
    hand_in(visit.page, "viele.jsonl", "".join(many).encode())
    visit.page.wait_for_function(f"document.querySelector('#fs-questions input').value.includes('{len(many)}')")
    visit.page.locator("#fs-name").get_by_role("textbox").fill("abgebrochen")
    visit.page.locator("#fs-run").click()
    visit.page.locator("#fs-progress progress[value]").wait_for()
    second = open_page(address)
    second.ask("Wie viele Menschen starben im Ahrtal?")
    second.page.get_by_role("tab", name=DE.tab).click()
    second.page.get_by_role("button", name=DE.cancel).click()
    visit.page.locator("#fs-shown .fs-warning").wait_for()
    run = EvaluationSession(archive).runs.load("abgebrochen")
    assert 0 < len(run.results) < run.asked_of == len(many)
    sentence = DE.interrupted.format(done=len(run.results), total=len(many))
    assert visit.page.locator("#fs-shown .fs-warning").inner_text() == sentence
    visit.page.get_by_role("button", name=DE.start).wait_for()
    assert visit.faults == second.faults == []


def test_two_runs_are_compared_and_one_is_deleted(address: str, open_page: Open, archive: Archive) -> None:
    """The verdict counts the questions both asked; deleting wants a second click."""
    visit = open_page(f"{address}?tab=evaluate", locale="en-GB")
    page = visit.page
    evaluate(visit, "quick")
    evaluate(visit, "slow", fast=False)
    choose(page, "#fs-other", "quick")
    page.locator(".fs-compared").wait_for()
    assert page.locator(".fs-compared h2").inner_text() == "slow compared with quick"
    assert "Based on 6 questions" in page.locator(".fs-compared").inner_text()
    means = page.locator(".fs-differences tbody tr").first.locator("td").all_inner_texts()[:2]
    runs: list[Run] = [EvaluationSession(archive).runs.load(name) for name in ("quick", "slow")]
    assert means == [fixed(summarise(run.results).measures[MAIN].mean, ENGLISH) for run in runs]
    with page.expect_download() as download:
        page.get_by_role("link", name=EN.report).click()
    assert "slow" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name=EN.delete).click()
    page.get_by_role("button", name=EN.confirm_delete).click()
    page.get_by_text(EN.deleted.format(name="slow")).wait_for()
    page.locator("#fs-shown h2", has_text="quick").wait_for()
    page.locator(".fs-compared").wait_for(state="detached")
    assert "slow" not in [stored.name for stored in EvaluationSession(archive).runs.listing()]
    assert visit.faults == []


def test_a_marked_passage_becomes_a_question(address: str, open_page: Open, archive: Archive) -> None:
    """Space on “answers” stores the sentence; the tab offers the question; a second press takes the mark back."""
    question = "Wie viele Menschen starben im Ahrtal?"
    visit = open_page(address)
    visit.ask(question)
    button = visit.page.get_by_role("button", name=DE.answers).first
    button.focus()
    visit.page.keyboard.press("Space")
    visit.page.locator('.fs-marks button[aria-pressed="true"]').wait_for()
    (stored,) = EvaluationSession(archive).feedback.questions()
    cited = archive.ask(question).citations[0]
    assert (stored.question, stored.labels[0].article) == (question, cited.article.id)
    assert stored.labels[0].quote == cited.article.text[slice(*cited.highlights[0])]
    visit.page.get_by_role("tab", name=DE.tab).click()
    filled(visit.page)
    choose(visit.page, "#fs-questions", DE.from_feedback.format(count="1 Frage"))
    evaluate(visit, "markiert")
    assert visit.page.locator("#fs-shown .fs-question").count() == 1
    again = open_page(address)
    again.ask(question)
    pressed = again.page.locator('.fs-marks button[aria-pressed="true"]')
    assert pressed.count() == 1
    pressed.click()
    pressed.wait_for(state="detached")
    assert EvaluationSession(archive).feedback.questions() == []
    assert visit.faults == again.faults == []


def test_an_answer_that_should_have_been_refused(address: str, open_page: Open, archive: Archive) -> None:
    """Pressed below the answer, a question without one is stored and no ✓ stays; ✓ on a passage takes it back."""
    question = "Wie viele Menschen starben im Ahrtal?"
    feedback = EvaluationSession(archive).feedback
    visit = open_page(address)
    visit.ask(question)
    page = visit.page
    right = page.locator('.fs-marks button[data-fs-answers="true"]').first
    none = page.get_by_role("button", name=OWN["de"].no_answer)
    page.locator(".fs-about > summary").first.click()
    page.get_by_role("button", name=OWN["de"].make).first.click()
    page.get_by_text(OWN["de"].made).wait_for()
    assert right.get_attribute("aria-pressed") == "true"
    none.click()
    page.get_by_text(OWN["de"].no_answer_made).wait_for()
    assert (right.get_attribute("aria-pressed"), none.get_attribute("aria-pressed")) == ("false", "true")
    assert [stored.answerable for stored in feedback.questions()] == [False]
    right.click()
    page.locator('.fs-marks button[aria-pressed="true"]').wait_for()
    assert none.get_attribute("aria-pressed") == "false"
    assert [stored.answerable for stored in feedback.questions()] == [True]
    feedback.delete(question)
    assert visit.faults == []


def test_a_file_of_ones_own_is_asked(address: str, open_page: Open, archive: Archive) -> None:
    """A table from a spreadsheet is read in the browser, and nothing is uploaded."""
    visit = open_page(f"{address}?tab=evaluate")
    hand_in(
        visit.page,
        "eigene.csv",
        b"question;article\nWer siegte?;de-ahrtal-flut-halbes-jahr.md\nWo?;de-ahrtal-flut-halbes-jahr.md\n",
    )
    visit.page.wait_for_function("document.querySelector('#fs-questions input').value.includes('eigene.csv (2')")
    evaluate(visit, "eigene")
    assert EvaluationSession(archive).runs.load("eigene").questions == "uploaded: eigene.csv"
    assert not [url for url in visit.addresses if "upload" in url]
    assert visit.faults == []


def test_a_hostile_file_is_shown_literally(address: str, open_page: Open, archive: Archive) -> None:
    """Markup and templates in a question, in its tags and in a file's name are shown as they are; a wrong file is not
    asked.
    """
    visit = open_page(f"{address}?tab=evaluate")
    wrong = visit.page.locator("#fs-progress .fs-notice")
    for content, sentence in (
        (b"\xff\xff", DE.not_text),
        (b"x" * 5_000_001, DE.too_large),
        (b"{", "Das ist keine gültige Frage."),
    ):
        hand_in(visit.page, "<img src=x onerror=alert(1)>.jsonl", content)
        wrong.filter(has_text=sentence).wait_for()
    row_sent = {
        "question": HOSTILE,
        "id": HOSTILE,
        "tags": [HOSTILE],
        "answers": [{"article": "de-ahrtal-flut-halbes-jahr.md"}],
    }
    hand_in(visit.page, "<img src=x onerror=alert(1)>.jsonl", json.dumps(row_sent).encode())
    wrong.wait_for(state="detached")
    evaluate(visit, HOSTILE[:60])
    assert visit.page.locator("#fs-shown .fs-q").text_content() == HOSTILE
    for kind in (".fs-outcome", ".fs-question"):
        visit.page.locator(f"#fs-shown {kind} > summary").last.click()
    visit.page.wait_for_timeout(300)
    assert [url for url in visit.addresses if url.endswith("/x")] == []
    assert visit.faults == []


def test_the_other_language_opens_in_the_same_tab(address: str, open_page: Open) -> None:
    """Enter opens a tab, and the link to the other language leads to the tab where one is."""
    visit = open_page(address)
    visit.page.get_by_role("tab", name=DE.tab).focus()
    visit.page.keyboard.press("Enter")
    visit.page.get_by_text(DE.intro).wait_for()
    visit.page.get_by_role("link", name=GERMAN.alternate_name).click()
    visit.page.get_by_text(EN.intro).wait_for()
    assert visit.page.get_by_role("tab", name=EN.tab).get_attribute("aria-selected") == "true"
    visit.page.get_by_role("tab", name=EN.ask_tab).click()
    visit.page.get_by_role("link", name=ENGLISH.alternate_name).click()
    visit.page.get_by_role("button", name=GERMAN.ask).wait_for()


def test_own_questions_are_changed_exported_and_deleted(address: str, open_page: Open, archive: Archive) -> None:
    """What is saved is stored, and what was unfolded stays so; the file holds it; deleting wants a second click, and
    the list of questions to ask follows.
    """
    question = "Wer wurde 2031 in Peru gewählt?"
    feedback = EvaluationSession(archive).feedback
    feedback.collect(question, wording=question, tags=(), answerable=False)
    visit = open_page(f"{address}?tab=evaluate")
    filled(visit.page)
    visit.page.locator("#fs-own > summary").click()
    row = visit.page.locator("#fs-own .fs-question", has_text=question)
    row.locator("summary").click()
    row.get_by_label("Wortlaut").fill("Wer gewann 2031 in Peru?")
    row.get_by_label("Schlagwörter").fill("Peru, Wahl")
    row.get_by_role("button", name=OWN["de"].save).click()
    changed = visit.page.locator("#fs-own .fs-question[open]", has_text="Peru, Wahl")
    changed.get_by_text(OWN["de"].saved).wait_for()
    (stored,) = feedback.questions()
    assert (stored.question, stored.tags) == ("Wer gewann 2031 in Peru?", ("marked", "Peru", "Wahl"))
    with visit.page.expect_download() as download:
        visit.page.get_by_role("link", name=OWN["de"].export).click()
    assert json.loads(download.value.path().read_text(encoding="utf-8"))["question"] == stored.question
    for name in (OWN["de"].delete, OWN["de"].confirm_delete):
        changed.get_by_role("button", name=name).click()
    visit.page.locator("#fs-own", has_text=OWN["de"].none).wait_for()
    assert feedback.collected() == []
    visit.page.wait_for_function("document.querySelector('#fs-questions input').value.includes('questions.jsonl')")
    assert visit.faults == []


def test_a_comparison_with_everything_open_has_no_finding(address: str, open_page: Open, archive: Archive) -> None:
    """axe-core finds nothing; the wide table scrolls in itself, and keeps the names of its rows in view.

    A long name of a run is no wider than a telephone.
    """
    long = f"breit {'x' * 60}"
    session = EvaluationSession(archive)
    judgements = session.judge(session.load("seeds/questions.jsonl"))
    for name in ("eins", long):
        if name not in [stored.name for stored in session.runs.listing()]:
            (finished,) = session.evaluate(judgements, {"": FAST}, name=name, source="seeds/questions.jsonl")
            session.runs.save(finished)
    visit = open_page(f"{address}?tab=evaluate")
    page = visit.page
    filled(page)
    choose(page, "#fs-chosen", long)
    choose(page, "#fs-other", long)
    page.get_by_text(DE.same_run.format(run=long)).wait_for()
    choose(page, "#fs-other", "eins")
    page.locator(".fs-differences").wait_for()
    page.locator("#fs-own > summary").click()
    for kind in (".fs-outcome", ".fs-outcome .fs-question"):
        for summary in page.locator(f"#fs-shown {kind} > summary").all():
            summary.click()
    for width, _ in looks(page, (1440, "light"), (390, "dark")):
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        scroller = page.locator(".fs-scroll")
        scroller.evaluate("element => { element.scrollLeft = 1000 }")
        scroller_box, name_box = scroller.bounding_box(), scroller.locator("tbody th").first.bounding_box()
        assert scroller_box is not None
        assert name_box is not None
        assert abs(scroller_box["x"] - name_box["x"]) < 1
        assert (scroller.evaluate("element => element.scrollLeft") > 0) == (width == 390)
    assert visit.faults == []


def test_the_tab_is_filled_however_late_its_script_runs(address: str, open_page: Open) -> None:
    """Its script may run after the page has become ready, as it now and then does on a busy computer."""
    page = open_page(address).page
    script, delayed = map(in_document, (OPENER_SCRIPT, f"setTimeout(() => {{{OPENER_SCRIPT}}}, 2000);"))
    document = page.request.get(f"{address}?tab=evaluate").text()
    assert script in document
    page.route(
        "**/*tab=evaluate",
        lambda route: (
            route.fulfill(content_type="text/html; charset=utf-8", body=document.replace(script, delayed))
            if route.request.is_navigation_request()
            else route.continue_()
        ),
    )
    page.goto(f"{address}?tab=evaluate")
    filled(page)


def in_document(script: str) -> str:
    """Return a script as it stands in JSON in a document."""
    return json.dumps(script)[1:-1].replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@pytest.mark.heavy
def test_ctrl_c_ends_an_evaluation(sample: Archive, tmp_path: Path, open_page: Open) -> None:
    """A server that is stopped in the middle ends silently, as `serving` expects, and keeps what was asked.

    What ends it is tested by `test_one_evaluation_runs_at_a_time`.
    """
    shutil.copytree(sample.folder, tmp_path / "archive")
    with serving(tmp_path / "archive") as address:
        visit = open_page(f"{address}?tab=evaluate")
        filled(visit.page)
        visit.page.locator("#fs-name").get_by_role("textbox").fill("gestoppt")
        visit.page.locator("#fs-run").click()
        visit.page.locator("#fs-progress progress[value]").wait_for()
    with Archive.open(tmp_path / "archive") as archive:
        run = EvaluationSession(archive).runs.load("gestoppt")
    assert 0 < len(run.results) < run.asked_of


def test_an_empty_archive_says_what_is_missing(tmp_path: Path, open_page: Open) -> None:
    """Without questions the button answers with what to do; without articles a file's questions are refused."""
    with chdir(tmp_path), Archive.open(tmp_path / "archive") as archive, served(archive) as server:
        visit = open_page(f"{server.address}/?tab=evaluate")
        visit.page.locator("#fs-run").click()
        visit.page.locator(".fs-notice", has_text=DE.no_questions).wait_for()
        hand_in(visit.page, "a.jsonl", FEW[0].encode())
        visit.page.wait_for_function("document.querySelector('#fs-questions input').value.includes('a.jsonl')")
        visit.page.locator("#fs-run").click()
        visit.page.locator("#fs-progress .fs-notice", has_text="Das Archiv ist noch leer.").wait_for()
        assert visit.faults == []


@pytest.mark.heavy
def test_a_picture_for_the_documentation(sample: Archive, open_page: Open, tmp_path: Path) -> None:
    """All sample questions, evaluated; with FUNDSTELLE_SCREENSHOTS=docs/images the picture is put there."""
    target = Path(os.environ.get("FUNDSTELLE_SCREENSHOTS", tmp_path)).absolute() / "evaluate-light.png"
    (tmp_path / "seeds").mkdir()
    shutil.copy(SAMPLE, tmp_path / "seeds")
    shutil.copytree(sample.folder, tmp_path / "archive")
    with serving(tmp_path / "archive", tmp_path) as address:
        visit = open_page(f"{address}?tab=evaluate", locale="en-GB")
        evaluate(visit, "sample questions")
        visit.page.set_viewport_size({"width": 1280, "height": 1100})
        visit.page.wait_for_timeout(500)
        picture(visit.page, target)
