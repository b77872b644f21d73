"""The reader as HTML: an article with the passages of a question, what is known of it, and where it came from.

The same fragment is shown beside the answer and as a page of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote, urlencode

from rag.search.similar import SimilarArticle
from rag.text.similarity import Version
from rag.text.word_diff import WordChange
from rag.types import Article, Span
from rag.verification import ArticleVerification
from ui.html.article_text import NO_MARKING, Marking, article_text
from ui.html.cite import cite_button, passage_to_cite
from ui.html.difference import difference
from ui.html.markup import breakable, brief, byline, escape, external_link, reader_address, web_address
from ui.html.save import save_buttons
from ui.wording.page import language_name, long_date
from ui.wording.reader import READER, ReaderWords
from ui.wording.reasons import reason_sentence
from ui.wording.texts import Texts

# a longer one is whole among the facts
_MAX_HEADLINE = 5_000


@dataclass(frozen=True, slots=True)
class FileAccess:
    """What the reader may offer of an article's file: the file itself, and pictures of its pages."""

    file: bool = False
    pages: bool = False


NO_ACCESS = FileAccess()


def reader_fragment(
    article: Article,
    texts: Texts,
    marking: Marking = NO_MARKING,
    access: FileAccess = NO_ACCESS,
    *,
    heading_level: int = 2,
    saved: Collection[Span] = (),
) -> str:
    """Return an article with its passages marked, its facts, and room for what is fetched later.

    Args:
        heading_level: that of the headline.
        saved: the passages that are in a dossier.
    """
    words = READER[texts.code]
    lang = escape(article.language)
    label = escape(article.label)
    facts = byline(article, texts)
    return (
        f'<article class="fs fs-reader" lang="{texts.code}" data-fs-title="{label}">'
        f"{_bar(article, marking, saved, words, texts)}"
        f'<header><h{heading_level} class="fs-headline" lang="{lang}" dir="auto" tabindex="-1">'
        f"{brief(article.label, _MAX_HEADLINE)}</h{heading_level}>"
        f'<p class="fs-byline">{facts}</p>{_links(article, marking, access, words, texts)}</header>'
        f'<div class="fs-text" lang="{lang}">'
        f"{article_text(article, marking, words, texts.code, heading_level + 1)}</div>"
        f"<footer>{_facts(article, words, texts)}"
        f'<div data-fs-load="{escape(_address(article, "related", texts))}" aria-busy="true"></div></footer></article>'
    )


def _bar(article: Article, marking: Marking, saved: Collection[Span], words: ReaderWords, texts: Texts) -> str:
    """Return what stays in view: the headline, the passages of the question, and the search in the text."""
    count = len(marking.passages)
    passages = ""
    if count:
        position = words.passage_position.format(number=marking.current + 1, count=count)
        hidden = " disabled" if count == 1 else ""
        evidence = _evidence(article, marking, saved, texts)
        passages = (
            f'<div class="fs-passages" data-fs-position="{escape(words.passage_position)}">'
            f'<button type="button" data-fs-previous-mark title="{escape(words.previous_passage)} (p)"'
            f' aria-label="{escape(words.previous_passage)}"{hidden}>‹</button>'
            f'<span role="status">{escape(position)}</span>'
            f'<button type="button" data-fs-next-mark title="{escape(words.next_passage)} (n)"'
            f' aria-label="{escape(words.next_passage)}"{hidden}>›</button></div>{evidence}'
        )
    return (
        f'<div class="fs-reader-bar"><p aria-hidden="true" lang="{escape(article.language)}" dir="auto">'
        f"{brief(article.label)}</p>"
        f'<div>{passages}<form class="fs-find" role="search"'
        f' data-fs-position="{escape(words.match_position)}" data-fs-none="{escape(words.no_match)}">'
        f'<input type="search" aria-label="{escape(words.find)}" placeholder="{escape(words.find)}"'
        f' autocomplete="off" spellcheck="false"><span role="status"></span>'
        f'<button type="button" data-fs-match="-1" aria-label="{escape(words.previous_match)}" hidden>‹</button>'
        f'<button type="button" data-fs-match="1" aria-label="{escape(words.next_match)}" hidden>›</button>'
        f"</form></div></div>"
    )


