"""The reader in a real browser: two panes or a panel, history, passages, the search in the text, and long texts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from browser_parts import Open, Visit, findings, looks, needs_chromium
from factories import article
from paths import ARTICLES
from pdfs import STORY, set_in_columns
from server_parts import served

from rag.archive import Archive
from ui.html.reader import reader_fragment
from ui.wording.german import GERMAN
from ui.wording.reader import READER

pytestmark = [needs_chromium, pytest.mark.slow]

QUESTION = "Wie viele Menschen starben im Ahrtal?"
WORDS = READER["de"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where an archive of some sample articles and a PDF is served."""
    folder = tmp_path_factory.mktemp("articles")
    for name in (
        "de-ahrtal-flut-halbes-jahr.md",
        "de-ahrtal-ein-jahr-danach.html",
        "de-gotthard-basistunnel-eroeffnung.md",
    ):
        shutil.copy(ARTICLES / name, folder)
    (folder / "rat.pdf").write_bytes(set_in_columns(["Der Haushalt bleibt ohne Mehrheit", *STORY], 2, spaceAfter=6))
    with Archive.open(folder / "archive") as archive, served(archive) as page:
        archive.index(folder)
        yield f"{page.address}/"


def asked(visit: Visit, question: str = QUESTION) -> None:
    """Ask, and open the first article of the answer."""
    visit.ask(question)
    visit.page.locator("a[data-fs-reader]").first.click()
    visit.page.locator(".fs-reader .fs-current").first.wait_for()


def is_inside(visit: Visit, selector: str) -> bool:
    """Whether an element is in sight within the article."""
    return bool(
        visit.page.evaluate(
            """selector => {
                const box = document.querySelector(selector).getBoundingClientRect();
                const pane = document.querySelector(".fs-article-body").getBoundingClientRect();
                return pane.top <= box.top && box.bottom <= pane.bottom && pane.left <= box.left;
            }""",
            selector,
        )
    )


def test_two_panes_where_there_is_room(address: str, open_page: Open) -> None:
    """At 1440 the article stands beside the hits, which stay in use, with its answering sentence in sight."""
    visit = open_page(address, width=1440)
    asked(visit)
    page = visit.page
    pane, card = page.locator("#fs-pane").bounding_box(), page.locator(".fs-card").first.bounding_box()
    assert pane
    assert card
    assert card["x"] + card["width"] <= pane["x"]
    assert pane["x"] + pane["width"] == 1440
    assert page.locator("dialog[open]").count() == 0
    assert is_inside(visit, ".fs-current b")
    assert page.title() == f"{page.locator('.fs-headline').inner_text()} – Fundstelle"
    assert page.locator("iframe").count() == 0
    page.locator("#fs-question textarea").fill("weiter")
    assert visit.faults == []


@pytest.mark.parametrize("width", [390, 1440])
def test_an_article_is_a_step_of_history(address: str, open_page: Open, width: int) -> None:
    """Esc, the button and Back close it, Forward and a reload open it again where it was; nothing else is a step."""
    visit = open_page(address, width=width)
    page = visit.page
    asked(visit)
    steps = page.evaluate("history.length")
    opened = page.url
    close = page.get_by_role("button", name=WORDS.close)
    for leave in (lambda: page.keyboard.press("Escape"), close.click, page.go_back):
        leave()
        page.locator(".fs-reader").wait_for(state="detached")
        assert "article=" not in page.url
        assert page.locator(".fs-card").first.is_visible()
        page.go_forward()
        page.locator(".fs-reader .fs-current").first.wait_for()
        assert page.url == opened
    page.locator("[data-fs-next-mark]").click()
    page.wait_for_function("address => location.href !== address", arg=opened)
    moved = page.url
    page.reload()
    page.locator(".fs-reader .fs-current").first.wait_for()
    assert page.url == moved
    assert page.evaluate("history.length") == steps
    start = int(page.locator(".fs-current").first.get_attribute("data-fs-span").split("-")[0])
    assert f"start={start}" in moved
    assert visit.faults == []


def test_the_panel_closes_by_a_click_outside(address: str, open_page: Open) -> None:
    """At 1024 the article lies over the page, and a click beside it closes it."""
    visit = open_page(address, width=1024)
    asked(visit)
    assert visit.page.locator("#fs-panel").evaluate("panel => panel.open && panel.matches(':modal')")
    visit.page.mouse.click(50, 450)
    visit.page.locator(".fs-reader").wait_for(state="detached")
    assert visit.page.evaluate("document.activeElement.matches('a[data-fs-reader]')")


