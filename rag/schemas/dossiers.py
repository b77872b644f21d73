"""The list of dossiers as JSON: what `fundstelle dossier list --json` prints."""

from __future__ import annotations

from rag.schemas.base import Count, Filled, Schema


class DossierSummaryModel(Schema):
    """A dossier in the list."""

    name: Filled
    quotes: Count
    """The number of its quotations."""
    changed: str
    """When it was last changed, in ISO 8601 and UTC."""


class DossierListModel(Schema):
    """The dossiers, the one changed last first."""

    dossiers: tuple[DossierSummaryModel, ...]
