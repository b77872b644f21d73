"""What a loader finds in a file, before it is normalised."""

from __future__ import annotations

import re
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


def day_of(value: str) -> date | None:
    """Return the day of an ISO 8601 date or time, or of a date as 14.01.2022; None for anything else."""
    words = value.strip()
    german = re.fullmatch(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})", words)
    try:
        return date(int(german[3]), int(german[2]), int(german[1])) if german else date.fromisoformat(words[:10])
    except ValueError:
        return None
