"""Saved questions as JSON: what `fundstelle saved … --json` prints, and what a client sends of them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from rag.schemas.answer import CitationModel
from rag.schemas.article import ArticleTextModel
from rag.schemas.base import Filled, Schema


class SavedFilterModel(Schema):
    """The fields of a filter that narrow the archive; the others are absent."""

    since: date | None = None
    """The first day."""
    until: date | None = None
    """The last day."""
    sources: tuple[str, ...] = ()
    """Parts of the outlets' names."""
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    """Parts of names."""
    paths: tuple[str, ...] = ()
    """Parts of paths."""
    kinds: tuple[Literal["article", "comment"], ...] = ()
    """What is searched, if not the articles' own words alone."""
    exact_sources: tuple[str, ...] = ()
    """Whole names of outlets."""
    exact_authors: tuple[str, ...] = ()
    """Whole names."""


class SavedQuestionModel(Schema):
    """A question that is asked again and again."""

    name: Filled
    question: Filled
    filter: SavedFilterModel
    saved: str
    """When it was saved, in ISO 8601 and UTC."""
    looked: str
    """When somebody last looked at what is new, likewise."""


class SavedListModel(Schema):
    """The saved questions, the oldest first."""

    questions: tuple[SavedQuestionModel, ...]


class LookModel(SavedQuestionModel):
    """A saved question with what answers it now."""

    new: tuple[CitationModel, ...]
    """The passages that are new since somebody last looked."""
    answering: tuple[CitationModel, ...] = ()
    """All that answer; absent if only new ones were asked for."""
    state: str
    """What the archive contained: until `POST /saved/seen` takes it, new passages stay new."""
    damaged: tuple[str, ...]
    """Paths of articles that were damaged on the disk and are missing here."""


class LookWithTextsModel(LookModel):
    """The same with the texts of its articles."""

    texts: dict[str, ArticleTextModel] = Field(default_factory=dict)
    """The texts of all articles in the citations, by id, if they were asked for."""


class LookListModel(Schema):
    """Saved questions with what answers them now."""

    questions: tuple[LookModel, ...]
