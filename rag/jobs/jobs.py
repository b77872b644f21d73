"""All that runs in the background of an archive that is served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from rag.archive import Archive
from rag.errors import NotFound
from rag.jobs.background import MAX_PAST, BackgroundJob
from rag.jobs.evaluation_job import EvaluationJob
from rag.jobs.folder_watch import FolderWatch
from rag.jobs.indexing_job import IndexingJob
from rag.jobs.job_board import JobBoard
from rag.jobs.job_model import job_model
from rag.schemas.job import JobModel


@dataclass(frozen=True, slots=True)
class Jobs:
    """The background of an archive, shared by all who serve it.

    Attributes:
        board: the jobs of all servers; None where the archive can have one server alone.
    """

    indexing: IndexingJob
    evaluation: EvaluationJob
    watch: FolderWatch
    board: JobBoard | None = None

    @classmethod
    def of(cls, archive: Archive) -> Self:
        """Return the jobs of an archive; none runs yet."""
        indexing, evaluation = IndexingJob(archive), EvaluationJob(archive)
        memory = archive._database.shared_memory
        board = JobBoard(memory.jobs) if memory else None
        if board:
            indexing.on_begin = evaluation.on_begin = board.publish
        return cls(indexing, evaluation, FolderWatch(archive, indexing), board)

    def all(self) -> tuple[BackgroundJob[Any], ...]:
        """Return what can run."""
        return self.indexing, self.evaluation

    def is_local(self, job_id: str) -> bool:
        """Return whether a job is or was one of this server."""
        return self._local(job_id) is not None

    def job(self, job_id: str) -> JobModel:
        """Return a job of this server or of another one of the archive.

        Raises:
            NotFound: there is none of this id.
            ArchiveError: the database does not answer.
        """
        model = self._local(job_id) or (self.board.job(job_id) if self.board else None)
        if model is None:
            raise NotFound(f"There is no job {job_id!r}: GET /api/v1/jobs lists those of this server.")
        return model

    def _local(self, job_id: str) -> JobModel | None:
        states = ((job.kind, state) for job in self.all() for state in job.states)
        return next((job_model(kind, state) for kind, state in states if state.id == job_id), None)

    def listed(self) -> tuple[JobModel, ...]:
        """Return the jobs that run, and the last fifty of each kind, the newest of each kind first.

        Raises:
            ArchiveError: the database does not answer.
        """
        models: list[JobModel] = []
        for job in self.all():
            local = {state.id: job_model(job.kind, state) for state in job.states}
            # what this server writes of its own jobs is a moment behind
            everywhere = self.board.newest(job.kind, MAX_PAST + 1) if self.board else ()
            models += [local.pop(model.id, model) for model in everywhere]
            models += local.values()
        return tuple(models)

    def cancel_job(self, job_id: str) -> JobModel:
        """End a job at its next file or question, and return it; one that has ended stays as it is.

        Raises:
            NotFound: there is none of this id.
            ArchiveError: the database does not answer.
        """
        model = self.job(job_id)
        if model.running and self.is_local(job_id):
            # it may have ended since
            for job in self.all():
                job.cancel(job_id)
        elif model.running and self.board:
            self.board.cancel(job_id)
        return model

    def cancel(self) -> None:
        """End what runs at the next file or question."""
        self.indexing.cancel()
        self.evaluation.cancel()

    def close(self) -> None:
        """Stop watching, cancel, and wait for the end before the archive is closed."""
        self.watch.close()
        self.indexing.close()
        self.evaluation.close()
        if self.board:
            self.board.close()
