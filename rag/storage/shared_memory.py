"""What all servers of an archive remember together, where a server of a database has the archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rag.access.sessions import SessionStore
from rag.access.throttle import AttemptStore
from rag.server.stored_replies import ReplyStore


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as its server wrote it last.

    Attributes:
        body: what the job is, in JSON.
        is_orphan: whether it ran, and its server is no more.
    """

    id: str
    kind: str
    body: str
    running: bool
    is_orphan: bool


class JobStore(Protocol):
    """The jobs of all servers. Safe to use from several threads."""

    def put(self, job_id: str, kind: str, body: str, *, running: bool) -> bool:
        """Write how a job is; return whether somebody wants it to end."""

    def get(self, job_id: str) -> JobRecord | None:
        """Return a job; None if there is none of this id."""

    def newest(self, kind: str, limit: int) -> list[JobRecord]:
        """Return the jobs of a kind: those that run, and the last ones before, the newest first."""

    def cancel(self, job_id: str) -> None:
        """Ask the server of a job to end it."""


@dataclass(frozen=True, slots=True)
class SharedMemory:
    """Who signed in, who failed to, which requests were answered, and what runs in the background."""

    sessions: SessionStore
    attempts: AttemptStore
    replies: ReplyStore
    jobs: JobStore
