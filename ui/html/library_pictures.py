"""The archive at a glance as HTML: articles by month, outlet and language, and the frame of the map. Pure functions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from rag.types.library import LibraryCounts
from ui.html.markup import brief, escape
from ui.wording.library import LIBRARY
from ui.wording.library_texts import LibraryTexts
from ui.wording.page import count_of, grouped, language_name
from ui.wording.texts import Texts

# more months than this are drawn as years
_MAX_MONTHS = 60
_MAX_BARS = 8
_BAR_HEIGHT = 90


def pictures(counts: LibraryCounts, texts: Texts) -> str:
    """Return the charts and the place where the map is drawn."""
    words = LIBRARY[texts.code]
    languages = {language_name(tag, texts): (tag, count) for tag, count in counts.languages.items()}
    sources = {name: (name, count) for name, count in counts.sources.items()}
    return (
        f'<div class="fs-pictures" lang="{texts.code}">{_times(counts, texts)}'
        f"{_bars('source', words.by_outlet, sources, texts)}{_bars('language', words.by_language, languages, texts)}"
        f"{_map(words)}</div>"
    )


def _times(counts: LibraryCounts, texts: Texts) -> str:
    words = LIBRARY[texts.code]
    undated = (
        f'<p class="fs-hint">{escape(count_of(words.undated, counts.undated, texts))}</p>' if counts.undated else ""
    )
    if not counts.months:
        return undated
    by_month = _without_gaps(counts.months)
    columns: Mapping[str, int] = by_month
    heading = words.by_month
    if len(by_month) > _MAX_MONTHS:
        years: Counter[str] = Counter()
        for month, count in by_month.items():
            years[month[:4]] += count
        columns, heading = years, words.by_year
    highest = max(columns.values())
    width = 100 / len(columns)
    bars = "".join(
        f'<rect x="{number * width:.3f}%" y="{_BAR_HEIGHT - height:.1f}" width="{max(width * 0.82, 0.2):.3f}%" '
        f'height="{height:.1f}"><title>{escape(name)}: {escape(count_of(words.articles, count, texts))}</title></rect>'
        for number, (name, count) in enumerate(columns.items())
        for height in [max(_BAR_HEIGHT * count / highest, 1.5 if count else 0)]
    )
    first, *_, last = [*columns, *columns]
    peak = max(columns, key=lambda name: columns[name])
    label = f"{heading}: {first} – {last}; {peak}: {count_of(words.articles, columns[peak], texts)}"
    return (
        f'<figure class="fs-times"><h3>{escape(heading)}</h3>'
        f'<svg role="img" aria-label="{escape(label)}" width="100%" height="{_BAR_HEIGHT}">{bars}</svg>'
        f"<figcaption><span>{escape(first)}</span><span>{escape(last)}</span></figcaption>{undated}</figure>"
    )


def _without_gaps(months: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of all months from the first to the last, in order."""
    numbers = [int(month[:4]) * 12 + int(month[5:]) - 1 for month in months]
    names = (f"{number // 12:04}-{number % 12 + 1:02}" for number in range(min(numbers), max(numbers) + 1))
    return {name: months.get(name, 0) for name in names}


def _bars(parameter: str, heading: str, counts: Mapping[str, tuple[str, int]], texts: Texts) -> str:
    """Return horizontal bars, each with a link to the articles that it stands for."""
    words = LIBRARY[texts.code]
    if not counts:
        return ""
    shown, others = list(counts.items())[:_MAX_BARS], list(counts.values())[_MAX_BARS:]
    highest = max(count for _, count in counts.values())
    rows = [(_filter_link(parameter, value, name), count) for name, (value, count) in shown]
    if others:
        rows.append((escape(words.others), sum(count for _, count in others)))
    return f'<div class="fs-bars"><h3>{escape(heading)}</h3><ul>{"".join(_bar(rows, highest, texts))}</ul></div>'


def _bar(rows: Iterable[tuple[str, int]], highest: int, texts: Texts) -> Iterable[str]:
    for label, count in rows:
        share = min(100.0, 100 * count / highest)
        yield (
            f'<li><span dir="auto">{label}</span><span class="fs-bar" aria-hidden="true">'
            f'<span style="width:{share:.1f}%"></span></span><span>{grouped(count, texts)}</span></li>'
        )


def _filter_link(parameter: str, value: str, name: str) -> str:
    query = escape(urlencode({"tab": "library", parameter: value}))
    changes = escape(json.dumps({parameter: [value], "page": None}))
    return f'<a href="./?{query}" data-fs-library="{changes}">{brief(name)}</a>'


def _map(words: LibraryTexts) -> str:
    colours = "".join(f'<option value="{name}">{escape(label)}</option>' for name, label in words.map_colours.items())
    sentences = {
        "computing": words.map_computing,
        "empty": words.map_empty,
        "failed": words.map_failed,
        "unknown": words.unknown,
        "others": words.others,
    }
    return (
        f'<div class="fs-map" id="fs-map" data-fs-words="{escape(json.dumps(sentences))}">'
        f'<h3 id="fs-map-heading">{escape(words.map)}</h3><p class="fs-hint">{escape(words.map_hint)}</p>'
        f'<p><label for="fs-map-colour">{escape(words.map_colour)}</label> '
        f'<select id="fs-map-colour">{colours}</select></p>'
        '<div class="fs-map-field"><canvas tabindex="0" role="application" aria-labelledby="fs-map-heading" '
        'aria-describedby="fs-map-keys fs-map-point" hidden></canvas><p id="fs-map-point" role="status"></p></div>'
        f'<p class="fs-hint fs-hidden" id="fs-map-keys">{escape(words.map_keys)}</p>'
        f'<div id="fs-map-legend" role="group" aria-label="{escape(words.map_legend)}"></div></div>'
    )
