"""Every view of the page under axe-core, which knows the rules of WCAG: no finding, light and dark, wide and narrow."""

from __future__ import annotations

import pytest
from browser_parts import Open, findings, looks, needs_chromium

from ui.wording.masthead import MASTHEAD

pytestmark = [needs_chromium, pytest.mark.slow]

QUESTION = "Wie viele Menschen starben im Ahrtal?"
ANSWERS = [f"?q={QUESTION}", f"?q={QUESTION}&source=Mittelrhein-Chronik"]
VIEWS = [*(f"?tab={name}" for name in MASTHEAD["de"].views), *ANSWERS]


def test_no_view_has_a_finding(address: str, open_page: Open) -> None:
    """Contrast, names, roles, order of headings, landmarks: each view passes all rules of axe-core."""
    page = open_page(address).page
    violations = {}
    for view in VIEWS:
        page.goto(f"{address}{view}")
        page.locator("html[data-fs-ready]").wait_for()
        for look in looks(page, (1440, "light"), (390, "dark")):
            violations[view, look] = findings(page)
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
