"""The routes of the library that read: the view, the list, an article in it, the run of the indexing, the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from rag.archive import Archive
from rag.errors import FilterError, FundstelleError
from rag.jobs.folder_watch import FolderWatch
from rag.jobs.indexing_job import IndexingJob
from rag.jobs.map_job import MapJob
from rag.search.filters import make_filter
from rag.types import Filter
from rag.types.library import ARTICLE_STATES, SORT_FACTS, LibraryQuery
from rag.workspace.folders import Folders
from rag.workspace.inbox import Inbox
from rag.workspace.sample import sample_articles
from ui.html.indexing import add_panel, indexing_run
from ui.html.library import ListState, library_filters, library_frame, library_list
from ui.html.library_article import article_details
from ui.html.library_pictures import pictures
from ui.html.notices import refusal_notice
from ui.routes.fragments import fragment, texts_for
from ui.wording.errors import error_sentence
from ui.wording.texts import Texts

_PARAMETERS = ("find", "since", "until", "source", "language", "author", "kind", "state", "order", "page")
_MAX_PAGE = 1_000_000
_MAX_SEARCH_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class LibraryDesk:
    """What the library works with.

    Attributes:
        is_local: whether the page is served to this computer alone, so that folders of it may be named.
        is_own: whether only the person at this computer asks, who may name addresses of its network.
        may_fetch: whether pages may be fetched from the web.
    """

    archive: Archive
    job: IndexingJob
    watch: FolderWatch
    map: MapJob
    is_local: bool = False
    is_own: bool = False
    may_fetch: bool = False


def add_library_routes(app: FastAPI, desk: LibraryDesk) -> None:
    """Add the routes below /view/library."""
    archive = desk.archive

    @app.get("/view/library", response_class=HTMLResponse, include_in_schema=False)
    def view(request: Request) -> HTMLResponse:
        return fragment(request, archive, lambda texts: _view(desk, request, texts))

    @app.get("/view/library/list", response_class=HTMLResponse, include_in_schema=False)
    def articles(request: Request) -> HTMLResponse:
        return fragment(request, archive, lambda texts: _list(archive, request, texts))

    @app.get("/view/library/fields", response_class=HTMLResponse, include_in_schema=False)
    def fields(request: Request) -> HTMLResponse:
        return fragment(request, archive, lambda texts: _filter_fields(archive, request, texts))

    @app.get("/view/library/add", response_class=HTMLResponse, include_in_schema=False)
    def add(request: Request) -> HTMLResponse:
        return fragment(request, archive, lambda texts: _add_panel(desk, texts))

    @app.get("/view/library/run", response_class=HTMLResponse, include_in_schema=False)
    def run(request: Request) -> HTMLResponse:
        return fragment(request, archive, lambda texts: indexing_html(desk, texts))

    @app.get("/view/library/article", response_class=HTMLResponse, include_in_schema=False)
    def article(request: Request) -> HTMLResponse:
        article_id = request.query_params.get("article", "")
        return fragment(request, archive, lambda texts: details_html(archive, article_id, texts))

    @app.get("/view/library/pictures", response_class=HTMLResponse, include_in_schema=False)
    def overview(request: Request) -> HTMLResponse:
        return fragment(request, archive, lambda texts: pictures(archive.library_counts(), texts))

    @app.get("/view/library/map", include_in_schema=False)
    def points(request: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        try:
            text = desk.map.get()
        except Exception as error:  # any error has a sentence
            return JSONResponse({"failed": _reason(error, archive, texts_for(request))}, headers=headers)
        return Response(text or '{"computing": true}', media_type="application/json", headers=headers)


def _reason(error: Exception, archive: Archive, texts: Texts) -> str:
    return error_sentence(error, texts, archive.folder).text if isinstance(error, FundstelleError) else texts.unexpected


def indexing_html(desk: LibraryDesk, texts: Texts) -> str:
    """Return the run of the indexing, and what could not be read."""
    archive = desk.archive
    contents = str(archive._store.changes.state)
    return indexing_run(desk.job.state, archive.failures(), archive.folder, texts, contents=contents)


def details_html(archive: Archive, article_id: str, texts: Texts, note: str = "") -> str:
    """Return what the library says of an article.

    Raises:
        NotFound: there is none of this id.
    """
    row = archive.library_row(article_id)
    article = archive.article(row.id) if row.state != "damaged" else None
    original = archive.article(row.same_as) if row.same_as else None
    in_inbox = Path(row.file).is_relative_to(Inbox(archive).folder.absolute())
    in_file = archive.articles_in(row.file)
    return article_details(
        article,
        row,
        archive.corrections(row.id) if article else (),
        texts,
        original=original,
        in_file=in_file,
        in_inbox=in_inbox,
        note=note,
    )


def _view(desk: LibraryDesk, request: Request, texts: Texts) -> str:
    is_empty = _is_empty(desk.archive)
    parts = {
        "add": _add_panel(desk, texts),
        "run": indexing_html(desk, texts),
        "list": "" if is_empty else _list(desk.archive, request, texts),
    }
    return library_frame(parts, texts, has_pictures=not is_empty)


def _is_empty(archive: Archive) -> bool:
    return not archive.library(LibraryQuery(size=1)).rows


def _add_panel(desk: LibraryDesk, texts: Texts) -> str:
    return add_panel(
        Folders(desk.archive).all(),
        is_empty=_is_empty(desk.archive),
        is_local=desk.is_local,
        may_fetch=desk.may_fetch,
        has_sample=sample_articles() is not None,
        texts=texts,
    )


def _list(archive: Archive, request: Request, texts: Texts) -> str:
    try:
        state = _state_of(request)
    except FilterError as error:
        return refusal_notice(error, texts, archive.location)
    return library_list(archive.library(state.query), state, texts)


def _filter_fields(archive: Archive, request: Request, texts: Texts) -> str:
    return library_filters(_state_of(request).query, archive.library_counts(), texts)


def _state_of(request: Request) -> ListState:
    return list_state({name: request.query_params.getlist(name) for name in _PARAMETERS})


def list_state(parameters: dict[str, list[str]]) -> ListState:
    """Return the query that the parameters of an address ask for; what is not known there is left out.

    Raises:
        FilterError: a day or a name cannot be used.
    """
    given = {name: [value for value in values if value.strip()] for name, values in parameters.items()}
    order = _first(given, "order") or "-added"
    sort = next((fact for fact in SORT_FACTS if fact == order.removeprefix("-")), None)
    page = _first(given, "page")
    state = _first(given, "state")
    query = LibraryQuery(
        search=(_first(given, "find") or "")[:_MAX_SEARCH_CHARACTERS],
        filter=_filter(given),
        state=next((name for name in ARTICLE_STATES if name == state), None),
        sort=sort or "added",
        descending=order.startswith("-") or sort is None,
        page=min(int(page), _MAX_PAGE) if page.isdecimal() and page.isascii() and int(page) > 0 else 1,
    )
    set_parameters = {name: values for name, values in given.items() if values and name != "page"}
    return ListState(query, {"tab": ["library"], **set_parameters})


def _filter(given: dict[str, list[str]]) -> Filter:
    return make_filter(
        _first(given, "since") or None,
        _first(given, "until") or None,
        sources=given.get("source", ()),
        languages=given.get("language", ()),
        authors=given.get("author", ()),
        include=["comments"] if "comment" in given.get("kind", ()) else (),
    )


def _first(given: dict[str, Sequence[str]] | dict[str, list[str]], name: str) -> str:
    values = given.get(name) or [""]
    return values[0]
