"""The view in which a draft is checked, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browser_parts import Open, findings, looks, needs_chromium, settled

pytestmark = [needs_chromium, pytest.mark.slow]

DRAFT = (
    "Im Ahrtal kamen 134 Menschen ums Leben, 812 wurden verletzt.\n\n„134 Menschen kamen im Ahrtal ums Leben“, "
    "hieß es, „Weniger als 50 Prozent der Wohngebäude“ seien versichert und „nichts davon ist wahr gewesen“."
)


def test_a_draft_is_checked(address: str, open_page: Open) -> None:
    """Verdicts appear, a click opens the article at the words, and what was typed survives a reload."""
    visit = open_page(f"{address}?tab=check&lang=de", width=1440)
    page = visit.page
    page.locator("#fs-draft").fill(DRAFT)
    page.locator("#fs-draft").press("Control+Enter")
    page.locator(".fs-verdicts > li").nth(4).wait_for()
    for width, scheme in looks(page, (1440, "light"), (390, "dark")):
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if folder := os.environ.get("FUNDSTELLE_LOOK"):
            page.screenshot(path=str(Path(folder) / f"check-{width}-{scheme}.png"), full_page=True)
    page.locator(".fs-draft a", has_text="134 Menschen kamen").click()
    page.locator(".fs-reader").wait_for()
    page.locator(".fs-reader mark b", has_text="134 Menschen kamen im Ahrtal ums Leben").first.wait_for()
    page.goto(f"{address}?tab=check&lang=de")
    page.locator("#fs-draft").wait_for()
    settled(page)
    assert page.locator("#fs-draft").input_value() == DRAFT
    assert visit.faults == []
