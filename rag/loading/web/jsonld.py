"""The JSON-LD of a page, in the vocabulary of schema.org."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_DECODER = json.JSONDecoder(strict=False)
_ARTICLE_TYPE = re.compile(r"^\w*(Article|Posting|Report|Review|Recipe)$")
_PAGE_TYPE = re.compile(r"WebPage$")

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Graph:
    """The objects of a page's JSON-LD, outer ones first, and those that have a name by their `@id`.

    `article` is the outermost object that is an article, or else the page; it is empty if there is neither.
    """

    nodes: Sequence[Node]
    by_id: Mapping[str, Node]
    article: Node

    def resolve(self, value: Any) -> list[Node | str]:
        """Return the objects and texts of a property; references are replaced by the objects that they refer to."""
        return [
            self.by_id.get(str(node.get("@id")), node) if isinstance(node, dict) else node
            for node in (value if isinstance(value, list) else [value])
            if isinstance(node, dict | str)
        ]


def read_graph(tree: Any) -> Graph:
    """Return the JSON-LD of a page; invalid JSON is skipped."""
    nodes: list[Node] = []
    queue: deque[Any] = deque(_scripts(tree))
    while queue:
        value = queue.popleft()
        if isinstance(value, dict):
            nodes.append(value)
            queue.extend(value.values())
        elif isinstance(value, list):
            queue.extend(value)
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}
    articles = (node for kind in (_ARTICLE_TYPE, _PAGE_TYPE) for node in nodes if any(map(kind.match, types(node))))
    return Graph(nodes, by_id, next(articles, {}))


def types(value: Node | str) -> list[str]:
    """Return the types of an object; a text has none."""
    return _texts(value.get("@type")) if isinstance(value, dict) else []


def name(value: Node | str) -> str | None:
    """Return the name of a person or organization, or the text itself."""
    if isinstance(value, str):
        return value
    parts = (text(value, "givenName"), text(value, "familyName"))
    return text(value, "name") or " ".join(part for part in parts if part) or None


def text(node: Node, name: str) -> str | None:
    """Return a property if it is a text, or the first text of its list."""
    return next((value for value in _texts(node.get(name)) if value.strip()), None)


def _scripts(tree: Any) -> Iterator[Any]:
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            content = script.text or ""
            # some sites wrap it in comment marks, or end it with a semicolon
            start = re.search(r"[{\[]", content)
            try:
                yield _DECODER.raw_decode(content, start.start() if start else 0)[0]
            except (ValueError, RecursionError):
                continue


def _texts(value: Any) -> list[str]:
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
