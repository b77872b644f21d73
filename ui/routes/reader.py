"""The whole article, opened at the passage: a self-contained page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from rag.archive import Archive
from rag.errors import FundstelleError, NotFound
from rag.text.similarity import Version
from rag.types import Article, Span
from ui.html.markup import breakable, byline, escape, external_link, highlighted, location, web_address
from ui.html.theme import ASSETS
from ui.routes.fragments import texts_for
from ui.routes.standalone import standalone_response
from ui.wording.errors import error_sentence
from ui.wording.texts import Texts

_STYLE = (ASSETS / "reader.css").read_text(encoding="utf-8")
_PARAGRAPH_BREAK = re.compile(r"(\n\s*\n)")
_MARKS = ('<mark id="passage" tabindex="-1">', "<mark>")


def add_reader_route(app: FastAPI, archive: Archive) -> None:
    """Add the route that shows an article: /article/ID?start=…&end=…&from=…&to=…, a passage and a sentence in it."""

    @app.get("/article/{article_id}", response_class=HTMLResponse, include_in_schema=False)
    def article_route(article_id: str, request: Request) -> HTMLResponse:
        query = request.query_params
        texts = texts_for(request)
        status, page = 404, sentence_page(texts.no_article, texts)
        try:
            article = archive.article(article_id)
            # The archive also finds articles by a part of their title; a citation must never open another one.
            if article.id == article_id:
                passage = span_in(article, query.get("start"), query.get("end"))
                sentence = span_in(article, query.get("from"), query.get("to"))
                links = related_articles(archive.duplicates(article.id), archive.versions(article.id), texts)
                status, page = 200, article_page(article, passage, texts, sentence, links)
        except NotFound:
            pass
        except FundstelleError as error:
            status, page = 503, error_page(error, texts, archive.folder)
        return standalone_response(page, status, request)


def span_in(article: Article, start: str | None, end: str | None) -> Span | None:
    """Return the span given in an address, or None if the article has no such span."""
    try:
        first, last = int(start or ""), int(end or "")
    except ValueError:
        return None
    return (first, last) if 0 <= first < last <= len(article.text) else None


def article_page(
    article: Article, passage: Span | None, texts: Texts, sentence: Span | None = None, links: str = ""
) -> str:
    """Return the article as a complete page, with the passage and the sentence in it marked, if given.

    Args:
        links: what `related_articles` returns.
    """
    url = web_address(article)
    original = f"<p>{external_link(url, texts.original)}</p>" if url else ""
    jump = ""
    if passage:
        position = escape(location(article, passage, texts))
        jump = f'<p><a href="#passage">{escape(texts.to_passage)}</a> <small>{position}</small></p>'
    lang = escape(article.language)
    return _page(
        article.label,
        f'<main><header><h1 lang="{lang}" dir="auto">{escape(article.label)}</h1>'
        f'<p class="byline">{byline(article, texts)}</p>{original}{links}{jump}</header>'
        f'<article lang="{lang}">{article_body(article, passage, texts, sentence)}</article>'
        f"<footer>{_origins(article, texts)}<p>{escape(texts.file)}: {breakable(article.path)}</p>"
        f"<p>SHA-256 {escape(article.sha256)}</p></footer></main>",
        texts,
    )


def related_articles(duplicates: Sequence[Article], versions: Sequence[Version], texts: Texts) -> str:
    """Return a line of the articles with the same text, and one of those that share much of it."""
    lines = {
        texts.also_in: [_link(article, texts) for article in duplicates],
        texts.versions: [f"{_link(version.article, texts)} ({version.shared:.0%})" for version in versions],
    }
    return "".join(f"<p>{escape(label)}: {', '.join(links)}</p>" for label, links in lines.items() if links)


def _link(article: Article, texts: Texts) -> str:
    link = f'<a href="{escape(article.id)}?lang={texts.code}" dir="auto">{escape(article.label)}</a>'
    facts = byline(article, texts)
    return f"{link} · {facts}" if facts else link


def sentence_page(sentence: str, texts: Texts, lang: str = "") -> str:
    """Return the page with a sentence in place of an article; `lang` is its language, if not that of the page."""
    attribute = f' lang="{escape(lang)}"' if lang else ""
    return _page(texts.reader, f'<main><p class="sentence"{attribute}>{escape(sentence)}</p></main>', texts)


def error_page(error: FundstelleError, texts: Texts, archive: Path) -> str:
    """Return the page that says why there is no article or report: in the page's language, or marked as English."""
    sentence = error_sentence(error, texts, archive)
    return sentence_page(sentence.text, texts, "" if sentence.lang == texts.code else sentence.lang)


def article_body(article: Article, passage: Span | None, texts: Texts, sentence: Span | None = None) -> str:
    """Return the text of an article; boilerplate in it is folded away, unless the passage is there."""
    parts = []
    for part in article.parts():
        html = paragraphs(article.text[part.start : part.end], passage, sentence, part.start)
        if part.kind != "article":
            unfolded = " open" if passage and part.start <= passage[0] < part.end else ""
            label = f'<summary lang="{texts.code}">{escape(texts.part_labels[part.kind])}</summary>'
            html = f"<details{unfolded}>{label}{html}</details>"
        parts.append(html)
    return "".join(parts)


def _origins(article: Article, texts: Texts) -> str:
    """Return the line that says where the known facts come from."""
    facts = [
        f"{texts.field_labels[field]} ({texts.origin_labels.get(origin, origin)})"
        for field, origin in article.origins.items()
        if field in texts.field_labels
    ]
    return f"<p>{escape(texts.origins_heading)}: {escape(', '.join(facts))}</p>" if facts else ""


def paragraphs(text: str, passage: Span | None, sentence: Span | None = None, offset: int = 0) -> str:
    """Return a text in paragraphs, with the passage marked in each that it runs through, and the sentence in <b>.

    White space between paragraphs is kept between the tags: the text of the result is the text, character by character.

    Args:
        offset: the offset of the text in its article.
    """
    parts: list[str] = []
    has_mark = False
    for number, piece in enumerate(_PARAGRAPH_BREAK.split(text)):
        if number % 2 or not piece:
            parts.append(piece)
        else:
            # An id must be unique: where a passage continues in the next paragraph, the mark there has none.
            tags = _MARKS[has_mark:]
            html = highlighted(piece, offset, [passage] if passage else [], [sentence] if sentence else [], tags)
            has_mark = has_mark or "<mark" in html
            parts.append(f'<p dir="auto">{html}</p>')
        offset += len(piece)
    return "".join(parts)


def _page(title: str, body: str, texts: Texts) -> str:
    """Return a complete page around its body."""
    return (
        f'<!doctype html><html lang="{texts.code}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} – Fundstelle</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>"
    )
