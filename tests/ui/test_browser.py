"""The page in a real browser, over a real archive, served by a process of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from browser_parts import HOSTILE, Open, looks, needs_chromium, picture, serving
from hostile_articles import HOSTILE_ARTICLES, write_hostile
from hostile_views import articles_of, read
from paths import ROOT
from server_parts import served

from rag.archive import Archive
from rag.workspace.settings import Settings
from ui.tabs.ask import EXAMPLES
from ui.wording.ask import ASK
from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN
from ui.wording.masthead import MASTHEAD

if TYPE_CHECKING:
    from playwright import sync_api

pytestmark = needs_chromium

QUESTION = "Wie viele Meter lang ist der Gotthard-Basistunnel?"
SHOWN = Settings().passages
# one sentence of the first passage clearly answers
MARKED = "Wie viele Menschen starben im Ahrtal?"
PICTURED = "Who won the Nobel Peace Prize for the agreement with the FARC?"


@pytest.fixture(scope="module")
def address(sample: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a copy of the sample archive is served, as a person starts and ends it."""
    copied = shutil.copytree(sample.folder, tmp_path_factory.mktemp("served") / "archive")
    with serving(copied) as served_address:
        yield served_address


@pytest.fixture(scope="module")
def pictured() -> Iterator[str]:
    """Where the sample is served for pictures: cards show paths, which in a picture for everybody are nobody's own."""
    with tempfile.TemporaryDirectory(prefix="archive-") as folder:
        shutil.copytree(ROOT / "seeds" / "articles", Path(folder) / "articles")
        with Archive.open(Path(folder) / "archive") as archive:
            archive.index([Path(folder) / "articles"])
        with serving(Path(folder) / "archive") as served:
            yield served


def test_a_question_brings_cited_passages_best_first(address: str, open_page: Open, sample: Archive) -> None:
    """Typing a question and Enter shows the passages of the archive in its order, each with its source."""
    visit = open_page(address)
    assert visit.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    visit.ask(QUESTION)
    first = visit.page.locator(".fs-card").first
    assert "Gotthard-Basistunnel" in first.locator("h3").inner_text()
    assert first.locator(".fs-byline").inner_text() == "Passblatt · Ladina Tschuor · 1. Juni 2016 · Deutsch (CH)"
    quotes = visit.page.locator(".fs-card blockquote").all_text_contents()
    assert quotes[0] == sample.ask(QUESTION).citations[0].quote
    assert sorted(quotes) == sorted(cited.quote for cited in sample.search(QUESTION, limit=SHOWN).answer)
    assert visit.faults == []


def test_the_sentence_and_the_words_are_marked(address: str, open_page: Open, sample: Archive) -> None:
    """The answering sentence has the marker's ground, the shared words a dotted line and no colour of their own."""
    cited = sample.ask(MARKED).citations[0]
    assert cited.highlights
    assert cited.matches
    visit = open_page(address)
    visit.ask(MARKED)
    for _ in looks(visit.page, (1280, "light"), (1280, "dark")):
        quote = visit.page.locator(".fs-card blockquote").first
        sentences, words = (quote.locator(tag).all_text_contents() for tag in ("mark", "b"))
        assert sentences == [cited.article.text[start:end] for start, end in cited.highlights]
        assert words == [cited.article.text[start:end] for start, end in cited.matches]
        style = """tag => {
            const word = getComputedStyle(tag), around = getComputedStyle(tag.parentElement);
            return [word.textDecorationLine, word.textDecorationStyle, word.color === around.color];
        }"""
        assert quote.locator("b").evaluate_all(f"all => all.map({style})") == [["underline", "dotted", True]] * len(
            words
        )
        ground = "tag => getComputedStyle(tag).backgroundColor"
        assert quote.locator("mark").first.evaluate(ground) not in {quote.evaluate(ground), "rgba(0, 0, 0, 0)"}
        assert visit.faults == []


@pytest.mark.slow
def test_why_unfolds_with_the_keyboard(address: str, open_page: Open, sample: Archive) -> None:
    """The reasons are folded away and silent; Tab reaches their heading, Enter unfolds them and folds them again."""
    visit = open_page(address)
    visit.ask(QUESTION)
    box = visit.page.locator(".fs-about").first
    late = sample.ask(QUESTION).citations[0].signals["late"]
    label = box.get_by_text(": ".join(GERMAN.signals["late"]))
    value = box.get_by_role("definition").filter(has_text=f"{late:.2f}".replace(".", ","))
    assert box.evaluate("box => box.open") is False
    assert value.is_hidden()
    visit.page.locator(".fs-card .fs-marks button").nth(1).focus()
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.ariaLabel") == ASK["de"].about
    visit.page.keyboard.press("Enter")
    value.wait_for(state="visible")
    assert label.is_visible()
    visit.page.keyboard.press("Enter")
    value.wait_for(state="hidden")
    assert visit.faults == []


