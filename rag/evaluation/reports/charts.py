"""Figures of a run: values → SVG. Pure functions; every number that counts is written beside what it stands for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rag.evaluation.measures.abstention import risk_coverage
from rag.evaluation.measures.comparison import Difference
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Slice
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.reports.svg import ASIDE, FAINT, INK, QUIET, Write, figure, short
from rag.evaluation.runs.results import DEPTH
from rag.evaluation.types import Result
from rag.search.confidence import THRESHOLD

ACCENT = "#2a8a85"
"""Between the page's accents of light and dark: its contrast with either ground is 4 or more."""
VALUES = 12
"""So many values of a dimension are drawn, the first ones."""
LANGUAGES = 16
"""So many languages are drawn on either side of the matrix, those with the most questions."""

_ALPHA = {ACCENT: 1.0, INK: 0.45}
_ROW, _LABELS = 25, 148
_CELL, _CELL_HEIGHT = 42, 34
# beside the axes, at the height of a row
_SIDES = ("axes fraction", "data")
# numbers as near as this are the same
_SAME = 1e-9
# a label so near to an edge, as a share of the width, grows away from it
_EDGE = 0.3


def measure_bars(measures: Mapping[str, Interval]) -> str:
    """Draw the means of measures as bars with their intervals."""
    return _bars("Means with 95% intervals", measures, {})


def slice_bars(dimension: str, slices: Mapping[str, Slice]) -> str:
    """Draw the main measure by the values of a dimension, with the number of questions."""
    first = dict(list(slices.items())[:VALUES])
    counts = {value: f"{one.questions:,}" for value, one in first.items()}
    return _bars(f"{MAIN} by {dimension}", {value: one.mean for value, one in first.items()}, counts)


def rank_histogram(results: Iterable[Result]) -> str:
    """Draw how many answerable questions have their first right result at which rank."""
    ranks = Counter(
        next((rank for rank, shown in enumerate(one.shown[:DEPTH], 1) if shown.grade), None)
        for one in results
        if one.answerable
    )
    places: dict[int | None, float] = {**{rank: rank for rank in range(1, DEPTH + 1)}, None: DEPTH + 2}
    names: dict[int | None, str] = {None: f"not among {DEPTH}"}
    tallest = max(ranks.values(), default=1)

    def draw(axes: Any, write: Write) -> None:
        axes.set(xlim=(0.4, DEPTH + 3.0), ylim=(0, tallest))
        for rank, place in places.items():
            colour = INK if rank is None else ACCENT
            axes.bar(place, ranks[rank], 0.72, color=colour, alpha=_ALPHA[colour], clip_on=False)
            write(f"{ranks[rank]:,}", place, ranks[rank], (0, 8), alpha=1 if ranks[rank] else QUIET)
            write(names.get(rank, str(rank)), place, 0, (0, -11), **ASIDE)
        axes.axhline(0, color=INK, alpha=QUIET, lw=0.8, clip_on=False)
        write("rank of the first result that answers", 5.5, 0, (0, -29), **ASIDE)

    said = [f"{names.get(rank, f'rank {rank}')}: {ranks[rank]}" for rank in places]
    return figure("Rank of the first result that answers", said, 210, (12, 12, 40, 24), draw)


def risk_coverage_curve(results: Sequence[Result]) -> str:
    """Draw the risk-coverage curve, and on it the point of the threshold below which nothing answers well."""
    curve = risk_coverage(results)
    share = sum(one.confidence >= THRESHOLD for one in results) / len(results)
    marked = next((point for point in curve if abs(point[0] - share) < _SAME), None)
    ticks = _ticks(0, max(0.1, *(risk for _, risk in curve)))

    def draw(axes: Any, write: Write) -> None:
        axes.set(xlim=(0, 1), ylim=(0, ticks[-1]))
        for tick in ticks:
            axes.axhline(tick, color=INK, alpha=FAINT, lw=0.8, clip_on=False)
            write(f"{tick:.0%}", 0, tick, (-8, 0), ha="right", **ASIDE)
        for tick in (0, 0.25, 0.5, 0.75, 1):
            write(f"{tick:.0%}", tick, 0, (0, -12), **ASIDE)
        axes.plot(*zip(*curve, strict=True), color=ACCENT, lw=1.8, clip_on=False)
        write("share of questions that are answered, the surest first", 0.5, 0, (0, -30), **ASIDE)
        write("share of these without an answer among five", 0, 1, (-34, 32), "axes fraction", ha="left", **ASIDE)
        if marked:
            # up to the top, where the words are in no line's way
            axes.vlines(marked[0], 0, ticks[-1], color=INK, alpha=QUIET, lw=0.8, linestyle=(0, (3, 3)), clip_on=False)
            _dot(axes, *marked)
            side = "left" if marked[0] < _EDGE else "right" if marked[0] > 1 - _EDGE else "center"
            write(threshold, marked[0], ticks[-1], (0, 10), ha=side)

    threshold = f"{marked[0]:.0%} answered, {marked[1]:.0%} wrong" if marked else "nothing is answered"
    said = [f"at the threshold of {THRESHOLD}: {threshold}", f"all answered: {curve[-1][1]:.0%} wrong"]
    return figure("Risk and coverage", said, 270, (42, 14, 44, 46), draw)