def _evidence(article: Article, marking: Marking, saved: Collection[Span], texts: Texts) -> str:
    """Return the buttons that cite and save the current passage."""
    span = marking.passages[marking.current].span
    sentence = next((each for each in marking.sentences if span[0] <= each[0] < each[1] <= span[1]), None)
    return (
        f'<div class="fs-evidence">{cite_button(passage_to_cite(article.id, span, sentence), texts)}'
        f"{save_buttons(article.id, span, sentence, texts, saved=saved)}</div>"
    )


def _links(article: Article, marking: Marking, access: FileAccess, words: ReaderWords, texts: Texts) -> str:
    """Return the ways to the original: on the web, the file, its page, and the check of the file."""
    url = web_address(article)
    span = marking.passages[marking.current].span if marking.passages else None
    own_tab = reader_address(article.id, texts, span)
    parts = [external_link(url, words.web)] if url else []
    if access.pages:
        page = article.page_at(span[0] if span else 0)
        label = words.show_page.format(page=page)
        parts.append(_fetch_button(label, _address(article, "page", texts, span, page=page), "fs-source"))
    if access.file:
        parts.append(f'<a href="{escape(_address(article, "file", texts))}" target="_blank">{escape(words.file)}</a>')
    parts += [
        _fetch_button(words.check, _address(article, "check", texts), "fs-source"),
        f'<a href="{escape(own_tab)}" target="_blank" class="fs-own-tab">{escape(words.own_tab)}</a>',
    ]
    return f'<p class="fs-actions">{"".join(parts)}</p><div class="fs-source" role="status"></div>'


def _fetch_button(label: str, address: str, target: str) -> str:
    """Return a button that fetches a fragment into the next element of a class, and empties it when pressed again."""
    return (
        f'<button type="button" aria-expanded="false" data-fs-fetch="{escape(address)}" data-fs-into="{target}">'
        f"{escape(label)}</button>"
    )


def _address(article: Article, name: str, texts: Texts, span: Span | None = None, **query: object) -> str:
    """Return the address of a part of the reader, relative to that of the page."""
    offsets = {"start": span[0], "end": span[1]} if span else {}
    return f"article/{quote(article.id, safe='')}/{name}?{urlencode({**query, **offsets, 'lang': texts.code})}"


def _facts(article: Article, words: ReaderWords, texts: Texts) -> str:
    """Return what is known of an article, each fact with where it was read."""
    day = article.published
    url = web_address(article)
    values = {
        "title": escape(article.title or ""),
        "source": escape(article.source or ""),
        "author": escape(article.author or ""),
        "published": f'<time datetime="{day.isoformat()}">{long_date(day, texts)}</time>' if day else "",
        "place": escape(article.place or ""),
        "language": escape(language_name(article.language, texts)),
        "url": external_link(url, url) if url else escape(article.url or ""),
        "text": "",
        "file": breakable(article.path),
        "sha256": escape(article.sha256),
    }
    rows = ""
    for name, value in values.items():
        origin = article.origins.get(name, "")
        where = f"<small>{escape(words.origin_labels.get(origin, origin))}</small>" if origin else ""
        if value or where:
            rows += f"<div><dt>{escape(words.field_labels[name])}</dt><dd><bdi>{value}</bdi> {where}</dd></div>"
    if unread := article.origins.get("unread"):
        reason = reason_sentence(unread, texts)
        label = escape(words.field_labels["unread"])
        rows += f'<div><dt>{label}</dt><dd lang="{reason.lang}">{escape(reason.text)}</dd></div>'
    heading = escape(words.facts_heading)
    return f'<details class="fs-facts" id="fs-facts"><summary>{heading}</summary><dl>{rows}</dl></details>'


