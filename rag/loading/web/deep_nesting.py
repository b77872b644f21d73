"""Pages nested deeper, or with longer texts, than lxml reads: it silently drops the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_MAX_DEPTH = 200
_NAME = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)


def was_cut(parser: Any) -> bool:
    """Whether a parser of lxml gave up in the page that it parsed last."""
    from lxml.etree import ErrorTypes

    return any(error.type == ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)


def flat_tree(text: str) -> Any:
    """Return the tree of a page in which everything deeper than 200 elements is moved up to that depth."""
    from lxml import etree, html

    # the parser limits the depth of trees, not of events
    parser = html.HTMLParser(
        target=_FlatTreeBuilder(), encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    return etree.fromstring(text.encode("utf-8", "replace"), parser)


class _FlatTreeBuilder:
    """A parser target that builds a tree of at most 200 levels."""

    def __init__(self) -> None:
        from lxml import etree, html

        self._builder = etree.TreeBuilder(element_factory=html.HTMLParser().makeelement)
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth <= _MAX_DEPTH:
            # a damaged page has names that a tree cannot have
            valid = {name: value for name, value in attributes.items() if _NAME.fullmatch(name)}
            self._builder.start(_valid_tag(tag), valid)

    def end(self, tag: str) -> None:
        if self._depth <= _MAX_DEPTH:
            self._builder.end(_valid_tag(tag))
        self._depth -= 1

    def data(self, text: str) -> None:
        self._builder.data(text)

    def close(self) -> Any:
        return self._builder.close()


def _valid_tag(tag: str) -> str:
    return tag if _NAME.fullmatch(tag) else "span"
