"""Warnings that are logged once for each subject."""

from __future__ import annotations

import logging
import threading


class DistinctWarnings:
    """Warnings of a logger, one for each subject. Usable from several threads."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._subjects: set[str] = set()
        self._lock = threading.Lock()

    def warn(self, subject: str, message: str) -> None:
        """Log a warning, unless there was one about this subject."""
        with self._lock:
            is_first = subject not in self._subjects
            self._subjects.add(subject)
        if is_first:
            self._log.warning("%s", message)
