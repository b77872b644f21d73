"""What an indexing run did, as JSON."""

from __future__ import annotations

from rag.schemas.base import Count, Duration, Schema


class FailureModel(Schema):
    """A file that could not be read, and one sentence that says why and what to do."""

    path: str
    reason: str


class FailureListModel(Schema):
    """What could not be read when its folder or file was indexed last."""

    failures: tuple[FailureModel, ...]


class ProgressModel(Schema):
    """The progress of an indexing run."""

    articles: Count
    articles_total: Count
    passages: Count
    """Stored so far."""
    seconds: Duration
    """Since its start."""


class IndexReportModel(Schema):
    """What an indexing run did: numbers of articles, and what could not be read."""

    new: Count
    changed: Count
    unchanged: Count
    removed: Count
    failures: tuple[FailureModel, ...]
    skipped: dict[str, Count]
    """By extension, the number of files of an unsupported type."""
    passages_encoded: Count
    """The number of passages that had no vector yet."""
    seconds: Duration
    columns: dict[str, dict[str, str]]
    """By table, which column holds which field."""
    new_failures: tuple[FailureModel, ...]
    """Those that the run before did not report."""
    moved: dict[str, str]
    """The new path of each moved folder or renamed file, by the old one."""
    unread_days: dict[str, tuple[str, ...]]
    """By table, the dates that could not be read."""
    remarks: tuple[FailureModel, ...]
    """The parts of files that could not be read; the files themselves did not fail."""
