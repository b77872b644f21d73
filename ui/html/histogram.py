"""A small histogram of articles by month or year, on which a period can be chosen. Pure functions."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ui.html.markup import escape
from ui.wording.ask import AskTexts
from ui.wording.page import count_of
from ui.wording.texts import Texts

_WIDTH, _HEIGHT, _GAP = 320.0, 56.0, 1.0
_MAX_MONTHS = 36  # more would be thinner bars than a finger can hit
_MAX_YEARS = 60
_MONTHS_OF_YEAR = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A period with its number of articles."""

    label: str
    first: date
    last: date
    count: int


def bars_of(months: Mapping[str, int], texts: Texts) -> list[Bar]:
    """Return a bar for each month, such as 2024-03, or for each year, or decade, where there would be too many.

    Months and years without articles between the first and the last are bars, too.
    """
    if not months:
        return []
    counts = Counter({_month_number(month): count for month, count in months.items()})
    first, last = min(counts), max(counts)
    if last - first < _MAX_MONTHS:
        return [_bar(number, number, counts[number], _month_label(number, texts)) for number in range(first, last + 1)]
    first_year, last_year = first // _MONTHS_OF_YEAR, last // _MONTHS_OF_YEAR
    step = 1 if last_year - first_year < _MAX_YEARS else 10
    starts = range(first_year - first_year % step, last_year + 1, step)
    bars = []
    for start in starts:
        year, end = max(start, date.min.year), min(start + step - 1, date.max.year)
        numbers = range(year * _MONTHS_OF_YEAR, (end + 1) * _MONTHS_OF_YEAR)
        label = str(year) if step == 1 else f"{year}–{end}"
        bars.append(_bar(numbers[0], numbers[-1], sum(counts[number] for number in numbers), label))
    return bars


def histogram(months: Mapping[str, int], period: tuple[date | None, date | None], words: AskTexts, texts: Texts) -> str:
    """Return the histogram as SVG, with the bars in the chosen period dark; nothing without two bars."""
    bars = bars_of(months, texts)
    if len(bars) <= 1:
        return ""
    width, highest = _WIDTH / len(bars), max(bar.count for bar in bars)
    marks = "".join(
        _mark(number, bar, width, highest, period, words=words, texts=texts) for number, bar in enumerate(bars)
    )
    axis = f"<p aria-hidden='true'><span>{escape(bars[0].label)}</span><span>{escape(bars[-1].label)}</span></p>"
    return (
        f'<figure class="fs-histogram"><svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" preserveAspectRatio="none"'
        f' aria-label="{escape(_summary(bars, words, texts))}">{marks}</svg>{axis}'
        f"<figcaption>{escape(words.histogram_hint)}</figcaption></figure>"
    )


def _mark(
    number: int,
    bar: Bar,
    width: float,
    highest: int,
    period: tuple[date | None, date | None],
    *,
    words: AskTexts,
    texts: Texts,
) -> str:
    since, until = period
    is_inside = (since is None or bar.last >= since) and (until is None or bar.first <= until)
    height = max(2.0, (_HEIGHT - 4) * bar.count / highest) if bar.count else 0.0
    title = f"{bar.label}: {count_of(words.results_heading, bar.count, texts)}"
    left = number * width
    return (
        f'<g data-fs-since="{bar.first}" data-fs-until="{bar.last}"{"" if is_inside else " data-fs-outside"}>'
        f"<title>{escape(title)}</title>"
        f'<rect class="fs-bar-area" x="{left:.2f}" y="0" width="{width:.2f}" height="{_HEIGHT:g}"/>'
        f'<rect x="{left + _GAP / 2:.2f}" y="{_HEIGHT - height:.2f}" width="{max(width - _GAP, 0.5):.2f}"'
        f' height="{height:.2f}"/></g>'
    )


def _summary(bars: Sequence[Bar], words: AskTexts, texts: Texts) -> str:
    """Return what the picture shows, in words."""
    fullest = max(bars, key=lambda bar: bar.count)
    count = count_of(words.results_heading, fullest.count, texts)
    return f"{words.histogram}: {bars[0].label} – {bars[-1].label}, max. {fullest.label}: {count}"


def _bar(first: int, last: int, count: int, label: str) -> Bar:
    year, month = divmod(last, _MONTHS_OF_YEAR)
    end = date(year, month + 1, monthrange(year, month + 1)[1])
    year, month = divmod(first, _MONTHS_OF_YEAR)
    return Bar(label, date(year, month + 1, 1), end, count)


def _month_number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * _MONTHS_OF_YEAR + int(number) - 1


def _month_label(number: int, texts: Texts) -> str:
    year, month = divmod(number, _MONTHS_OF_YEAR)
    return f"{texts.months.split()[month]} {year}"
