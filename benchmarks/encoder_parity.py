"""Does the compiled 8-bit encoder agree with sentence-transformers in float32?

    python -m benchmarks.encoder_parity DATA

DATA is a folder with retrieval sets in BEIR layout (mlqa_de, belebele/en-de). Prints the mean cosine of
the two encoders' vectors and the nDCG@10 of both, documents taken whole.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from benchmarks.beir import ndcg_at_10, read_set
from embeddings.encoder import Encoder, open_encoder
from embeddings.encoders.bundled import bundled_model
from embeddings.encoders.sentence_transformer import SentenceTransformerEncoder
from embeddings.types import Vectors


def ndcg(documents: Vectors, queries: Vectors, ids: list[str], judgements: list[dict[str, int]]) -> float:
    """Mean nDCG@10 of exact cosine search."""
    order = np.argsort(-(queries @ documents.T), axis=1, kind="stable")[:, :10]
    return float(
        np.mean([ndcg_at_10([ids[at] for at in row], grades) for row, grades in zip(order, judgements, strict=True)])
    )


def main(data: Path) -> None:
    encoders: list[Encoder] = [open_encoder(), SentenceTransformerEncoder(str(bundled_model()), "cpu")]
    print(f"{'set':<18}{'cosine mean':>12}{'min':>8}{'int8':>9}{'float32':>9}{'difference':>12}")
    for name in ("mlqa_de", "belebele/en-de"):
        retrieval_set = read_set(data / name)
        ids = list(retrieval_set.documents)
        texts = [f"{title}\n{text}" if title else text for title, text in retrieval_set.documents.values()]
        judged = [query for query in retrieval_set.queries if query in retrieval_set.judgements]
        judgements = [retrieval_set.judgements[query] for query in judged]
        results, vectors = [], []
        for encoder in encoders:
            documents = encoder.encode_passages(texts)
            queries = np.stack([encoder.encode_query(retrieval_set.queries[query]) for query in judged])
            vectors.append(np.concatenate([documents, queries]))
            results.append(ndcg(documents, queries, ids, judgements))
        cosine = (vectors[0] * vectors[1]).sum(axis=1)
        compiled, reference = results
        print(
            f"{name:<18}{cosine.mean():>12.5f}{cosine.min():>8.4f}"
            f"{compiled:>9.4f}{reference:>9.4f}{compiled - reference:>+12.4f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
