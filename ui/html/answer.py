"""An answer as HTML: pure functions, so that every word of the page can be tested without a browser."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from rag.text.paths import DEFAULT_ARCHIVE, index_command
from rag.types import Answer, Article, Citation, Span, Status
from ui.html.explanation import why
from ui.html.feedback_buttons import Said, mark_buttons
from ui.html.markup import breakable, byline, escape, external_link, location, marked, reader_address, web_address
from ui.wording.evaluation import words_of
from ui.wording.page import Texts, count_of, grouped, language_name, long_date

_SHA_SHOWN = 16


def answer(found: Answer, texts: Texts, said: Said | None = None, archive: Path = DEFAULT_ARCHIVE) -> str:
    """Return the whole answer: a notice where nothing answers, then the passages, best first.

    Args:
        said: by passage id, whether somebody marked it as one that answers this question.
        archive: the folder of the archive, for the command that adds articles.
    """
    if not found.citations:
        yet = texts.nothing_yet.format(command=index_command(archive, texts.folder))
        why_none = texts.nothing_left if found.outcome == "nothing_fits" else yet
        return _wrap(_asked(found, texts.nothing, texts) + notice(why_none), texts)
    if found.answerable:
        before, heading = "", count_of(texts.found, len(found.citations), texts)
    else:
        before, heading = notice(texts.doubtful_hint, texts.doubtful), texts.nearest
    if found.absent_times:
        before += notice(texts.nothing_of.format(times=", ".join(found.absent_times)))
    before += notice(texts.index_again) if found.index_again else ""
    known, words = said or {}, words_of(texts)
    cards = "".join(
        f"<li>{card(one, texts, mark_buttons(one, found.question, known.get(one.passage_id), words))}</li>"
        for one in found.citations
    )
    return _wrap(f'{before}{_asked(found, heading, texts)}<ol class="fs-cards">{cards}</ol>', texts)


def card(citation: Citation, texts: Texts, marks: str = "") -> str:
    """Return one passage with its source, what can be done with it, and why it was chosen; `marks` is HTML."""
    article = citation.article
    url = web_address(article)
    original = external_link(url, texts.original) if url else ""
    sentence = citation.highlights[0] if citation.highlights else None
    address = reader_address(article.id, texts, (citation.start, citation.end), sentence)
    lang = escape(citation.language)
    spoken = replace(article, language=citation.language)
    return (
        f'<article class="fs-card">'
        f'<header><span class="fs-marker">[{citation.marker}]</span>'
        f'<div><h3 lang="{escape(article.language)}" dir="auto">{escape(article.label)}</h3>'
        f'<p class="fs-byline">{_comment(citation, texts)}{byline(spoken, texts)}</p></div></header>'
        f'<blockquote lang="{lang}" dir="auto">'
        f"{marked(citation.quote, citation.start, citation.highlights, citation.matches)}</blockquote>"
        f"{_also(citation, texts)}"
        f'<p class="fs-actions">'
        f'<a href="{escape(address)}" target="_blank" data-fs-reader="{escape(article.label)}">{escape(texts.open)}</a>'
        f'<button type="button" data-fs-citation="{escape(citation_text(citation, texts))}"'
        f' data-fs-done="{escape(texts.copied)}" data-fs-failed="{escape(texts.copy_failed)}">'
        f"{escape(texts.copy)}</button>{original}</p>"
        f"{why(citation, texts)}{marks}"
        f'<p class="fs-file"><bdi>{breakable(article.path)}</bdi> {_missing(citation, texts)}'
        f"<span>{escape(location(article, (citation.start, citation.end), texts))}</span> "
        f'<span title="{escape(article.sha256)}">SHA-256 {escape(article.sha256[:_SHA_SHOWN])}…</span></p>'
        f"</article>"
    )


def _missing(citation: Citation, texts: Texts) -> str:
    """Return the remark that the file of the article is gone."""
    return f"<strong>{escape(texts.file_missing)}</strong> " if citation.file_missing else ""


def _comment(citation: Citation, texts: Texts) -> str:
    """Return the mark of a quote that is a reader's and not the outlet's."""
    return f'<strong class="fs-comment">{escape(texts.comment)}</strong> ' if citation.kind == "comment" else ""


def _also(citation: Citation, texts: Texts) -> str:
    """Return the line that names the other articles which print the passage, each a link to it there."""
    named = ", ".join(_other(other, citation, texts) for other in citation.also)
    return f'<p class="fs-also">{escape(texts.also)} {named}</p>' if named else ""


def _other(article: Article, citation: Citation, texts: Texts) -> str:
    """Return the link to another article that prints the passage: its outlet, the day if known, another headline."""
    day, place = article.published, _place_in(article, citation)
    when = f' (<time datetime="{day.isoformat()}">{long_date(day, texts)}</time>)' if day else ""
    headline = article.title if article.source and article.title != citation.article.title else None
    under = f': <q lang="{escape(article.language)}" dir="auto">{escape(headline)}</q>' if headline else ""
    return (
        f'<bdi><a href="{escape(reader_address(article.id, texts, place))}" target="_blank"'
        f' data-fs-reader="{escape(article.label)}">{escape(article.source or article.label)}</a>{when}{under}</bdi>'
    )


def _place_in(article: Article, citation: Citation) -> Span | None:
    """Return where another article holds the quote or, where its typography is another one, the sentence."""
    sentences = (citation.article.text[start:end] for start, end in citation.highlights)
    for words in (citation.quote, *sentences):
        at = article.text.find(words)
        if at >= 0:
            return at, at + len(words)
    return None


def citation_text(citation: Citation, texts: Texts) -> str:
    """Return the citation as plain text to paste: the quote, who published it and when, and where to check it."""
    article = citation.article
    # a reader wrote it, and not the author of the article below which it stands
    author = texts.comment if citation.kind == "comment" else article.author
    named = ": ".join(part for part in (author, article.label) if part)
    published = ", ".join(
        part for part in (article.source, long_date(article.published, texts) if article.published else "") if part
    )
    place = f"{web_address(article) or article.path}, {location(article, (citation.start, citation.end), texts)}"
    sentences = (named, published, place, f"SHA-256 {article.sha256[:_SHA_SHOWN]}")
    return f"„{citation.quote}“ — " + " ".join(_ended(part) for part in sentences if part).removesuffix(".")


def notice(sentence: str, heading: str = "") -> str:
    """Return a calm box: a sentence and, where nothing says it above the box, what it is about."""
    about = f"<p><strong>{escape(heading)}</strong></p>" if heading else ""
    return f'<div class="fs-notice" role="status">{about}<p>{escape(sentence)}</p></div>'


def error(sentence: str, texts: Texts) -> str:
    """Return the notice that says what went wrong, in a sentence made for the person."""
    return _wrap(notice(sentence, texts.failed), texts)


def said(sentence: str, texts: Texts) -> str:
    """Return a calm box that says what was done."""
    return _wrap(notice(sentence), texts)


def progress(done: int, total: int, texts: Texts) -> str:
    """Return how far an evaluation is; before its first question is asked, that the questions are read."""
    words = words_of(texts)
    told = words.progress.format(done=grouped(done, texts), total=grouped(total, texts)) if done else words.preparing
    value = f' value="{done}"' if done else ""
    bar = f'<progress max="{total}"{value} aria-label="{escape(words.tab)}"></progress>'
    return _wrap(f'<div class="fs-progress">{bar}<span>{escape(told)}</span></div>', texts)


def hint(texts: Texts) -> str:
    """Return the line that says what can be written into a question beside words."""
    return _wrap(f"<p>{escape(texts.operators)}</p>", texts)


def holdings(status: Status, texts: Texts) -> str:
    """Return what the archive holds in one line; for an empty archive, how to fill it."""
    if not status.articles:
        command = index_command(status.folder, texts.folder)
        return _wrap(
            f'<div class="fs-notice"><p><strong>{escape(texts.empty)}</strong></p><p>{escape(texts.empty_hint)}</p>'
            f"<pre><code>{escape(command)}</code></pre></div>",
            texts,
        )
    languages: Counter[str] = Counter()
    for tag, number in status.languages.items():
        languages[tag.partition("-")[0]] += number  # Swiss and other German are one language here
    counted = ", ".join(f"{language_name(tag, texts)} {grouped(n, texts)}" for tag, n in languages.most_common())
    parts = (
        count_of(texts.articles, status.articles, texts),
        count_of(texts.passages, status.passages, texts),
        f"{count_of(texts.languages, len(languages), texts)}: {counted}",
    )
    return _wrap(f'<p class="fs-holdings">{escape(" · ".join(parts))}</p>', texts)


def _asked(found: Answer, heading: str, texts: Texts) -> str:
    """Return the heading over the passages: what they are, the question, and how long it took."""
    total = found.took_ms.get("total")
    took = f"<small>{escape(texts.took.format(ms=grouped(round(total), texts)))}</small>" if total is not None else ""
    question = f'<q lang="{escape(found.language)}" dir="auto">{escape(found.question)}</q>'
    return f'<div role="status"><h2 class="fs-asked"><span>{escape(heading)}</span> {question} {took}</h2></div>'


def _ended(sentence: str) -> str:
    """Return the sentence with a full stop, unless it has its own ending."""
    return sentence if sentence.endswith((".", "!", "?", "…", "。", "！", "？", "؟")) else f"{sentence}."


def _wrap(inner: str, texts: Texts) -> str:
    """Return a section that says in which language our own words are."""
    return f'<section class="fs" lang="{texts.code}">{inner}</section>'
