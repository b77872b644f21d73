"""The fields of an article by the names that front matter and sidecars give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.loading.common.draft import iso_or_german_day

FIELD_NAMES = {
    "title": ("title", "headline"),
    "source": ("source", "outlet", "publisher"),
    "author": ("author", "authors"),
    "published": ("date", "published"),
    "url": ("url",),
    "language": ("language", "lang"),
    "place": ("place", "dateline"),
}
"""For each field, the names under which it may be stated; the first with a value wins."""


def fields_of(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the fields of an article that a mapping states under any of their names; missing ones are None."""
    values = {str(name).lower(): value for name, value in mapping.items()}
    fields: dict[str, Any] = {
        field: next((words for name in names if (words := field_text(values.get(name)))), None)
        for field, names in FIELD_NAMES.items()
    }
    published = fields.pop("published")
    return fields | {"published": iso_or_german_day(published) if published else None}


def field_text(value: Any) -> str | None:
    """Return a value as text: lists are joined by commas; anything but text is None."""
    if isinstance(value, list):
        return ", ".join(entry for entry in value if isinstance(entry, str)) or None
    return value if isinstance(value, str) else None
