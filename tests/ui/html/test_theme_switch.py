"""The switch between light and dark in a real browser: on the page, in the reader, in two windows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser_parts import Open, needs_chromium
from page_parts import Parts
from server_parts import served

from rag.archive import Archive
from ui.html.theme_switch import theme_switch
from ui.wording.theme import THEME_WORDS

pytestmark = pytest.mark.slow

LIGHT, DARK = "rgb(253, 252, 249)", "rgb(23, 22, 20)"
GROUND = "getComputedStyle(document.body).backgroundColor"
CHOOSE = "theme => { localStorage.setItem('fundstelle-theme', theme); }"
# what was drawn first: the colour at the moment of the first paint
FIRST = """
new PerformanceObserver((_, watch) => {
  watch.disconnect();
  window.firstGround = getComputedStyle(document.body).backgroundColor;
}).observe({ type: "paint", buffered: true });
"""


@pytest.fixture(scope="module")
def address(archive: Archive) -> Iterator[str]:
    """Where an archive of one article is served."""
    with served(archive) as page:
        yield page.address


def test_the_switch_names_each_theme() -> None:
    """In both languages, the button has a label and the three themes in their order."""
    for code, words in THEME_WORDS.items():
        parts = Parts(theme_switch(code))
        assert parts.tags[0] == "button"
        assert parts.text == f"{words.label}: ◐{words.system}○{words.light}●{words.dark}"


@needs_chromium
@pytest.mark.parametrize(("system", "chosen", "ground"), [("light", "dark", DARK), ("dark", "light", LIGHT)])
def test_what_was_chosen_beats_the_system(
    archive: Archive, address: str, open_page: Open, system: str, chosen: str, ground: str
) -> None:
    """Page and reader have the chosen theme from the first paint on, and after Gradio has started."""
    visit = open_page(address, scheme=system)
    assert visit.page.evaluate(GROUND) == {"light": LIGHT, "dark": DARK}[system]
    visit.page.evaluate(CHOOSE, chosen)
    visit.page.add_init_script(FIRST)
    visit.page.reload()
    visit.page.locator("#fs-holdings .fs").wait_for()
    assert (visit.page.evaluate(GROUND), visit.page.evaluate("window.firstGround")) == (ground, ground)
    visit.page.goto(f"{address}/article/{next(archive.articles()).id}")
    assert visit.page.evaluate(GROUND) == ground
    assert visit.faults == []


@needs_chromium
def test_the_switch_goes_round(archive: Archive, address: str, open_page: Open) -> None:
    """Where nothing was chosen, the page follows a system that turns dark. Each click goes on to the next theme and
    says so; a window with an article follows at once.
    """
    visit = open_page(address)
    for scheme, ground in (("dark", DARK), ("light", LIGHT)):
        visit.page.emulate_media(color_scheme=scheme)
        visit.page.wait_for_function(f"{GROUND} === '{ground}'")
    other = visit.page.context.new_page()
    other.goto(f"{address}/article/{next(archive.articles()).id}")
    button = visit.page.get_by_role("button", name="Darstellung")
    for label, ground in (("Hell", LIGHT), ("Dunkel", DARK), ("Wie das System", LIGHT), ("Hell", LIGHT)):
        button.click()
        assert label in (button.locator(":scope > [data-fs-shows]:visible").text_content() or "")
        assert visit.page.evaluate(GROUND) == ground
        other.wait_for_function(f"{GROUND} === '{ground}'")
    assert visit.faults == []
