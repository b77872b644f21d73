"""The headline of a page, by a vote of the places where pages state it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import islice, pairwise
from typing import Any

from rag.loading.common.normalization import letters_and_digits
from rag.loading.web.page import ParsedPage, Statement
from rag.loading.web.visible_lines import visible_lines

_SEPARATOR = re.compile(r"\s[|–—»«·•⋆│:›>/-]{1,2}\s|\s?[|｜│]\s?|[：:]\s?")
_MIN_HEADLINE_WORDS, _MAX_HEADLINE_CHARACTERS, _MAX_HEADINGS = 3, 300, 100
_ONLY_H1_WEIGHT = 1.5  # votes; more than one other source, less than two that agree


@dataclass(frozen=True, slots=True)
class _Sources:
    """What a page states as its headline: to search engines, to other sites, to its readers and to the browser.

    JSON-LD and OpenGraph have at most one statement each, without the outlet's name. `headings` are all visible
    headings except the outlet's name. `title_parts` are the keys of the parts of `browser_title`, and `only_h1` is the
    key of the page's only heading of the first level, or empty.
    """

    json_ld: Sequence[Statement]
    open_graph: Sequence[Statement]
    headings: Sequence[str]
    only_h1: str
    browser_title: str
    title_parts: Collection[str]

    def confirmed_headings(self) -> list[Statement]:
        """The headings that another source repeats, and the only h1."""
        statements = {letters_and_digits(statement.value) for statement in (*self.json_ld, *self.open_graph)}
        keys = {*statements, *self.title_parts, self.only_h1}
        return [Statement(heading, "heading") for heading in self.headings if letters_and_digits(heading) in keys]


def page_headline(page: ParsedPage, outlets: Collection[str]) -> Statement | None:
    """Return the headline that most sources agree on, without the outlet's name.

    A page names its headline to search engines (JSON-LD), to its readers (headings), to other sites (OpenGraph) and to
    the browser (page title). Often one of them differs, or includes a kicker or the outlet's name.
    """
    outlet_keys = {letters_and_digits(outlet) for outlet in outlets}
    sources = _sources(page, outlet_keys)
    headings = sources.confirmed_headings()
    votes = _votes(sources, headings)
    if not votes:
        return _unconfirmed_headline(page, sources, outlet_keys)

    def weight(candidate: str) -> float:
        is_only_h1 = candidate == sources.only_h1 and votes[candidate] == {"heading"}
        return _ONLY_H1_WEIGHT if is_only_h1 else len(votes[candidate])

    winner = _without_kicker(max(votes, key=weight), sources)
    # OpenGraph first: it has a mark between kicker and headline where readers see two lines
    statements = (*sources.open_graph, *sources.json_ld, *headings)
    return next(statement for statement in statements if letters_and_digits(statement.value) == winner)


def _sources(page: ParsedPage, outlet_keys: Collection[str]) -> _Sources:
    browser_title = next((_plain("".join(title.itertext())) for title in page.tree.iter("title")), "")
    return _Sources(
        json_ld=_first_headline(page.json_ld("headline"), outlet_keys),
        open_graph=_first_headline(page.meta("og:title"), outlet_keys),
        headings=[
            text
            for text in _headings(page.tree)
            if letters_and_digits(text) and letters_and_digits(text) not in outlet_keys
        ],
        only_h1=_only_h1(page.tree),
        browser_title=browser_title,
        title_parts=_part_keys(browser_title),
    )


def _first_headline(statements: Iterator[Statement], outlet_keys: Collection[str]) -> list[Statement]:
    """The first statement without the outlet's name, if anything is left of it."""
    first = next(statements, None)
    if first is None:
        return []
    headline = _without_outlet(_plain(first.value), outlet_keys)
    return [Statement(headline, first.origin)] if letters_and_digits(headline) else []


