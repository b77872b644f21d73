"""A parsed page: its visible lines, its meta tags and its JSON-LD."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any, NamedTuple

from rag.loading.web import jsonld
from rag.loading.web.visible_lines import VisibleLine, visible_lines

_MAX_VALUES_PER_TAG, _MAX_VALUE_CHARACTERS = 20, 1000


class Statement(NamedTuple):
    """A value that a page states, and where it states it, in a word or two."""

    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A page: its elements, its lines, the values of its meta tags by their names in lower case, and its JSON-LD.

    The names of meta tags that are microdata begin with `itemprop `.
    """

    tree: Any
    lines: Sequence[VisibleLine]
    tags: Mapping[str, Sequence[str]]
    graph: jsonld.Graph

    def meta(self, *names: str) -> Iterator[Statement]:
        """Yield the values of meta tags, in the order of the names."""
        for name in names:
            origin = "OpenGraph" if name.startswith(("og:", "article:")) else "meta tag"
            yield from (Statement(value, origin) for value in self.tags.get(name, ()))

    def json_ld(self, name: str) -> Iterator[Statement]:
        """Yield the text of a property of the article in JSON-LD, if there is one."""
        value = jsonld.text(self.graph.article, name)
        if value:
            yield Statement(unescape(value[:_MAX_VALUE_CHARACTERS]), "JSON-LD")


def parse_page(tree: Any) -> ParsedPage:
    """Return the lines, meta tags and JSON-LD of a page."""
    tags: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        value = " ".join((element.get("content") or "")[:_MAX_VALUE_CHARACTERS].split())
        for kind in ("property", "name", "itemprop"):
            name = (element.get(kind) or "").strip().lower()
            if name and value:
                values = tags.setdefault(f"itemprop {name}" if kind == "itemprop" else name, [])
                values += [value] if len(values) < _MAX_VALUES_PER_TAG else []
    return ParsedPage(tree, tuple(visible_lines(tree)), tags, jsonld.read_graph(tree))
