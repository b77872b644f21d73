"""How politely pages are fetched: pauses, time limits and how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from rag.loading.common.files import MAX_BYTES

AGENT = "Fundstelle"
"""The user agent that a robots.txt may name."""
_DEFAULT_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Politeness:
    """How pages are fetched. All times are in seconds.

    Attributes:
        pause: between two requests to one host.
        max_pause: up to which a host's Crawl-delay is respected.
        max_wait: up to which a host's Retry-After is waited for.
        read_timeout: without a byte from the server.
        total_timeout: until a response is complete.
        max_bytes: the size of a page.
        max_pages: how many pages, and how many sitemaps, a run fetches.
        max_redirects: how many redirects in a row are followed.
        max_failures: after how many failures in a row a run gives up a host.
    """

    pause: float = 1.0
    max_pause: float = 10.0
    max_wait: float = 120.0
    read_timeout: float = 20.0
    total_timeout: float = 120.0
    max_bytes: int = MAX_BYTES
    max_pages: int = 1000
    max_redirects: int = 8
    max_failures: int = 3


DEFAULT_POLITENESS = Politeness()


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """Return how long a response asks to wait before the next request; ten seconds if it does not say."""
    retry_after = headers.get("retry-after", "").strip()
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - now).total_seconds())
    except (ValueError, TypeError):
        return _DEFAULT_WAIT_SECONDS
