"""Damaged articles that queries leave out: each is logged once, and collected for the answer that lacks it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rag.storage.distinct_warnings import DistinctWarnings

log = logging.getLogger(__name__)

DAMAGED = "The article {name} was damaged on the disk and {what}: `fundstelle repair` reads its file again."


class DamageNotes:
    """Which articles were damaged when they were read. Usable from several threads."""

    def __init__(self) -> None:
        self._warnings = DistinctWarnings(log)
        self._thread = threading.local()

    def add(self, names: Mapping[str, str]) -> None:
        """Note that articles are left out.

        Args:
            names: their paths by id.
        """
        collected: dict[str, str] | None = getattr(self._thread, "collected", None)
        if collected is not None:
            collected.update(names)
        for article_id, name in names.items():
            self._warnings.warn(article_id, DAMAGED.format(name=name, what="is left out"))

    @contextmanager
    def collected(self) -> Iterator[dict[str, str]]:
        """Collect the paths, by id, of the articles that this thread leaves out inside the block."""
        outer = getattr(self._thread, "collected", None)
        self._thread.collected = {} if outer is None else outer
        try:
            yield self._thread.collected
        finally:
            self._thread.collected = outer
