"""Learns the weights of rag/config.py, and the bounds of agreement of rag/search/fusion.py.

    python -m benchmarks.fit_weights DATA

DATA is a folder with mlqa_de and belebele/{de-de,en-de,de-en,en-en} in BEIR layout, all of a free licence. All
weights of a grid are tried; printed are the best ones by the mean nDCG@10 of the five sets, and those in use, with
what they reach on sets that nothing was learnt from.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.beir import ndcg_at_10
from benchmarks.sets import CHECKED, FREE, SearchableSet, document, searchable
from embeddings.encoder import Encoder, open_encoder
from rag.config import DEFAULT_RANKING
from rag.evaluation.runs.caching_encoder import CachingEncoder
from rag.search import fusion
from rag.search.candidates import encode_query, generate
from rag.search.fusion import Scores
from rag.search.reranking import LateInteraction

DENSE = (0.0, 0.4, 0.8, 1.2, 1.6)
LEXICAL = (0.0, 0.15, 0.25, 0.35, 0.5)
BEST = 20
RANGES = ((0.0, 0.0), (0.0, 0.3), (0.1, 0.3), (0.1, 0.5))

Question = tuple[list[str], dict[str, int], Scores, Scores, Scores]


def questions(dataset: SearchableSet) -> list[Question]:
    """Return, for each question, the candidates' documents, the judgements, and the three signals of all of them."""
    reranker = LateInteraction(dataset.searcher.tokens, sys.maxsize)
    rows = []
    for query_id, question in dataset.judged_queries():
        with dataset.searcher.snapshot() as snapshot:
            query = encode_query(question, snapshot)
            candidates = generate(query, snapshot, None)
        late = reranker.rerank(query, candidates.passages).scores
        documents = [document(article) for article, _ in candidates.passages]
        rows.append((documents, dataset.questions.judgements[query_id], late, candidates.dense, candidates.lexical))
    return rows


def ndcg(of_set: list[Question], dense_weight: float, lexical_weight: float, low: float, high: float) -> float:
    """Return the mean nDCG@10 with these weights."""
    values = []
    for documents, grades, late, dense, lexical in of_set:
        best = lexical.max(initial=0.0)
        agree = float(np.clip((best - low) / (high - low), 0, 1)) if high > low else 1.0
        scores = late + agree * dense_weight * dense + lexical_weight * lexical
        ranking = dict.fromkeys(documents[number] for number in np.argsort(-scores, kind="stable"))
        values.append(ndcg_at_10(list(ranking), grades))
    return float(np.mean(values))


def main(data: Path) -> None:
    encoder = CachingEncoder(open_encoder())
    learnt, checked = ({name: _opened(data, name, encoder) for name in names} for names in (FREE, CHECKED))
    rows = []
    for dense, lexical, (low, high) in product(DENSE, LEXICAL, RANGES):
        of_sets = [ndcg(of_set, dense, lexical, low, high) for of_set in learnt.values()]
        rows.append((float(np.mean(of_sets)), dense, lexical, low, high, of_sets))
    rows.sort(reverse=True)
    used = (DEFAULT_RANKING.dense_weight, DEFAULT_RANKING.lexical_weight, fusion.NO_AGREEMENT, fusion.AGREEMENT)
    print(
        f"{'mean':>7} {'dense':>6} {'lexical':>8} {'agreement':>10}   " + "  ".join(learnt) + " | " + "  ".join(checked)
    )
    for mean, *weights, of_sets in [*rows[:BEST], *(row for row in rows if row[1:5] == used)]:
        dense, lexical, low, high = weights
        both = [*of_sets, *(ndcg(of_set, *weights) for of_set in checked.values())]
        print(f"{mean:7.4f} {dense:6} {lexical:8} {low:5}-{high:<4}   " + "  ".join(f"{value:.4f}" for value in both))


def _opened(data: Path, name: str, encoder: Encoder) -> list[Question]:
    with searchable(data, name, encoder) as dataset:
        return questions(dataset)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
