"""Dossiers: quotations that a person collected, in an order, with headings and notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.types.quotation import Quotation

MAX_NAME = 200
"""The longest name of a dossier, in characters."""
MAX_TEXT = 100_000
"""The longest note or quotation, in characters."""

EntryKind = Literal["quote", "heading", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierEntry:
    """A quotation, a heading or a note in a dossier.

    Attributes:
        text: the heading, the note, or the note on the quotation.
        quotation: None for headings and notes.
        article_id: that of the quoted article today, which changes when its file moves; empty without a quotation.
        question: the question that the quotation answered, or empty.
        added: when, as an ISO time in UTC.
    """

    id: str
    kind: EntryKind
    text: str = ""
    quotation: Quotation | None = None
    article_id: str = ""
    question: str = ""
    added: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A dossier with its entries in their order; `made` is an ISO time in UTC."""

    id: str
    name: str
    made: str
    entries: tuple[DossierEntry, ...] = ()

    @property
    def quotes(self) -> tuple[tuple[DossierEntry, Quotation], ...]:
        """The entries that are quotations, each with it."""
        return tuple((entry, entry.quotation) for entry in self.entries if entry.quotation)


@dataclass(frozen=True, slots=True)
class DossierSummary:
    """A dossier in a list: how many quotations it has, and when it was last changed, as an ISO time in UTC."""

    id: str
    name: str
    quote_count: int
    changed: str