def test_a_wider_window_makes_two_panes_of_it(address: str, open_page: Open) -> None:
    """An open article keeps its state when the window gets wide or narrow."""
    visit = open_page(address, width=1024)
    asked(visit)
    page = visit.page
    page.locator(".fs-find input").fill("Ahr")
    page.set_viewport_size({"width": 1400, "height": 900})
    page.locator("#fs-pane .fs-reader").wait_for()
    assert page.locator(".fs-find input").input_value() == "Ahr"
    page.set_viewport_size({"width": 800, "height": 900})
    page.locator("#fs-panel[open] .fs-reader").wait_for()
    assert visit.faults == []


def test_n_and_p_go_from_passage_to_passage(address: str, open_page: Open) -> None:
    """The keys and the buttons go round, say where they are, and bring the passage into sight."""
    visit = open_page(address, width=1440)
    asked(visit)
    page = visit.page
    status = page.locator(".fs-passages [role=status]")
    numbers = page.locator("[data-fs-passage]").evaluate_all("marks => marks.map(mark => mark.dataset.fsPassage)")
    count = len(set(numbers))
    assert count > 1
    current = int(status.inner_text().split()[1])
    page.keyboard.press("n")
    following = current % count + 1
    page.get_by_text(WORDS.passage_position.format(number=following, count=count)).wait_for()
    page.wait_for_timeout(700)
    assert page.locator(".fs-current").first.get_attribute("data-fs-passage") == str(following - 1)
    page.keyboard.press("p")
    page.get_by_text(WORDS.passage_position.format(number=current, count=count)).wait_for()
    assert visit.faults == []


def test_find_in_text(address: str, open_page: Open) -> None:
    """Matches are counted as a browser counts them, Enter goes on, Esc empties the box and only then closes."""
    visit = open_page(address, width=1440)
    asked(visit)
    page = visit.page
    box = page.locator(".fs-find input")
    status = page.locator(".fs-find [role=status]")
    count = page.locator(".fs-text").text_content().lower().count("flut")
    assert count > 2
    box.fill("FLUT")
    page.wait_for_function(
        "text => document.querySelector('.fs-find [role=status]').textContent === text", arg=f"1 von {count}"
    )
    assert page.evaluate("CSS.highlights.get('fs-match').size") == count
    box.press("Enter")
    assert status.inner_text() == f"2 von {count}"
    box.press("Shift+Enter")
    box.press("Shift+Enter")
    assert status.inner_text() == f"{count} von {count}"
    page.wait_for_timeout(700)
    seen = """() => {
        const [range] = CSS.highlights.get("fs-match-current"), box = range.getBoundingClientRect();
        return [range.toString().toLowerCase(), box.top > 0 && box.bottom < innerHeight];
    }"""
    assert page.evaluate(seen) == ["flut", True]
    box.fill("Xylophon")
    page.get_by_text(WORDS.no_match).wait_for()
    box.press("Escape")
    assert box.input_value() == ""
    assert page.evaluate("CSS.highlights.get('fs-match').size") == 0
    assert page.locator(".fs-reader").is_visible()
    box.press("Escape")
    page.locator(".fs-reader").wait_for(state="detached")
    assert visit.faults == []


def test_the_page_of_the_pdf_and_the_check(address: str, open_page: Open) -> None:
    """The page is drawn beside the text, the check takes its place, and a second press folds it away."""
    visit = open_page(address, width=1440)
    visit.ask("Wer verwies auf die Rücklagen?")
    page = visit.page
    page.locator("a[data-fs-reader*='Haushalt bleibt']").first.click()
    page.get_by_role("button", name="Seite").click()
    page.wait_for_function("document.querySelector('.fs-page img')?.naturalWidth > 500")
    check = page.get_by_role("button", name=WORDS.check)
    check.click()
    page.locator(".fs-check").wait_for()
    assert page.locator(".fs-page").count() == 0
    assert WORDS.states["unchanged"] in page.locator(".fs-check").inner_text()
    check.click()
    assert page.locator(".fs-source").inner_html() == ""
    assert visit.faults == []


