"""The library as HTML: its frame, and the list of articles with search, filters, order and pages. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from rag.storage.library import MAX_COUNTED
from rag.types import Filter
from rag.types.library import (
    FILE_STATES,
    MAX_LOOKED_AT,
    SORT_FACTS,
    LibraryCounts,
    LibraryPage,
    LibraryQuery,
    LibraryRow,
    SortFact,
)
from ui.html.markup import brief, escape
from ui.wording.library import LIBRARY
from ui.wording.library_texts import LibraryTexts
from ui.wording.page import count_of, grouped, language_name, long_date
from ui.wording.texts import Texts

# names that a field of the filters suggests
_MAX_SUGGESTED = 200
# a table reads dates and outlets first from the newest, the rest from A
_DESCENDING_FIRST = ("published", "added", "passages")


@dataclass(frozen=True, slots=True)
class ListState:
    """What the address says of the list: the query, and its parameters as they stand there."""

    query: LibraryQuery
    parameters: Mapping[str, Sequence[str]]


def library_frame(parts: Mapping[str, str], texts: Texts, *, has_pictures: bool) -> str:
    """Return the view: what is added, the run of the indexing, the list and the pictures, each in its element.

    Args:
        parts: the HTML of each, by its name.
        has_pictures: whether there is anything to draw; it is fetched when it is unfolded.
    """
    words = LIBRARY[texts.code]
    elements = "".join(f'<div id="fs-library-{name}">{html}</div>' for name, html in parts.items())
    overview = (
        f'<details id="fs-overview" class="fs-overview"><summary>{escape(words.pictures)}</summary>'
        '<div id="fs-library-pictures"></div></details>'
        if has_pictures
        else ""
    )
    return (
        f'<section class="fs fs-library" lang="{texts.code}" aria-labelledby="fs-library-heading">'
        f'<h2 id="fs-library-heading">{escape(words.heading)}</h2>'
        f'<p id="fs-library-note" role="status" class="fs-library-note"></p>{elements}{overview}</section>'
    )


def library_list(page: LibraryPage, state: ListState, texts: Texts) -> str:
    """Return the search, the filters, the articles of a page and the links to other pages."""
    words = LIBRARY[texts.code]
    if page.total is None and state.query.state in FILE_STATES:
        number = words.looked_at.format(count=grouped(MAX_LOOKED_AT, texts))
    elif page.total is None:
        number = words.many.format(count=grouped(MAX_COUNTED, texts))
    else:
        number = count_of(words.matches, page.total, texts)
    summary = f'<p class="fs-library-count" role="status">{escape(number)}</p>'
    body = (
        f"{_table(page.rows, state, texts)}{_pager(page, state, texts)}"
        if page.rows
        else f'<div class="fs-notice"><p><strong>{escape(words.nothing)}</strong></p>'
        f"<p>{escape(words.nothing_hint)}</p></div>"
    )
    return f"{_search(state, texts)}{_chips(state, texts)}{summary}{body}"


# -- search and filters -----------------------------------------------------------------------------


def _search(state: ListState, texts: Texts) -> str:
    words, query = LIBRARY[texts.code], state.query
    orders = "".join(
        f'<option value="{sign}{fact}"{_selected((fact, sign) == (query.sort, "-" if query.descending else ""))}>'
        f"{escape(words.columns[fact])}, {escape(words.descending if sign else words.ascending)}</option>"
        for fact in SORT_FACTS
        for sign in ("", "-")
    )
    return (
        '<form id="fs-library-form" role="search">'
        f'<p class="fs-library-find"><label for="fs-library-find">{escape(words.find)}</label>'
        f'<input type="search" id="fs-library-find" name="find" value="{escape(query.search)}" dir="auto" '
        f'maxlength="200" autocomplete="off">'
        f"<button>{escape(words.search)}</button></p>"
        f'<p class="fs-library-order"><label for="fs-library-order">{escape(words.sort_by)}</label>'
        f'<select id="fs-library-order" name="order">{orders}</select></p>'
        f'<details id="fs-library-filters" class="fs-library-filters"><summary>{escape(words.filters)}</summary>'
        '<div id="fs-library-fields"></div></details></form>'
    )


def library_filters(query: LibraryQuery, counts: LibraryCounts, texts: Texts) -> str:
    """Return the fields of the filters, which are fetched when they are unfolded.

    Args:
        counts: from which names are suggested, which takes a second in an archive of a million articles.
    """
    words, filter = LIBRARY[texts.code], query.filter
    languages = counts.languages
    tags = list(dict.fromkeys([*languages, *filter.languages]))
    in_language = [(tag, f"{language_name(tag, texts)} ({grouped(languages.get(tag, 0), texts)})") for tag in tags]
    chosen_language = filter.languages[0] if len(filter.languages) == 1 else ""
    comments = " checked" if "comment" in filter.kinds else ""
    return (
        f"{_named('source', words.outlet, counts.sources)}{_named('author', words.author, counts.authors)}"
        f"{_select('language', words.language, [('', words.any_language), *in_language], chosen_language)}"
        f"{_day('since', words.since, filter)}{_day('until', words.until, filter)}"
        f"{_select('state', words.state, [('', words.any_state), *words.states.items()], query.state or '')}"
        f'<p class="fs-check"><label><input type="checkbox" name="kind" value="comment"{comments}> '
        f"{escape(words.with_comments)}</label></p>"
    )


def _named(name: str, label: str, suggested: Mapping[str, int]) -> str:
    """Return a field for a name, which is added to those that are filtered by already."""
    options = "".join(f'<option value="{escape(text)}"></option>' for text in list(suggested)[:_MAX_SUGGESTED])
    return (
        f'<p><label for="fs-library-{name}">{escape(label)}</label>'
        f'<input id="fs-library-{name}" name="{name}" list="fs-library-{name}s" maxlength="200" dir="auto" '
        f'autocomplete="off"><datalist id="fs-library-{name}s">{options}</datalist></p>'
    )


def _select(name: str, label: str, options: Iterable[tuple[str, str]], chosen: str) -> str:
    items = "".join(
        f'<option value="{escape(value)}"{_selected(value == chosen)}>{escape(text)}</option>'
        for value, text in options
    )
    return (
        f'<p><label for="fs-library-{name}">{escape(label)}</label>'
        f'<select id="fs-library-{name}" name="{name}">{items}</select></p>'
    )


def _day(name: str, label: str, filter: Filter) -> str:
    day = filter.since if name == "since" else filter.until
    value = day.isoformat() if day else ""
    return (
        f'<p><label for="fs-library-{name}">{escape(label)}</label>'
        f'<input type="date" id="fs-library-{name}" name="{name}" value="{value}"></p>'
    )


def _selected(is_chosen: bool) -> str:
    return " selected" if is_chosen else ""


def _chips(state: ListState, texts: Texts) -> str:
    """Return the filters that are set, each as a link that removes it."""
    words = LIBRARY[texts.code]
    chips = []
    for name, label in (("find", words.search), ("source", words.outlet), ("author", words.author)):
        chips += [(name, value, f"{label}: {value}") for value in state.parameters.get(name, ())]
    chips += [("language", value, language_name(value, texts)) for value in state.parameters.get("language", ())]
    filter = state.query.filter
    if filter.since:
        chips.append(("since", "", f"{words.since} {long_date(filter.since, texts)}"))
    if filter.until:
        chips.append(("until", "", f"{words.until} {long_date(filter.until, texts)}"))
    if "comment" in filter.kinds:
        chips.append(("kind", "", words.with_comments))
    if state.query.state:
        chips.append(("state", "", words.states[state.query.state]))
    if not chips:
        return ""
    items = ""
    for name, value, text in chips:
        others = [other for other in state.parameters.get(name, ()) if value and other != value]
        label = words.remove_filter.format(name=text)
        items += f"<li>{_link(state, {name: others}, f'<bdi>{escape(text)}</bdi> ×', label)}</li>"
    if len(chips) > 1:
        nothing: dict[str, Sequence[str]] = {name: () for name, _, _ in chips}
        items += f"<li>{_link(state, nothing, escape(words.clear))}</li>"
    return f'<ul class="fs-chips">{items}</ul>'


def _link(
    state: ListState, changes: Mapping[str, Sequence[str]], html: str, label: str = "", attributes: str = ""
) -> str:
    """Return a link to the list with changed parameters; it begins with the first page."""
    changed = {**state.parameters, "page": (), **changes}
    query = urlencode({name: list(values) for name, values in changed.items()}, doseq=True)
    script = escape(json.dumps({"page": None, **{name: list(values) for name, values in changes.items()}}))
    name = f' aria-label="{escape(label)}"' if label else ""
    return f'<a href="./?{escape(query)}" data-fs-library="{script}"{name}{attributes}>{html}</a>'


# -- the table --------------------------------------------------------------------------------------


def _table(rows: Iterable[LibraryRow], state: ListState, texts: Texts) -> str:
    words = LIBRARY[texts.code]
    heads = "".join(_head(fact, state, words) for fact in SORT_FACTS)
    lines = "".join(_row(row, texts) for row in rows)
    return (
        f'<table class="fs-articles" role="table"><caption class="fs-hidden">{escape(words.heading)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}'
        f'<th role="columnheader" scope="col"><span class="fs-hidden">{escape(words.actions)}</span></th></tr></thead>'
        f'<tbody role="rowgroup">{lines}</tbody></table>'
    )


def _head(fact: SortFact, state: ListState, words: LibraryTexts) -> str:
    query = state.query
    is_sorted = fact == query.sort
    descends = not query.descending if is_sorted else fact in _DESCENDING_FIRST
    direction = "descending" if query.descending else "ascending"
    sort = f' aria-sort="{direction}"' if is_sorted else ""
    arrow = ("▾" if query.descending else "▴") if is_sorted else ""
    order = f"{'-' if descends else ''}{fact}"
    label = f'{escape(words.columns[fact])}<span aria-hidden="true"> {arrow}</span>'
    link = _link(state, {"order": [order]}, label, attributes=f' id="fs-sort-{fact}"')
    return f'<th role="columnheader" scope="col" class="fs-{fact}"{sort}>{link}</th>'


def _row(row: LibraryRow, texts: Texts) -> str:
    words = LIBRARY[texts.code]
    day = (
        f'<time datetime="{row.published.isoformat()}">{long_date(row.published, texts)}</time>'
        if row.published
        else ""
    )
    added = f'<time datetime="{row.added.isoformat()}">{long_date(row.added.date(), texts)}</time>' if row.added else ""
    state = "" if row.state == "complete" else escape(words.states[row.state])
    by_hand = escape(words.corrected)
    corrected = f'<span class="fs-by-hand" role="img" aria-label="{by_hand}" title="{by_hand}">✓</span>'
    cells = {
        "title": f'<a href="./?tab=library&amp;article={row.id}&amp;lang={texts.code}" data-fs-open="{row.id}" '
        f'lang="{escape(row.language)}" dir="auto">{brief(row.label)}</a>',
        "source": _text(row.source),
        "author": _text(row.author),
        "published": day,
        "language": escape(language_name(row.language, texts)),
        "passages": grouped(row.passages, texts) if row.passages else "",
        "added": added,
        "state": state,
    }
    tags = "".join(
        f'<td role="cell" class="fs-{fact}">{html}{corrected if fact in row.corrected else ""}</td>'
        for fact, html in cells.items()
    )
    more = (
        f'<button type="button" id="fs-more-{row.id}" data-fs-more="{row.id}" aria-expanded="false" '
        f'aria-label="{escape(words.more_about.format(title=row.label))}">⋯</button>'
    )
    return f'<tr role="row">{tags}<td role="cell" class="fs-more">{more}</td></tr>'


def _text(text: str | None) -> str:
    return f'<span dir="auto">{brief(text)}</span>' if text else ""


def _pager(page: LibraryPage, state: ListState, texts: Texts) -> str:
    """Return the links to the pages before and after; nothing where all articles are on one."""
    words, number = LIBRARY[texts.code], state.query.page
    if number == 1 and not page.has_next:
        return ""
    links = [
        _link(state, {"page": [str(target)] if target > 1 else []}, escape(label), attributes=f' id="fs-page-{name}"')
        for name, target, label, is_there in (
            ("previous", number - 1, f"← {words.previous}", number > 1),
            ("next", number + 1, f"{words.next} →", page.has_next),
        )
        if is_there
    ]
    current = f'<span aria-current="page">{escape(words.page.format(page=grouped(number, texts)))}</span>'
    links.insert(1 if number > 1 else 0, current)
    return f'<nav class="fs-pages" aria-label="{escape(words.pages)}">{"".join(links)}</nav>'
