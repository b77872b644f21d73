"""Figures of a run: values → SVG. Pure functions; every figure has its numbers as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rag.evaluation.measures.abstention import risk_coverage
from rag.evaluation.measures.comparison import Difference
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Slice
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.reports.english import ENGLISH
from rag.evaluation.reports.svg import FAINT, INK, QUIET, SECONDARY, Write, figure, short
from rag.evaluation.reports.texts import ReportTexts
from rag.evaluation.reports.wording import bounds, slice_value
from rag.evaluation.runs.results import DEPTH
from rag.evaluation.types import Result
from rag.search.confidence import THRESHOLD

ACCENT = "#2a8a85"
"""Between the page's accents of light and dark: its contrast with either ground is 4 or more."""
VALUES = 12
"""At most this many values of a dimension are drawn, the first ones."""
LANGUAGES = 16
"""At most this many languages are drawn on each side of the matrix, those with the most questions."""

_ALPHA = {ACCENT: 1.0, INK: 0.45}
_ROW, _LABELS = 25, 148
_CELL, _CELL_HEIGHT = 42, 34
# coordinates of labels next to the axes, at the height of a row
_SIDES = ("axes fraction", "data")
# two shares that differ by less are equal
_TOLERANCE = 1e-9
# a label nearer to an edge than this share of the width is aligned with the edge
_EDGE = 0.3


def measure_bars(measures: Mapping[str, Interval], texts: ReportTexts = ENGLISH) -> str:
    """Draw the means of measures as bars with their intervals."""
    return _bars(texts.means_title, measures, {}, texts)


def slice_bars(dimension: str, slices: Mapping[str, Slice], texts: ReportTexts = ENGLISH) -> str:
    """Draw the main measure by the values of a dimension, with the number of questions."""
    first = {slice_value(dimension, label, texts): part for label, part in list(slices.items())[:VALUES]}
    counts = {label: texts.number(part.questions, ",") for label, part in first.items()}
    title = texts.slices_title.format(measure=MAIN, dimension=texts.dimensions.get(dimension, dimension))
    return _bars(title, {label: part.mean for label, part in first.items()}, counts, texts)


def rank_histogram(results: Iterable[Result], texts: ReportTexts = ENGLISH) -> str:
    """Draw how many answerable questions have their first right result at each rank."""
    ranks = Counter(
        next((rank for rank, item in enumerate(result.shown[:DEPTH], 1) if item.grade), None)
        for result in results
        if result.answerable
    )
    positions: dict[int | None, float] = {**{rank: rank for rank in range(1, DEPTH + 1)}, None: DEPTH + 2}
    no_rank = texts.no_rank.format(depth=DEPTH)
    tallest = max(ranks.values(), default=1)

    def draw(axes: Any, write: Write) -> None:
        axes.set(xlim=(0.4, DEPTH + 3.0), ylim=(0, tallest))
        for rank, position in positions.items():
            colour = INK if rank is None else ACCENT
            axes.bar(position, ranks[rank], 0.72, color=colour, alpha=_ALPHA[colour], clip_on=False)
            write(texts.number(ranks[rank], ","), position, ranks[rank], (0, 8), alpha=1 if ranks[rank] else QUIET)
            write(str(rank or no_rank), position, 0, (0, -11), **SECONDARY)
        axes.axhline(0, color=INK, alpha=QUIET, lw=0.8, clip_on=False)
        write(texts.ranks_axis, 5.5, 0, (0, -29), **SECONDARY)

    description = [
        f"{texts.rank.format(rank=rank) if rank else no_rank}: {texts.number(ranks[rank], 'd')}" for rank in positions
    ]
    return figure(texts.ranks_title, description, 210, (12, 12, 40, 24), draw)


