"""Evaluation runs and comparisons as JSON: what `fundstelle eval --json` prints."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field

from rag.schemas.base import Count, Decimal6, Duration, Positive, Schema, Share

Fate = Literal[
    "first", "wrongly refused", "no candidate", "fusion", "re-ranking", "split", "doubtful label", "refused", "answered"
]
Setting = bool | int | float
_SHARE: dict[str, Any] = {"minimum": 0, "maximum": 1}
Share6 = Annotated[Decimal6, Field(json_schema_extra=_SHARE)]
"""A share, in [0, 1], with six decimals."""


class IntervalModel(Schema):
    """A mean and the bounds in which it lies with 95 % confidence."""

    mean: Share6
    low: Share6
    high: Share6


class SliceModel(Schema):
    """The mean of the main measure, nDCG@10, over a part of the questions."""

    queries: Positive
    mean: Share6
    low: Share6
    high: Share6


Slices = dict[str, SliceModel]


class ConfidenceQualityModel(Schema):
    """How good the confidence was; what cannot be computed is `null`."""

    auroc: Share6 | None
    calibration_error: Share6 | None
    coverage: Share6 | None
    precision: Share6 | None


class FiguresModel(Schema):
    """What was measured with some questions."""

    answerable: Count
    """How many of them have an answer."""
    measures: dict[str, IntervalModel]
    """Means over answerable questions."""
    answering_sentence: IntervalModel | None
    """Of the right highlights; `null` without quotes or highlights."""
    by_language: Slices
    """By the question's language."""
    by: dict[str, Slices]
    """By `article_language`, `crossing`, `pair`, `source`, `year`, `tag` and `length`."""
    confidence: ConfidenceQualityModel
    fates: dict[Fate, Positive]
    """How many questions ended how."""
    beaten_by: dict[str, Positive]
    """Which signal put another passage first."""
    unjudged: Share6
    """Of the first ten results."""


class _QueryCount(Schema):
    queries: Count
    """How many were asked."""


class SyntheticFiguresModel(FiguresModel, _QueryCount):
    """What was measured with the questions that a rule made."""


class _RunHead(Schema):
    name: str
    made: str
    """An ISO time."""
    questions: str
    """The file or folder that the questions come from."""
    queries: Count
    """How many were asked."""
    synthetic: bool
    """Whether a rule made all of them."""


class RunModel(FiguresModel, _RunHead):
    """The summary of an evaluation run."""

    of_synthetic: SyntheticFiguresModel = Field(default=None)  # type: ignore[assignment]
    """The same of the questions that a rule made, if only some are; else absent."""
    latency_ms: dict[str, Duration]
    """`p50` and `p95` of questions asked one by one; empty if the run was interrupted."""
    config: dict[str, Setting]
    """What the questions were asked with."""
    encoder: str
    fingerprint: str
    archive_revision: Count
    interrupted: bool
    """Whether it ended before all questions were asked."""


class RunFactsModel(Schema):
    """A run in the list of runs."""

    name: str
    made: str
    """An ISO time."""
    questions: str
    """The file or folder that the questions come from."""
    query_count: Count = Field(validation_alias=AliasChoices("asked", "query_count"), serialization_alias="asked")
    """How many were asked."""
    archive_revision: Count
    mean: Share | None
    """Of the main measure, nDCG@10."""
    config: dict[str, Setting]
    """What the questions were asked with."""


class RunListModel(Schema):
    """All runs, the oldest first."""

    runs: tuple[RunFactsModel, ...]


class DifferenceModel(Schema):
    """How far a run is above the first one, by one measure."""

    mean: Decimal6
    low: Decimal6
    high: Decimal6
    p: Share6
    """Of a paired randomisation test, corrected for the number of runs."""
    certain: bool
    """Whether chance alone is an unlikely reason."""
    smallest_difference: Decimal6
    """That these questions would detect with a power of 80 %."""
    better: Count
    """Questions."""
    worse: Count
    """Questions."""


class ComparedRunModel(Schema):
    """A run compared with the first one."""

    name: str
    settings: dict[str, tuple[Setting | None, Setting | None]]
    """Those that differ: of the first run, and of this one."""
    differences: dict[str, DifferenceModel]
    """By measure."""


class ComparisonModel(Schema):
    """Runs compared with the first one, question by question."""

    first: str
    queries: Count
    """The questions that all of them were asked."""
    means: dict[str, dict[str, Decimal6]]
    """By run and measure."""
    compared: tuple[ComparedRunModel, ...]
    warnings: tuple[str, ...]
