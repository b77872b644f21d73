"""The page zoomed to 200 and 400 % of a window of 1440 × 900, as people who see little read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser_parts import Open, looks, needs_chromium, settled, show

from ui.wording.masthead import MASTHEAD

if TYPE_CHECKING:
    from playwright import sync_api

pytestmark = [needs_chromium, pytest.mark.slow]

QUESTION = "Wie viele Menschen starben im Ahrtal?"

# What a person operates, each scrolled to and hit in its middle: returned is what sticks out or is covered there.
UNREACHED = """() => {
  const operated = "a[href], button, input, select, textarea, summary";
  const shown = [...document.querySelectorAll(operated)].filter(
    (each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest(".fs-hidden, .fs-skip, [inert]"),
  );
  return shown.filter((each) => {
    each.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, right, top, bottom, width } = each.getBoundingClientRect();
    if (width < 2) return false;
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const isHit = each.contains(hit) || hit?.contains(each) && hit.matches("label");
    return left < 0 || right > innerWidth || !isHit;
  }).map((each) => each.outerHTML.slice(0, 120));
}"""


def sticking(part: sync_api.Locator) -> float:
    """Return the share of the window that stays when a part of the page scrolls."""
    return float(
        part.evaluate(
            """(part) => [...part.querySelectorAll("*")]
              .filter((each) => each.checkVisibility() && getComputedStyle(each).position === "sticky")
              .reduce((sum, each) => sum + each.offsetHeight, 0) / innerHeight"""
        )
    )


def test_zoomed_views_scroll_down_only_and_everything_is_reached(address: str, open_page: Open) -> None:
    """No view is wider than the window, nothing covers what a person operates, and a third at most stays in place."""
    visit = open_page(address, width=1440, zoom=4)
    page = visit.page
    for view in (*MASTHEAD["de"].views, "answer"):
        if view == "answer":
            show(page, "ask")
            visit.ask(QUESTION)
        else:
            show(page, view)
        for zoom in (4, 2):
            page.set_viewport_size({"width": 1440 // zoom, "height": 900 // zoom})
            settled(page)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0, (view, zoom)
            assert page.evaluate(UNREACHED) == [], (view, zoom)
            assert sticking(page.locator("body")) < 1 / 3, (view, zoom)


@pytest.mark.parametrize("zoom", [2, 4])
def test_a_zoomed_article_is_read_and_closed(address: str, open_page: Open, zoom: int) -> None:
    """The panel over the page has the width of the window, its bar leaves room for lines, and it closes."""
    visit = open_page(f"{address}?q={QUESTION}", width=1440, zoom=zoom)
    visit.page.locator(".fs-card a[data-fs-reader]").first.click()
    body = visit.page.locator(".fs-article-body")
    body.locator(".fs-headline").wait_for()
    assert body.evaluate("(body) => body.scrollWidth - body.clientWidth") == 0
    assert sticking(body) < 1 / 3
    mark = body.locator("mark.fs-current").first
    assert mark.evaluate("(mark) => mark.getClientRects()[0].top < innerHeight - 20")
    visit.page.locator(".fs-close").click()
    body.locator(".fs-headline").wait_for(state="detached")


def test_beside_an_article_the_masthead_is_whole(address: str, open_page: Open) -> None:
    """The column of the answer is narrow then: every view, the theme and the other language stay in it."""
    page = open_page(f"{address}?q={QUESTION}", width=1200).page
    page.locator(".fs-card a[data-fs-reader]").first.click()
    page.locator(".fs-headline").wait_for()
    for _ in looks(page, (1200, "light"), (1280, "light"), (1440, "light")):
        tabs = page.locator("#fs-masthead [role=tablist]")
        assert tabs.evaluate("(tabs) => tabs.scrollWidth - tabs.clientWidth") == 0
        pane = page.locator("#fs-pane").bounding_box()
        for part in ("[data-fs-themes]", ".fs-switch"):
            box = page.locator(f"#fs-masthead {part}").bounding_box()
            assert box and pane and box["x"] + box["width"] < pane["x"]
