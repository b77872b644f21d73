"""The routes by which dossiers leave as files and come back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool

from rag.archive import Archive
from rag.citing.reference import Language
from rag.citing.styles import STYLES
from rag.errors import ArchiveError, FundstelleError, NotFound
from rag.workspace.dossier_files import EXPORTS, ExportOptions, export, file_name
from rag.workspace.dossier_json import read_dossier
from rag.workspace.dossiers import Dossiers
from ui.routes.cite import REFUSED
from ui.routes.fragments import error_reply, texts_for
from ui.wording.dossiers import DOSSIERS

_HEADERS = {"Cache-Control": "no-store"}
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "ris": "application/x-research-info-systems",
    "csl.json": "application/vnd.citationstyles.csl+json",
}


def add_dossier_file_routes(app: FastAPI, archive: Archive) -> None:
    """Add /dossier/ID.FORMAT, which exports a dossier, and /dossiers/import, which takes the bytes of one."""

    @app.get("/dossier/{name}", include_in_schema=False)
    def export_route(request: Request, name: str) -> Response:
        dossier_id, _, format = name.partition(".")
        texts, query = texts_for(request), request.query_params
        style = next((style for style in STYLES if style == query.get("style")), STYLES[0])
        options = ExportOptions(cast(Language, texts.code), datetime.now(UTC).date(), style)
        if format not in EXPORTS:
            return PlainTextResponse(DOSSIERS[texts.code].gone, 404, headers=_HEADERS)
        try:
            dossier = Dossiers(archive).dossier(dossier_id)
            raw = export(dossier, format, options)
        except NotFound:
            return PlainTextResponse(DOSSIERS[texts.code].gone, 404, headers=_HEADERS)
        except FundstelleError as error:
            return error_reply(error, request, archive)
        disposition = "inline" if format == "html" and query.get("view") == "print" else "attachment"
        name = f"{disposition}; filename*=UTF-8''{quote(file_name(dossier, format))}"
        return Response(raw, media_type=_TYPES[format], headers={**_HEADERS, "Content-Disposition": name})

    @app.post("/dossiers/import", response_class=PlainTextResponse, include_in_schema=False)
    async def import_route(request: Request) -> PlainTextResponse:
        raw, texts = await request.body(), texts_for(request)

        def store() -> str:
            return Dossiers(archive).store(read_dossier(raw))

        try:
            return PlainTextResponse(await run_in_threadpool(store), headers=_HEADERS)
        except ArchiveError as error:
            return error_reply(error, request, archive)
        except FundstelleError:
            return PlainTextResponse(DOSSIERS[texts.code].no_dossier_file, REFUSED, headers=_HEADERS)
