"""What an indexing run did, and what an archive contains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and one sentence that says why and what to do."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of an indexing run; `passages` counts those stored so far, `seconds` the time since its start."""

    articles: int
    articles_total: int
    passages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an indexing run did: numbers of articles, and what could not be read.

    Attributes:
        failures: the files that could not be read.
        new_failures: those of them that the run before did not report.
        skipped: by extension, the number of files, in folders and archives, of an unsupported type.
        passages_encoded: the number of passages that had no vector yet.
        columns: by table, which column holds which field.
        moved: the new path of each moved folder or renamed file, by the old one.
        unread_days: by table, the dates that could not be read, so that their articles have none.
        remarks: the parts of files that could not be read; the files themselves did not fail.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failures: tuple[Failure, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict, hash=False)
    passages_encoded: int = 0
    seconds: float = 0.0
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    new_failures: tuple[Failure, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict, hash=False)
    unread_days: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    remarks: tuple[Failure, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values; see docs/json.md."""
        from rag.schemas.report import IndexReportModel

        return IndexReportModel.json_of(self)

    def __repr__(self) -> str:
        return (
            f"IndexReport({self.new} new, {self.changed} changed, {self.unchanged} unchanged, {self.removed} removed, "
            f"{len(self.failures)} failed)"
        )


@dataclass(frozen=True, slots=True)
class Status:
    """What an archive contains.

    Attributes:
        articles: the number of articles without duplicates.
        duplicates: the number of articles with the same text as another.
        languages: the number of articles by language, most frequent first.
        sources: the number of articles by source, most frequent first.
        oldest: the date of the oldest article.
        newest: the date of the newest article.
        revision: grows with every change.
        recall: the share of the ten nearest vectors that a search finds: 1.0 for exhaustive search, None without
            vectors.
        self_test: the result of testing the bundled encoder on this processor, None before the test.
        index_again: as in an `Answer`.
        vectors_at: where the index of vectors is: `faiss` is the archive's folder.
        words_at: where the index of words is: `tantivy` is the archive's folder.
    """

    folder: str
    articles: int
    duplicates: int
    passages: int
    languages: Mapping[str, int] = field(hash=False)
    sources: Mapping[str, int] = field(hash=False)
    oldest: date | None
    newest: date | None
    encoder: str | None
    fingerprint: str | None
    revision: int
    recall: float | None
    bytes_on_disk: Mapping[str, int] = field(hash=False)
    self_test: Mapping[str, Any] | None = field(default=None, hash=False)
    index_again: bool = False
    vectors_at: str = "faiss"
    words_at: str = "tantivy"

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values: what `fundstelle status --json` prints; see docs/json.md."""
        from rag.schemas.status import StatusModel

        return StatusModel.json_of(self)

    def __repr__(self) -> str:
        return f"Status({self.folder!r}, {self.articles} articles, {self.passages} passages)"
