"""Fits the table that tells the article from the rest of a plain text, and writes rag/loading/plain_text/blocks.npz.

    pip install inscriptis
    python -m benchmarks.fit_blocks PAGES

PAGES is a folder of saved pages with gold.jsonl (see benchmarks/extraction.py). Each page becomes plain text by
inscriptis. A line is the article's if trafilatura finds it in the page itself, a comment if it finds it there, and
boilerplate else; the gold segments overrule that. A line weighs more the longer it is. Prints what five tables, each
fitted on four fifths of the pages, reach on the others, and then fits all.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from trafilatura import bare_extraction

from benchmarks.extraction import Page, as_text, flat, pages, segments
from rag.loading.common.draft import Draft
from rag.loading.common.normalization import normalise
from rag.loading.plain_text import block_classifier as blocks
from rag.loading.plain_text.block_classifier import KINDS, WEIGHTS_FILE, classify_blocks
from rag.loading.plain_text.line_features import FloatArray, feature_matrix

_FOLDS = 5
_PULL = 3.0
_SHORT, _SHARED = 15, 8
_OF_GOLD = {"article": 3.0, "boilerplate": 3.0, "comment": 5.0}
_MARK = re.compile(r"^(?:[*+•·-]|\d+\.)\s")

Table = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Lines:
    """The lines of a page in numbers, the number of each one's kind, and what it weighs."""

    rows: FloatArray
    names: tuple[str, ...]
    kinds: NDArray[np.int64]
    weights: FloatArray


def labelled(page: Page) -> Lines | None:
    """Return the lines of a page, or None if it has none."""
    lines = [line for line in normalise(as_text(page.raw).decode()).splitlines() if line.strip()]
    if not lines:
        return None
    extracted = bare_extraction(page.raw, include_comments=True)
    article, comments = (flat(extracted.text or ""), flat(extracted.comments or "")) if extracted else ("", "")
    gold = {"article": page.gold["with"], "comment": page.gold["comments"], "boilerplate": page.gold["without"]}
    kinds, weights = [], []
    for line in map(flat, lines):
        words = _MARK.sub("", line)
        there = (
            words in article if len(words) >= _SHORT else re.search(rf"(?:^|[.!?] ?){re.escape(words)}(?: |$)", article)
        )
        kind = "article" if there else "comment" if words in comments and len(words) >= _SHORT else "boilerplate"
        weight = 1.0
        for gold_kind, parts in gold.items():
            if any(
                min(len(part), len(line)) >= _SHARED and (part in line or line in part) for part in map(flat, parts)
            ):
                kind, weight = gold_kind, _OF_GOLD[gold_kind]
                break
        kinds.append(KINDS.index(kind))  # type: ignore[arg-type]
        weights.append(weight * min(1.5, 0.3 + len(line) / 150))
    rows, names = feature_matrix(lines)
    return Lines(rows, names, np.array(kinds), np.array(weights))


def fitted(known: Sequence[Lines]) -> Table:
    """Fit a multinomial logistic regression with a Gaussian prior; long pages count less than all their lines."""
    rows, kinds = np.vstack([page.rows for page in known]), np.concatenate([page.kinds for page in known])
    weights = np.concatenate([page.weights / np.sqrt(page.weights.sum()) for page in known])
    weights /= weights.mean()
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    inputs = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    truth = np.eye(len(KINDS))[kinds]

    def loss(tried: FloatArray) -> tuple[float, FloatArray]:
        table = tried.reshape(-1, len(KINDS))
        scores = inputs @ table
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        likely /= likely.sum(axis=1, keepdims=True)
        away = _PULL / 2 * float(tried @ tried)
        value = away - float(weights @ np.log((likely * truth).sum(axis=1) + 1e-12))
        return value, (inputs.T @ ((likely - truth) * weights[:, None]) + _PULL * table).ravel()

    start = np.zeros(inputs.shape[1] * len(KINDS))
    coefficients = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 250}).x.reshape(
        -1, len(KINDS)
    )
    slopes = coefficients[:-1] / scale[:, None]
    return {"names": np.array(known[0].names), "weights": slopes, "intercepts": coefficients[-1] - mean @ slopes}


def main(folder: Path) -> None:
    saved = pages(folder)
    examples = [labelled(page) for page in saved]
    drafts = [Draft(()) for _ in saved]
    for fold in range(_FOLDS):
        table = fitted([page for number, page in enumerate(examples) if page and number % _FOLDS != fold])
        blocks._table = lambda table=table: table  # type: ignore[assignment,misc]
        for number in range(fold, len(saved), _FOLDS):
            drafts[number] = Draft(classify_blocks(normalise(as_text(saved[number].raw).decode())))
    print("on pages that the table has not seen:", segments(drafts, saved))
    table = fitted([page for page in examples if page])
    small = {name: values.astype(np.float32) if name != "names" else values for name, values in table.items()}
    np.savez_compressed(Path(blocks.__file__).parent / WEIGHTS_FILE, **small)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
