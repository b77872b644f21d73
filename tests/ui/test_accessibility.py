"""Every view of the page under axe-core, which knows the rules of WCAG: no finding, light and dark, wide and narrow."""

from __future__ import annotations

import pytest
from browser_parts import Open, findings, looks, needs_chromium, settled, show

from ui.wording.masthead import MASTHEAD

pytestmark = [needs_chromium, pytest.mark.slow]

QUESTION = "Wie viele Menschen starben im Ahrtal?"
VIEWS = list(MASTHEAD["de"].views)
ANSWERS = [f"?q={QUESTION}", f"?q={QUESTION}&source=Mittelrhein-Chronik"]
LOOKS = [(1440, "light"), (390, "dark")]


@pytest.mark.parametrize("looks_of_each", [1, pytest.param(2, marks=pytest.mark.heavy)])
def test_no_view_has_a_finding(address: str, open_page: Open, looks_of_each: int) -> None:
    """Contrast, names, roles, order of headings, landmarks: each view passes all rules of axe-core.

    Every other view is looked at wide and light, the rest narrow and dark; both of each is `heavy`.
    """
    page = open_page(address).page
    violations = {}
    for number, view in enumerate((*VIEWS, *ANSWERS)):
        if view in ANSWERS:
            page.goto(f"{address}{view}")
            page.locator("html[data-fs-ready]").wait_for()
            settled(page)
        else:
            show(page, view)
        chosen = [LOOKS[(number + each) % len(LOOKS)] for each in range(looks_of_each)]
        for look in looks(page, *chosen):
            violations[view, look] = findings(page)
    assert len(violations) == looks_of_each * len((*VIEWS, *ANSWERS))
    assert not any(violations.values()), violations


def test_open_menus_and_the_list_of_keys_have_no_finding(address: str, open_page: Open) -> None:
    """What unfolds over the page is checked unfolded."""
    visit = open_page(f"{address}?q={QUESTION}", width=1440)
    visit.page.locator(".fs-card").first.wait_for()
    for menu in ("#fs-menu-period", "#fs-menu-source", ".fs-about"):
        visit.page.locator(f"{menu} > summary").first.click()
        assert findings(visit.page) == []
    visit.page.locator(".fs-card").first.focus()
    visit.page.keyboard.press("?")
    visit.page.locator("#fs-keys[open]").wait_for()
    assert findings(visit.page) == []
