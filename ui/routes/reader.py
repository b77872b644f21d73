"""The whole article, opened at the passage: a page of its own that needs nothing but itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from rag.archive import Archive
from rag.errors import FundstelleError, NotFound
from rag.text.similarity import Version
from rag.types import Article, Span
from ui.html.markup import breakable, byline, escape, external_link, location, marked, web_address
from ui.html.theme import ASSETS
from ui.wording.page import Texts, choose

# The reader runs no script and loads nothing, whatever an article holds; only our own page may frame it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

_STYLE = (ASSETS / "reader.css").read_text(encoding="utf-8")
_PARAGRAPH_BREAK = re.compile(r"(\n\s*\n)")
_MARKS = ('<mark id="passage" tabindex="-1">', "<mark>")


def add_reader(app: FastAPI, archive: Archive) -> None:
    """Add the route that shows an article: /article/ID?start=…&end=…&from=…&to=…, a passage and a sentence in it."""

    @app.get("/article/{article_id}", response_class=HTMLResponse, include_in_schema=False)
    def read(article_id: str, request: Request) -> HTMLResponse:
        asked = request.query_params
        texts = choose(asked.get("lang"), request.headers.get("accept-language"))
        status, page = 404, sentence_page(texts.no_article, texts)
        try:
            article = archive.article(article_id)
            # The archive also finds articles by a part of their title; a citation must never open another one.
            if article.id == article_id:
                span = place_in(article, asked.get("start"), asked.get("end"))
                sentence = place_in(article, asked.get("from"), asked.get("to"))
                also = related(archive.duplicates(article.id), archive.versions(article.id), texts)
                status, page = 200, article_page(article, span, texts, sentence, also)
        except NotFound:
            pass
        except FundstelleError as refusal:
            status, page = 503, sentence_page(str(refusal), texts)
        return HTMLResponse(page, status, {"Content-Security-Policy": POLICY})


def place_in(article: Article, start: str | None, end: str | None) -> Span | None:
    """Return the place that an address asks for, or None if the article has no such place."""
    try:
        first, last = int(start or ""), int(end or "")
    except ValueError:
        return None
    return (first, last) if 0 <= first < last <= len(article.text) else None


def article_page(
    article: Article, span: Span | None, texts: Texts, sentence: Span | None = None, also: str = ""
) -> str:
    """Return the article as a complete page, with the passage marked, and the sentence in it, where they are given.

    Args:
        also: what `related` returns.
    """
    url = web_address(article)
    original = f"<p>{external_link(url, texts.original)}</p>" if url else ""
    where = location(article, span, texts) if span else ""
    jump = f'<p><a href="#passage">{escape(texts.marked)}</a> <small>{escape(where)}</small></p>' if span else ""
    lang = escape(article.language)
    return _page(
        article.label,
        f'<main><header><h1 lang="{lang}" dir="auto">{escape(article.label)}</h1>'
        f'<p class="byline">{byline(article, texts)}</p>{original}{also}{jump}</header>'
        f'<article lang="{lang}">{body(article, span, texts, sentence)}</article>'
        f"<footer>{_origins(article, texts)}<p>{escape(texts.file)}: {breakable(article.path)}</p>"
        f"<p>SHA-256 {escape(article.sha256)}</p></footer></main>",
        texts,
    )


def related(doubles: Sequence[Article], versions: Sequence[Version], texts: Texts) -> str:
    """Return the lines that name the articles of the same text, and those that share much of it."""
    lines = [(texts.also, [(one, "") for one in doubles])]
    lines.append((texts.versions, [(one.article, f" ({one.shared:.0%})") for one in versions]))
    return "".join(
        f"<p>{escape(said)}: {', '.join(_linked(one, texts) + escape(share) for one, share in named)}</p>"
        for said, named in lines
        if named
    )


def _linked(article: Article, texts: Texts) -> str:
    link = f'<a href="{escape(article.id)}?lang={texts.code}" dir="auto">{escape(article.label)}</a>'
    told = byline(article, texts)
    return f"{link} · {told}" if told else link


def sentence_page(sentence: str, texts: Texts) -> str:
    """Return the page that says in a sentence why there is no article to show."""
    return _page(texts.reader, f'<main><p class="sentence">{escape(sentence)}</p></main>', texts)


def body(article: Article, span: Span | None, texts: Texts, sentence: Span | None = None) -> str:
    """Return the text of an article; what is set aside in it is folded away, unless the span is in there."""
    parts = []
    for part in article.parts():
        shown = paragraphs(article.text[part.start : part.end], span, sentence, part.start)
        if part.kind != "article":
            opened = " open" if span and part.start <= span[0] < part.end else ""
            name = f'<summary lang="{texts.code}">{escape(texts.asides[part.kind])}</summary>'
            shown = f"<details{opened}>{name}{shown}</details>"
        parts.append(shown)
    return "".join(parts)


def _origins(article: Article, texts: Texts) -> str:
    """Return the line that says where the known facts were found."""
    named = [
        f"{texts.facts[fact]} ({texts.origins.get(origin, origin)})"
        for fact, origin in article.origins.items()
        if fact in texts.facts
    ]
    return f"<p>{escape(texts.found_in)}: {escape(', '.join(named))}</p>" if named else ""


def paragraphs(text: str, span: Span | None, sentence: Span | None = None, offset: int = 0) -> str:
    """Return a text in paragraphs, the span marked in each one that it runs through, and the sentence in <b>.

    What stands between paragraphs is kept between the tags: the text of the result is the text, sign by sign.

    Args:
        offset: where the text begins in its article.
    """
    parts: list[str] = []
    begun = False
    for number, piece in enumerate(_PARAGRAPH_BREAK.split(text)):
        if number % 2 or not piece:
            parts.append(piece)
        else:
            # An id may stand only once: a passage that runs on into the next paragraph goes on with a plain mark.
            shown = marked(piece, offset, [span] if span else [], [sentence] if sentence else [], _MARKS[begun:])
            begun = begun or "<mark" in shown
            parts.append(f'<p dir="auto">{shown}</p>')
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
