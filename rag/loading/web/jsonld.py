"""What a page says of its article in JSON-LD, with the words of schema.org."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_DECODER = json.JSONDecoder(strict=False)
_ARTICLE = re.compile(r"\w*(Article|Posting|Report|Review|Recipe)$")
_PAGE = re.compile(r"WebPage$")

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Graph:
    """The objects of a page's JSON-LD, outer ones first, and those with a name by their identifiers.

    `article` is the outermost one that is an article, or else the page; it is empty if there is neither.
    """

    nodes: Sequence[Node]
    named: Mapping[str, Node]
    article: Node

    def resolved(self, value: Any) -> list[Node | str]:
        """Return the objects and texts of a property; instead of an object that refers to another, that other one."""
        return [
            self.named.get(str(one.get("@id")), one) if isinstance(one, dict) else one
            for one in (value if isinstance(value, list) else [value])
            if isinstance(one, dict | str)
        ]


def read(tree: Any) -> Graph:
    """Return the JSON-LD of a page; what is no JSON is left out."""
    nodes: list[Node] = []
    waiting: deque[Any] = deque(_scripts(tree))
    while waiting:
        value = waiting.popleft()
        if isinstance(value, dict):
            nodes.append(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    named = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}
    articles = (node for kind in (_ARTICLE, _PAGE) for node in nodes if any(map(kind.match, types(node))))
    return Graph(nodes, named, next(articles, {}))


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
            # some put it between the marks of a comment, or a semicolon behind it
            start = re.search(r"[{\[]", content)
            try:
                yield _DECODER.raw_decode(content, start.start() if start else 0)[0]
            except (ValueError, RecursionError):
                continue


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
