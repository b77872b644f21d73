"""The fields of an article by the names that front matter and sidecars give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.loading.common.draft import parse_day

FIELD_NAMES = {
    "title": ("title", "headline"),
    "source": ("source", "outlet", "publisher"),
    "author": ("author", "authors"),
    "published": ("date", "published"),
    "url": ("url",),
    "language": ("language", "lang"),
    "place": ("place", "dateline"),
}
"""For each field, the names that state it."""


def fields_of(stated: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the fields of an article that a mapping states under any of their names; those that it lacks are None."""
    known = {str(name).lower(): value for name, value in stated.items()}
    found: dict[str, Any] = {
        field: next((words for name in names if (words := field_text(known.get(name)))), None)
        for field, names in FIELD_NAMES.items()
    }
    published = found.pop("published")
    return found | {"published": parse_day(published) if published else None}


def field_text(value: Any) -> str | None:
    """Return a value as one text: lists are joined by commas, anything but text is None."""
    if isinstance(value, list):
        return ", ".join(one for one in value if isinstance(one, str)) or None
    return value if isinstance(value, str) else None
