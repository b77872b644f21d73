"""Watching folders while the page runs: when something in them changes, they are indexed again."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from rag.archive import Archive
from rag.errors import ArchiveBusy, ArchiveUnreachable, FundstelleError
from rag.indexing.watch import watch_changes
from rag.jobs.indexing_job import IndexingJob, IndexingTask
from rag.workspace.folders import Folders

_log = logging.getLogger(__name__)


class FolderWatch:
    """Indexes the watched folders of an archive whenever they change. Safe to use from several threads."""

    def __init__(self, archive: Archive, job: IndexingJob) -> None:
        self._archive, self._job = archive, job
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def renew(self) -> None:
        """Watch the folders that are to be watched now, and no other ones."""
        with self._lock:
            self._stop.set()
            self._stop = threading.Event()
            try:
                self._archive._database.check_writable()
                watched = [Path(folder.path) for folder in Folders(self._archive).all() if folder.watched]
            except FundstelleError as error:
                _log.warning("Nothing is watched: %s", error)
                return
            folders = [folder for folder in watched if folder.is_dir()]
            if folders:
                arguments = (folders, self._stop)
                threading.Thread(target=self._work, args=arguments, name="watching", daemon=True).start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()

    def _work(self, folders: list[Path], stop: threading.Event) -> None:
        # what changed while nobody watched
        is_due = True
        try:
            for has_changed in watch_changes(folders, self._archive.folder):
                if stop.is_set():
                    return
                is_due = is_due or has_changed or self._is_refused()
                if is_due:
                    is_due = not self._start(folders)
        except FundstelleError as error:
            _log.warning("%s", error)

    def _is_refused(self) -> bool:
        """Return whether the last run was begun here, and another program was indexing, or the database went."""
        state = self._job.state
        return state.task.quiet and isinstance(state.refusal, ArchiveBusy | ArchiveUnreachable)

    def _start(self, folders: list[Path]) -> bool:
        """Begin to index the folders that are there; return whether that was possible."""
        present = tuple(folder for folder in folders if folder.is_dir())
        try:
            if present:
                self._job.start(IndexingTask(present, quiet=True))
        except ArchiveBusy:
            return False
        return True
