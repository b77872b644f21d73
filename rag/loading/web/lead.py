"""The beginning of an article: its lead, but not its headline."""

from __future__ import annotations

from collections.abc import Sequence

from rag.loading.common.normalization import letters_and_digits
from rag.loading.web.page import ParsedPage
from rag.loading.web.visible_lines import lines_around_headline

_MIN_LEAD_CHARACTERS, _MAX_COMPARED_CHARACTERS = 30, 60
_MAX_LINES_ABOVE_BODY = 6  # among which the headline may be repeated


def restore_lead(body: Sequence[str], page: ParsedPage, title: str | None) -> list[str]:
    """Return the lines of an article without its headline, and with its lead if extraction dropped it.

    The lead is a line below the headline that the page also states as its description.
    """
    statements = (*page.meta("og:description", "description", "dc.description"), *page.json_ld("description"))
    descriptions = {letters_and_digits(statement.value)[:_MAX_COMPARED_CHARACTERS] for statement in statements}
    lines, headline = lines_around_headline(title, page.lines)
    body_key = letters_and_digits("".join(body))
    lead = [
        line.text
        for line in lines[headline + 1 :]
        if len(line.text) >= _MIN_LEAD_CHARACTERS
        and letters_and_digits(line.text)[:_MAX_COMPARED_CHARACTERS] in descriptions
        and letters_and_digits(line.text) not in body_key
    ]
    top = [line for line in body[:_MAX_LINES_ABOVE_BODY] if letters_and_digits(line) != letters_and_digits(title or "")]
    return lead + (top + list(body[_MAX_LINES_ABOVE_BODY:]) or list(body))
