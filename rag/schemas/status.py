"""The contents of an archive as JSON: what `fundstelle status --json` prints."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AliasChoices, Field

from rag.schemas.base import Count, Schema, Share


class SelfTestModel(Schema):
    """What was found of the bundled encoder on this processor."""

    sentence: str = Field(alias="said")
    """In a sentence."""
    processor: str
    precision: str | None
    wrong_precisions: tuple[str, ...]
    wrong_lengths: tuple[int, ...]
    least_cosine_of_texts: float | None
    least_cosine_of_tokens: float | None


class StatusModel(Schema):
    """What an archive contains."""

    folder: str
    articles: Count
    """Without those of the same text as another."""
    duplicates: Count = Field(validation_alias=AliasChoices("doubles", "duplicates"), serialization_alias="doubles")
    """The articles of the same text as one of these."""
    passages: Count
    languages: dict[str, Count]
    """The number of articles by language, the most frequent first."""
    sources: dict[str, Count]
    """The number of articles by outlet, the most frequent first."""
    oldest: date | None
    newest: date | None
    encoder: str | None
    fingerprint: str | None
    revision: Count
    """Grows with every change."""
    recall: Share | None
    """The share of the ten nearest vectors that a search finds: 1.0 for an exhaustive search."""
    bytes_on_disk: dict[str, Count]
    self_test: SelfTestModel | None
    """`null` before it was tested."""
    index_again: bool
    """Short passages may be ranked wrongly until the next `index`."""
    vectors_at: str
    """Where the index of vectors is: `faiss` is the archive's folder."""
    words_at: str
    """Where the index of words is: `tantivy` is the archive's folder."""


class HealthModel(Schema):
    """How the server is."""

    status: Literal["alive", "ready"]
