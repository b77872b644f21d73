"""Jobs that are cancelled just as they end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import PATIENCE

from rag.archive import Archive
from rag.jobs.background import BackgroundJob, JobState
from rag.jobs.jobs import Jobs


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    """The jobs of an empty archive."""
    with Archive.open(tmp_path / "archive") as archive:
        background = Jobs.of(archive)
        yield background
        background.close()


def begin(job: BackgroundJob[JobState], may_end: threading.Event) -> str:
    """Begin a job of two steps, the second of which it takes when it may; return its id."""

    def work() -> dict[str, object]:
        assert may_end.wait(PATIENCE)
        job._advance(1, 2)
        return {}

    return job._begin(JobState(phase="reading", number=job.state.number), work).id


def test_a_job_that_ended_meanwhile(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever cancels it hears what it was, and the one that has begun since goes on."""
    job: BackgroundJob[JobState] = jobs.indexing  # type: ignore[assignment]
    ends = [threading.Event() for _ in range(3)]
    first = begin(job, ends[0])
    seen = jobs.job(first)
    ends[0].set()
    assert job.wait(PATIENCE)
    second = begin(job, ends[1])
    monkeypatch.setattr(Jobs, "job", lambda self, job_id: seen)
    assert jobs.cancel_job(first) == seen
    ends[1].set()
    assert job.wait(PATIENCE)
    assert [job.state_of(job_id).phase for job_id in (first, second)] == ["done", "done"]
    third = begin(job, ends[2])
    seen = seen.model_copy(update={"id": third})
    jobs.cancel_job(third)
    ends[2].set()
    assert job.wait(PATIENCE)
    assert job.state_of(third).phase == "cancelled"
