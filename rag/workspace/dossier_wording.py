"""The words of exported dossiers, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.citing.reference import Language


@dataclass(frozen=True, slots=True)
class DossierWording:
    """The labels in an exported dossier."""

    note: str
    question: str
    added: str
    """{day}"""
    evidence: str
    """{path}, {start}, {end}"""
    page: str
    """{page}"""
    quotes_1: str
    quotes: str
    """{count}"""
    columns: tuple[str, ...]
    """The headings of a table, in its order."""


DOSSIER_WORDING: Mapping[Language, DossierWording] = {
    "de": DossierWording(
        note="Notiz",
        question="Frage",
        added="Aufgenommen am {day}",
        evidence="{path}, Zeichen {start}–{end}",
        page="Seite {page}",
        quotes_1="1 Zitat",
        quotes="{count} Zitate",
        columns=(
            "Nr.", "Kapitel", "Zitat", "Notiz", "Frage", "Überschrift", "Autor", "Medium", "Datum", "Adresse", "Seite",
            "Datei", "Von Zeichen", "Bis Zeichen", "SHA-256", "Aufgenommen",
        ),
    ),
    "en": DossierWording(
        note="Note",
        question="Question",
        added="Added on {day}",
        evidence="{path}, characters {start}–{end}",
        page="Page {page}",
        quotes_1="1 quotation",
        quotes="{count} quotations",
        columns=(
            "No.", "Chapter", "Quotation", "Note", "Question", "Headline", "Author", "Outlet", "Date", "Address",
            "Page", "File", "From character", "To character", "SHA-256", "Added",
        ),
    ),
}  # fmt: skip
