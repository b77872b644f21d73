"""The headline of a page: what most of its headings and statements agree on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import unescape
from itertools import islice, pairwise
from typing import Any

from rag.loading.common.normalization import letters_and_digits
from rag.loading.web.page import Found, Page
from rag.loading.web.visible_lines import lines

_SEPARATOR = re.compile(r"\s[|–—»«·•⋆│:›>/-]{1,2}\s|\s?[|｜│]\s?|[：:]\s?")
_FEWEST_WORDS, _LONGEST, _MOST_HEADINGS = 3, 300, 100


def headline(page: Page, outlets: Collection[str]) -> Found | None:
    """Return the headline that most sources agree on, without the outlet's name.

    A page names its headline to search engines (JSON-LD), to its readers (headings), to other sites (OpenGraph) and to
    the browser (page title). Often one of them differs, or has a kicker or the outlet's name with it.
    """
    outlet = {letters_and_digits(one) for one in outlets}
    browser = next((_plain("".join(one.itertext())) for one in page.tree.iter("title")), "")
    engines, others = (
        [
            Found(text, one.origin)
            for one in islice(said, 1)
            if letters_and_digits(text := _without(_plain(one.value), outlet))
        ]
        for said in (page.stated("headline"), page.meta("og:title"))
    )
    shown = [one for one in _headings(page.tree) if letters_and_digits(one) and letters_and_digits(one) not in outlet]
    alone, parts = _only_heading(page.tree), _parts(browser)
    known = {letters_and_digits(one.value) for one in (*engines, *others)} | parts | {alone}
    headings = [Found(one, "heading") for one in shown if letters_and_digits(one) in known]

    votes: dict[str, set[str]] = {}
    for found in (*engines, *headings, *others):
        votes.setdefault(letters_and_digits(found.value), set()).add(found.origin)
    if not votes:
        of_article = [Found(one, "heading") for one in shown if one == _heading_of_article(page.tree)]
        rest = [*of_article, Found(_without(browser, outlet), "page title"), *(Found(one, "heading") for one in shown)]
        return next((found for found in rest if found.value), None)
    # of the headings, or else the statements, that are in the page title, the longest has its vote
    in_title = [one for one in votes if one in parts]
    shown_in_title = [one for one in in_title if "heading" in votes[one]]
    for one in sorted(shown_in_title or in_title, key=len)[-1:]:
        votes[one].add("page title")
    best = max(votes, key=lambda one: 1.5 if one == alone and votes[one] == {"heading"} else len(votes[one]))
    # without its kicker, if that is stated somewhere
    bare = [letters_and_digits(one.value) for one in (*engines, *others) if len(one.value.split()) >= _FEWEST_WORDS]
    best = min((one for one in (best, *bare) if best.endswith(one)), key=len)
    # other sites get a mark between kicker and headline, where readers see two lines
    return next(found for found in (*others, *engines, *headings) if letters_and_digits(found.value) == best)


def _headings(tree: Any) -> Iterator[str]:
    """The texts of headings, and their lines: a kicker may stand above the headline in the same heading."""
    for element in islice(tree.iter("h1", "h2", "h3"), _MOST_HEADINGS):
        parts = [_plain(line.text) for line in lines(element)]
        yield from (one for one in dict.fromkeys([" ".join(parts), *parts]) if len(one) <= _LONGEST)


def _only_heading(tree: Any) -> str:
    """The key of the heading of the first level, if there is but one and it is more than a word or two."""
    texts = (" ".join(line.text for line in lines(one)) for one in tree.iter("h1"))
    first = [*islice(filter(None, map(_plain, texts)), 2)]
    return letters_and_digits(first[0]) if len(first) == 1 and len(first[0].split()) >= _FEWEST_WORDS else ""


def _heading_of_article(tree: Any) -> str:
    """The first heading in the one element that is an article, or in the one with more text than all others."""
    articles = [*islice(tree.iter("article"), _MOST_HEADINGS)]
    sizes = [len(one.text_content()) for one in articles]
    if not articles or 2 * max(sizes) <= sum(sizes):
        return ""
    heading = next(articles[sizes.index(max(sizes))].iter("h1", "h2", "h3"), None)
    return _plain(" ".join(line.text for line in lines(heading))) if heading is not None else ""


def _parts(title: str) -> set[str]:
    """The keys of the whole, and of what stands before, behind and between its separators."""
    cuts = [(0, 0), *(match.span() for match in _SEPARATOR.finditer(title)), (len(title), len(title))]
    whole = {letters_and_digits(title[:start]) for start, _ in cuts} | {
        letters_and_digits(title[end:]) for _, end in cuts
    }
    return whole | {letters_and_digits(title[end:start]) for (_, end), (start, _) in pairwise(cuts)}


def _without(title: str, outlet: Collection[str]) -> str:
    """The title without the names of its outlet, before or behind it."""
    for match in _SEPARATOR.finditer(title):
        before, behind = title[: match.start()], title[match.end() :]
        if letters_and_digits(behind) in outlet:
            return before
        if letters_and_digits(before) in outlet:
            return _without(behind, outlet)
    return "" if letters_and_digits(title) in outlet else title


def _plain(text: str) -> str:
    """A line without soft hyphens, cut where no headline is as long."""
    return " ".join(unescape(text).replace("\xad", "").split())[:_LONGEST].strip()
