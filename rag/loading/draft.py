"""What a loader finds in a file, before it is normalised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Draft:
    """The text and what the file itself says about it; what it does not say is None."""

    text: str
    title: str | None = None
    source: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    language: str | None = None


def iso_date(value: object) -> date | None:
    """Return the day of an ISO 8601 date or time, or None for anything else."""
    if isinstance(value, date):
        # a datetime is a date too, but does not compare with one
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        return None
