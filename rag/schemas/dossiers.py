"""Dossiers as JSON: what `fundstelle dossier list --json` prints, and what the API says of each."""

from __future__ import annotations

from datetime import date
from typing import Literal

from rag.schemas.base import Count, End, Filled, Offset, Schema


class DossierSummaryModel(Schema):
    """A dossier in the list."""

    id: Filled
    name: Filled
    quotes: Count
    """The number of its quotations."""
    changed: str
    """When it was last changed, in ISO 8601 and UTC."""


class DossierListModel(Schema):
    """The dossiers, the one changed last first."""

    dossiers: tuple[DossierSummaryModel, ...]


class QuotationModel(Schema):
    """Words quoted from an article, with all that is needed to cite and to verify them without the archive."""

    text: Filled
    """The words, verbatim."""
    start: Offset
    end: End
    article_id: str
    """Of the article when it was quoted."""
    path: str
    sha256: str
    """Of the article's file when it was quoted."""
    kind: Literal["article", "comment"]
    language: str
    """Of the words, as a BCP-47 tag."""
    page: int | None
    """The page on which they begin."""
    before: str
    """The words before them, where their first words are in the article more than once."""
    title: str | None
    source: str | None
    author: str | None
    published: date | None
    url: str | None
    title_language: str
    """Of the article."""


class DossierEntryModel(Schema):
    """A quotation, a heading or a note."""

    id: str
    kind: Literal["quote", "heading", "note"]
    text: str
    """The heading, the note, or the note on the quotation."""
    quotation: QuotationModel | None
    """`null` for headings and notes."""
    article_id: str
    """Of the quoted article today; empty without a quotation."""
    question: str
    """The question that the quotation answered, or empty."""
    added: str
    """When, in ISO 8601 and UTC."""


class DossierModel(Schema):
    """A dossier, which `POST /dossiers` of any archive takes."""

    format: Literal["fundstelle-dossier"]
    version: Literal[1]
    id: Filled
    name: Filled
    made: str
    """When, in ISO 8601 and UTC."""
    entries: tuple[DossierEntryModel, ...]
