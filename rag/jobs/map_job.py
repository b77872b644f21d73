"""Computing the map of the archive in the background of the page."""

from __future__ import annotations

import logging
import threading

from rag.archive import Archive
from rag.errors import FundstelleError, shortage_said
from rag.workspace.archive_map import ArchiveMap

_log = logging.getLogger(__name__)


class MapJob:
    """Computes the map when it is asked for and the archive has changed. Safe to use from several threads."""

    def __init__(self, archive: Archive) -> None:
        self._map = ArchiveMap(archive)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._computed: str | None = None
        self._failure: Exception | None = None

    def get(self) -> str | None:
        """Return the map as JSON; None while it is computed, which this begins.

        Raises:
            Exception: why it could not be computed; the next call tries again.
        """
        with self._lock:
            cached = self._map.cached()
            if cached is not None:
                return cached
            if self._thread and self._thread.is_alive():
                return None
            computed, self._computed, failure, self._failure = self._computed, None, self._failure, None
            if computed is not None:
                # it could not be stored, or the archive changed meanwhile
                return computed
            if failure is not None:
                raise failure
            # daemon: it does not keep the program alive
            self._thread = threading.Thread(target=self._work, name="map", daemon=True)
            self._thread.start()
            return None

    def _work(self) -> None:
        try:
            with shortage_said():
                self._computed = self._map.compute()
        except Exception as error:
            self._failure = error
            reason = error if isinstance(error, FundstelleError) else type(error).__name__
            _log.error("The map could not be computed: %s", reason)
            _log.debug("It happened here:", exc_info=True)
