"""Draws what benchmarks/growth.py and benchmarks/tokens.py measured, for docs/performance.md.

    python -m benchmarks.plots

Writes docs/images/growth.svg and docs/images/tokens.svg from benchmarks/results/growth.json and tokens.json, as far as
these are there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks import growth, tokens
from benchmarks.latency import ROOT

IMAGES = ROOT / "docs" / "images"
# told apart by people who see colours otherwise, too (Okabe and Ito, 2008)
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
Measured = Mapping[str, Any]
Value = Callable[[Measured], float]

SECONDS: dict[str, Value] = {
    "a question, re-ranked": lambda measurement: measurement["re-ranked"]["p50"] / 1000,
    "a question, --fast": lambda measurement: measurement["fast"]["p50"] / 1000,
    "a question in a new process": lambda measurement: measurement["cold"]["seconds"],
    "indexing again, nothing changed": lambda measurement: measurement["unchanged"]["seconds"],
    "indexing again, one article changed": lambda measurement: measurement["one changed"]["seconds"],
    "indexing again, 1 % deleted": lambda measurement: measurement["1% deleted"]["seconds"],
}
MEGABYTES: dict[str, Value] = {
    "memory of a question in a new process": lambda measurement: measurement["cold"]["peak MB"],
    "memory of indexing again": lambda measurement: measurement["unchanged"]["peak MB"],
    "texts and vectors on disk": lambda measurement: measurement["bytes"]["database"] / 1e6,
    "kept tokens on disk": lambda measurement: measurement["bytes"]["tokens"] / 1e6,
    "index of vectors on disk": lambda measurement: measurement["bytes"]["dense"] / 1e6,
    "index of words on disk": lambda measurement: measurement["bytes"]["lexical"] / 1e6,
}


def draw_growth(measured: Mapping[str, Measured]) -> Figure:
    """Draw time and room against the number of passages, both axes logarithmic."""
    figure = Figure(figsize=(11, 4.6), layout="constrained")
    for axes, values, unit in zip(figure.subplots(1, 2), (SECONDS, MEGABYTES), ("seconds", "MB"), strict=True):
        for colour, (name, value) in zip(COLOURS, values.items(), strict=True):
            sizes = sorted(measured, key=int)
            of_sizes = [value(measured[size]) for size in sizes]
            axes.plot([int(size) for size in sizes], of_sizes, "o-", color=colour, label=name, markersize=4)
        axes.set(xscale="log", yscale="log", xlabel="passages in the archive", ylabel=unit)
        plain(axes)
    return figure


def draw_tokens(measured: Mapping[str, Measured]) -> Figure:
    """Draw what each size of kept tokens costs in nDCG@10: a line for each set, and their mean."""
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    sizes = [size for size in next(iter(measured.values())) if size != "full"]
    of_sets = {name: [measurement[size]["difference"][0] for size in sizes] for name, measurement in measured.items()}
    room = [
        sum(measurement[size]["bytes a passage"] for measurement in measured.values()) / len(measured) / 1000
        for size in sizes
    ]
    for of_set in of_sets.values():
        axes.plot(room, of_set, color="#999999", linewidth=0.8)
    means = [sum(of_size) / len(of_sets) for of_size in zip(*of_sets.values(), strict=True)]
    axes.plot(room, means, "o-", color=COLOURS[0], label="mean of the sets")
    axes.axhline(0, color="#333333", linewidth=0.8, label="full precision")
    axes.set(xlabel="kB for a passage", ylabel="nDCG@10 above full precision")
    plain(axes)
    return figure


def plain(axes: Axes) -> None:
    """Draw a grid and a legend, and no frame."""
    axes.grid(which="major", color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)


def main() -> None:
    for name, draw, results in (("growth", draw_growth, growth.RESULT), ("tokens", draw_tokens, tokens.RESULT)):
        if not results.exists():
            continue
        measured = json.loads(results.read_text("utf-8"))
        figure = draw(measured.get("sets", measured))
        figure.savefig(IMAGES / f"{name}.svg", metadata={"Date": None}, facecolor="white")


if __name__ == "__main__":
    main()
