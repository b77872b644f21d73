"""Indexing in the background of a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.archive import Archive
from rag.fetching.fetch import fetch
from rag.jobs.background import BackgroundJob, JobState, Phase
from rag.types import Failure, IndexReport, Progress


@dataclass(frozen=True, slots=True)
class IndexingTask:
    """What is to be indexed.

    Attributes:
        paths: files and folders.
        addresses: of the web, which are fetched first.
        again: files are read though they look unchanged.
        public_only: whether the addresses may not lead into the network of the server.
        quiet: the run was started by a change of a watched folder, not by a person.
    """

    paths: tuple[Path, ...] = ()
    addresses: tuple[str, ...] = ()
    again: bool = False
    public_only: bool = True
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class IndexingState(JobState):
    """A run of the indexing at a moment.

    Attributes:
        report: what it did, once it is done.
        failures: addresses that could not be fetched.
    """

    passages: int = 0
    report: IndexReport | None = None
    failures: tuple[Failure, ...] = ()
    task: IndexingTask = IndexingTask()


class IndexingJob(BackgroundJob[IndexingState]):
    """Indexes into an archive in the background."""

    def __init__(self, archive: Archive) -> None:
        busy = "Articles are being indexed already: wait until that is done, or cancel it."
        super().__init__("indexing", IndexingState(), busy)
        self._archive = archive

    def start(self, task: IndexingTask) -> IndexingState:
        """Begin to index, and return the state of the new job.

        Raises:
            ArchiveBusy: a run goes on.
        """
        phase: Phase = "fetching" if task.addresses else "reading"
        return self._begin(IndexingState(phase, task=task), lambda: {"report": self._index(task)})

    def _index(self, task: IndexingTask) -> IndexReport:
        paths: Sequence[Path] = task.paths
        if task.addresses:
            folder = self._archive.fetched
            failures = tuple(fetch(task.addresses, folder, on_page=self._on_page, public_only=task.public_only))
            self._update(phase="reading", done=0, total=0, failures=failures)
            has_pages = self._archive.fetched.is_dir() and any(self._archive.fetched.iterdir())
            paths = [*paths, *([self._archive.fetched] if has_pages else [])]
            if not paths:
                return IndexReport(failures=failures)
        return self._archive.index(list(paths), on_progress=self._on_progress, again=task.again)

    def _on_page(self, pages: int, total: int | None) -> None:
        self._advance(pages, total or 0, passages=0)

    def _on_progress(self, progress: Progress) -> None:
        self._advance(progress.articles, progress.articles_total, passages=progress.passages)