def _votes(sources: _Sources, headings: Sequence[Statement]) -> Mapping[str, set[str]]:
    """The origins that state each headline, by the headline's key."""
    votes: dict[str, set[str]] = {}
    for statement in (*sources.json_ld, *headings, *sources.open_graph):
        votes.setdefault(letters_and_digits(statement.value), set()).add(statement.origin)
    # the page title votes for the longest heading in it, or else for the longest statement
    in_title = [candidate for candidate in votes if candidate in sources.title_parts]
    headings_in_title = [candidate for candidate in in_title if "heading" in votes[candidate]]
    for candidate in sorted(headings_in_title or in_title, key=len)[-1:]:
        votes[candidate].add("page title")
    return votes


def _without_kicker(headline: str, sources: _Sources) -> str:
    """The key of the headline, or the shortest end of it that a source states as the headline."""
    statements = (*sources.json_ld, *sources.open_graph)
    ends = [letters_and_digits(text) for text, _ in statements if len(text.split()) >= _MIN_HEADLINE_WORDS]
    return min((end for end in (headline, *ends) if headline.endswith(end)), key=len)


def _unconfirmed_headline(page: ParsedPage, sources: _Sources, outlet_keys: Collection[str]) -> Statement | None:
    """The headline of a page without votes: the article's heading, the page title, or the first heading."""
    article_heading = _heading_of_article(page.tree)
    candidates = [
        *(Statement(heading, "heading") for heading in sources.headings if heading == article_heading),
        Statement(_without_outlet(sources.browser_title, outlet_keys), "page title"),
        *(Statement(heading, "heading") for heading in sources.headings),
    ]
    return next((candidate for candidate in candidates if candidate.value), None)


def _headings(tree: Any) -> Iterator[str]:
    """The texts of headings, and their lines: a kicker may be a line above the headline in the same heading."""
    for element in islice(tree.iter("h1", "h2", "h3"), _MAX_HEADINGS):
        parts = [_plain(line.text) for line in visible_lines(element)]
        texts = dict.fromkeys([" ".join(parts), *parts])
        yield from (text for text in texts if len(text) <= _MAX_HEADLINE_CHARACTERS)


def _only_h1(tree: Any) -> str:
    """The key of the only heading of the first level, if there is just one of more than a word or two."""
    texts = (" ".join(line.text for line in visible_lines(heading)) for heading in tree.iter("h1"))
    first = [*islice(filter(None, map(_plain, texts)), 2)]
    return letters_and_digits(first[0]) if len(first) == 1 and len(first[0].split()) >= _MIN_HEADLINE_WORDS else ""


def _heading_of_article(tree: Any) -> str:
    """The first heading in the only article element, or in the one with more text than all others together."""
    articles = [*islice(tree.iter("article"), _MAX_HEADINGS)]
    sizes = [len(article.text_content()) for article in articles]
    if not articles or 2 * max(sizes) <= sum(sizes):
        return ""
    heading = next(articles[sizes.index(max(sizes))].iter("h1", "h2", "h3"), None)
    return _plain(" ".join(line.text for line in visible_lines(heading))) if heading is not None else ""


def _part_keys(title: str) -> set[str]:
    """The keys of the title, and of its parts before, after and between separators."""
    cuts = [(0, 0), *(match.span() for match in _SEPARATOR.finditer(title)), (len(title), len(title))]
    edges = {letters_and_digits(title[:start]) for start, _ in cuts} | {
        letters_and_digits(title[end:]) for _, end in cuts
    }
    return edges | {letters_and_digits(title[end:start]) for (_, end), (start, _) in pairwise(cuts)}


def _without_outlet(title: str, outlet_keys: Collection[str]) -> str:
    """The title without the names of its outlet before or after it."""
    for match in _SEPARATOR.finditer(title):
        head, tail = title[: match.start()], title[match.end() :]
        if letters_and_digits(tail) in outlet_keys:
            return head
        if letters_and_digits(head) in outlet_keys:
            return _without_outlet(tail, outlet_keys)
    return "" if letters_and_digits(title) in outlet_keys else title


def _plain(text: str) -> str:
    """A line without entities and soft hyphens, cut at the length of the longest headline."""
    return " ".join(unescape(text).replace("\xad", "").split())[:_MAX_HEADLINE_CHARACTERS].strip()
