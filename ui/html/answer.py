"""An answer as HTML: pure functions, so that every word of the page can be tested without a browser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.types import NO_FILTER, Answer, ArticleResult, Filter, ResultList, Sort
from ui.html.card import CardContext, article_card
from ui.html.filters import active_filters, filter_bar
from ui.html.markup import escape
from ui.html.notices import damage_notice, notice, section
from ui.html.own_questions import no_answer_button
from ui.html.saved_questions import save_question_control
from ui.wording.ask import ASK
from ui.wording.page import count_of, grouped
from ui.wording.texts import Texts

_NEAREST = 3
"""Articles that stand in view where none is likely to answer."""


def answer_html(
    listing: ResultList,
    context: CardContext,
    filter: Filter = NO_FILTER,
    sort: Sort = "relevance",
    *,
    limit: int = 20,
    step: int = 20,
) -> str:
    """Return the whole answer: filters, a notice where nothing answers, and the articles, best first.

    Args:
        limit: the number of citations that was asked for.
        step: how many more citations "more results" asks for.
    """
    answer, texts = listing.answer, context.texts
    if not listing.results:
        return section(_nothing(listing, context, filter, sort), texts)
    likely, unlikely = _by_likelihood(listing.results) if answer.answerable else ([], list(listing.results))
    in_view, folded = (likely, unlikely) if likely else (unlikely[:_NEAREST], unlikely[_NEAREST:])
    words = ASK[texts.code]
    title = count_of(words.results_heading, len(in_view), texts) if likely else texts.closest_heading
    more = (
        f'<p class="fs-more"><button type="button" id="fs-more-results" data-fs-limit="{limit + step}">'
        f"{escape(words.more_results)}</button></p>"
        if listing.more
        else ""
    )
    return section(
        f"{_toolbar(listing, context, filter, sort)}{_notices(answer, texts)}{_heading(answer, title, texts)}"
        f"{_cards(in_view, 1, context)}{_less_likely(folded, len(in_view) + 1, context)}{more}"
        f"{no_answer_button(answer.question, texts, pressed=context.unanswerable)}",
        texts,
    )


def _by_likelihood(results: Iterable[ArticleResult]) -> tuple[list[ArticleResult], list[ArticleResult]]:
    """Return the articles with their likely citations, and those with the others; an article can be in both."""
    likely: list[ArticleResult] = []
    unlikely: list[ArticleResult] = []
    for result in results:
        count = result.likely_count
        if count:
            likely.append(ArticleResult(result.citations[:count], count))
        if count < len(result.citations):
            unlikely.append(ArticleResult(result.citations[count:], 0))
    return likely, unlikely


def _cards(results: Sequence[ArticleResult], first: int, context: CardContext) -> str:
    """Return the cards of articles, numbered from `first` on."""
    cards = (article_card(result, number, context) for number, result in enumerate(results, first))
    return f'<ol class="fs-cards">{"".join(f"<li>{card}</li>" for card in cards)}</ol>'


def _less_likely(results: Sequence[ArticleResult], first: int, context: CardContext) -> str:
    if not results:
        return ""
    label = count_of(ASK[context.texts.code].less_likely, len(results), context.texts)
    return (
        f'<details class="fs-less-likely" id="fs-less-likely"><summary>{escape(label)}</summary>'
        f"{_cards(results, first, context)}</details>"
    )


def _nothing(listing: ResultList, context: CardContext, filter: Filter, sort: Sort) -> str:
    """Return why there is no article: filters, the question's own conditions, or an empty archive."""
    answer, texts = listing.answer, context.texts
    heading = f"{damage_notice(answer.damaged, texts)}{_heading(answer, texts.no_passage, texts)}"
    if active_filters(filter, texts):
        words = ASK[texts.code]
        sentence = count_of(words.nothing_with_filters, listing.without_filters, texts)
        remove = f'<button type="button" data-fs-no-filters>{escape(words.remove_all)}</button>'
        bar = _toolbar(listing, context, filter, sort)
        return f'{bar}{heading}<div class="fs-notice" role="status"><p>{escape(sentence)} {remove}</p></div>'
    if answer.outcome == "nothing_fits":
        return heading + notice(texts.nothing_matches)
    return heading + notice(texts.empty_archive)


def _notices(answer: Answer, texts: Texts) -> str:
    """Return what the reader should know before the passages."""
    notices = ""
    if answer.outcome == "doubtful":
        notices = notice(texts.doubtful_hint, texts.doubtful_heading)
    elif answer.outcome == "unrelated":
        notices = notice(texts.unrelated_hint, texts.unrelated_heading)
    if answer.absent_times:
        notices += notice(texts.absent_times.format(times=", ".join(answer.absent_times)))
    if answer.prefers_newest:
        notices += notice(texts.newest_preferred)
    notices += notice(texts.index_again) if answer.index_again else ""
    return notices + damage_notice(answer.damaged, texts)


def _toolbar(listing: ResultList, context: CardContext, filter: Filter, sort: Sort) -> str:
    """Return the filters, the order, and the button that saves the question: one stop of the Tab key."""
    code = context.texts.code
    save = save_question_control(code, is_saved=context.is_question_saved, in_toolbar=True)
    return filter_bar(listing.facets, filter, sort, context.texts, save)


def _heading(answer: Answer, title: str, texts: Texts) -> str:
    """Return the heading of the articles: how many, the question, and how long it took."""
    total = answer.took_ms.get("total")
    duration = texts.duration.format(ms=grouped(round(total), texts)) if total is not None else ""
    small = f"<small>{escape(duration)}</small>" if duration else ""
    question = f'<q lang="{escape(answer.language)}" dir="auto">{escape(answer.question)}</q>'
    return f'<div role="status"><h2 class="fs-asked"><span>{escape(title)}</span> {question} {small}</h2></div>'
