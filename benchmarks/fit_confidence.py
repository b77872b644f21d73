"""Fits the two small tables of rag/confidence.py.

    python -m benchmarks.fit_confidence DATA

DATA is a folder with mlqa_de and belebele/{de-de,en-de,de-en,en-en} in BEIR layout, all of a free licence. Each
question is asked twice: as it is, and after its relevant documents were taken out of the corpus, so that nothing
answers it. A question whose own documents are not found first counts as answered all the same: the archive holds an
answer. Every set weighs the same. Prints the two tables, and what they reach on questions that they were not fitted
on (two halves, each judged by the table of the other).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.sets import FREE, RememberingEncoder, SearchableSet, document, searchable, vague
from embeddings.encoder import open_encoder
from rag.calibration import Example, fit, quality
from rag.confidence import Calibration
from rag.reranking import LateInteraction, Reranker
from rag.retrieve import retrieve

# what is fitted; rag/confidence.py computes more
FEATURES = {
    "reranked": ("late", "late_gap", "sentence"),
    "fast": ("dense", "dense_gap", "lexical_gap"),
}
_PULL = 1e-3

Pair = tuple[Example, Example]
"""A question with its documents, and without them."""


def examples(opened: SearchableSet, reranker: Reranker | None) -> list[Pair]:
    """Return the features of each question with its documents, and without them."""
    ids = {document(opened.legs.store.article(one)): one for one in opened.legs.store.article_ids()}
    found = []
    for query, question in opened.asked():
        relevant = {ids[one] for one in opened.questions.judgements[query]}
        answered = retrieve(question, 1, opened.legs, reranker).features
        unanswered = retrieve(question, 1, opened.legs, reranker, without=relevant).features
        found.append(((answered, True), (unanswered, False)))
    return found


def fitted(sets: Sequence[Sequence[Pair]], names: Sequence[str]) -> Calibration:
    """Fit one table on several sets, each of the same weight."""
    flat = [example for pairs in sets for pair in pairs for example in pair]
    weights = [1000 / len(pairs) for pairs in sets for _ in range(2 * len(pairs))]
    return fit(flat, Calibration(0.0, dict.fromkeys(names, 0.0)), _PULL, weights)


def report(sets: dict[str, list[Pair]], clear: dict[str, list[bool]], names: Sequence[str]) -> None:
    """Print the table, and what it reaches on the half of the questions that it was not fitted on."""
    tables = [fitted([pairs[half::2] for pairs in sets.values()], names) for half in (0, 1)]
    table = fitted(list(sets.values()), names)
    print({name: round(weight, 2) for name, weight in table.weights.items()}, "intercept", round(table.intercept, 2))
    together: list[tuple[float, bool]] = []
    for name, pairs in sets.items():
        judged = [
            (tables[1 - number % 2].probability(features), label, is_clear)
            for number, (pair, is_clear) in enumerate(zip(pairs, clear[name], strict=True))
            for features, label in pair
        ]
        everything = [one[:2] for one in judged]
        together += everything
        print(f"{name:<16} clear questions {_said([one[:2] for one in judged if one[2]])}   all {_said(everything)}")
    print(f"{'together':<16} {_said(together)}")


def _said(judged: Sequence[tuple[float, bool]]) -> str:
    found = quality(np.array([one for one, _ in judged]), np.array([label for _, label in judged]))
    return f"AUROC {found.auroc:.4f}, calibration error {found.error:.3f}, right {found.right:.3f}"


def main(data: Path) -> None:
    encoder = RememberingEncoder(open_encoder())
    found: dict[str, dict[str, list[Pair]]] = {table: {} for table in FEATURES}
    clear = {}
    for name in FREE:
        with searchable(data, name, encoder) as opened:
            unclear = vague(data, name)
            clear[name] = [query not in unclear for query in opened.questions.judgements]
            found["reranked"][name] = examples(opened, LateInteraction(encoder, opened.legs.neutral))
            found["fast"][name] = examples(opened, None)
    for table, names in FEATURES.items():
        print(table)
        report(found[table], clear, names)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
