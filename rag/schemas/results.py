"""Results by article as JSON."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from rag.schemas.answer import CitationModel, OutcomeModel, WithTextsModel, cited_articles
from rag.schemas.article import ArticleModel
from rag.schemas.base import Count, Schema


class FacetsModel(Schema):
    """How many of the articles found have which outlet, language and so on, the most frequent value first.

    Each is counted with all filters but its own.
    """

    sources: dict[str, Count]
    languages: dict[str, Count]
    authors: dict[str, Count]
    kinds: dict[str, Count]
    months: dict[str, Count]
    """By month, such as 2024-03, the earliest first."""


class ArticleResultModel(Schema):
    """An article that was found, with its citations, the best one first."""

    article: ArticleModel
    likely: bool
    """Whether one of the citations may well answer."""
    likely_count: Count
    """How many of the citations, the first ones, may well answer."""
    citations: tuple[CitationModel, ...]


class ResultListModel(OutcomeModel):
    """The articles that were found for a question, and what they can be narrowed to."""

    results: tuple[ArticleResultModel, ...]
    facets: FacetsModel
    more: bool
    """Whether a larger k would show more."""
    without_filters: Count
    """If the filters leave nothing, how many articles are found without any; else 0."""
    index_again: bool
    """Short passages may be ranked wrongly until the next `index`."""

    @model_validator(mode="before")
    @classmethod
    def _merge_answer(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else _merged(value)


class ResultListWithTextsModel(WithTextsModel, ResultListModel):
    """A list of results with the texts of its articles."""

    @model_validator(mode="before")
    @classmethod
    def _merge_answer(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        return _merged(value) | {"outcome": value.answer.outcome, "texts": cited_articles(value.answer.citations)}


def _merged(results: Any) -> dict[str, Any]:
    """Return the fields of a list of results and those of its answer."""
    of_answer = {name: getattr(results.answer, name) for name in (*OutcomeModel.model_fields, "index_again")}
    return of_answer | {name: getattr(results, name) for name in ("results", "facets", "more", "without_filters")}
