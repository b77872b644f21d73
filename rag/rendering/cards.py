"""Answers, results and articles as HTML for notebooks: one piece, without scripts and without anything from outside."""

from __future__ import annotations

import html
from collections.abc import Iterable

from rag.citing.reference import web_url
from rag.rendering.marking import marked
from rag.types import Answer, Article, Citation, ResultList

# colours come from the notebook, be it light or dark
_STYLE = """<style>
.fundstelle{max-width:46rem;line-height:1.5;color:inherit}
.fundstelle h3{font-size:1em;margin:0;font-weight:700}
.fundstelle article{margin:.8rem 0;padding:.7rem 1rem;border:1px solid rgba(128,128,128,.4);border-radius:.5rem}
.fundstelle blockquote{margin:.5rem 0;padding:0 0 0 .8rem;border-left:3px solid rgba(128,128,128,.5);
white-space:pre-line;overflow-wrap:anywhere;font-size:1em;color:inherit}
.fundstelle mark{background:rgba(255,196,0,.35);color:inherit;padding:.05em 0}
.fundstelle .facts,.fundstelle .origin{margin:0;font-size:.85em;opacity:.8;overflow-wrap:anywhere}
.fundstelle .reason{font-style:italic}
.fundstelle .text{max-height:24em;overflow:auto}
.fundstelle a{color:inherit;text-decoration:underline}
</style>"""
_MAX_TEXT = 20_000


def answer_cards(answer: Answer) -> str:
    """Return an answer as cards, the best first, and above them the reason if none answers."""
    return _page("".join([_reason(answer), *(_card(citation.article, [citation]) for citation in answer)]))


def results_cards(results: ResultList) -> str:
    """Return a list of results as a card for each article, with all its passages."""
    return _page("".join([_reason(results.answer), *(_card(each.article, each.citations) for each in results)]))


def text_card(article: Article) -> str:
    """Return an article as a card with its text, of a long one the beginning."""
    text = article.text[:_MAX_TEXT]
    more = f"<p class='origin'>… {len(article.text) - _MAX_TEXT:,} more characters</p>" * (text != article.text)
    origin = f"<p class='origin'>{html.escape(article.path)} · SHA-256 {html.escape(article.sha256)}</p>"
    return _page(
        f"<article>{_heading(article)}<blockquote class='text' lang='{html.escape(article.language)}' dir='auto'>"
        f"{html.escape(text)}</blockquote>{more}{origin}</article>"
    )


def facts_card(title: str, facts: Iterable[tuple[str, str]]) -> str:
    """Return named facts as a card."""
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>" for name, value in facts
    )
    return _page(f"<article><h3>{html.escape(title)}</h3><table>{rows}</table></article>")


def _page(inner: str) -> str:
    return f"{_STYLE}<div class='fundstelle'>{inner}</div>"


def _reason(answer: Answer) -> str:
    reasons = [] if answer.answerable else [answer.reason]
    if answer.damaged:
        reasons.append(f"Damaged on the disk, and missing here: {', '.join(answer.damaged)}")
    return "".join(f"<p class='reason'>{html.escape(reason)}</p>" for reason in reasons)


def _card(article: Article, citations: Iterable[Citation]) -> str:
    return f"<article>{_heading(article)}{''.join(map(_passage, citations))}</article>"


def _heading(article: Article) -> str:
    day = article.published.isoformat() if article.published else None
    facts = " · ".join(
        f"<bdi>{html.escape(fact)}</bdi>"
        for fact in (article.source, article.author, article.place, day, article.language)
        if fact
    )
    label, url = html.escape(article.label), web_url(article.url)
    linked = f"<a href='{html.escape(url)}' target='_blank' rel='noopener noreferrer'>{label}</a>" if url else label
    return f"<h3 lang='{html.escape(article.language)}' dir='auto'>{linked}</h3><p class='facts'>{facts}</p>"


def _passage(citation: Citation) -> str:
    article = citation.article
    quote = marked(citation.quote, citation.start, citation.highlights, citation.matches)
    comment = "reader comment, " if citation.kind == "comment" else ""
    page = f"page {citation.page}, " if citation.page else ""
    origin = (
        f"[{citation.marker}] {comment}{page}characters {citation.start}–{citation.end} of {article.path} · "
        f"SHA-256 {article.sha256[:12]}…"
    )
    missing = "<p class='reason'>The file is no longer where it was indexed.</p>" if citation.file_missing else ""
    return (
        f"<blockquote lang='{html.escape(citation.language)}' dir='auto'>{quote}</blockquote>{missing}"
        f"<p class='origin'>{html.escape(origin)}</p>"
    )
