"""The author of a page's article, as the page states it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice, pairwise
from typing import Any

from rag.loading.common.normalization import letters_and_digits
from rag.loading.web import jsonld
from rag.loading.web.page import ParsedPage, Statement
from rag.loading.web.people import names_in_byline, people
from rag.loading.web.visible_lines import (
    VisibleLine,
    enclosing_block,
    is_caption,
    label_words,
    lines_around_headline,
    visible_lines,
)

_AUTHOR_TAG = re.compile(r"(^|[.:_ -]|article)(author|authors|creator|byl)$")
_AUTHOR_LABEL = re.compile(r"authors?|authorname|autor(en|in)?|auteurs?|byline|username|writer")
_WORK_TYPE = re.compile(r"(Article|Posting|Page|Report|Recipe|Work|Blog)$")
_PROFILE_PATH = re.compile(
    r"/(authors?|autor(en|in|es)?|auteurs?|profile?s?|staff|journalists?|redaktion|mitarbeiter|contributors?)/",
    re.IGNORECASE,
)
_MAX_BYLINE_CHARACTERS, _MAX_AUTHOR_ELEMENTS = 80, 100

PersonNames = tuple[str, ...]
NameFilter = Callable[[Iterable[str | None]], PersonNames]
"""Returns the names of people in texts."""


def page_author(page: ParsedPage, title: str | None, outlets: Collection[str]) -> Statement | None:
    """Return the names of the authors and where the page states them; None where it names nobody."""

    def person_names(texts: Iterable[str | None]) -> PersonNames:
        return tuple(dict.fromkeys(name for text in texts if text for name in people(text, outlets)))

    candidates = _candidates(page, lines_around_headline(title, page.lines).lines, person_names, outlets)
    return next((Statement(", ".join(names), origin) for names, origin in candidates if names), None)


def _candidates(
    page: ParsedPage, lines: Iterable[VisibleLine], person_names: NameFilter, outlets: Collection[str]
) -> Iterator[tuple[PersonNames, str]]:
    """The names wherever a page may state its author, with their origin, the most reliable first.

    `lines` are those around the headline.
    """
    authors = page.graph.resolve(page.graph.article.get("author") or page.graph.article.get("creator"))
    organizations = [
        author for author in authors if any(kind.endswith("Organization") for kind in jsonld.types(author))
    ]
    if len(organizations) < len(authors):
        yield person_names(map(jsonld.name, authors)), "JSON-LD"
    yield next(iter(_names_in_elements(page.tree, _is_microdata, person_names)), ()), "microdata"
    for line, following in pairwise([*lines, VisibleLine("", None)]):
        yield names_in_byline(line.text, following.text, outlets), "byline"
    for tag, values in page.tags.items():
        if _AUTHOR_TAG.search(tag):
            yield person_names(values), "OpenGraph" if ":" in tag else "meta tag"
    yield person_names(_preview_authors(page)), "meta tag"
    for line in lines:
        yield person_names(_profile_links(enclosing_block(line.element))), "link to the author"
    signatures = set(_names_in_elements(page.tree, _is_labelled, person_names))
    # several signatures belong to other articles, too
    yield signatures.pop() if len(signatures) == 1 else (), "element for the author"
    # an organization that signs its articles itself
    yield tuple(name for author in organizations if (name := jsonld.name(author))), "JSON-LD"


def _preview_authors(page: ParsedPage) -> Iterator[str]:
    """The names that some pages state for previews, next to a label such as "Written by"."""
    for number in "12":
        label = next(iter(page.tags.get(f"twitter:label{number}", ())), "")
        if re.search(r"\b(by|von|par|por|da|door|autor|author)\b", label, re.IGNORECASE):
            yield from page.tags.get(f"twitter:data{number}", ())


def _names_in_elements(tree: Any, is_author: Callable[[Any], bool], person_names: NameFilter) -> list[PersonNames]:
    """The names in elements that are marked as the author's, with those of neighbouring elements in one group."""
    groups: dict[Any, dict[str, None]] = {}
    for element in islice(filter(is_author, tree.iter()), _MAX_AUTHOR_ELEMENTS):
        texts = [
            line.text
            for inner in (*islice(filter(_is_name, element.iter()), 2), element)
            for line in islice(visible_lines(inner), 2)
        ]
        candidates = map(person_names, ([text] for text in (element.get("content"), *texts)))
        names = next(filter(None, candidates), ())
        if names:
            ancestors = islice(element.iterancestors(), 2)
            group = next((ancestor for ancestor in ancestors if ancestor in groups), element.getparent())
            groups.setdefault(group, {}).update(dict.fromkeys(names))
    return [tuple(names) for names in groups.values()]


def _is_name(element: Any) -> bool:
    return element.tag == "a" or element.get("itemprop") == "name" or "fn" in label_words(element)


def _is_microdata(element: Any) -> bool:
    """Whether it names the author of an article, and not of a picture or a review."""
    if "author" in (element.get("rel") or "").split():
        return True
    if "author" not in (element.get("itemprop") or "").split() or is_caption(element):
        return False
    types = (ancestor.get("itemtype") for ancestor in element.iterancestors() if ancestor.get("itemtype"))
    return _WORK_TYPE.search(next(types, "Article")) is not None


def _is_labelled(element: Any) -> bool:
    return (
        any(map(_AUTHOR_LABEL.fullmatch, label_words(element)))
        and len(" ".join(element.text_content().split())) <= _MAX_BYLINE_CHARACTERS
    )


def _profile_links(element: Any) -> Iterator[str]:
    """The texts of links in an element that lead to the profile of the person that they name."""
    for link in element.iter("a"):
        path, words = (link.get("href") or "").partition("?")[0], link.text_content().split()
        if words and _PROFILE_PATH.search(path) and letters_and_digits(words[-1]) in letters_and_digits(path):
            yield " ".join(words)
