"""An answer as HTML: pure functions, so that every word of the page can be tested without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rag.text.paths import DEFAULT_ARCHIVE, index_command
from rag.types import Answer, Article, Citation, Span
from ui.html.explanation import explanation
from ui.html.feedback_buttons import Feedback, feedback_buttons
from ui.html.markup import breakable, byline, escape, external_link, highlighted, location, reader_address, web_address
from ui.html.notices import notice, section
from ui.wording.evaluation import words_of
from ui.wording.page import count_of, grouped, long_date
from ui.wording.texts import Texts

_HASH_DIGITS = 16  # of the 64 of a SHA-256, in a citation


def answer_html(answer: Answer, texts: Texts, feedback: Feedback | None = None, archive: Path = DEFAULT_ARCHIVE) -> str:
    """Return the whole answer: a notice where nothing answers, then the passages, best first.

    Args:
        feedback: by passage id, whether a person marked it as answering this question.
        archive: the folder of the archive, for the command that adds articles.
    """
    if not answer.citations:
        if answer.outcome == "nothing_fits":
            sentence = texts.nothing_matches
        else:
            sentence = texts.empty_archive.format(command=index_command(archive, texts.folder))
        return section(_heading(answer, texts.no_passage, texts) + notice(sentence), texts)
    feedback, words = feedback or {}, words_of(texts)
    cards = ""
    for citation in answer.citations:
        buttons = feedback_buttons(citation, answer.question, feedback.get(citation.passage_id), words)
        cards += f"<li>{citation_card(citation, texts, buttons)}</li>"
    if answer.answerable:
        title = count_of(texts.passages_heading, len(answer.citations), texts)
    else:
        title = texts.closest_heading
    heading = _heading(answer, title, texts)
    return section(f'{_notices(answer, texts)}{heading}<ol class="fs-cards">{cards}</ol>', texts)


def citation_card(citation: Citation, texts: Texts, buttons: str = "") -> str:
    """Return one passage with its source, its actions and why it was chosen; `buttons` is HTML."""
    article = citation.article
    url = web_address(article)
    original = external_link(url, texts.original) if url else ""
    sentence = citation.highlights[0] if citation.highlights else None
    address = reader_address(article.id, texts, (citation.start, citation.end), sentence)
    in_own_language = replace(article, language=citation.language)
    quote = highlighted(citation.quote, citation.start, citation.highlights, citation.matches)
    return (
        f'<article class="fs-card">'
        f'<header><span class="fs-marker">[{citation.marker}]</span>'
        f'<div><h3 lang="{escape(article.language)}" dir="auto">{escape(article.label)}</h3>'
        f'<p class="fs-byline">{_comment_label(citation, texts)}{byline(in_own_language, texts)}</p></div></header>'
        f'<blockquote lang="{escape(citation.language)}" dir="auto">{quote}</blockquote>'
        f"{_other_articles(citation, texts)}"
        f'<p class="fs-actions">'
        f'<a href="{escape(address)}" target="_blank" data-fs-reader="{escape(article.label)}">'
        f"{escape(texts.open_article)}</a>"
        f'<button type="button" data-fs-citation="{escape(citation_text(citation, texts))}"'
        f' data-fs-done="{escape(texts.copied)}" data-fs-failed="{escape(texts.copy_failed)}">'
        f"{escape(texts.copy)}</button>{original}</p>"
        f"{explanation(citation, texts)}{buttons}"
        f'<p class="fs-file"><bdi>{breakable(article.path)}</bdi> {_missing_file(citation, texts)}'
        f"<span>{escape(location(article, (citation.start, citation.end), texts))}</span> "
        f'<span title="{escape(article.sha256)}">SHA-256 {escape(article.sha256[:_HASH_DIGITS])}…</span></p>'
        f"</article>"
    )


def citation_text(citation: Citation, texts: Texts) -> str:
    """Return the citation as plain text to paste: the quote, who published it and when, and where to check it."""
    article = citation.article
    # the reader wrote a comment, not the author of the article above it
    author = texts.reader_comment if citation.kind == "comment" else article.author
    title = ": ".join(part for part in (author, article.label) if part)
    date = long_date(article.published, texts) if article.published else ""
    published = ", ".join(part for part in (article.source, date) if part)
    source = f"{web_address(article) or article.path}, {location(article, (citation.start, citation.end), texts)}"
    sentences = (title, published, source, f"SHA-256 {article.sha256[:_HASH_DIGITS]}")
    opening, closing = texts.quotes
    details = " ".join(_with_full_stop(part) for part in sentences if part).removesuffix(".")
    return f"{opening}{citation.quote}{closing} — {details}"


def _notices(answer: Answer, texts: Texts) -> str:
    """Return what the reader should know before the passages."""
    notices = "" if answer.answerable else notice(texts.doubtful_hint, texts.doubtful_heading)
    if answer.absent_times:
        notices += notice(texts.absent_times.format(times=", ".join(answer.absent_times)))
    return notices + (notice(texts.index_again) if answer.index_again else "")


def _heading(answer: Answer, title: str, texts: Texts) -> str:
    """Return the heading of the passages: what they are, the question, and how long it took."""
    total = answer.took_ms.get("total")
    duration = texts.duration.format(ms=grouped(round(total), texts)) if total is not None else ""
    small = f"<small>{escape(duration)}</small>" if duration else ""
    question = f'<q lang="{escape(answer.language)}" dir="auto">{escape(answer.question)}</q>'
    return f'<div role="status"><h2 class="fs-asked"><span>{escape(title)}</span> {question} {small}</h2></div>'


def _missing_file(citation: Citation, texts: Texts) -> str:
    """Return the remark that the file of the article is gone."""
    return f"<strong>{escape(texts.file_missing)}</strong> " if citation.file_missing else ""


def _comment_label(citation: Citation, texts: Texts) -> str:
    """Return the label of a quote that a reader wrote, not the outlet."""
    return f'<strong class="fs-comment">{escape(texts.reader_comment)}</strong> ' if citation.kind == "comment" else ""


def _other_articles(citation: Citation, texts: Texts) -> str:
    """Return the line of the other articles that print the passage, each a link to it there."""
    links = ", ".join(_other_article(article, citation, texts) for article in citation.also)
    return f'<p class="fs-also">{escape(texts.also_in)} {links}</p>' if links else ""


def _other_article(article: Article, citation: Citation, texts: Texts) -> str:
    """Return the link to another article that prints the passage: its outlet, its date, its headline if different."""
    day, span = article.published, _span_in(article, citation)
    date = f' (<time datetime="{day.isoformat()}">{long_date(day, texts)}</time>)' if day else ""
    title = article.title if article.source and article.title != citation.article.title else None
    headline = f': <q lang="{escape(article.language)}" dir="auto">{escape(title)}</q>' if title else ""
    return (
        f'<bdi><a href="{escape(reader_address(article.id, texts, span))}" target="_blank"'
        f' data-fs-reader="{escape(article.label)}">{escape(article.source or article.label)}</a>{date}{headline}</bdi>'
    )


def _span_in(article: Article, citation: Citation) -> Span | None:
    """Return the span of the quote in another article or, where the typography differs, that of the sentence."""
    sentences = (citation.article.text[start:end] for start, end in citation.highlights)
    for text in (citation.quote, *sentences):
        start = article.text.find(text)
        if start >= 0:
            return start, start + len(text)
    return None


def _with_full_stop(sentence: str) -> str:
    """Return the sentence with a full stop, unless it ends with a mark of its own."""
    return sentence if sentence.endswith((".", "!", "?", "…", "。", "！", "？", "؟")) else f"{sentence}."
