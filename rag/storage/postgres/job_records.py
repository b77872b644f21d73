"""The jobs of all servers of an archive, in its database, so that each server can say how far they are."""

from __future__ import annotations

from rag.storage.postgres.server_tables import ServerTables
from rag.storage.shared_memory import JobRecord

SILENT_SECONDS = 15.0
"""A job that runs and of which its server writes nothing for this time has ended with its server."""
_STORED_SECONDS = 7 * 24 * 3600.0
_PUT = """
INSERT INTO jobs (id, kind, body, running) VALUES (%s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET body = excluded.body, running = excluded.running, updated = now()
RETURNING cancelled
"""
_COLUMNS = "id, kind, body, running, running AND updated < now() - make_interval(secs => %s)"
_JOB = f"SELECT {_COLUMNS} FROM jobs WHERE id = %s"  # noqa: S608
_JOBS = f"SELECT {_COLUMNS} FROM jobs WHERE kind = %s ORDER BY running DESC, begun DESC LIMIT %s"  # noqa: S608


class JobRecords:
    """The jobs. Usable from several threads; each method raises ArchiveError if the database does not answer."""

    def __init__(self, tables: ServerTables) -> None:
        self._tables = tables

    def put(self, job_id: str, kind: str, body: str, *, running: bool) -> bool:
        """Write how a job is; return whether somebody wants it to end."""
        with self._tables.lent() as raw:
            row = raw.execute(_PUT, (job_id, kind, body, running)).fetchone()
            if not running:
                raw.execute("DELETE FROM jobs WHERE updated < now() - make_interval(secs => %s)", (_STORED_SECONDS,))
        return bool(row and row[0])

    def get(self, job_id: str) -> JobRecord | None:
        """Return a job; None if there is none of this id."""
        with self._tables.lent() as raw:
            row = raw.execute(_JOB, (SILENT_SECONDS, job_id)).fetchone()
        return JobRecord(*row) if row else None

    def newest(self, kind: str, limit: int) -> list[JobRecord]:
        """Return the jobs of a kind: those that run, and the last ones before, the newest first."""
        with self._tables.lent() as raw:
            rows = raw.execute(_JOBS, (SILENT_SECONDS, kind, limit)).fetchall()
        return [JobRecord(*row) for row in rows]

    def cancel(self, job_id: str) -> None:
        """Ask the server of a job to end it."""
        with self._tables.lent() as raw:
            raw.execute("UPDATE jobs SET cancelled = true WHERE id = %s AND running", (job_id,))