def related_articles(
    article: Article,
    duplicates: Sequence[Article],
    versions: Sequence[Version],
    similar: Sequence[SimilarArticle],
    texts: Texts,
) -> str:
    """Return the articles with the same text, those that share much of it, and those about the same matter."""
    words = READER[texts.code]
    same = [_link(copy, texts) for copy in duplicates]
    shared = [_version(article, version, words, texts) for version in versions]
    near = [_link(neighbour.article, texts, (neighbour.passage.start, neighbour.passage.end)) for neighbour in similar]
    lists = {words.same_text_heading: same, words.versions_heading: shared, words.similar_heading: near}
    return "".join(
        f'<section class="fs-related"><h2>{escape(heading)}</h2><ul><li>{"</li><li>".join(entries)}</li></ul></section>'
        for heading, entries in lists.items()
        if entries
    )


def _version(article: Article, version: Version, words: ReaderWords, texts: Texts) -> str:
    percent = f"{version.shared * 100:.0f}\u00a0%" if texts.code == "de" else f"{version.shared:.0%}"
    compare = _fetch_button(
        words.compare, _address(article, "difference", texts, version=version.article.id), "fs-versions-difference"
    )
    return (
        f"{_link(version.article, texts)} <small>{escape(words.common_text.format(percent=percent))}</small> {compare}"
        f'<div class="fs-versions-difference" role="status"></div>'
    )


def _link(article: Article, texts: Texts, span: Span | None = None) -> str:
    facts = byline(article, texts)
    return (
        f'<a href="{escape(reader_address(article.id, texts, span))}" data-fs-reader="{escape(article.label)}"'
        f' lang="{escape(article.language)}" dir="auto">{brief(article.label)}</a>'
        + (f'<span class="fs-byline">{facts}</span>' if facts else "")
    )


def versions_difference(changes: Sequence[WordChange], language: str, texts: Texts) -> str:
    """Return what differs between two versions of an article."""
    words = READER[texts.code]
    return _legend(words.this_version, words.other_version, words) + difference(changes, language, words, texts)


def check_result(check: ArticleVerification, language: str, texts: Texts) -> str:
    """Return what a check of an article's file came to, in a sentence, with the words that changed."""
    words = READER[texts.code]
    if check.state == "missing" and check.sha256:
        sentence = words.article_gone
    else:
        sentence = words.states[check.state].format(path=check.path)
    sign = "✓" if check.state in ("unchanged", "moved") else "✗"
    html = f'<p class="fs-check"><span aria-hidden="true">{sign}</span> {breakable(sentence)}'
    if check.file_changed and check.state == "unchanged":
        html += f" {escape(words.file_changed)}"
    html += "</p>"
    if check.problem:
        problem = reason_sentence(check.problem, texts)
        html += f'<p lang="{problem.lang}">{escape(problem.text)}</p>'
    if check.sha256:
        html += f'<p class="fs-hash">SHA-256 {escape(check.sha256)}</p>'
    if check.changes:
        html += _legend(words.in_archive, words.in_file, words) + difference(check.changes, language, words, texts)
    return html


def _legend(before: str, after: str, words: ReaderWords) -> str:
    return f'<p class="fs-legend">{escape(words.removed_added.format(before=before, after=after))}</p>'


def page_figure(article: Article, span: Span | None, number: int, size: tuple[int, int], texts: Texts) -> str:
    """Return the picture of a page of the file, whose size in pixels is known."""
    words = READER[texts.code]
    address = _address(article, "page.png", texts, span, page=number)
    label = escape(words.page_picture.format(page=number))
    return (
        f'<figure class="fs-page"><img src="{escape(address)}" width="{size[0]}" height="{size[1]}" alt="{label}">'
        f"<figcaption>{escape(PurePath(article.path).name)} · "
        f"{escape(texts.page_number.format(page=number))}</figcaption></figure>"
    )