@pytest.mark.slow
def test_an_article_that_prints_the_same_opens(tmp_path: Path, open_page: Open) -> None:
    """Of two articles with the same words one is cited, and the other one's name opens it at these words."""
    report = (ROOT / "seeds" / "articles" / "de-ahrtal-flut-halbes-jahr.md").read_text(encoding="utf-8")
    (tmp_path / "one.md").write_text(report, encoding="utf-8")
    (tmp_path / "two.md").write_text(report.replace("2022-01-14", "2022-01-15"), encoding="utf-8")
    question = EXAMPLES[0].question
    with Archive.open(tmp_path / "archive") as archive, served(archive) as server:
        archive.index([tmp_path])
        cited = archive.ask(question).citations[0]
        assert cited.article.published
        visit = open_page(server.address)
        visit.ask(question)
        line = visit.page.locator(".fs-also").first
        other_date = {14: "15. Januar 2022", 15: "14. Januar 2022"}[cited.article.published.day]
        assert line.inner_text() == f"Auch in Mittelrhein-Chronik ({other_date})"
        line.get_by_role("link").click()
        reader = visit.page.locator(".fs-reader")
        reader.locator("#passage").wait_for()
        assert other_date in reader.locator("header .fs-byline").inner_text()
        assert "".join(reader.locator("mark.fs-current").all_text_contents()) in cited.quote.replace("\n\n", "")
        assert visit.faults == []


def test_no_request_leaves_this_machine(address: str, open_page: Open) -> None:
    """Opening, asking, reading and copying asks 127.0.0.1 alone; the policy refuses the browser anything else."""
    visit = open_page(address)
    visit.ask(QUESTION)
    visit.page.locator("a[data-fs-reader]").first.click()
    visit.page.locator(".fs-reader #passage").wait_for()
    visit.page.keyboard.press("Escape")
    visit.page.locator("button[data-fs-cite]").first.click()
    visit.page.locator("#fs-menu [data-fs-format=apa]").click()
    visit.page.wait_for_timeout(1000)
    web = [urlsplit(url) for url in visit.addresses]
    assert {url.hostname for url in web if url.scheme not in {"data", "blob"}} == {"127.0.0.1"}
    assert any(url.path.startswith("/article/") for url in web)
    refused = "fetch('http://127.0.0.2:9/').then(() => 'sent', () => 'refused')"
    violation = (
        "new Promise(done => document.addEventListener('securitypolicyviolation', event => done(event.blockedURI)))"
    )
    waited = "new Promise(done => setTimeout(done, 60000, 'no policy'))"
    outcome = visit.page.evaluate(f"Promise.all([Promise.race([{violation}, {waited}]), {refused}])")
    assert outcome == ["http://127.0.0.2:9/", "refused"]


@pytest.mark.slow
def test_the_newest_question_wins(address: str, open_page: Open) -> None:
    """A question that is asked while another one runs is answered, by Enter or the button; what comes of the older one
    is not shown. Meanwhile the page says that it searches, the old answer is dimmed, and nothing moves.
    """
    visit, delayed = open_page(address), []
    page = visit.page

    def hold(route: sync_api.Route) -> None:
        late = any(words in unquote(route.request.url) for words in ("Verspätet", "Philae"))
        delayed.append(route) if late else route.continue_()

    page.route("**/answer?*", hold)
    visit.ask(QUESTION)
    tops = "names => names.map(name => document.querySelector(name).getBoundingClientRect().top)"
    parts = ["#fs-ask", "#fs-results"]
    tops_before = page.evaluate(tops, parts)
    results, working = page.locator("#fs-results"), page.get_by_text(GERMAN.searching)
    for number, ask_late in enumerate(
        (
            lambda: (page.locator("#fs-question textarea").fill("Verspätet?"), page.keyboard.press("Enter")),
            lambda: (page.locator("#fs-question textarea").fill("Philae?"), page.locator("#fs-button").click()),
        ),
        start=1,
    ):
        ask_late()
        working.wait_for()
        assert results.get_attribute("aria-busy") == "true"
        assert page.evaluate(tops, parts) == tops_before
        page.wait_for_function("getComputedStyle(document.querySelector('#fs-results')).opacity < .5")
        assert len(delayed) == number
        page.locator("#fs-question textarea").fill(f"{QUESTION} {number}")
        page.locator("#fs-button").click()
        page.locator(".fs-asked q", has_text=f"{QUESTION} {number}").wait_for()
        working.wait_for(state="hidden")
        delayed[-1].continue_()
        page.wait_for_timeout(500)
        assert page.locator(".fs-asked q").inner_text() == f"{QUESTION} {number}"
        assert page.locator("#fs-question textarea").input_value() == f"{QUESTION} {number}"
        assert results.get_attribute("aria-busy") == "false"
    assert visit.faults == []