def risk_coverage_curve(results: Sequence[Result], texts: ReportTexts = ENGLISH) -> str:
    """Draw the risk-coverage curve, and on it the point at the threshold of the confidence."""
    curve = risk_coverage(results)
    share = sum(result.confidence >= THRESHOLD for result in results) / len(results)
    threshold_point = next((point for point in curve if abs(point[0] - share) < _TOLERANCE), None)
    ticks = _ticks(0, max(0.1, *(risk for _, risk in curve)))

    def draw(axes: Any, write: Write) -> None:
        axes.set(xlim=(0, 1), ylim=(0, ticks[-1]))
        for tick in ticks:
            axes.axhline(tick, color=INK, alpha=FAINT, lw=0.8, clip_on=False)
            write(texts.number(tick, ".0%"), 0, tick, (-8, 0), ha="right", **SECONDARY)
        for tick in (0, 0.25, 0.5, 0.75, 1):
            write(texts.number(tick, ".0%"), tick, 0, (0, -12), **SECONDARY)
        axes.plot(*zip(*curve, strict=True), color=ACCENT, lw=1.8, clip_on=False)
        write(texts.coverage_axis, 0.5, 0, (0, -30), **SECONDARY)
        write(texts.risk_axis, 0, 1, (-34, 32), "axes fraction", ha="left", **SECONDARY)
        if threshold_point:
            # up to the top, where the words are in no line's way
            axes.vlines(
                threshold_point[0], 0, ticks[-1], color=INK, alpha=QUIET, lw=0.8, linestyle=(0, (3, 3)), clip_on=False
            )
            _dot(axes, *threshold_point)
            side = "left" if threshold_point[0] < _EDGE else "right" if threshold_point[0] > 1 - _EDGE else "center"
            write(threshold, threshold_point[0], ticks[-1], (0, 10), ha=side)

    threshold = texts.nothing_answered
    if threshold_point:
        answered, wrong = (texts.number(share, ".0%") for share in threshold_point)
        threshold = texts.answered_and_wrong.format(answered=answered, wrong=wrong)
    description = [
        texts.at_threshold.format(threshold=texts.number(THRESHOLD, "g"), point=threshold),
        texts.all_answered.format(wrong=texts.number(curve[-1][1], ".0%")),
    ]
    return figure(texts.risk_title, description, 270, (42, 14, 44, 46), draw)


def gap_matrix(pairs: Mapping[str, Slice], texts: ReportTexts = ENGLISH) -> str:
    """Draw the main measure by language of question (rows) and article (columns); the lower, the darker.

    Args:
        pairs: by the names that `rag.evaluation.measures.summary` gives to pairs, `de → en`.
    """
    cells = {(key.partition(" → ")[0], key.partition(" → ")[2]): values_slice for key, values_slice in pairs.items()}
    rows, columns = (_languages(cells, side) for side in (0, 1))
    width, height = 64 + _CELL * len(columns) + 12, 50 + _CELL_HEIGHT * len(rows)

    def draw(axes: Any, write: Write) -> None:
        axes.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
        write(texts.article_languages, 0, 0, (0, 32), ha="left", **SECONDARY)
        write(texts.question_languages, 0, 0, (-8, 14), ha="right", **SECONDARY)
        for number, language in enumerate(columns):
            write(short(language, 5), number + 0.5, 0, (0, 14))
        for row, question_language in enumerate(rows):
            write(short(question_language, 8), 0, row + 0.5, (-8, 0), ha="right")
            for column, article_language in enumerate(columns):
                if cell := cells.get((question_language, article_language)):
                    missing = 0.06 + 0.66 * (1 - cell.mean.mean)
                    axes.bar(column + 0.5, 0.94, 0.94, row + 0.03, color=ACCENT, alpha=missing, clip_on=False)
                    write(texts.number(cell.mean.mean, ".2f"), column + 0.5, row + 0.5, (0, 6))
                    write(texts.number(cell.questions, ","), column + 0.5, row + 0.5, (0, -8), size=9, alpha=0.8)

    description = [
        f"{' → '.join(pair)} {texts.number(cell.mean.mean, '.2f')} ({texts.number(cell.questions, 'd')})"
        for pair, cell in cells.items()
    ]
    return figure(texts.matrix_title.format(measure=MAIN), description, height, (76, 0, 0, 50), draw, width=width + 12)


