"""The routes of dossiers: the view, the menu for saving, and what can be done with a dossier."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel, Field, StrictInt

from rag.archive import Archive
from rag.errors import FundstelleError, LongNote, NameUnusable, NotFound
from rag.types.dossier import MAX_TEXT, EntryKind
from rag.verification import FileReader
from rag.workspace.dossiers import Dossiers
from ui.html.dossiers import dossier_list, dossier_view, entry_item, verdict_html
from ui.html.save import save_menu
from ui.routes.body_types import Text
from ui.routes.cite import REFUSED
from ui.routes.fragments import error_reply, fragment, texts_for
from ui.wording.dossiers import DOSSIERS
from ui.wording.page import grouped
from ui.wording.texts import Texts

_HEADERS = {"Cache-Control": "no-store"}
_MAX_VERIFIED = 100
"""The most entries that are verified with one request."""


class ActionRequest(BaseModel):
    """What an action is about; each needs some of this, see `ACTIONS`."""

    dossier: Text | None = None
    entry: Text | None = None
    entries: list[Text] = Field(default=[], max_length=_MAX_VERIFIED)
    article: Text = ""
    start: StrictInt = 0
    end: StrictInt = 0
    question: Text = ""
    name: Text | None = None
    kind: EntryKind = "note"
    text: Text = ""
    before: Text | None = None


def add_dossier_routes(app: FastAPI, archive: Archive) -> None:
    """Add the view, the menu, and the actions."""

    @app.get("/view/dossiers", response_class=HTMLResponse, include_in_schema=False)
    def view(request: Request) -> HTMLResponse:
        dossier_id = request.query_params.get("dossier")

        def markup(texts: Texts) -> str:
            dossiers = Dossiers(archive)
            if dossier_id:
                return dossier_view(dossiers.dossier(dossier_id), texts, datetime.now(UTC).date())
            return dossier_list(dossiers.summaries(), texts)

        return fragment(request, archive, markup)

    @app.get("/dossiers/menu", response_class=HTMLResponse, include_in_schema=False)
    def menu(request: Request) -> HTMLResponse:
        return fragment(
            request,
            archive,
            lambda texts: save_menu(Dossiers(archive).summaries(), texts, has_sentence="from" in request.query_params),
        )

    @app.post("/dossiers/{action}", response_class=PlainTextResponse, include_in_schema=False)
    def act(request: Request, action: str, body: ActionRequest) -> PlainTextResponse:
        texts = texts_for(request)
        words = DOSSIERS[texts.code]
        if action not in ACTIONS:
            return PlainTextResponse("There is no such action.", 404, headers=_HEADERS)
        try:
            return PlainTextResponse(ACTIONS[action](Dossiers(archive), body, texts), headers=_HEADERS)
        except NameUnusable as error:
            sentence = words.name_taken if error.is_taken else words.name_missing
            return PlainTextResponse(sentence, REFUSED, headers=_HEADERS)
        except LongNote:
            sentence = words.long_note.format(count=grouped(MAX_TEXT, texts))
            return PlainTextResponse(sentence, REFUSED, headers=_HEADERS)
        except NotFound:
            return PlainTextResponse(words.gone, REFUSED, headers=_HEADERS)
        except FundstelleError as error:
            return error_reply(error, request, archive)


def _save(dossiers: Dossiers, body: ActionRequest, texts: Texts) -> str:
    """Save a passage into a dossier, a new one by its name, or the one used last; return which, as JSON."""
    dossier_id = body.dossier
    if body.name is not None:
        dossier_id = dossiers.make(body.name)
    elif dossier_id is None:
        last = next(iter(dossiers.summaries()), None)
        dossier_id = last.id if last else dossiers.make(DOSSIERS[texts.code].default_name)
    quotes = dossiers.dossier(dossier_id).quotes
    quoted = {(entry.article_id, quotation.start, quotation.end) for entry, quotation in quotes}
    if (body.article, body.start, body.end) not in quoted:
        dossiers.save(dossier_id, body.article, (body.start, body.end), body.question)
    dossier = dossiers.dossier(dossier_id)
    return json.dumps({"dossier": dossier.id, "name": dossier.name, "count": len(dossier.quotes)})


def _name(dossiers: Dossiers, body: ActionRequest, _: Texts) -> str:
    """Rename a dossier, or make a new one; return its id."""
    if body.dossier is None:
        return dossiers.make(body.name or "")
    dossiers.rename(body.dossier, body.name or "")
    return body.dossier


def _text(dossiers: Dossiers, body: ActionRequest, texts: Texts) -> str:
    """Rewrite the text of an entry, or add a heading or a note to a dossier, and return its HTML."""
    if body.entry is not None:
        dossiers.rewrite(body.entry, body.text)
        return ""
    entry_id = dossiers.write(body.dossier or "", body.kind, body.text)
    return entry_item(dossiers.entry(entry_id), texts, datetime.now(UTC).date())


def _move(dossiers: Dossiers, body: ActionRequest, _: Texts) -> str:
    """Put an entry before another one, or behind all others."""
    dossiers.move(body.entry or "", body.before)
    return ""


def _delete(dossiers: Dossiers, body: ActionRequest, _: Texts) -> str:
    """Delete an entry, or a dossier."""
    if body.entry is not None:
        dossiers.delete_entry(body.entry)
    else:
        dossiers.delete(body.dossier or "")
    return ""


def _restore(dossiers: Dossiers, body: ActionRequest, _: Texts) -> str:
    """Bring back an entry or a dossier that was deleted."""
    dossiers.restore(body.entry or body.dossier or "")
    return ""


def _verify(dossiers: Dossiers, body: ActionRequest, texts: Texts) -> str:
    """Verify entries, and return the verdicts on those that are quotations: HTML by id, as JSON."""
    verdicts = {}
    with FileReader() as reader:
        for entry in map(dossiers.entry, body.entries):
            verification = dossiers.verify(entry, reader)
            if verification:
                verdicts[entry.id] = verdict_html(entry, verification, texts)
    return json.dumps(verdicts)


ACTIONS: Mapping[str, Callable[[Dossiers, ActionRequest, Texts], str]] = {
    "save": _save,
    "name": _name,
    "text": _text,
    "move": _move,
    "delete": _delete,
    "restore": _restore,
    "verify": _verify,
}
"""The actions by their names in addresses."""