@pytest.mark.slow
def test_the_examples_are_answered(address: str, open_page: Open) -> None:
    """A click on an example asks it, and the first passage is from the outlet for which it was written."""
    visit = open_page(address)
    for example in EXAMPLES:
        visit.page.get_by_role("button", name=example.question).click()
        visit.page.locator(".fs-asked q", has_text=example.question).wait_for()
        assert visit.page.locator("#fs-question textarea").input_value() == example.question
        assert example.outlet in visit.page.locator(".fs-byline").first.inner_text()
        visit.page.go_back()


def test_hostile_text_is_shown_literally(tmp_path: Path, open_page: Open) -> None:
    """Markup, script and template text in an article and in a question is shown as it was written, and does nothing."""
    (tmp_path / "hostile.txt").write_text(f"---\ntitle: '{HOSTILE}'\n---\n\n{HOSTILE}\n", encoding="utf-8")
    with Archive.open(tmp_path / "archive") as archive, served(archive) as server:
        archive.index([tmp_path / "hostile.txt"])
        expected = archive.ask(HOSTILE).citations
        article = expected[0].article
        assert HOSTILE in article.text
        visit = open_page(server.address)
        visit.ask(HOSTILE)
        assert visit.page.locator(".fs-asked q").text_content() == HOSTILE
        assert visit.page.locator(".fs-card h3").first.text_content() == HOSTILE
        assert visit.page.locator(".fs-card blockquote").all_text_contents() == [cited.quote for cited in expected]
        visit.page.locator("a[data-fs-reader]").first.click()
        reader = visit.page.locator(".fs-reader")
        assert reader.locator(".fs-text").text_content() == article.text
        assert reader.locator(".fs-headline").text_content() == HOSTILE
        visit.page.wait_for_timeout(300)
        assert visit.faults == []


@pytest.mark.slow
def test_hostile_articles_do_nothing(tmp_path: Path, open_page: Open) -> None:
    """A few of the fifty articles of `tests/hostile_articles.py` in the reader; all, in all views, are `heavy`."""
    few = (*HOSTILE_ARTICLES[:4], *HOSTILE_ARTICLES[5:10])
    files = write_hostile(tmp_path, few)
    with Archive.open(tmp_path / "archive") as archive, served(archive) as server:
        archive.index(files)
        visit = open_page(f"{server.address}/", width=390)
        for article in articles_of(archive, files):
            read(visit, f"{server.address}/", article)


def test_an_empty_archive_says_how_to_add_articles(tmp_path: Path, open_page: Open) -> None:
    """An archive without articles shows the command that adds them, and no examples that it cannot answer."""
    with Archive.open(tmp_path / "archive") as archive, served(archive) as server:
        visit = open_page(server.address)
        assert "fundstelle index" in visit.page.locator("#fs-holdings").inner_text()
        assert visit.page.locator("#fs-examples button").count() == 0
        visit.ask(QUESTION)
        assert GERMAN.no_passage in visit.page.locator("#fs-results").inner_text()
        assert visit.faults == []


@pytest.mark.slow
def test_a_question_that_is_refused_is_a_sentence(address: str, open_page: Open) -> None:
    """An empty question gets a calm sentence in the page; so does one that is too long, of which nothing is cut."""
    visit = open_page(address)
    visit.page.locator("#fs-button").click()
    visit.page.locator(".fs-notice", has_text=GERMAN.empty_question).wait_for()
    box = visit.page.locator("#fs-question textarea")
    box.focus()
    visit.page.keyboard.insert_text("Wort " * 2400)  # as it is pasted
    visit.page.keyboard.press("Enter")
    visit.page.locator(".fs-notice", has_text="Die Frage ist 11.999 Zeichen lang").wait_for()
    assert box.input_value() == "Wort " * 2400
    assert GERMAN.operators in visit.page.locator("#fs-hint").inner_text()
    assert visit.faults == []


