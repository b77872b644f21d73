"""Pages nested deeper, or with longer texts, than lxml follows: it leaves out all that comes then, without a word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_DEEPEST = 200
_NAME = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)


def was_cut(parser: Any) -> bool:
    """Tell whether a parser of lxml gave up in the page that it read last."""
    from lxml.etree import ErrorTypes

    return any(error.type == ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)


def flat_tree(text: str) -> Any:
    """Return the tree of a page in which what lies deeper than 200 elements stands in the one that is 200 deep."""
    from lxml import etree, html

    # events have no depth
    parser = html.HTMLParser(target=_Flat(), encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    return etree.fromstring(text.encode("utf-8", "replace"), parser)


class _Flat:
    """Builds a tree that is not too deep."""

    def __init__(self) -> None:
        from lxml import etree, html

        self._builder = etree.TreeBuilder(element_factory=html.HTMLParser().makeelement)
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth <= _DEEPEST:
            # a damaged page has names that a tree cannot have
            known = {name: value for name, value in attributes.items() if _NAME.fullmatch(name)}
            self._builder.start(_named(tag), known)

    def end(self, tag: str) -> None:
        if self._depth <= _DEEPEST:
            self._builder.end(_named(tag))
        self._depth -= 1

    def data(self, text: str) -> None:
        self._builder.data(text)

    def close(self) -> Any:
        return self._builder.close()


def _named(tag: str) -> str:
    return tag if _NAME.fullmatch(tag) else "span"
