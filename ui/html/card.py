"""The card of an article: its best passage, further ones folded, and what can be done with each. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.text.paths import DEFAULT_ARCHIVE
from rag.types import Article, ArticleResult, Citation, Span
from ui.html.cite import cite_button, passage_to_cite
from ui.html.explanation import explanation
from ui.html.feedback_buttons import feedback_buttons
from ui.html.markup import (
    breakable,
    brief,
    byline,
    escape,
    external_link,
    highlighted,
    location,
    reader_address,
    web_address,
)
from ui.html.own_questions import question_button
from ui.html.save import save_buttons
from ui.wording.ask import ASK
from ui.wording.evaluation import words_of
from ui.wording.page import count_of, long_date
from ui.wording.texts import Texts


@dataclass(frozen=True, slots=True)
class CardContext:
    """What all cards of an answer share.

    Attributes:
        feedback: by passage id, whether a person marked it as answering this question.
        saved: the passages that are in a dossier, as article, start and end.
        is_question_saved: whether the question is among the saved ones.
        unanswerable: whether a person said that the archive does not answer the question.
        archive: the folder of the archive, to which the paths of files are relative.
    """

    question: str
    texts: Texts
    feedback: Mapping[str, bool] = field(default_factory=dict)
    saved: Collection[tuple[str, int, int]] = ()
    is_question_saved: bool = False
    unanswerable: bool = False
    archive: Path = Path(DEFAULT_ARCHIVE)


def article_card(result: ArticleResult, number: int, context: CardContext) -> str:
    """Return an article with its number and its best passage; its other passages unfold."""
    article, texts = result.article, context.texts
    best, *others = result.citations
    identifier = f"fs-card-{best.marker}"
    in_own_language = replace(article, language=best.language)
    return (
        f'<article class="fs-card" tabindex="-1" aria-labelledby="{identifier}">'
        f'<header><span class="fs-marker" aria-hidden="true">{number}</span>'
        f'<div><h3 id="{identifier}" lang="{escape(article.language)}" dir="auto">{brief(article.label)}</h3>'
        f'<p class="fs-byline">{_comment_label(best, texts)}{byline(in_own_language, texts)}</p></div></header>'
        f"{passage(best, context)}{_folded(others, context)}</article>"
    )


def passage(citation: Citation, context: CardContext) -> str:
    """Return a passage with what can be done with it in one line."""
    texts = context.texts
    quote = highlighted(citation.quote, citation.start, citation.highlights, citation.matches)
    return (
        f'<div class="fs-passage"><blockquote lang="{escape(citation.language)}" dir="auto">{quote}</blockquote>'
        f"{_other_articles(citation, texts)}{_missing_file(citation, texts)}{_foot(citation, context)}</div>"
    )


def _foot(citation: Citation, context: CardContext) -> str:
    """Return the line of actions: open, cite, save, mark, and what else is known."""
    article, texts = citation.article, context.texts
    words = ASK[texts.code]
    sentence = citation.highlights[0] if citation.highlights else None
    span = (citation.start, citation.end)
    address = reader_address(article.id, texts, span, sentence)
    is_saved = any((article.id, *each) in context.saved for each in (span, sentence) if each)
    saved = [span] if is_saved else []
    marks = feedback_buttons(citation, context.question, context.feedback.get(citation.passage_id), words_of(texts))
    return (
        f'<div class="fs-actions"><a href="{escape(address)}" target="_blank"'
        f' data-fs-reader="{escape(article.label)}">{escape(words.open)}</a>'
        f"{cite_button(passage_to_cite(article.id, span, sentence), texts)}"
        f"{save_buttons(article.id, span, sentence, texts, question=context.question, saved=saved)}"
        f"{marks}{_about(citation, context)}</div>"
    )


def _about(citation: Citation, context: CardContext) -> str:
    """Return a menu that unfolds: file, position, checksum, original, and why the passage was chosen."""
    article, texts = citation.article, context.texts
    words, url = ASK[texts.code], web_address(article)
    original = external_link(url, texts.original) if url else ""
    identifier = f"fs-about-{citation.marker}"
    facts = (
        (words.file_label, f"<bdi>{breakable(relative_path(article.path, context.archive))}</bdi>"),
        (words.place_label, escape(location(article, (citation.start, citation.end), texts))),
        (words.checksum_label, f"<code>{escape(article.sha256)}</code>"),
    )
    rows = "".join(f"<div><dt>{escape(label)}</dt><dd>{value}</dd></div>" for label, value in facts)
    return (
        f'<details class="fs-menu fs-about" id="{identifier}"><summary aria-label="{escape(words.about)}"'
        f' title="{escape(words.about)}" id="{identifier}-label">⋯</summary>'
        f'<div class="fs-menu-box">{f"<p>{original}</p>" if original else ""}'
        f"<p>{question_button(citation, context.question, texts)}</p><dl>{rows}</dl>"
        f"<h4>{escape(texts.explanation)}</h4><dl>{explanation(citation, texts)}</dl></div></details>"
    )


def _folded(citations: list[Citation], context: CardContext) -> str:
    """Return the further passages of an article behind a line with their number."""
    if not citations:
        return ""
    label = count_of(ASK[context.texts.code].more_passages, len(citations), context.texts)
    passages = "".join(passage(citation, context) for citation in citations)
    return (
        f'<details class="fs-more-passages" id="fs-more-{citations[0].marker}"><summary>{escape(label)}</summary>'
        f"{passages}</details>"
    )


def relative_path(path: str, archive: Path) -> str:
    """Return the path of a file relative to the folder that the archive lies in, or as it is if it lies elsewhere."""
    folder = archive.absolute().parent
    return str(Path(path).relative_to(folder)) if Path(path).is_relative_to(folder) else path


def _missing_file(citation: Citation, texts: Texts) -> str:
    """Return the remark that the file of the article is gone."""
    return f'<p class="fs-warning">{escape(texts.file_missing)}</p>' if citation.file_missing else ""


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
    headline = f': <q lang="{escape(article.language)}" dir="auto">{brief(title)}</q>' if title else ""
    return (
        f'<bdi><a href="{escape(reader_address(article.id, texts, span))}" target="_blank"'
        f' data-fs-reader="{escape(article.label)}">{brief(article.source or article.label)}</a>{date}{headline}</bdi>'
    )


def _span_in(article: Article, citation: Citation) -> Span | None:
    """Return the span of the quote in another article or, where the typography differs, that of the sentence."""
    sentences = (citation.article.text[start:end] for start, end in citation.highlights)
    for text in (citation.quote, *sentences):
        start = article.text.find(text)
        if start >= 0:
            return start, start + len(text)
    return None
