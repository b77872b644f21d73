"""The routes of the settings."""

from __future__ import annotations

from datetime import datetime

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

from rag.archive import Archive
from rag.errors import ConfigError, FundstelleError
from rag.workspace.reindexing import reindexing_cost
from rag.workspace.settings import Setting, SettingsStore
from ui.html.diagnosis import diagnosis_html
from ui.html.settings import cost_html, settings_view
from ui.routes.fragments import error_reply, fragment
from ui.wording.texts import Texts


def add_settings_routes(app: FastAPI, archive: Archive) -> None:
    """Add the view /view/settings, what a change of model costs, the checks, and /settings, where changes are sent."""

    @app.get("/view/settings", response_class=HTMLResponse, include_in_schema=False)
    def view(request: Request) -> HTMLResponse:
        def markup(texts: Texts) -> str:
            settings = SettingsStore(archive).load()
            return settings_view(settings, archive.status(), texts, datetime.now().astimezone().date())

        return fragment(request, archive, markup)

    @app.get("/view/settings/cost", response_class=HTMLResponse, include_in_schema=False)
    def cost(request: Request) -> HTMLResponse:
        return fragment(request, archive, lambda texts: cost_html(reindexing_cost(archive), archive.location, texts))

    @app.get("/view/settings/diagnosis", response_class=HTMLResponse, include_in_schema=False)
    def diagnosis(request: Request) -> HTMLResponse:
        return fragment(request, archive, lambda texts: diagnosis_html(archive.doctor(quick=True), texts))

    @app.post("/settings", response_class=PlainTextResponse, include_in_schema=False)
    def change(request: Request, values: dict[str, Setting]) -> PlainTextResponse:
        try:
            SettingsStore(archive).change(**values)
        except ConfigError as error:
            return PlainTextResponse(str(error), 400)
        except FundstelleError as error:
            return error_reply(error, request, archive)
        return PlainTextResponse("", 200)
