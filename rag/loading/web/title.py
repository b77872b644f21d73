"""The headline of a page: what most of its headings and statements agree on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import unescape
from typing import Any

from rag.loading.web.lines import key, lines
from rag.loading.web.page import Found, Page

_SEPARATOR = re.compile(r"\s+[|–—»«·•⋆│:›>/-]{1,2}\s+|\s*[|｜│]\s*|[：:]\s*")
_FEWEST_WORDS = 3


def headline(page: Page, outlets: Collection[str]) -> Found | None:
    """Return the headline that most sources agree on, without the outlet's name.

    A page names its headline to search engines (JSON-LD), to its readers (headings), to other sites (OpenGraph) and to
    the browser (page title). Often one of them differs, or has a kicker or the outlet's name with it.
    """
    outlet = {key(one) for one in outlets}
    stated = [*page.stated("headline"), *list(page.meta("og:title"))[:1]]
    said = [Found(text, one.origin) for one in stated if (text := _without(_plain(unescape(one.value)), outlet))]
    shown = [one for one in _headings(page.tree) if key(one) and key(one) not in outlet]
    browser = next((_plain("".join(one.itertext())) for one in page.tree.iter("title")), "")
    candidates = _candidates(said, shown, _only_heading(page.tree), _parts(browser))
    if candidates:
        return _elected(candidates, said, _parts(browser), key(_only_heading(page.tree)))
    rest = [Found(_without(browser, outlet), "page title"), *(Found(one, "heading") for one in shown)]
    return next((found for found in rest if found.value), None)


def _candidates(said: list[Found], shown: list[str], only: str, in_browser: set[str]) -> list[Found]:
    """What is stated, and the headings that are stated too, or stand alone; what search engines get comes first."""
    known = {key(one.value) for one in said} | in_browser | {key(only)}
    headings = [Found(one, "heading") for one in shown if key(one) in known]
    engines = [one for one in said if one.origin == "JSON-LD"]
    return [*engines, *headings, *(one for one in said if one not in engines)]


def _elected(candidates: list[Found], said: list[Found], in_browser: set[str], only: str) -> Found:
    # of the headings, or else the statements, that are in the page title, the longest has its vote
    headings = [key(one.value) for one in candidates if one.origin == "heading" and key(one.value) in in_browser]
    stated = [key(one.value) for one in said if key(one.value) in in_browser]
    browser = max(headings or stated, key=len, default="")

    def votes(found: Found) -> float:
        same = key(found.value)
        count = len({one.origin for one in candidates if key(one.value) == same}) + (same == browser)
        return 1.5 if count == 1 and same == only else count

    best = key(max(candidates, key=votes).value)
    # without its kicker, if that is stated somewhere
    shorter = [key(one.value) for one in said if len(one.value.split()) >= _FEWEST_WORDS]
    best = min((one for one in (best, *shorter) if best.endswith(one)), key=len)
    # other sites get a mark between kicker and headline, where readers see two lines
    return next(one for one in (*said[::-1], *candidates) if key(one.value) == best)


def _headings(tree: Any) -> Iterator[str]:
    """The texts of headings, and their lines: a kicker may stand above the headline in the same heading."""
    for element in tree.iter("h1", "h2", "h3"):
        parts = [_plain(line.text) for line in lines(element)]
        yield from dict.fromkeys([" ".join(parts), *parts])


def _only_heading(tree: Any) -> str:
    """The heading of the first level, if there is but one and it is more than a word or two."""
    texts = [text for one in tree.iter("h1") if (text := " ".join(_plain(line.text) for line in lines(one)))]
    return texts[0] if len(texts) == 1 and len(texts[0].split()) >= _FEWEST_WORDS else ""


def _parts(title: str) -> set[str]:
    """The keys of the whole, and of what stands before, behind and between its separators."""
    cuts = [match.span() for match in _SEPARATOR.finditer(title)][:20]
    ends = [(0, 0), *cuts, (len(title), len(title))]
    between = {key(title[before[1] : after[0]]) for before, after in zip(ends, ends[1:], strict=False)}
    return {key(title), *(key(title[:start]) for start, _ in cuts), *(key(title[end:]) for _, end in cuts)} | between


def _without(title: str, outlet: Collection[str]) -> str:
    """The title without the names of its outlet, before or behind it."""
    for match in _SEPARATOR.finditer(title):
        before, behind = title[: match.start()], title[match.end() :]
        if key(behind) in outlet:
            return before
        if key(before) in outlet:
            return _without(behind, outlet)
    return "" if key(title) in outlet else title


def _plain(text: str) -> str:
    return " ".join(text.replace("\xad", "").split())
