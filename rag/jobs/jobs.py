"""All that runs in the background of an archive that is served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from rag.archive import Archive
from rag.jobs.background import BackgroundJob
from rag.jobs.evaluation_job import EvaluationJob
from rag.jobs.folder_watch import FolderWatch
from rag.jobs.indexing_job import IndexingJob


@dataclass(frozen=True, slots=True)
class Jobs:
    """The background of an archive, shared by all who serve it."""

    indexing: IndexingJob
    evaluation: EvaluationJob
    watch: FolderWatch

    @classmethod
    def of(cls, archive: Archive) -> Self:
        """Return the jobs of an archive; none runs yet."""
        indexing = IndexingJob(archive)
        return cls(indexing, EvaluationJob(archive), FolderWatch(archive, indexing))

    def all(self) -> tuple[BackgroundJob[Any], ...]:
        """Return what can run."""
        return self.indexing, self.evaluation

    def cancel(self) -> None:
        """End what runs at the next file or question."""
        self.indexing.cancel()
        self.evaluation.cancel()

    def close(self) -> None:
        """Stop watching, cancel, and wait for the end before the archive is closed."""
        self.watch.close()
        self.indexing.close()
        self.evaluation.close()