@pytest.mark.slow
def test_the_page_speaks_the_readers_language(address: str, open_page: Open) -> None:
    """An English browser gets English, and a link leads to the German page."""
    visit = open_page(address, locale="en-GB")
    visit.page.get_by_role("button", name=ENGLISH.ask).wait_for()
    visit.page.get_by_text(ENGLISH.tagline).wait_for()
    assert visit.page.evaluate("document.documentElement.lang") == "en"
    visit.page.get_by_role("link", name=ENGLISH.alternate_name).click()
    visit.page.get_by_role("button", name=GERMAN.ask).wait_for()


@pytest.mark.slow
def test_the_box_stays_in_reach(address: str, open_page: Open) -> None:
    """However far a person scrolls, the question stands at the top of the window."""
    visit = open_page(address)
    visit.ask(MARKED)
    visit.page.evaluate("scrollTo(0, 600)")
    assert visit.page.evaluate("scrollY") > 300
    top = visit.page.locator("#fs-question textarea").evaluate("box => box.getBoundingClientRect().top")
    assert 0 <= top < 30


@pytest.mark.slow
def test_nothing_is_wider_than_the_window(address: str, open_page: Open) -> None:
    """On a telephone as on a wide screen every card lies inside the window."""
    visit = open_page(address)
    visit.ask(QUESTION)
    for heading in visit.page.locator(".fs-about summary").all():
        heading.evaluate("summary => { summary.parentElement.open = true; }")
    outside = """width => [...document.querySelectorAll(".fs-card, .fs-card *, #fs-question, #fs-button")]
      .map(part => part.getBoundingClientRect())
      .filter(box => box.width && (box.left < 0 || box.right > width)).length"""
    for width, _ in looks(visit.page, (360, "light"), (1400, "light")):
        assert visit.page.evaluate("document.documentElement.scrollWidth") == width
        assert visit.page.evaluate(outside, width) == 0


@pytest.mark.heavy
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_for_the_documentation(pictured: str, open_page: Open, scheme: str, tmp_path: Path) -> None:
    """The answered page fits a picture of 1280 × 900; with FUNDSTELLE_SCREENSHOTS=docs/images it is put there."""
    target = Path(os.environ.get("FUNDSTELLE_SCREENSHOTS", tmp_path)).absolute() / f"page-{scheme}.png"
    visit = open_page(pictured, scheme=scheme, locale="en-GB")
    visit.ask(PICTURED)
    visit.page.wait_for_timeout(500)
    picture(visit.page, target)


DRAFT = """The landing “did not go according to plan, and it may be remembered all the more fondly for that”.
“Two harpoons meant to hold the probe had not fired,” and the signal needed 28 minutes to cross 510 million kilometres.
“A small step for a lander,” one engineer is said to have joked.
"""


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["reader", "library", "dossiers", "questions", "check", "settings"])
def test_pictures_of_the_views(pictured: str, open_page: Open, name: str, tmp_path: Path) -> None:
    """The article beside its answer, and the other views; with FUNDSTELLE_SCREENSHOTS=docs/images put there."""
    target = Path(os.environ.get("FUNDSTELLE_SCREENSHOTS", tmp_path)).absolute() / f"{name}.png"
    visit = open_page(pictured, width=1440, locale="en-GB")
    visit.ask(PICTURED)
    if name == "reader":
        visit.page.locator("a[data-fs-reader]").first.click()
        visit.page.locator(".fs-reader .fs-text").wait_for()
    else:
        visit.page.locator(".fs-card").first.focus()
        visit.page.keyboard.press("s")
        visit.page.locator("[data-fs-save][aria-pressed=true]").first.wait_for()
        if name == "questions":
            with visit.page.expect_response("**/saved/add*"):
                visit.page.locator("#fs-save-question").click()
        visit.page.get_by_role("tab", name=MASTHEAD["en"].views[name]).click()
        visit.page.locator(f"#fs-view-{name} section").first.wait_for()
    if name == "dossiers":
        visit.page.locator("#fs-view-dossiers a").first.click()
    if name == "check":
        visit.page.locator("#fs-draft").fill(DRAFT)
        visit.page.locator("[data-fs-check] button").click()
        visit.page.locator(".fs-verdicts li").first.wait_for()
    visit.page.wait_for_timeout(800)
    picture(visit.page, target)
