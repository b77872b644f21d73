"""Where an article came from: its file, pictures of the file's pages, and whether it still says the same."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from rag.archive import Archive
from rag.errors import FundstelleError, LoadError, NotFound
from rag.loading.common.files import digest, kind_at
from rag.loading.drawing import PageDrawer, PageRequest
from rag.loading.pdf.drawing import PagePicture
from rag.types import Article, Span
from rag.verification import verify_article
from ui.html.markup import escape
from ui.html.reader import check_result, page_figure
from ui.html.standalone import error_page, no_article_page, sentence_page
from ui.routes.exact_article import exact_article
from ui.routes.fragments import fragment, texts_for
from ui.routes.reader import span_in
from ui.routes.standalone import standalone_response
from ui.wording.reader import READER
from ui.wording.texts import Texts

# A browser may show these; anything else is saved as a file. A sandbox would keep browsers from showing a PDF, which
# can run nothing in our name whatever it contains.
_INLINE = {
    "text": ("text/plain", "default-src 'none'; sandbox"),
    "markdown": ("text/plain", "default-src 'none'; sandbox"),
    "pdf": ("application/pdf", "script-src 'none'; frame-ancestors 'none'"),
}
_ATTACHMENT = ("application/octet-stream", "default-src 'none'; sandbox")
_MAX_PICTURES = 8


def add_source_routes(app: FastAPI, archive: Archive, *, shares_files: bool) -> None:
    """Add the routes /article/ID/check, /page, /page.png and, if files are shared, /file.

    Args:
        shares_files: whether the file of an article may be opened: where the page is for this computer alone.
    """
    _add_file_route(app, archive, shares_files=shares_files)
    pictures = _Pictures()

    @app.get("/article/{article_id}/check", response_class=HTMLResponse, include_in_schema=False)
    def check_route(article_id: str, request: Request) -> HTMLResponse:
        def markup(texts: Texts) -> str:
            article = exact_article(archive, article_id)
            return check_result(verify_article(archive, article.id), article.language, texts)

        return fragment(request, archive, markup)

    @app.get("/article/{article_id}/page", response_class=HTMLResponse, include_in_schema=False)
    def page_route(article_id: str, request: Request) -> HTMLResponse:
        def markup(texts: Texts) -> str:
            article = exact_article(archive, article_id)
            span, number = _page_in(article, request)
            try:
                picture = pictures.get(archive, article, span, number)
            except LoadError:
                return f"<p>{escape(READER[texts.code].page_not_shown)}</p>"
            return page_figure(article, span, number, (picture.width, picture.height), texts)

        return fragment(request, archive, markup)

    @app.get("/article/{article_id}/page.png", include_in_schema=False)
    def picture_route(article_id: str, request: Request) -> Response:
        try:
            article = exact_article(archive, article_id)
            picture = pictures.get(archive, article, *_page_in(article, request))
        except FundstelleError:
            return Response(status_code=404)
        return Response(picture.png, media_type="image/png", headers={"Cache-Control": "no-store"})


def _add_file_route(app: FastAPI, archive: Archive, *, shares_files: bool) -> None:
    @app.get("/article/{article_id}/file", include_in_schema=False)
    def file_route(article_id: str, request: Request) -> Response:
        texts = texts_for(request)
        words = READER[texts.code]
        try:
            article = exact_article(archive, article_id)
            if shares_files:
                return _file_response(archive, article)
            status, page = 403, sentence_page(words.no_file_heading, words.no_file, texts)
        except NotFound:
            status, page = 404, no_article_page(texts)
        except LoadError:
            status, page = 409, sentence_page(words.no_file_heading, words.other_file, texts)
        except FundstelleError as error:
            status, page = 503, error_page(error, texts, archive.location)
        return standalone_response(page, status, request)


def _file_response(archive: Archive, article: Article) -> FileResponse:
    """Return the file of an article, if it has the bytes that were read: nothing else is ever served.

    Raises:
        LoadError: the file is gone, cannot be read, or has other bytes.
    """
    file = archive.file_of(article.id)
    if digest(file) != article.sha256:
        raise LoadError("The file has changed since it was read: index it again.")
    kind = kind_at(file) or ""
    media_type, policy = _INLINE.get(kind, _ATTACHMENT)
    disposition = "inline" if kind in _INLINE else "attachment"
    headers = {
        "Content-Security-Policy": policy,
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(file.name, safe='')}",
        "Cache-Control": "no-store",
    }
    return FileResponse(file, media_type=media_type, headers=headers)


def _page_in(article: Article, request: Request) -> tuple[Span | None, int]:
    """Return the passage and the number of the page that an address names; by default, the page of the passage."""
    query = request.query_params
    span = span_in(article, query.get("start"), query.get("end"))
    number = query.get("page", "")
    return span, int(number) if number.isascii() and number.isdecimal() else article.page_at(
        span[0] if span else 0
    ) or 1


class _Pictures:
    """The pictures that were drawn last; each is asked for twice, for its size and for itself."""

    def __init__(self) -> None:
        self._drawer = PageDrawer()
        self._lock = Lock()
        self._pictures: OrderedDict[PageRequest, PagePicture] = OrderedDict()

    def get(self, archive: Archive, article: Article, span: Span | None, number: int) -> PagePicture:
        """Return the picture of a page of an article's file, with a passage of the article boxed.

        Raises:
            LoadError: it cannot be drawn.
        """
        file = archive.file_of(article.id)
        if not 1 <= number <= len(article.pages):
            raise LoadError("The article has no such page.")
        first, last = (*article.pages, len(article.text))[number - 1 : number + 1]
        on_page = (max(span[0], first) - first, min(span[1], last) - first) if span else None
        request = PageRequest(
            file.as_posix(),
            article.sha256,
            number,
            article.text[first:last],
            on_page if on_page and on_page[0] < on_page[1] else None,
            article.path.removeprefix(file.as_posix()),
        )
        with self._lock:
            picture = self._pictures.get(request)
        if picture is None:
            picture = self._drawer.draw(request)
        with self._lock:
            self._pictures[request] = picture
            self._pictures.move_to_end(request)
            while len(self._pictures) > _MAX_PICTURES:
                self._pictures.popitem(last=False)
        return picture
