"""The reader: an article as a fragment of the page and as a page of its own, and the articles around it."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from rag.archive import Archive
from rag.errors import FundstelleError, NotFound, QuestionError
from rag.text.word_diff import text_diff
from rag.types import Article, Citation, Span
from rag.workspace.dossiers import Dossiers
from ui.html.article_text import Marking, marking_of
from ui.html.reader import FileAccess, reader_fragment, related_articles, versions_difference
from ui.html.standalone import article_page, error_page, no_article_page
from ui.routes.answer import filter_in, limit_in
from ui.routes.exact_article import exact_article
from ui.routes.fragments import fragment, texts_for
from ui.routes.request_settings import settings_of
from ui.routes.standalone import READER_POLICY, standalone_response
from ui.wording.texts import Texts

# of the sample articles, those on the same matter have 0.72 and more, others at most 0.71
_SIMILAR, _MIN_COSINE = 5, 0.72


def add_reader_routes(app: FastAPI, archive: Archive, *, shares_files: bool) -> None:
    """Add the routes of articles: /article/ID as a page, and /article/ID/fragment, /related and /difference.

    Args:
        shares_files: whether the file of an article may be opened; see `ui.routes.source`.
    """

    @app.get("/article/{article_id}", response_class=HTMLResponse, include_in_schema=False)
    def article_route(article_id: str, request: Request) -> HTMLResponse:
        texts = texts_for(request)
        try:
            article = exact_article(archive, article_id)
            marking = _marking(archive, article, request)
            access, saved = access_to(archive, article, shares_files), _saved(archive, article, marking)
            body = reader_fragment(article, texts, marking, access, heading_level=1, saved=saved)
            return standalone_response(article_page(article.label, body, texts), 200, request, READER_POLICY)
        except NotFound:
            return standalone_response(no_article_page(texts), 404, request)
        except FundstelleError as error:
            return standalone_response(error_page(error, texts, archive.location), 503, request)

    @app.get("/article/{article_id}/fragment", response_class=HTMLResponse, include_in_schema=False)
    def fragment_route(article_id: str, request: Request) -> HTMLResponse:
        def markup(texts: Texts) -> str:
            article = exact_article(archive, article_id)
            marking = _marking(archive, article, request)
            access, saved = access_to(archive, article, shares_files), _saved(archive, article, marking)
            return reader_fragment(article, texts, marking, access, saved=saved)

        return fragment(request, archive, markup)

    @app.get("/article/{article_id}/related", response_class=HTMLResponse, include_in_schema=False)
    def related_route(article_id: str, request: Request) -> HTMLResponse:
        def markup(texts: Texts) -> str:
            article = exact_article(archive, article_id)
            duplicates, versions = archive.duplicates(article.id), archive.versions(article.id)
            similar = [near for near in archive.similar(article.id, _SIMILAR) if near.cosine >= _MIN_COSINE]
            return related_articles(article, duplicates, versions, similar, texts)

        return fragment(request, archive, markup)

    @app.get("/article/{article_id}/difference", response_class=HTMLResponse, include_in_schema=False)
    def difference_route(article_id: str, request: Request) -> HTMLResponse:
        def markup(texts: Texts) -> str:
            article = exact_article(archive, article_id)
            version = exact_article(archive, request.query_params.get("version", ""))
            return versions_difference(text_diff(article.text, version.text), article.language, texts)

        return fragment(request, archive, markup)


def access_to(archive: Archive, article: Article, shares_files: bool) -> FileAccess:
    """Return what the reader may offer of an article's file."""
    file = archive.file_of(article.id)
    is_there = file.is_file()
    # the path of an article in an archive or a mail ends with its name there
    is_pdf = article.path.lower().endswith(".pdf")
    return FileAccess(file=shares_files and is_there, pages=is_there and is_pdf and bool(article.pages))


def span_in(article: Article, start: str | None, end: str | None) -> Span | None:
    """Return the span given in an address, or None if the article has no such span."""
    try:
        first, last = int(start or ""), int(end or "")
    except ValueError:
        return None
    return (first, last) if 0 <= first < last <= len(article.text) else None


def _marking(archive: Archive, article: Article, request: Request) -> Marking:
    """Return the passages of the question and the one at which the article is opened, as an address names them."""
    query = request.query_params
    current = span_in(article, query.get("start"), query.get("end"))
    sentence = span_in(article, query.get("from"), query.get("to"))
    citations = _citations(archive, article, request) if query.get("q", "").strip() else []
    sentences = [span for citation in citations for span in citation.highlights]
    spans = [(citation.start, citation.end) for citation in citations]
    return marking_of(current, spans, [*sentences, *([sentence] if sentence else [])])


def _saved(archive: Archive, article: Article, marking: Marking) -> list[Span]:
    """Return the passages of a marking that are in a dossier, as a whole or by a sentence."""
    spans = [passage.span for passage in marking.passages]
    quoted = Dossiers(archive).quoted([(article.id, *span) for span in (*spans, *marking.sentences)])
    sentences = [sentence for sentence in marking.sentences if (article.id, *sentence) in quoted]
    return [
        span
        for span in spans
        if (article.id, *span) in quoted or any(span[0] <= each[0] < each[1] <= span[1] for each in sentences)
    ]


def _citations(archive: Archive, article: Article, request: Request) -> list[Citation]:
    """Return the passages of an article that the answer beside it lists, or of another one of the same text."""
    query, settings = request.query_params, settings_of(request)
    try:
        filter, limit = filter_in(query, settings), limit_in(query, settings)
        results = archive.search(query.get("q", ""), filter=filter, limit=limit, fast=settings.fast)
    except QuestionError:
        # the answer beside the article says what is wrong with it
        return []
    copies = {article.id, *(copy.id for copy in archive.duplicates(article.id))}
    return [
        citation
        for result in results
        if result.article.id in copies
        for citation in result.citations
        if article.text[citation.start : citation.end] == citation.quote
    ]
