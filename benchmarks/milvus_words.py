"""Words in Milvus and in Tantivy: nDCG@10 of both, how far their scores are apart, and how long they take.

    python -m benchmarks.milvus_words DATA milvus:FILE.db

DATA is a folder with mlqa_de in BEIR layout. Each question is asked of both, by turns.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.beir import ndcg_at_10
from benchmarks.sets import document, searchable
from embeddings.encoder import BUNDLED, open_encoder
from rag.config import RankingConfig
from rag.lexical.shared_index import SharedLexicalIndex
from rag.search.candidates import encode_query, generate
from rag.search.ranking import rank

_NAME = "mlqa_de"
_CANDIDATES = 50


def main(data: str, address: str) -> None:
    with searchable(Path(data), _NAME, open_encoder(BUNDLED)) as dataset, tempfile.TemporaryDirectory() as folder:
        tantivy = replace(dataset.searcher, ranking=RankingConfig(fast=True))
        start = time.perf_counter()
        words = SharedLexicalIndex(Path(folder), tantivy.store, address)
        words.catch_up()
        print(f"{len(words.catch_up().words):,} passages written: {time.perf_counter() - start:.1f} s")
        searchers = {"tantivy": tantivy, "milvus": replace(tantivy, lexical=words)}
        values, times = defaultdict(list), defaultdict(list)
        apart, different = 0.0, 0
        for query_id, question in dataset.judged_queries():
            scored = {}
            for name, searcher in searchers.items():
                with searcher.snapshot() as snapshot:
                    query = encode_query(question, snapshot)
                    start = time.perf_counter()
                    snapshot.lexical.analyse(question.text)
                    analysed = time.perf_counter()
                    scored[name] = dict(snapshot.lexical.search(query.lexical, _CANDIDATES))
                    times[f"{name}: words of a question"].append(analysed - start)
                    times[f"{name}: fifty passages"].append(time.perf_counter() - analysed)
                    ranking = rank(query, generate(query, snapshot, None), None)
                documents = list(dict.fromkeys(document(article) for article, _ in ranking.passages))[:10]
                values[name].append(ndcg_at_10(documents, dataset.questions.judgements[query_id]))
            ours, theirs = scored["milvus"], scored["tantivy"]
            last = min(theirs.values(), default=0.0)
            apart = max([apart, *(abs(ours[key] / theirs[key] - 1) for key in ours.keys() & theirs.keys())])
            missing = [score for key, score in theirs.items() if key not in ours]
            different += sum(score > last + 2e-4 for score in missing)
        for name in searchers:
            print(f"{name}: nDCG@10 {np.mean(values[name]):.4f}")
        print(f"scores are at most {apart:.1e} apart; {different} candidates differ but for equal scores")
        for name, seconds in times.items():
            print(f"{name}: median {1000 * np.median(seconds):.1f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
