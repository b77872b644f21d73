"""The articles that one is like, as JSON."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rag.schemas.article import ArticleModel, ArticlePassageModel, ArticleTextModel, VersionModel
from rag.schemas.base import Decimal4, Schema

Cosine = Annotated[Decimal4, Field(json_schema_extra={"minimum": -1, "maximum": 1})]


class _WithTexts(Schema):
    texts: dict[str, ArticleTextModel] = Field(default_factory=dict)
    """The texts of the articles, by id, if they were asked for."""


class DuplicateListModel(_WithTexts):
    """The other articles with the text of one."""

    articles: tuple[ArticleModel, ...]


class VersionListModel(_WithTexts):
    """The articles that share much of the text of one."""

    articles: tuple[VersionModel, ...]
    """The most similar first."""


class SimilarArticleModel(ArticlePassageModel):
    """An article about a similar matter, with its nearest passage."""

    article: ArticleModel
    cosine: Cosine
    """How near the passage is."""


class SimilarListModel(_WithTexts):
    """The articles that are nearest to one in what they are about."""

    articles: tuple[SimilarArticleModel, ...]
    """The nearest first."""
