"""Small pieces of HTML that the answer and the reader share. Every text from outside passes `escape`."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

from rag.types import Article, Span
from ui.texts import Texts, language_name, long_date

# Gradio fills templates on the page: `${…}`, `{{…}}`, `@children`. Today it leaves the values that it fills in alone;
# as character references these signs stay plain text even if it should once look at them again.
_TEMPLATE_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "${}@`"})


def escape(text: str) -> str:
    """Return the text so that it shows literally, in an element as well as in a quoted attribute."""
    return html.escape(text, quote=True).translate(_TEMPLATE_SIGNS)


def marked(text: str, offset: int, spans: Iterable[Span], opening: Sequence[str] = ("<mark>",)) -> str:
    """Return escaped text with <mark> around spans, which count from where the text begins in its article.

    Spans may overlap, touch or stick out: they are joined and trimmed. The n-th mark begins with the n-th opening
    tag, or the last one where there are fewer.
    """
    parts: list[str] = []
    done = 0
    for number, (start, end) in enumerate(_inside(text, offset, spans)):
        tag = opening[min(number, len(opening) - 1)]
        parts += escape(text[done:start]), tag, escape(text[start:end]), "</mark>"
        done = end
    return "".join(parts) + escape(text[done:])


def _inside(text: str, offset: int, spans: Iterable[Span]) -> list[Span]:
    """Return the spans as places in the text: sorted, trimmed to it, joined where they meet."""
    joined: list[Span] = []
    for first, last in sorted(spans):
        start, end = max(first - offset, 0), min(last - offset, len(text))
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def byline(article: Article, texts: Texts) -> str:
    """Return what is known of an article in one line of HTML: outlet · author · date · language.

    Each part stands in a <bdi>, or an Arabic name would carry the number beside it to its other side.
    """
    day = article.published
    when = f'<time datetime="{day.isoformat()}">{long_date(day, texts)}</time>' if day else ""
    known = (
        escape(article.source or ""),
        escape(article.author or ""),
        when,
        escape(language_name(article.language, texts)),
    )
    return '<span aria-hidden="true"> · </span>'.join(f"<bdi>{part}</bdi>" for part in known if part)


def breakable(path: str) -> str:
    """Return the escaped path, which a narrow window may break after each slash rather than within a name."""
    return escape(path).replace("/", "/<wbr>")


def web_address(article: Article) -> str | None:
    """Return the article's address if it is one that a browser may follow: http or https, nothing else."""
    url = article.url
    return url if url and url.lower().startswith(("http://", "https://")) else None


def external_link(url: str, label: str) -> str:
    """Return a link out of the page, which tells the other side nothing and gives it no hold on this window."""
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(label)}</a>'


def reader_address(article_id: str, start: int, end: int, texts: Texts) -> str:
    """Return the address of the article opened at a passage."""
    query = urlencode({"start": start, "end": end, "lang": texts.code})
    return f"/article/{quote(article_id, safe='')}?{query}#passage"
