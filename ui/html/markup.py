"""Small pieces of HTML shared by the answer and the reader. All text from outside goes through `escape`."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

from rag.rendering.marking import marked
from rag.types import Article, Span
from ui.wording.page import language_name, long_date
from ui.wording.texts import Texts

# Gradio fills templates on the page: `${…}`, `{{…}}`, `@children`. It does not expand the values it fills in; as
# character references these characters stay plain text even if a later version does.
_TEMPLATE_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "${}@`"})


def escape(text: str) -> str:
    """Return the text so that it shows literally, in an element as well as in a quoted attribute."""
    return html.escape(text, quote=True).translate(_TEMPLATE_SIGNS)


def brief(text: str, most: int = 300) -> str:
    """Return an escaped headline or name, of a very long one the beginning.

    A browser takes half a minute to set 100,000 letters without a space.
    """
    return escape(text if len(text) <= most else f"{text[:most]}…")


def highlighted(
    text: str, offset: int, spans: Iterable[Span], words: Iterable[Span] = (), opening: Sequence[str] = ("<mark>",)
) -> str:
    """Return escaped text with <mark> around spans and <b> around words; see `rag.rendering.marking.marked`."""
    return marked(text, offset, spans, words, opening, escape=escape)


def byline(article: Article, texts: Texts) -> str:
    """Return the known facts of an article in one line of HTML: outlet · author · place · date · language.

    Each part is in a <bdi>, or an Arabic name would move the number next to it to its other side.
    """
    day = article.published
    date = f'<time datetime="{day.isoformat()}">{long_date(day, texts)}</time>' if day else ""
    facts = (
        brief(article.source or ""),
        brief(article.author or ""),
        brief(article.place or ""),
        date,
        escape(language_name(article.language, texts)),
    )
    return '<span aria-hidden="true"> · </span>'.join(f"<bdi>{part}</bdi>" for part in facts if part)


def location(article: Article, span: Span, texts: Texts) -> str:
    """Return the position of a span in its article: its page, if there are pages, and its characters."""
    page = article.page_at(span[0])
    characters = texts.characters.format(start=span[0], end=span[1])
    return f"{texts.page_number.format(page=page)}, {characters}" if page else characters


def breakable(path: str) -> str:
    """Return the escaped path, which a narrow window may break after each slash rather than within a name."""
    return escape(path).replace("/", "/<wbr>")


def web_address(article: Article) -> str | None:
    """Return the article's address if it is one that a browser may follow: http or https, nothing else."""
    url = article.url
    return url if url and url.lower().startswith(("http://", "https://")) else None


def external_link(url: str, label: str) -> str:
    """Return a link to another site, which gets no referrer and no access to this window."""
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(label)}</a>'


def reader_address(article_id: str, texts: Texts, passage: Span | None = None, sentence: Span | None = None) -> str:
    """Return the address of the article: opened at a passage and a sentence in it, or at its beginning.

    It is relative to that of the page, which may be below a path behind a proxy.
    """
    span = {"start": passage[0], "end": passage[1]} if passage else {}
    highlight = {"from": sentence[0], "to": sentence[1]} if sentence else {}
    query = urlencode({**span, **highlight, "lang": texts.code})
    return f"article/{quote(article_id, safe='')}?{query}{'#passage' if passage else ''}"