def gap_matrix(pairs: Mapping[str, Slice]) -> str:
    """Draw the main measure by language of question (down) and article (across); the more is missing, the stronger.

    Args:
        pairs: by the names that `rag.evaluation.measures.summary` gives to pairs, `de → en`.
    """
    cells = {(key.partition(" → ")[0], key.partition(" → ")[2]): one for key, one in pairs.items()}
    rows, columns = (_languages(cells, side) for side in (0, 1))
    width, height = 64 + _CELL * len(columns) + 12, 50 + _CELL_HEIGHT * len(rows)

    def draw(axes: Any, write: Write) -> None:
        axes.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
        write("articles in", 0, 0, (0, 32), ha="left", **ASIDE)
        write("questions in", 0, 0, (-8, 14), ha="right", **ASIDE)
        for number, language in enumerate(columns):
            write(short(language, 5), number + 0.5, 0, (0, 14))
        for row, asked in enumerate(rows):
            write(short(asked, 8), 0, row + 0.5, (-8, 0), ha="right")
            for column, written in enumerate(columns):
                if cell := cells.get((asked, written)):
                    missing = 0.06 + 0.66 * (1 - cell.mean.mean)
                    axes.bar(column + 0.5, 0.94, 0.94, row + 0.03, color=ACCENT, alpha=missing, clip_on=False)
                    write(f"{cell.mean.mean:.2f}", column + 0.5, row + 0.5, (0, 6))
                    write(f"{cell.questions:,}", column + 0.5, row + 0.5, (0, -8), size=9, alpha=0.8)

    said = [f"{' → '.join(pair)} {one.mean.mean:.2f} ({one.questions})" for pair, one in cells.items()]
    title = f"{MAIN} by language of question and article"
    return figure(title, said, height, (76, 0, 0, 50), draw, width + 12)


def difference_bars(differences: Mapping[str, Difference], first: str) -> str:
    """Draw differences to the first run, by measure or by run; grey where chance may be the reason."""
    low = min(0.0, *(one.mean.low for one in differences.values()))
    high = max(0.0, *(one.mean.high for one in differences.values()))
    ticks = _ticks(low, high if high > low else low + 0.01)

    def draw(axes: Any, write: Write) -> None:
        axes.set(xlim=(ticks[0], ticks[-1]), ylim=(len(differences), 0))
        for tick in ticks:
            _grid(axes, write, tick, f"{tick:+g}" if tick else "0", strong=not tick)
        for row, (name, one) in enumerate(differences.items()):
            _interval(axes, one.mean, row + 0.5, ACCENT if one.certain else INK)
            write(short(name), 0, row + 0.5, (-_LABELS + 4, 0), _SIDES, ha="left")
            write(f"{one.mean.mean:+.3f}", 1, row + 0.5, (62, 0), _SIDES, ha="right")

    said = [f"{name} {one.mean.mean:+.3f} ({_bounds(one.mean)})" for name, one in differences.items()]
    height = _ROW * len(differences) + 38
    return figure(f"Differences to {first} with 95% intervals", said, height, (_LABELS, 66, 30, 8), draw)


def _bars(title: str, rows: Mapping[str, Interval], counts: Mapping[str, str]) -> str:
    """Draw bars from 0 to 1, with labels on their left and numbers on their right."""
    right = 96 if counts else 54

    def draw(axes: Any, write: Write) -> None:
        axes.set(xlim=(0, 1), ylim=(len(rows), 0))
        for tick in (0, 0.25, 0.5, 0.75, 1):
            _grid(axes, write, tick, f"{tick:g}", strong=not tick)
        for row, (name, one) in enumerate(rows.items()):
            axes.barh(row + 0.5, one.mean, 0.56, color=ACCENT, alpha=0.36, clip_on=False)
            _interval(axes, one, row + 0.5)
            write(short(name), 0, row + 0.5, (-_LABELS + 4, 0), _SIDES, ha="left")
            write(f"{one.mean:.3f}", 1, row + 0.5, (50, 0), _SIDES, ha="right")
            if name in counts:
                write(counts[name], 1, row + 0.5, (92, 0), _SIDES, ha="right", **ASIDE)
        if counts:
            write("questions", 1, 1, (92, 8), "axes fraction", ha="right", **ASIDE)

    said = [
        f"{name} {one.mean:.3f} ({_bounds(one)}{f', {counts[name]} questions' if name in counts else ''})"
        for name, one in rows.items()
    ]
    return figure(title, said, _ROW * len(rows) + 46, (_LABELS, right, 30, 16), draw)


def _bounds(interval: Interval) -> str:
    return f"{interval.low:.3f} to {interval.high:.3f}"


def _languages(cells: Mapping[tuple[str, str], Slice], side: int) -> list[str]:
    questions: Counter[str] = Counter()
    for pair, one in cells.items():
        questions[pair[side]] += one.questions
    return [name for name, _ in sorted(questions.items(), key=lambda item: (-item[1], item[0]))[:LANGUAGES]]


def _grid(axes: Any, write: Write, x: float, label: str, *, strong: bool) -> None:
    axes.axvline(x, color=INK, alpha=QUIET if strong else FAINT, lw=0.8, clip_on=False)
    write(label, x, 0, (0, -12), ("data", "axes fraction"), **ASIDE)


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
