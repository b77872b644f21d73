"""Who wrote the article of a page, as the page says."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice, pairwise
from typing import Any

from rag.loading.common.normalization import letters_and_digits
from rag.loading.web import jsonld
from rag.loading.web.page import Found, Page
from rag.loading.web.people import byline, people
from rag.loading.web.visible_lines import Line, around, block, is_caption, labels, lines

_TAG = re.compile(r"(^|[.:_ -]|article)(author|authors|creator|byl)$")
_LABEL = re.compile(r"authors?|authorname|autor(en|in)?|auteurs?|byline|username|writer")
_WORK = re.compile(r"(Article|Posting|Page|Report|Recipe|Work|Blog)$")
_PROFILE = re.compile(
    r"/(authors?|autor(en|in|es)?|auteurs?|profile?s?|staff|journalists?|redaktion|mitarbeiter|contributors?)/",
    re.IGNORECASE,
)
_LONGEST_LABELLED, _MOST_MARKED = 80, 100

Names = tuple[str, ...]
Named = Callable[[Iterable[str | None]], Names]


def author(page: Page, title: str | None, outlets: Collection[str]) -> Found | None:
    """Return the names of the authors and where the page names them; None where it names nobody."""

    def named(values: Iterable[str | None]) -> Names:
        return tuple(dict.fromkeys(one for value in values if value for one in people(value, outlets)))

    sources = _sources(page, around(title, page.lines)[0], named, outlets)
    return next((Found(", ".join(names), origin) for names, origin in sources if names), None)


def _sources(page: Page, near: Iterable[Line], named: Named, outlets: Collection[str]) -> Iterator[tuple[Names, str]]:
    """The names in all places where a page may name its author, the surest place first."""
    owners = page.graph.resolved(page.graph.article.get("author") or page.graph.article.get("creator"))
    houses = [one for one in owners if any(kind.endswith("Organization") for kind in jsonld.types(one))]
    if len(houses) < len(owners):
        yield named(map(jsonld.name, owners)), "JSON-LD"
    yield next(iter(_marked(page.tree, _is_microdata, named)), ()), "microdata"
    for line, following in pairwise([*near, Line("", None)]):
        yield byline(line.text, following.text, outlets), "byline"
    for tag, values in page.tags.items():
        if _TAG.search(tag):
            yield named(values), "OpenGraph" if ":" in tag else "meta tag"
    yield named(_labelled_preview(page)), "meta tag"
    for line in near:
        yield named(_profiles(block(line.element))), "link to the author"
    signed = set(_marked(page.tree, _is_labelled, named))
    # several people in several places are those of other articles, too
    yield signed.pop() if len(signed) == 1 else (), "element for the author"
    # a house that signs its articles itself
    yield tuple(name for one in houses if (name := jsonld.name(one))), "JSON-LD"


def _labelled_preview(page: Page) -> Iterator[str]:
    """What some pages state for previews: a label as "Written by", and the name."""
    for number in "12":
        label = next(iter(page.tags.get(f"twitter:label{number}", ())), "")
        if re.search(r"\b(by|von|par|por|da|door|autor|author)\b", label, re.IGNORECASE):
            yield from page.tags.get(f"twitter:data{number}", ())


def _marked(tree: Any, is_marked: Callable[[Any], bool], named: Named) -> list[Names]:
    """The names in elements that are marked as the author's, those of elements beside each other together."""
    groups: dict[Any, dict[str, None]] = {}
    for element in islice(filter(is_marked, tree.iter()), _MOST_MARKED):
        texts = [
            line.text
            for one in (*islice(filter(_is_name, element.iter()), 2), element)
            for line in islice(lines(one), 2)
        ]
        names = next((names for text in (element.get("content"), *texts) if (names := named([text]))), ())
        if names:
            place = next((one for one in islice(element.iterancestors(), 2) if one in groups), element.getparent())
            groups.setdefault(place, {}).update(dict.fromkeys(names))
    return [tuple(names) for names in groups.values()]


def _is_name(element: Any) -> bool:
    return element.tag == "a" or element.get("itemprop") == "name" or "fn" in labels(element)


def _is_microdata(element: Any) -> bool:
    """Say whether it names the author of an article, and not of a picture or a review."""
    if "author" in (element.get("rel") or "").split():
        return True
    if "author" not in (element.get("itemprop") or "").split() or is_caption(element):
        return False
    kinds = (one.get("itemtype") for one in element.iterancestors() if one.get("itemtype"))
    return _WORK.search(next(kinds, "Article")) is not None


def _is_labelled(element: Any) -> bool:
    return (
        any(map(_LABEL.fullmatch, labels(element)))
        and len(" ".join(element.text_content().split())) <= _LONGEST_LABELLED
    )


def _profiles(element: Any) -> Iterator[str]:
    """The texts of links in an element that lead to the page of the person that they name."""
    for link in element.iter("a"):
        path, words = (link.get("href") or "").partition("?")[0], link.text_content().split()
        if words and _PROFILE.search(path) and letters_and_digits(words[-1]) in letters_and_digits(path):
            yield " ".join(words)
