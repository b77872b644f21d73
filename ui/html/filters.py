"""The filters of an answer as HTML: menus with counts, a histogram, and chips of what is chosen. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from rag.types import Facets, Filter, Sort
from ui.html.histogram import histogram
from ui.html.markup import brief, escape
from ui.wording.ask import ASK
from ui.wording.page import grouped, language_name, long_date
from ui.wording.texts import Texts

_DEFAULT = ("kind", "article")  # what is searched without a filter
_MAX_VALUES = 40  # of a menu; the most frequent come first


def filter_bar(facets: Facets, filter: Filter, sort: Sort, texts: Texts, controls: str = "") -> str:
    """Return the toolbar of menus and further controls, and under it the chips of the filters in use."""
    words = ASK[texts.code]
    days = (filter.since, filter.until)
    menus = [
        _menu("period", words.period, _period(facets, filter, texts), is_active=any(days)),
        _choice("source", words.source, facets.sources, filter.exact_sources, texts),
        _choice("language", words.language, facets.languages, filter.languages, texts),
        _choice("author", words.author, facets.authors, filter.exact_authors, texts),
        _choice("kind", words.kind, facets.kinds, filter.kinds, texts),
        _menu("sort", words.sorts[sort], _sorts(sort, texts), is_active=False),
    ]
    shown = [menu for menu in menus if menu]
    # one stop for the Tab key; arrow keys reach the others
    bar = "".join(menu.replace('tabindex="-1"', 'tabindex="0"', 1) if not number else menu
                  for number, menu in enumerate(shown))  # fmt: skip
    toolbar = f'<div id="fs-filters" role="toolbar" aria-label="{escape(words.filters)}">{bar}{controls}</div>'
    return toolbar + _chips(filter, texts)


def active_filters(filter: Filter, texts: Texts) -> list[tuple[str, str, str]]:
    """Return the filters in use: the parameter of the address, its value, and the label."""
    words = ASK[texts.code]
    active = []
    if filter.since:
        label = words.from_day.format(day=long_date(filter.since, texts))
        active.append(("since", filter.since.isoformat(), label))
    if filter.until:
        active.append(("until", filter.until.isoformat(), words.to_day.format(day=long_date(filter.until, texts))))
    active += [("source", name, name) for name in filter.exact_sources]
    active += [("language", tag, language_name(tag, texts)) for tag in filter.languages]
    active += [("author", name, name) for name in filter.exact_authors]
    # articles are searched anyway
    return active + [("kind", kind, words.kinds[kind]) for kind in filter.kinds if kind != "article"]


def _menu(name: str, label: str, content: str, *, is_active: bool) -> str:
    state = " data-fs-active" if is_active else ""
    return (
        f'<details class="fs-menu" id="fs-menu-{name}" name="fs-menu"{state}><summary data-fs-stop tabindex="-1"'
        f' id="fs-menu-{name}-label">{escape(label)}</summary><form class="fs-menu-box">{content}</form></details>'
    )


def _choice(name: str, label: str, counts: Mapping[str, int], chosen: Sequence[str], texts: Texts) -> str:
    """Return a menu of values to tick; nothing where there is no choice."""
    is_active = any((name, value) != _DEFAULT for value in chosen)
    if len(counts) <= 1 and not is_active:
        return ""
    values = dict.fromkeys(chosen) | dict.fromkeys(list(counts)[:_MAX_VALUES])
    # how many articles of the list would have another value is not known before it is chosen
    shown = {value: counts.get(value, 0) for value in values if value in chosen or not chosen}
    rows = "".join(_tick(name, value, shown.get(value), value in chosen, texts) for value in values)
    legend = f'<legend class="fs-hidden">{escape(label)}</legend>'
    return _menu(name, label, f"<fieldset>{legend}{rows}</fieldset>", is_active=is_active)


def _tick(name: str, value: str, count: int | None, is_chosen: bool, texts: Texts) -> str:
    labels = {"language": language_name(value, texts), "kind": ASK[texts.code].kinds.get(value, value)}
    checked = " checked" if is_chosen else ""
    return (
        f'<label><input type="checkbox" id="fs-{name}-{escape(_identifier(value))}" name="{name}"'
        f' value="{escape(value)}"{checked}><bdi>{brief(labels.get(name, value))}</bdi>'
        f"{'' if count is None else f'<small>{grouped(count, texts)}</small>'}</label>"
    )


def _period(facets: Facets, filter: Filter, texts: Texts) -> str:
    words = ASK[texts.code]
    fields = "".join(
        f'<label>{escape(label)} <input type="date" id="fs-{name}" name="{name}" value="{day or ""}"></label>'
        for name, label, day in (("since", words.since, filter.since), ("until", words.until, filter.until))
    )
    bars = histogram(facets.months, (filter.since, filter.until), words, texts)
    return f'{bars}<div class="fs-days">{fields}</div>'


def _sorts(sort: Sort, texts: Texts) -> str:
    words = ASK[texts.code]
    rows = "".join(
        f'<label><input type="radio" id="fs-sort-{name}" name="sort" value="{"" if name == "relevance" else name}"'
        f"{' checked' if name == sort else ''}>{escape(label)}</label>"
        for name, label in words.sorts.items()
    )
    return f'<fieldset><legend class="fs-hidden">{escape(words.sort)}</legend>{rows}</fieldset>'


def _chips(filter: Filter, texts: Texts) -> str:
    words, chips = ASK[texts.code], list(_chip_buttons(filter, texts))
    if not chips:
        return ""
    if len(chips) > 1:
        chips.append(f'<li><button type="button" data-fs-no-filters>{escape(words.remove_all)}</button></li>')
    return f'<ul class="fs-chips" aria-label="{escape(words.active_filters)}">{"".join(chips)}</ul>'


def _chip_buttons(filter: Filter, texts: Texts) -> Iterator[str]:
    for name, value, label in active_filters(filter, texts):
        description = ASK[texts.code].remove_filter.format(value=label)
        yield (
            f'<li><button type="button" data-fs-remove="{escape(json.dumps([name, value]))}"'
            f' aria-label="{escape(description)}"><bdi>{brief(label)}</bdi> <span aria-hidden="true">✕</span>'
            "</button></li>"
        )


def _identifier(value: str) -> str:
    """Return a value as part of an element's id, by which its focus is found again."""
    return value.encode().hex()
