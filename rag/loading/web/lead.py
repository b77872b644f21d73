"""The beginning of an article: its lead, but not its headline."""

from __future__ import annotations

from collections.abc import Sequence

from rag.loading.common.normalization import letters_and_digits
from rag.loading.web.page import Page
from rag.loading.web.visible_lines import around

_SHORTEST, _COMPARED, _TOP = 30, 60, 6


def with_lead(body: Sequence[str], page: Page, title: str | None) -> list[str]:
    """Return the lines of an article without its headline, and with the lead that may be missing.

    The lead is what stands under the headline and is stated as the page's description, too.
    """
    stated = (*page.meta("og:description", "description", "dc.description"), *page.stated("description"))
    described = {letters_and_digits(one.value)[:_COMPARED] for one in stated}
    near, headline = around(title, page.lines)
    there = letters_and_digits("".join(body))
    lead = [
        line.text
        for line in near[headline + 1 :]
        if len(line.text) >= _SHORTEST
        and letters_and_digits(line.text)[:_COMPARED] in described
        and letters_and_digits(line.text) not in there
    ]
    top = [line for line in body[:_TOP] if letters_and_digits(line) != letters_and_digits(title or "")]
    return lead + (top + list(body[_TOP:]) or list(body))
