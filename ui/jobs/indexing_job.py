"""Indexing in the background of the page: one run at a time, with progress, and cancelled safely."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from rag.archive import Archive
from rag.errors import ArchiveBusy, FundstelleError
from rag.types import Failure, IndexReport, Progress

_log = logging.getLogger(__name__)

_SECONDS_TO_END = 15  # for the article that is being stored, and the indexes

Phase = Literal["idle", "fetching", "reading", "done", "cancelled", "refused", "failed"]
"""What a run does, or how the last one ended."""


@dataclass(frozen=True, slots=True)
class IndexingTask:
    """What is to be indexed.

    Attributes:
        paths: files and folders.
        addresses: of the web, which are fetched first.
        again: files are read though they look unchanged.
        quiet: the run was started by a change of a watched folder, not by a person.
    """

    paths: tuple[Path, ...] = ()
    addresses: tuple[str, ...] = ()
    again: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class IndexingState:
    """A run at a moment.

    Attributes:
        number: counts the runs since the page was started.
        done: files, or pages of the web while fetching, done so far.
        total: all of them; 0 as long as that is unknown.
        seconds: since the run began.
        report: what it did, once it is done.
        failures: addresses that could not be fetched.
        refusal: why there is no report.
    """

    phase: Phase = "idle"
    number: int = 0
    done: int = 0
    total: int = 0
    passages: int = 0
    seconds: float = 0.0
    report: IndexReport | None = None
    failures: tuple[Failure, ...] = ()
    refusal: FundstelleError | None = None
    task: IndexingTask = IndexingTask()

    @property
    def running(self) -> bool:
        """Whether the run goes on."""
        return self.phase in ("fetching", "reading")

    @property
    def per_minute(self) -> float:
        """How many files are done in a minute."""
        return 60 * self.done / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it will probably take; None as long as there is nothing to tell by."""
        return self.seconds / self.done * (self.total - self.done) if self.done and self.total else None


class IndexingJob:
    """Indexes into an archive in the background. Safe to use from several threads."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._starting = threading.Lock()
        self._cancelled = threading.Event()
        self._finished = threading.Event()
        self._finished.set()
        self._state = IndexingState()
        self._began = 0.0

    @property
    def state(self) -> IndexingState:
        """The present run, or the last one."""
        return self._state

    def start(self, task: IndexingTask) -> None:
        """Begin to index.

        Raises:
            ArchiveBusy: a run goes on.
        """
        with self._starting:
            if not self._finished.is_set():
                raise ArchiveBusy("Articles are being indexed already: wait until that is done, or cancel it.")
            self._cancelled.clear()
            self._finished.clear()
            self._began = time.monotonic()
            phase: Phase = "fetching" if task.addresses else "reading"
            self._state = IndexingState(phase, self._state.number + 1, task=task)
            # daemon: it does not keep the program alive
            threading.Thread(target=self._work, args=(task,), name="indexing", daemon=True).start()

    def cancel(self) -> None:
        """End the run after the file that is read; what was stored stays."""
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Wait until the run has ended, at most `seconds`; return whether it has."""
        return self._finished.wait(seconds)

    def close(self) -> None:
        """Cancel, and wait for the end before the archive is closed."""
        self.cancel()
        self.wait(_SECONDS_TO_END)

    def _work(self, task: IndexingTask) -> None:
        try:
            self._end("done", report=self._index(task))
        except KeyboardInterrupt:
            self._end("cancelled")
        except FundstelleError as error:
            self._end("refused", refusal=error)
        except Exception as error:
            _log.error("Indexing failed: %r", error)
            _log.debug("It happened here:", exc_info=True)
            self._end("failed")
        finally:
            self._finished.set()

    def _index(self, task: IndexingTask) -> IndexReport:
        paths: Sequence[Path] = task.paths
        if task.addresses:
            failures = self._archive.fetch(list(task.addresses), on_page=self._on_page)
            self._state = replace(self._state, phase="reading", done=0, total=0, failures=failures)
            has_pages = self._archive.fetched.is_dir() and any(self._archive.fetched.iterdir())
            paths = [*paths, *([self._archive.fetched] if has_pages else [])]
            if not paths:
                return IndexReport(failures=failures)
        return self._archive.index(list(paths), on_progress=self._on_progress, again=task.again)

    def _end(self, phase: Phase, report: IndexReport | None = None, refusal: FundstelleError | None = None) -> None:
        seconds = time.monotonic() - self._began
        self._state = replace(self._state, phase=phase, report=report, refusal=refusal, seconds=seconds)

    def _on_page(self, pages: int, total: int | None) -> None:
        self._update(pages, total or 0, 0)

    def _on_progress(self, progress: Progress) -> None:
        self._update(progress.articles, progress.articles_total, progress.passages)

    def _update(self, done: int, total: int, passages: int) -> None:
        seconds = time.monotonic() - self._began
        self._state = replace(self._state, done=done, total=total, passages=passages, seconds=seconds)
        if self._cancelled.is_set() and done < total:
            # as Ctrl-C does on the command line: what was stored is complete, and the next run resumes
            raise KeyboardInterrupt
