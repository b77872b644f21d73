"""A page, read once: its visible lines, its meta tags and its JSON-LD."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any, NamedTuple

from rag.loading.web import jsonld
from rag.loading.web.visible_lines import Line, lines

_MOST_VALUES, _LONGEST_VALUE = 20, 1000


class Found(NamedTuple):
    """A value, and where in the page it stands, in a word or two."""

    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its elements, its lines, the values of its meta tags by their names in lower case, and its JSON-LD.

    The names of meta tags that are microdata begin with `itemprop `.
    """

    tree: Any
    lines: Sequence[Line]
    tags: Mapping[str, Sequence[str]]
    graph: jsonld.Graph

    def meta(self, *names: str) -> Iterator[Found]:
        """Return the values of meta tags, in the order of the names."""
        for name in names:
            origin = "OpenGraph" if name.startswith(("og:", "article:")) else "meta tag"
            yield from (Found(value, origin) for value in self.tags.get(name, ()))

    def stated(self, name: str) -> Iterator[Found]:
        """Return the text of a property of the article in JSON-LD, if there is one."""
        value = jsonld.text(self.graph.article, name)
        if value:
            yield Found(unescape(value[:_LONGEST_VALUE]), "JSON-LD")


def read(tree: Any) -> Page:
    """Return what a page says of itself."""
    tags: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        value = " ".join((element.get("content") or "")[:_LONGEST_VALUE].split())
        for kind in ("property", "name", "itemprop"):
            name = (element.get(kind) or "").strip().lower()
            if name and value:
                values = tags.setdefault(f"itemprop {name}" if kind == "itemprop" else name, [])
                values += [value] if len(values) < _MOST_VALUES else []
    return Page(tree, tuple(lines(tree)), tags, jsonld.read(tree))