def test_an_article_in_a_tab_of_its_own(address: str, open_page: Open) -> None:
    """The same article as a page: marked, searched and checked there, too, by our scripts alone."""
    visit = open_page(address, width=1440)
    asked(visit)
    visit.page.locator(".fs-related").first.wait_for()
    page = visit.page.context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{address}{visit.page.locator('.fs-own-tab').get_attribute('href')}")
    page.locator(".fs-related").first.wait_for()
    assert page.title() == f"{page.locator('h1').inner_text()} – Fundstelle"
    assert page.locator(".fs-current").first.is_visible()
    page.locator(".fs-find input").fill("flut")
    page.get_by_text(f"1 von {page.locator('.fs-text').text_content().lower().count('flut')}").wait_for()
    page.get_by_role("button", name=WORDS.check).click()
    page.locator(".fs-check").wait_for()
    assert faults == []


def test_a_link_opens_what_was_shared(address: str, open_page: Open) -> None:
    """The address of an open article, opened anew, has the question, its hits and the article at its passage."""
    visit = open_page(address, width=1440)
    asked(visit)
    shared = visit.page.url
    passage = visit.page.locator(".fs-current").first.inner_text()
    fresh = open_page(shared, width=1440)
    fresh.page.locator(".fs-reader .fs-current").first.wait_for()
    fresh.page.locator(".fs-card").first.wait_for()
    assert fresh.page.locator(".fs-current").first.inner_text() == passage
    assert fresh.faults == []


def test_everybody_can_read(address: str, open_page: Open) -> None:
    """Beside the answer, over it and in a tab of its own, with everything unfolded, axe-core has no findings."""
    visit = open_page(address, width=1440)
    asked(visit)
    page = visit.page
    page.locator(".fs-related").first.wait_for()
    page.locator(".fs-facts summary").click()
    page.get_by_role("button", name=WORDS.check).click()
    page.locator(".fs-check").wait_for()
    page.locator(".fs-find input").fill("Flut")
    page.wait_for_timeout(500)
    for _ in looks(page, (1440, "light"), (390, "dark")):
        assert findings(page) == []
    page.goto(f"{address}{page.locator('.fs-own-tab').get_attribute('href')}")
    page.locator(".fs-related").first.wait_for()
    assert findings(page) == []
    page.goto(f"{address}article/nothing")
    assert findings(page) == []


def test_an_article_that_is_gone_says_so(address: str, open_page: Open) -> None:
    """An address of an article that the archive does not have shows a sentence, and closes like any other."""
    visit = open_page(f"{address}?lang=de&q={quote(QUESTION)}&article=nothing", width=1440)
    visit.page.locator("#fs-pane .fs-notice").wait_for()
    visit.page.get_by_role("button", name=WORDS.close).click()
    visit.page.locator("#fs-pane").wait_for(state="hidden")


@pytest.mark.parametrize("megabytes", [1, pytest.param(10, marks=pytest.mark.heavy)])
def test_megabytes_in_a_line_do_not_freeze(address: str, open_page: Open, megabytes: int) -> None:
    """An article of 10 MB without a line break is set, scrolled without a halt of many seconds, and searched."""
    text = "Ein Satz zum Hafen. " + "wort " * 200_000 * megabytes + "Ende am Kran."
    html = reader_fragment(article(text=text, title="Lang"), GERMAN)
    visit = open_page(address, width=1440)
    page = visit.page
    page.route("**/article/*/fragment?*", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.route("**/article/*/related?*", lambda route: route.fulfill(body="", content_type="text/html"))
    page.evaluate("history.pushState({}, '', '?article=lang'); dispatchEvent(new PopStateEvent('popstate'))")
    page.locator(".fs-reader .fs-headline").wait_for()
    longest_halt = """async () => {
        const pane = document.querySelector(".fs-article-body");
        let longest = 0, last = performance.now();
        for (let step = 1; step <= 40; step++) {
            pane.scrollTop = pane.scrollHeight * step / 40;
            await new Promise(requestAnimationFrame);
            longest = Math.max(longest, performance.now() - last);
            last = performance.now();
        }
        return longest;
    }"""
    assert page.evaluate(longest_halt) < 10_000
    page.locator(".fs-find input").fill("am Kran")
    page.wait_for_function("document.querySelector('.fs-find [role=status]').textContent === '1 von 1'")
    assert visit.faults == []
