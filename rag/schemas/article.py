"""Articles as JSON: their facts, their text with its passages, and their corrections."""

from __future__ import annotations

from datetime import date
from typing import Literal

from rag.schemas.base import ArticleId, Count, End, Offset, PassageId, Positive, Schema, Sha256, Share

TextKind = Literal["article", "teaser", "comment", "boilerplate"]
CorrectableFact = Literal["title", "source", "author", "published"]


class ArticleModel(Schema):
    """What is known of an article, without its text; `null` where it is unknown."""

    id: ArticleId
    title: str | None
    source: str | None
    """The outlet."""
    author: str | None
    published: date | None
    language: str
    """A BCP-47 tag."""
    url: str | None
    path: str
    """The file, or the file and the article's number in it."""
    sha256: Sha256
    """Of the file's bytes."""
    place: str | None
    """Where it was written, as its dateline says."""
    origins: dict[str, str]
    """Of known fields, where in the file they were found, or that they were corrected by hand."""


class PassagePlaceModel(Schema):
    """Where a passage stands."""

    passage_id: PassageId
    start: Offset
    end: End
    lines: tuple[Positive, Positive] | None
    """The first and the last line in a text file; `null` where that is not certain."""


class AsideModel(Schema):
    """A part of the text that is not the article's own words."""

    start: Offset
    end: End
    kind: TextKind


class VersionModel(ArticleModel):
    """An article that shares much of another one's text."""

    shared: Share
    """Of all runs of five words in either, the share of those in both."""


class ArticleTextModel(Schema):
    """The text of an article, to which all offsets refer."""

    text: str
    """In Unicode NFC, with line feeds."""
    asides: tuple[AsideModel, ...]
    """In order, disjoint."""
    pages: tuple[Offset, ...]
    """The offsets at which pages begin; empty for a text without pages."""


class ArticleWithTextModel(ArticleModel):
    """An article with its text, its passages and its relatives."""

    text: str
    """In Unicode NFC, with line feeds."""
    passages: tuple[PassagePlaceModel, ...]
    asides: tuple[AsideModel, ...]
    """The parts of the text that are not the article's own words: in order, disjoint."""
    pages: tuple[Offset, ...]
    """The offsets at which pages begin; empty for a text without pages."""
    doubles: tuple[ArticleModel, ...]
    """The articles of the same text."""
    versions: tuple[VersionModel, ...]
    """The articles that share half of the text or more."""


class CorrectionModel(Schema):
    """A fact of an article as a person says it is."""

    field: CorrectableFact
    value: str | None
    """As it is, a day as 2024-03-01; `null` says that it is unknown."""
    read: str | None
    """What was read from the file."""
    origin: str | None
    """Where in the file that was found."""
    by: str
    """Who corrected it; empty if unknown."""
    made: str
    """When, in ISO 8601 and UTC."""


class CorrectionListModel(Schema):
    """The corrections of an article."""

    corrections: tuple[CorrectionModel, ...]


class CorrectedArticleModel(ArticleModel):
    """An article with its corrections."""

    corrections: tuple[CorrectionModel, ...]


class PassageModel(Schema):
    """A passage with its words and its article."""

    passage_id: PassageId
    start: Offset
    end: End
    text: str
    """The article's text from start to end."""
    kind: Literal["article", "comment"]
    """The article's own words, or a reader's comment."""
    language: str
    """Of the passage; it may be another one than the article's."""
    page: Positive | None
    """The page on which it begins, where the article has pages."""
    article: ArticleModel


class ArticlePassageModel(Schema):
    """A passage with its words, in a list of those of its article."""

    passage_id: PassageId
    start: Offset
    end: End
    text: str
    kind: Literal["article", "comment"]
    language: str


class PassageListModel(Schema):
    """The passages of an article, in their order."""

    article: ArticleModel
    passages: tuple[ArticlePassageModel, ...]


class RemovedArticlesModel(Schema):
    """What was removed from the archive."""

    articles: Count
    """How many articles."""
