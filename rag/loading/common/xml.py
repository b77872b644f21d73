"""XML elements by name, whatever their namespace."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any


def name_of(element: Any) -> str:
    """Return the name of an element without its namespace; empty for comments and entities."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """Return the value of an attribute, whatever its namespace, or None."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def descendants(element: Any, *names: str) -> Iterator[Any]:
    """Yield the descendants of these names, in document order; the element itself may be the first."""
    return (inner for inner in element.iter() if name_of(inner) in names)


def outermost(element: Any, name: str, skipped: Container[str] = ()) -> Iterator[Any]:
    """Yield the descendants of a name, but not those nested in each other or in elements named in `skipped`."""
    for child in element:
        if name_of(child) == name:
            yield child
        elif name_of(child) not in skipped:
            yield from outermost(child, name, skipped)


def remove_elements(elements: Iterable[Any]) -> None:
    """Remove elements from their tree; the text after each stays."""
    for element in list(elements):
        parent, tail = element.getparent(), element.tail or ""
        if parent is None:
            continue
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
        parent.remove(element)


def text_of(element: Any, *names: str) -> str | None:
    """Return the text of the first descendant of one of these names that has any, on one line, or None."""
    texts = (" ".join("".join(inner.itertext()).split()) for name in names for inner in descendants(element, name))
    return next(filter(None, texts), None)
