"""The view of saved questions and of the history as HTML: pure functions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from rag.storage.history_records import AskedQuestion
from rag.types import Citation, Filter, Outcome
from rag.types.saved import Look, SavedQuestion
from ui.html.markup import brief, byline, escape, highlighted, reader_address
from ui.html.notices import damage_notice, section
from ui.html.question_address import filter_words, question_query
from ui.wording.page import count_of, long_date
from ui.wording.questions import QUESTION_WORDS
from ui.wording.texts import Texts


def save_question_control(code: str, *, is_saved: bool = False, in_toolbar: bool = False) -> str:
    """Return the button that saves the question in the address; scripts/questions.js carries it out.

    Args:
        in_toolbar: whether arrow keys reach it, and not the Tab key.
    """
    words = QUESTION_WORDS[code]
    label, pressed = (words.saved_done, " disabled") if is_saved else (words.save, "")
    stop = ' id="fs-save-question" data-fs-stop tabindex="-1"' if in_toolbar else ""
    return (
        f'<button type="button" class="fs-save-question" data-fs-save-question=""{stop}{pressed} '
        f'data-fs-done="{escape(words.saved_done)}">{escape(label)}</button>'
    )


def private_mark(code: str) -> str:
    """Return the link that is seen wherever questions are not noted, and leads to the switch."""
    return f'<a class="fs-private" href="./?{urlencode({"tab": "questions", "lang": code})}">' + (
        f"{escape(QUESTION_WORDS[code].private_on)}</a>"
    )


def questions_view(
    saved: Sequence[SavedQuestion],
    waiting: frozenset[str],
    history: Sequence[AskedQuestion],
    texts: Texts,
    *,
    has_more: bool = False,
    private: bool = False,
) -> str:
    """Return the view: what was saved, and what was asked.

    Args:
        waiting: the names of the saved questions of which it is not known yet whether they have new passages.
        has_more: whether there are older questions than those in `history`.
    """
    return section(_saved_section(saved, waiting, texts) + _history(history, texts, has_more, private), texts)


def _saved_section(saved: Sequence[SavedQuestion], waiting: frozenset[str], texts: Texts) -> str:
    words = QUESTION_WORDS[texts.code]
    rows = "".join(_saved_row(question, question.name in waiting, texts) for question in saved)
    body = f'<ul class="fs-questions">{rows}</ul>' if saved else f'<p class="fs-none">{escape(words.saved_empty)}</p>'
    return f'<h2 id="fs-saved">{escape(words.saved_heading)}</h2>{body}'


def _saved_row(question: SavedQuestion, is_waiting: bool, texts: Texts) -> str:
    words = QUESTION_WORDS[texts.code]
    name = "" if question.name == question.question else f'<strong dir="auto">{escape(question.name)}</strong> '
    state = "" if is_waiting else nothing_new(question, texts)
    waiting = f' data-fs-new="{escape(question.name)}"' if is_waiting else ""
    return (
        f'<li><p class="fs-stored-question">{name}{_link(question.question, question.filter, texts)}'
        f"{_filters(question.filter, texts)}</p>"
        f'<div class="fs-news"{waiting} role="status">{state}</div>'
        f'<button type="button" data-fs-post="saved/remove" data-fs-body="{_json(name=question.name)}">'
        f"{escape(words.remove)}{_about(question.name)}</button></li>"
    )


def nothing_new(question: SavedQuestion, texts: Texts) -> str:
    """Return the line that says since when nothing is new."""
    words = QUESTION_WORDS[texts.code]
    return f"<p>{escape(words.nothing_new.format(day=_time(question.look_time, texts)))}</p>"


def news(look: Look, texts: Texts) -> str:
    """Return the passages of a saved question that are new, folded under their number, and what is missing."""
    words = QUESTION_WORDS[texts.code]
    damaged = damage_notice(look.damaged, texts)
    if not look.new:
        return damaged + nothing_new(look.question, texts)
    of_articles: dict[str, list[Citation]] = {}
    for citation in look.new:
        of_articles.setdefault(citation.article.id, []).append(citation)
    articles = "".join(f"<li>{_article(citations, texts)}</li>" for citations in of_articles.values())
    body = _json(name=look.question.name, state=str(look.state))
    return (
        f"{damaged}<details><summary>{escape(count_of(words.new, len(look.new), texts))}</summary>"
        f"<ol>{articles}</ol></details>"
        f'<button type="button" data-fs-post="saved/seen" data-fs-body="{body}">{escape(words.mark_seen)}'
        f"{_about(look.question.name)}</button>"
    )


def _article(citations: Sequence[Citation], texts: Texts) -> str:
    """Return an article with the best of its new passages, or its answering sentence, and how many more there are."""
    best, article = citations[0], citations[0].article
    sentence = best.highlights[0] if best.highlights else None
    address = reader_address(article.id, texts, (best.start, best.end), sentence)
    start, end = sentence or (best.start, best.end)
    quote = highlighted(article.text[start:end], start, (), best.matches)
    more = count_of(QUESTION_WORDS[texts.code].more, len(citations) - 1, texts) if len(citations) > 1 else ""
    return (
        f'<h3 lang="{escape(article.language)}" dir="auto"><a href="{escape(address)}" target="_blank" '
        f'data-fs-reader="{escape(article.label)}">{brief(article.label)}</a></h3>'
        f'<p class="fs-byline">{byline(article, texts)}</p>'
        f'<blockquote lang="{escape(best.language)}" dir="auto">{quote}</blockquote>'
        f"{f'<p>{escape(more)}</p>' if more else ''}"
    )


def _history(history: Sequence[AskedQuestion], texts: Texts, has_more: bool, private: bool) -> str:
    words = QUESTION_WORDS[texts.code]
    switch = (
        f'<label class="fs-switchable"><input type="checkbox" data-fs-setting="private"{" checked" if private else ""}>'
        f" {escape(words.private)} <small>{escape(words.private_hint)}</small></label>"
    )
    if history:
        body = (
            f'<ul class="fs-questions">{history_rows(history, texts, has_more=has_more)}</ul>'
            f'<details class="fs-clear"><summary>{escape(words.clear)}</summary>'
            f'<button type="button" data-fs-post="history/clear" data-fs-body="{{}}">{escape(words.clear_sure)}'
            "</button></details>"
        )
    else:
        body = f'<p class="fs-none">{escape(words.history_off if private else words.history_empty)}</p>'
    return f'<h2 id="fs-history">{escape(words.history_heading)}</h2>{switch}{body}'


def history_rows(history: Sequence[AskedQuestion], texts: Texts, *, has_more: bool) -> str:
    """Return questions as rows of a list, and after them the button for older ones."""
    words = QUESTION_WORDS[texts.code]
    rows = "".join(_history_row(question, texts) for question in history)
    if has_more:
        last = history[-1].id
        rows += f'<li class="fs-older"><button type="button" data-fs-older="{last}">{escape(words.older)}</button></li>'
    return rows


def _history_row(entry: AskedQuestion, texts: Texts) -> str:
    words = QUESTION_WORDS[texts.code]
    outcome = _outcome(entry.outcome, entry.results, texts)
    query = question_query(entry.question, entry.filter)
    return (
        f'<li><p class="fs-stored-question">{_link(entry.question, entry.filter, texts)}{_filters(entry.filter, texts)}'
        f'<small><time datetime="{escape(entry.time)}">{escape(_time(entry.time, texts))}</time> · {escape(outcome)}'
        f'</small></p><button type="button" data-fs-save-question="{escape(query)}" '
        f'data-fs-done="{escape(words.saved_done)}">{escape(words.save)}{_about(entry.question)}</button>'
        f'<button type="button" data-fs-post="history/delete" data-fs-body="{_json(id=entry.id)}">'
        f"{escape(words.delete)}{_about(entry.question)}</button></li>"
    )


def _outcome(outcome: Outcome, results: int, texts: Texts) -> str:
    words = QUESTION_WORDS[texts.code]
    if outcome == "answered":
        return count_of(words.articles, results, texts)
    return words.doubtful if outcome in ("doubtful", "unrelated") else words.nothing


def _link(question: str, filter: Filter, texts: Texts) -> str:
    query = f"{question_query(question, filter)}&lang={texts.code}"
    return f'<a href="./?{escape(query)}" dir="auto" data-fs-go>{escape(question)}</a>'


def _filters(filter: Filter, texts: Texts) -> str:
    parts = "".join(f" · <bdi>{escape(part)}</bdi>" for part in filter_words(filter, texts))
    return f"<small>{parts.removeprefix(' · ')}</small>" if parts else ""


def _about(name: str) -> str:
    """Return what a button is about, for those who do not see where it stands."""
    return f'<span class="fs-hidden" dir="auto">: {escape(name)}</span>'


def _time(time: str, texts: Texts) -> str:
    """Return a time of this computer: today's hour and minute, or the day."""
    local = datetime.fromisoformat(time).astimezone()
    if local.date() == datetime.now().astimezone().date():
        return f"{local:%H:%M}"
    return long_date(local.date(), texts)


def _json(**values: object) -> str:
    return escape(json.dumps(values))
