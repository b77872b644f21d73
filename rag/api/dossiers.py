"""The routes of dossiers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from rag.access.audit import note
from rag.api.replies import json_reply
from rag.archive import Archive
from rag.schemas.dossiers import DossierListModel, DossierModel, DossierSummaryModel
from rag.workspace.dossier_json import FORMAT, VERSION, dossier_of, dossier_row
from rag.workspace.dossier_schema import StoredDossier
from rag.workspace.dossiers import Dossiers


def add_api_dossier_routes(router: APIRouter, archive: Archive) -> None:
    """Add the routes below /dossiers."""
    dossiers = Dossiers(archive)

    @router.get("/dossiers", tags=["dossiers"], response_model=DossierListModel)
    def list_dossiers() -> Response:
        """List the dossiers, the one changed last first."""
        return json_reply(DossierListModel.of({"dossiers": list(map(dossier_row, dossiers.summaries()))}))

    @router.get("/dossiers/lookup", tags=["dossiers"], response_model=DossierModel)
    def look_up_dossier(request: Request, reference: Annotated[str, Query(max_length=1_000)]) -> Response:
        """Return the dossier with an id or a name."""
        dossier = dossiers.dossier(reference)
        note(request, what=dossier.name)
        values = {"id": dossier.id, "name": dossier.name, "made": dossier.made, "entries": dossier.entries}
        return json_reply(DossierModel.of({"format": FORMAT, "version": VERSION, **values}))

    @router.post("/dossiers", tags=["dossiers"], response_model=DossierSummaryModel, status_code=201)
    def store_dossier(request: Request, body: StoredDossier) -> Response:
        """Store a dossier as it was exported, under its name or the first free one with a number."""
        note(request, what=body.name)
        dossier_id = dossiers.store(dossier_of(body))
        (stored,) = (summary for summary in dossiers.summaries() if summary.id == dossier_id)
        return json_reply(DossierSummaryModel.of(dossier_row(stored)), status=201)
