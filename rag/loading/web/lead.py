"""The lead of an article: the lines under its headline that introduce it."""

from __future__ import annotations

from rag.loading.web.lines import around, key
from rag.loading.web.page import Page

_SHORTEST, _COMPARED = 30, 60


def lead(page: Page, title: str | None) -> list[str]:
    """Return the lines under the headline that the page states as its description, too."""
    stated = (*page.meta("og:description", "description", "dc.description"), *page.stated("description"))
    described = {key(one.value)[:_COMPARED] for one in stated}
    near, headline = around(title, page.lines)
    under = (line.text for line in near[headline + 1 :])
    return [text for text in under if len(text) >= _SHORTEST and key(text)[:_COMPARED] in described]
