"""Answers and citations as JSON: what `fundstelle ask --json` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from rag.schemas.article import ArticleModel, ArticleTextModel
from rag.schemas.base import Decimal4, Duration, End, Filled, Offset, PassageId, Positive, Schema, Share, SpanPair

_SIGNALS: dict[str, Any] = {
    "required": ["dense", "lexical"],
    "properties": {
        "late": {"type": "number", "minimum": -1, "maximum": 1, "description": "best matches of the words"},
        "dense": {"type": "number", "minimum": -1, "maximum": 1, "description": "nearness in meaning"},
        "lexical": {"type": "number", "minimum": 0, "maximum": 1, "description": "share of the words found"},
        "cross": {"type": "number", "description": "score of a cross-encoder, in place of late"},
    },
}
_TOTAL: dict[str, Any] = {"required": ["total"]}


class CitationModel(Schema):
    """A verbatim quotation with its source."""

    marker: Positive
    """1 for the best."""
    score: Decimal4
    """Higher is better; comparable within one answer."""
    signals: Annotated[dict[str, Decimal4], Field(json_schema_extra=_SIGNALS)]
    """What the score rests on."""
    article: ArticleModel
    passage_id: PassageId
    start: Offset
    """In code points into the article's text."""
    end: End
    """Half open."""
    page: Positive | None
    """The page on which the quote begins, where the article has pages."""
    kind: Literal["article", "comment"]
    """The article's own words, or a reader's comment."""
    language: str
    """Of the quote; it may be another one than the article's."""
    quote: Filled
    """The article's text from start to end."""
    highlights: tuple[SpanPair, ...]
    """The answering sentence; empty if none is likely to answer."""
    matches: tuple[SpanPair, ...]
    """The words that carry the question and stand in the quote; they may overlap."""
    also: tuple[ArticleModel, ...]
    """The articles that print nearly the same passage."""
    file_missing: bool
    """The article's file is no longer where it was indexed."""


class OutcomeModel(Schema):
    """A question, and how sure the archive is of its answer."""

    question: Filled
    language: str
    """BCP-47 tag of the question's language, as detected."""
    answerable: bool
    """Whether the confidence reaches one half."""
    confidence: Share
    reason: str
    """A sentence for people."""
    absent_times: tuple[str, ...]
    """Times of the question, in its words, of which the archive has nothing."""
    damaged: tuple[str, ...]
    """Paths of articles that were damaged on the disk and are missing from the answer."""
    prefers_newest: bool
    """Whether the question asks for the newest: of passages that fit about equally well, later ones come first."""
    took_ms: Annotated[dict[str, Duration], Field(json_schema_extra=_TOTAL)]
    """Milliseconds."""


class AnswerModel(OutcomeModel):
    """The passages that answer a question, best first; if none does, the nearest ones."""

    citations: tuple[CitationModel, ...]
    index_again: bool
    """Short passages may be ranked wrongly until the next `index`."""


class WordedCitationModel(Schema):
    """Why a passage was chosen, for people."""

    marker: Positive
    """Of the citation."""
    words: tuple[str, ...]
    """The words that it shares with the question."""
    signals: dict[str, str]
    """What each signal of it measures."""


class WithTextsModel(Schema):
    """What a program needs besides to work with an answer as if it had the archive."""

    outcome: Literal["answered", "doubtful", "unrelated", "nothing_fits", "empty"]
    """What the question led to: passages that answer it, passages about its subject that perhaps do not, passages about
    something else, none that fits, or no article at all."""
    texts: dict[str, ArticleTextModel] = Field(default_factory=dict)
    """The texts of all articles in the citations, by id, if they were asked for."""
    explanation: tuple[WordedCitationModel, ...] = ()
    """Why each passage was chosen, if that was asked for."""


class AnswerWithTextsModel(WithTextsModel, AnswerModel):
    """An answer with the texts of its articles."""

    @model_validator(mode="before")
    @classmethod
    def _collect_texts(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        fields = {name: getattr(value, name) for name in (*AnswerModel.model_fields, "outcome")}
        return fields | {"texts": cited_articles(value.citations)}


def cited_articles(citations: Iterable[Any]) -> dict[str, Any]:
    """Return all articles in citations, by id."""
    return {article.id: article for citation in citations for article in (citation.article, *citation.also)}


class AnswerListModel(Schema):
    """The answers to several questions, in their order."""

    answers: tuple[AnswerWithTextsModel, ...]
