"""The routes of citations: the menu, and a quotation as text. Styles are applied here, not in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

from rag.archive import Archive
from rag.citing.formats import FORMATS, cite
from rag.citing.reference import Language
from rag.errors import FundstelleError, NotFound
from rag.types.quotation import Quotation, quotation_of
from rag.workspace.dossiers import Dossiers
from ui.html.cite import cite_menu
from ui.routes.exact_article import exact_article
from ui.routes.fragments import error_reply, fragment, texts_for
from ui.wording.cite import CITE
from ui.wording.texts import Texts

_HEADERS = {"Cache-Control": "no-store"}
REFUSED = 409
"""The status of a request that is valid, and cannot be done with what the archive has today."""


def add_cite_routes(app: FastAPI, archive: Archive) -> None:
    """Add /cite, which returns a quotation as text, and /cite/menu, which returns the menu for a passage."""

    @app.get("/cite", response_class=PlainTextResponse, include_in_schema=False)
    def cite_route(request: Request) -> PlainTextResponse:
        texts, query = texts_for(request), request.query_params
        words, format = CITE[texts.code], query.get("style", "")
        if format not in FORMATS:
            return PlainTextResponse("There is no such style.", 400, headers=_HEADERS)
        language, today = cast(Language, texts.code), datetime.now(UTC).date()
        try:
            quotation = _quotation(archive, query)
            text = cite(quotation, format, language, today, with_hash=query.get("hash") == "1")
        except NotFound:
            return PlainTextResponse(words.gone, REFUSED, headers=_HEADERS)
        except FundstelleError as error:
            return error_reply(error, request, archive)
        except ValueError:
            return PlainTextResponse(words.no_address, REFUSED, headers=_HEADERS)
        return PlainTextResponse(text, headers=_HEADERS)

    @app.get("/cite/menu", response_class=HTMLResponse, include_in_schema=False)
    def menu_route(request: Request) -> HTMLResponse:
        query = request.query_params

        def markup(texts: Texts) -> str:
            return cite_menu(_quotation(archive, query).url, has_sentence="from" in query, texts=texts)

        return fragment(request, archive, markup)


def _quotation(archive: Archive, query: Mapping[str, str]) -> Quotation:
    """Return the words that a request names: of an entry of a dossier, or of an article.

    Raises:
        NotFound: there is no such entry, no such article, or no such words in it.
    """
    if "entry" in query:
        quotation = Dossiers(archive).entry(query["entry"]).quotation
        if quotation is None:
            raise NotFound("This entry quotes nothing.")
        return quotation
    article = exact_article(archive, query.get("article", "").encode(errors="replace").decode())
    passages = archive.passages(article.id)
    try:
        span = int(query.get("start", "")), int(query.get("end", ""))
        language = next((each.language for each in passages if each.start <= span[0] < each.end), None)
        return quotation_of(article, *span, language)
    except ValueError as error:
        raise NotFound("There are no such words.") from error
