"""A filter as it is stored with a question: JSON with the fields that filter."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from typing import Any

from rag.types import NO_FILTER, Filter


def filter_values(filter: Filter) -> dict[str, Any]:
    """Return the fields that filter, as JSON values, by their names in order."""
    values = {field.name: getattr(filter, field.name) for field in fields(Filter)}
    return {
        name: value.isoformat() if isinstance(value, date) else list(value)
        for name, value in sorted(values.items())
        if value != getattr(NO_FILTER, name)
    }


def filter_to_json(filter: Filter) -> str:
    """Return a filter as JSON, the same for equal filters."""
    return json.dumps(filter_values(filter), ensure_ascii=False)


def filter_from_json(text: str) -> Filter:
    """Return the filter that `filter_to_json` wrote.

    Raises:
        TypeError, ValueError: it was not.
    """
    return Filter(**{name: _value(value) for name, value in json.loads(text).items()})


def _value(value: str | list[str]) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else tuple(value)