def difference_bars(differences: Mapping[str, Difference], first: str, texts: ReportTexts = ENGLISH) -> str:
    """Draw differences from the first run, by measure or by run; grey where not significant."""
    low = min(0.0, *(difference.mean.low for difference in differences.values()))
    high = max(0.0, *(difference.mean.high for difference in differences.values()))
    ticks = _ticks(low, high if high > low else low + 0.01)

    def draw(axes: Any, write: Write) -> None:
        axes.set(xlim=(ticks[0], ticks[-1]), ylim=(len(differences), 0))
        for tick in ticks:
            _grid(axes, write, tick, texts.number(tick, "+g") if tick else "0", strong=not tick)
        for row, (name, difference) in enumerate(differences.items()):
            _interval(axes, difference.mean, row + 0.5, ACCENT if difference.certain else INK)
            write(short(name), 0, row + 0.5, (-_LABELS + 4, 0), _SIDES, ha="left")
            write(texts.number(difference.mean.mean, "+.3f"), 1, row + 0.5, (62, 0), _SIDES, ha="right")

    description = [
        f"{name} {texts.number(difference.mean.mean, '+.3f')} ({bounds(difference.mean, texts)})"
        for name, difference in differences.items()
    ]
    height = _ROW * len(differences) + 38
    return figure(texts.differences_title.format(first=first), description, height, (_LABELS, 66, 30, 8), draw)


def _bars(title: str, rows: Mapping[str, Interval], counts: Mapping[str, str], texts: ReportTexts) -> str:
    """Draw bars from 0 to 1, with labels on their left and numbers on their right."""
    right = 96 if counts else 54

    def draw(axes: Any, write: Write) -> None:
        axes.set(xlim=(0, 1), ylim=(len(rows), 0))
        for tick in (0, 0.25, 0.5, 0.75, 1):
            _grid(axes, write, tick, texts.number(tick, "g"), strong=not tick)
        for row, (name, interval) in enumerate(rows.items()):
            axes.barh(row + 0.5, interval.mean, 0.56, color=ACCENT, alpha=0.36, clip_on=False)
            _interval(axes, interval, row + 0.5)
            write(short(name), 0, row + 0.5, (-_LABELS + 4, 0), _SIDES, ha="left")
            write(texts.number(interval.mean, ".3f"), 1, row + 0.5, (50, 0), _SIDES, ha="right")
            if name in counts:
                write(counts[name], 1, row + 0.5, (92, 0), _SIDES, ha="right", **SECONDARY)
        if counts:
            write(texts.questions, 1, 1, (92, 8), "axes fraction", ha="right", **SECONDARY)

    description = []
    for name, interval in rows.items():
        count = f", {texts.questions_in_slice.format(count=counts[name])}" if name in counts else ""
        description.append(f"{name} {texts.number(interval.mean, '.3f')} ({bounds(interval, texts)}{count})")
    return figure(title, description, _ROW * len(rows) + 46, (_LABELS, right, 30, 16), draw)


def _languages(cells: Mapping[tuple[str, str], Slice], side: int) -> list[str]:
    questions: Counter[str] = Counter()
    for pair, values_slice in cells.items():
        questions[pair[side]] += values_slice.questions
    return [name for name, _ in sorted(questions.items(), key=lambda item: (-item[1], item[0]))[:LANGUAGES]]


def _grid(axes: Any, write: Write, x: float, label: str, *, strong: bool) -> None:
    axes.axvline(x, color=INK, alpha=QUIET if strong else FAINT, lw=0.8, clip_on=False)
    write(label, x, 0, (0, -12), ("data", "axes fraction"), **SECONDARY)


def _interval(axes: Any, interval: Interval, y: float, colour: str = ACCENT) -> None:
    axes.hlines(y, interval.low, interval.high, color=colour, alpha=_ALPHA[colour], lw=1.6, clip_on=False)
    _dot(axes, interval.mean, y, colour)


def _dot(axes: Any, x: float, y: float, colour: str = ACCENT) -> None:
    # a line without length and with round ends: markers would have ids
    axes.hlines(y, x, x, color=colour, alpha=_ALPHA[colour], lw=7, capstyle="round", clip_on=False)


def _ticks(low: float, high: float) -> list[float]:
    from matplotlib.ticker import MaxNLocator

    # without the last bits, so that zero is zero
    return [round(float(tick), 9) + 0.0 for tick in MaxNLocator(4).tick_values(low, high)]
