"""How politely pages are fetched: pauses, patience and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from rag.loading.common.files import MAX_BYTES

AGENT = "Fundstelle"
"""The name that a robots.txt may speak of."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How pages are fetched. All times are seconds.

    `pause` lies between two requests to one host; its own Crawl-delay counts up to `longest_pause`, and a Retry-After
    up to `longest_wait`. `silence` may pass without a byte, `whole` until the answer is there. A run fetches so many
    `pages`, and reads so many sitemaps. A host is left alone after so many `troubles` in a row.
    """

    pause: float = 1.0
    longest_pause: float = 10.0
    longest_wait: float = 120.0
    silence: float = 20.0
    whole: float = 120.0
    max_bytes: int = MAX_BYTES
    pages: int = 1000
    redirects: int = 8
    troubles: int = 3


USUAL = Manners()


def seconds_to_wait(headers: Mapping[str, str], now: datetime) -> float:
    """Return how long an answer asks to wait before the next request; ten seconds if it does not say."""
    said = headers.get("retry-after", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - now).total_seconds())
    except (ValueError, TypeError):
        return 10.0
