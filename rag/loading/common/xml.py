"""Elements of XML by name, whatever their namespace."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any


def name_of(element: Any) -> str:
    """Return the name of an element without its namespace; of comments and entities, nothing."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """Return the value of an attribute, of whatever namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def descendants(element: Any, *names: str) -> Iterator[Any]:
    """Yield the elements of these names inside another, in order."""
    return (inner for inner in element.iter() if name_of(inner) in names)


def outermost(element: Any, name: str, hidden: Container[str] = ()) -> Iterator[Any]:
    """Yield the elements of a name inside another, but not those inside each other or inside hidden ones."""
    for child in element:
        if name_of(child) == name:
            yield child
        elif name_of(child) not in hidden:
            yield from outermost(child, name, hidden)


def remove_elements(elements: Iterable[Any]) -> None:
    """Take elements out of their tree; what stands behind each stays."""
    for element in list(elements):
        parent, tail = element.getparent(), element.tail or ""
        if parent is None:
            continue
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
        parent.remove(element)


def text_of(element: Any, *names: str) -> str | None:
    """Return the text of the first element of one of these names that has any."""
    found = (" ".join("".join(inner.itertext()).split()) for name in names for inner in descendants(element, name))
    return next(filter(None, found), None)
