"""Verdicts on quotations as JSON: what `fundstelle dossier verify --json` prints."""

from __future__ import annotations

from typing import Literal

from pydantic import AliasChoices, Field

from rag.schemas.base import Schema, Sha256, SpanPair

State = Literal["unchanged", "moved", "changed", "missing", "unreadable"]


class VerificationModel(Schema):
    """What a file says today where a quotation came from."""

    quote: str
    state: State
    """The words stand where they stood; they stand elsewhere, in the file or in a file elsewhere; other words stand
    there; the file, or the words in it, are gone; or the file cannot be read."""
    path: str
    """Of the article today."""
    article_id: str
    """Of the article at this path."""
    sha256: Sha256 | None
    """Of the file's bytes today; `null` if there is no file."""
    file_changed: bool
    """Whether these are other bytes than those that were quoted."""
    span: SpanPair | None
    """Where the words, or those in their place, stand today."""
    text: str | None = Field(validation_alias=AliasChoices("now", "text"), serialization_alias="now")
    """What stands there; `null` if nothing does, or if it may not be read."""
    problem: str
    """Why the file cannot be read, as a sentence; otherwise empty."""


class DossierVerdictModel(VerificationModel):
    """The same of a quotation in a dossier."""

    question: str
    """The question that the quotation answered, or empty."""


class DossierVerificationModel(Schema):
    """What the files of all quotations in a dossier say today."""

    name: str
    quotes: tuple[DossierVerdictModel, ...]


class WordChangeModel(Schema):
    """A run of words that both texts have, that only the earlier one has, or only the later one."""

    kind: Literal["same", "removed", "added"]
    text: str


class VerdictModel(VerificationModel):
    """What a file says today where a quotation came from, and whether that is what was quoted."""

    holds: bool
    """Whether the source still says so, be it at another place."""
    changes: tuple[WordChangeModel, ...]
    """The words by which the quotation and what stands there today differ."""


class VerdictListModel(Schema):
    """Verdicts, in the order of the quotations."""

    verdicts: tuple[VerdictModel, ...]
    holds: bool
    """Whether all quotations hold."""
