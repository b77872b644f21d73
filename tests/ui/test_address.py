"""The address holds the state of the page, in a real browser: Back, Forward, reload, links and the other language."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from browser_parts import Open, looks, needs_chromium

from ui.wording.english import ENGLISH
from ui.wording.masthead import MASTHEAD

if TYPE_CHECKING:
    from playwright import sync_api

pytestmark = [needs_chromium, pytest.mark.slow]

QUESTION = "Wie viele Menschen starben im Ahrtal?"
OTHER = "Wie lang ist der Gotthard-Basistunnel?"


def state(page: sync_api.Page) -> dict[str, object]:
    """Return what a person sees: the question and its chips, the articles, what is open, and the title."""
    page.wait_for_function("document.querySelectorAll('[aria-busy=true]').length === 0")
    if "article=" in page.url:
        page.locator(".fs-reader .fs-text").first.wait_for()
    page.wait_for_timeout(150)
    return {
        "typed": page.locator("#fs-question textarea").input_value(),
        "chips": page.locator("#fs-results .fs-chips bdi").all_inner_texts(),
        "headlines": [text for text in page.locator("#fs-results .fs-card h3").all_inner_texts() if text],
        "is reading": page.locator("html[data-fs-article]").count() > 0,
        "view": page.evaluate("document.documentElement.dataset.fsView"),
        "title": page.title(),
    }


def test_back_and_forward_go_through_ten_steps(address: str, open_page: Open) -> None:
    """Each step back brings what was there before, to the beginning, and each step forward what came after."""
    visit = open_page(address)
    page = visit.page
    box = page.locator("#fs-question textarea")
    views = MASTHEAD["de"].views

    def ask(question: str) -> None:
        box.fill(question)
        page.keyboard.press("Enter")
        page.locator(".fs-asked q", has_text=question).wait_for()

    def tick(menu: str, number: int) -> None:
        page.locator(f"#fs-menu-{menu} > summary").click()
        page.locator(f"#fs-menu-{menu} label").nth(number).click()
        page.locator("#fs-results .fs-chips bdi").nth(number).wait_for()
        page.keyboard.press("Escape")

    def read() -> None:
        page.locator("a[data-fs-reader]:visible").first.click()
        page.locator("html[data-fs-article]").wait_for(state="attached")

    def stop_reading() -> None:
        page.keyboard.press("Escape")
        page.locator("html:not([data-fs-article])").wait_for(state="attached")

    steps = (
        lambda: ask(QUESTION),
        lambda: tick("author", 0),
        lambda: tick("author", 1),
        lambda: page.locator("[data-fs-no-filters]").click(),
        read,
        stop_reading,  # a step back
        lambda: page.get_by_role("tab", name=views["evaluate"]).click(),
        lambda: page.get_by_role("tab", name=views["settings"]).click(),
        lambda: page.get_by_role("tab", name=views["ask"]).click(),
        lambda: ask(OTHER),
    )
    before = [state(page)]
    for step in steps:
        step()
        before.append(state(page))
    assert before[6] == before[4]
    expected = before[:4] + before[6:]
    for earlier in reversed(expected[:-1]):
        page.go_back()
        got = state(page)
        # what was typed stays in the box where there was no question yet
        assert got | {"typed": ""} == earlier | {"typed": ""}
    for later in expected[1:]:
        page.go_forward()
        assert state(page) == later
    assert visit.faults == []


def test_a_link_and_a_reload_bring_the_same(address: str, open_page: Open) -> None:
    """A bookmark of question, filter, order and open article shows just that, in another window and after a reload."""
    visit = open_page(address)
    visit.ask(QUESTION)
    link = visit.page.locator("a[data-fs-reader]").first.get_attribute("href") or ""
    parts = urlsplit(link)
    span = {name: values[0] for name, values in parse_qs(parts.query).items() if name != "lang"}
    state_of_link = {"q": QUESTION, "until": "2022-12-31", "sort": "date", "article": parts.path.split("/")[-1], **span}
    other = open_page(f"{address}?{urlencode(state_of_link)}")
    seen = state(other.page)
    assert (seen["typed"], seen["chips"], seen["is reading"]) == (QUESTION, ["bis 31. Dezember 2022"], True)
    assert seen["headlines"]
    other.page.reload()
    other.page.locator("html[data-fs-ready]").wait_for()
    assert state(other.page) == seen
    assert other.faults == []


def test_the_other_language_keeps_everything(address: str, open_page: Open) -> None:
    """The switch changes the language and nothing else."""
    visit = open_page(f"{address}?{urlencode({'q': QUESTION, 'source': 'Mittelrhein-Chronik'})}")
    german = state(visit.page)
    visit.page.get_by_role("link", name=ENGLISH.alternate_name).or_(visit.page.locator(".fs-switch")).first.click()
    visit.page.get_by_role("button", name=ENGLISH.ask, exact=True).wait_for()
    english = state(visit.page)
    assert english == german
    assert visit.page.evaluate("document.documentElement.lang") == "en"


def test_at_most_three_stops_lie_before_the_first_card(address: str, open_page: Open) -> None:
    """From the box, Tab reaches the button, the toolbar of filters, and then the first card."""
    visit = open_page(f"{address}?{urlencode({'q': QUESTION})}")
    visit.page.locator(".fs-card").first.wait_for()
    visit.page.locator("#fs-question textarea").focus()
    stops = 0
    while not visit.page.evaluate("!!document.activeElement.closest('.fs-card')"):
        visit.page.keyboard.press("Tab")
        stops += 1
        assert stops <= 3


def test_an_answer_moves_nothing(address: str, open_page: Open) -> None:
    """What stays on the page stays in its place, whether the question has one line or two; the browser measures it."""
    page = open_page(address, width=1440).page
    page.evaluate(
        """() => {
          window.shift = 0;
          const add = (list) => list.getEntries().forEach((entry) => (window.shift += entry.value));
          new PerformanceObserver(add).observe({ type: "layout-shift" });
        }"""
    )
    for question in (QUESTION, f"{OTHER} Und wie viele Jahre dauerte der Bau des Tunnels insgesamt?", OTHER):
        page.locator("#fs-question textarea").fill(question)
        page.keyboard.press("Enter")
        page.locator(".fs-asked q", has_text=question).wait_for()
        page.wait_for_timeout(200)
    assert page.evaluate("window.shift") == 0


def test_the_first_card_is_near_the_top(address: str, open_page: Open) -> None:
    """The answer begins in the upper third of the first screen."""
    page = open_page(f"{address}?{urlencode({'q': QUESTION})}").page
    page.locator(".fs-card").first.wait_for()
    for width, _ in looks(page, (1440, "light"), (390, "light")):
        box = page.locator(".fs-card").first.bounding_box()
        assert box
        assert box["y"] <= {1440: 250, 390: 330}[width]
