"""What the archive says about a draft as JSON: what `fundstelle check --json` prints."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from rag.schemas.answer import CitationModel, cited_articles
from rag.schemas.article import ArticleTextModel
from rag.schemas.base import Count, Decimal4, Filled, Offset, Schema, Share, SpanPair


class DraftCitationModel(CitationModel):
    """Where an article has the words of a draft, or states a figure."""

    kind: Literal["article", "comment", "teaser", "boilerplate"]  # type: ignore[assignment]
    """What the words are in the article."""
    signals: dict[str, Decimal4]
    """Of a figure, those of its passage; of a quotation, none."""
    highlights: tuple[SpanPair, ...]
    """Of a quotation with omissions, the parts between them."""


class CheckedQuoteModel(Schema):
    """A quotation of a draft, compared with the archive."""

    text: Filled
    """The words between the marks, without the signs of the draft's format."""
    start: Offset
    """In code points into the draft."""
    end: Count
    """Half open."""
    verdict: Literal["exact", "normalised", "near", "missing"]
    """An article has these very words and signs; it has them but for typography, white space, hyphenation and the case
    of the first letter; it has nearly these words; or no article has them."""
    similarity: Share
    """The share of words in common with the first citation."""
    citations: tuple[DraftCitationModel, ...]
    """Where the words stand, best first."""
    more: bool
    """Whether they stand in further places."""


class CheckedFigureModel(Schema):
    """A number of a draft, compared with the passages nearest to its sentence."""

    text: Filled
    """The number with its unit or noun."""
    start: Offset
    end: Count
    sentence: tuple[Offset, Count]
    """Start and end of its sentence in the draft."""
    verdict: Literal["same", "other", "none"]
    """The nearest passages state this figure, another one of its kind, or none."""
    citation: DraftCitationModel | None
    """The sentence that states it, or the other one."""
    stated: tuple[str, ...]
    """The figures of that sentence."""


class DraftReportModel(Schema):
    """Whether an archive has what a draft quotes and counts."""

    holds: bool
    """Whether it has all of it."""
    quotes: tuple[CheckedQuoteModel, ...]
    figures: tuple[CheckedFigureModel, ...]
    unclosed: tuple[Offset, ...]
    """Where the draft has quotation marks that are never closed."""
    damaged: tuple[str, ...]
    """Paths of articles that were damaged on the disk and not compared."""


class DraftReportWithTextsModel(DraftReportModel):
    """The same with the texts of the articles that it cites."""

    texts: dict[str, ArticleTextModel] = Field(default_factory=dict)
    """The texts of all articles in the citations, by id, if they were asked for."""

    @model_validator(mode="before")
    @classmethod
    def _collect_texts(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        citations = [citation for quote in value.quotes for citation in quote.citations]
        citations += [figure.citation for figure in value.figures if figure.citation]
        fields = {name: getattr(value, name) for name in DraftReportModel.model_fields}
        return fields | {"texts": cited_articles(citations)}
