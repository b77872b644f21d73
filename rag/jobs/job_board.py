"""The jobs of all servers of an archive: each server writes its own into the database, and reads those of others."""

from __future__ import annotations

import logging
import threading
from typing import Any

from rag.errors import FundstelleError
from rag.jobs.background import BackgroundJob
from rag.jobs.job_model import job_model, orphaned
from rag.schemas.job import JobModel
from rag.storage.shared_memory import JobRecord, JobStore

_log = logging.getLogger(__name__)

# between two times that a job is written: also how long it takes until it hears that somebody wants it to end
_SECONDS = 1.0
_SECONDS_TO_END = 5.0


class JobBoard:
    """What servers say of their jobs to each other. Safe to use from several threads.

    Args:
        store: where the jobs are.
    """

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._threads: dict[str, threading.Thread] = {}

    def publish(self, job: BackgroundJob[Any]) -> None:
        """Write the job that has just begun, and in the background how it goes on until it has ended."""
        job_id = job.state.id
        self._write(job, job_id)
        # one job of a kind runs at a time
        thread = self._threads[job.kind] = threading.Thread(target=self._follow, args=(job, job_id), daemon=True)
        thread.start()

    def close(self) -> None:
        """Wait until it is written how the jobs ended, which were ended before."""
        for thread in self._threads.values():
            thread.join(_SECONDS_TO_END)

    def job(self, job_id: str) -> JobModel | None:
        """Return the job of another server; None if there is none of this id.

        Raises:
            ArchiveError: the database does not answer.
        """
        record = self._store.get(job_id)
        return _model(record) if record else None

    def newest(self, kind: str, limit: int) -> list[JobModel]:
        """Return the jobs of a kind, of all servers, the newest first.

        Raises:
            ArchiveError: the database does not answer.
        """
        return [_model(record) for record in self._store.newest(kind, limit)]

    def cancel(self, job_id: str) -> None:
        """Let the server of a job end it.

        Raises:
            ArchiveError: the database does not answer.
        """
        self._store.cancel(job_id)

    def _follow(self, job: BackgroundJob[Any], job_id: str) -> None:
        is_running = True
        while is_running:
            is_running = not job.wait(_SECONDS)
            self._write(job, job_id)

    def _write(self, job: BackgroundJob[Any], job_id: str) -> None:
        state = job.state_of(job_id)
        body = job_model(job.kind, state).model_dump_json(by_alias=True, exclude_unset=True)
        try:
            is_cancelled = self._store.put(job_id, job.kind, body, running=state.running)
        except FundstelleError as error:
            # the job goes on; what is written of it is behind until the database answers
            _log.warning("Other servers do not see how far job %s is: %s", job_id, error)
            return
        if is_cancelled and state.running:
            job.cancel()


def _model(record: JobRecord) -> JobModel:
    job = JobModel.model_validate_json(record.body)
    return orphaned(job) if record.is_orphan else job
