"""What do kept token vectors cost in ranking, for how many bytes?

    python -m benchmarks.tokens DATA [SET …]

DATA is a folder with retrieval sets in BEIR layout (see benchmarks/sets.py); without names, all sets are measured.
Late interaction reads the best 32 candidates of each question, once with the encoder's own token vectors and once
with vectors that went through codecs of several sizes, each made as benchmarks/fit_tokens.py makes the one in use. It
has seen the texts of Belebele and MLQA, but no question; of the other sets it has seen nothing.

Writes benchmarks/results/tokens.json: for each codec the bytes of a mean passage and nDCG@10; and the difference to
full precision, question by question, with 95% bootstrap intervals.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.beir import ndcg_at_10
from benchmarks.fit_tokens import fit, learnt_from
from benchmarks.latency import commit, machine
from benchmarks.sets import NAMES, SearchableSet, document, searchable
from embeddings.encoder import Encoder, open_encoder
from embeddings.types import TokenVectors
from embeddings.vectors.token_codec import TokenCodec
from rag.dense.token_vectors import PassageTokens
from rag.evaluation.measures.statistics import Numbers, bootstrap
from rag.evaluation.runs.caching_encoder import CachingEncoder
from rag.search.candidates import Candidates, EncodedQuery, encode_query, generate
from rag.search.ranking import rank
from rag.search.reranking import LateInteraction

RESULT = Path(__file__).parent / "results" / "tokens.json"
# bytes a token, without the two of its place: one for each eight directions
SIZES = (8, 16, 24, 36, 48)


class Coded(PassageTokens):
    """Gives token vectors as they come back from a codec, each text once, and notes how many bytes they took."""

    def __init__(self, encoder: Encoder, codec: TokenCodec) -> None:
        super().__init__(encoder)
        self._codec = codec
        self._back: dict[str, TokenVectors] = {}
        self.sizes: dict[str, int] = {}

    def rotated(self, question: TokenVectors) -> TokenVectors:
        """Return a question in the coordinates of this codec."""
        return self._codec.rotate(question)

    def _encode(self, inputs: Sequence[str]) -> list[TokenVectors]:
        new = [text for text in inputs if text not in self._back]
        read = super()._encode(new) if new else []
        self.sizes |= zip(new, map(len, filter(None, self._codec.encode(read))), strict=True)
        for text, text_tokens in zip(new, self._codec.round_trip(read), strict=True):
            self._back[text] = TokenVectors(
                text_tokens.vectors.astype(np.float16), text_tokens.spans, text_tokens.pooled
            )
        decoded = [self._back[text] for text in inputs]
        return [
            TokenVectors(text_tokens.vectors.astype(np.float32), text_tokens.spans, text_tokens.pooled)
            for text_tokens in decoded
        ]


def encoded_queries(dataset: SearchableSet) -> list[tuple[EncodedQuery, Candidates]]:
    """Return the questions of a set with their candidates."""
    queries = []
    for _, question in dataset.judged_queries():
        with dataset.searcher.snapshot() as snapshot:
            query = encode_query(question, snapshot)
            queries.append((query, generate(query, snapshot, None)))
    return queries


def values(
    dataset: SearchableSet, questions: Sequence[tuple[EncodedQuery, Candidates]], tokens: PassageTokens
) -> Numbers:
    """Return nDCG@10 of each question."""
    late = LateInteraction(tokens, sys.maxsize)
    judgements = dataset.questions.judgements.values()
    scores = []
    for (query, candidates), grades in zip(questions, judgements, strict=True):
        documents = dict.fromkeys(document(article) for article, _ in rank(query, candidates, late).passages)
        scores.append(ndcg_at_10(list(documents)[:10], grades))
    return np.array(scores)


def measure(dataset: SearchableSet, codecs: dict[int, TokenCodec]) -> dict[str, Any]:
    """Return what each codec costs on one set."""
    questions = encoded_queries(dataset)
    full = values(dataset, questions, PassageTokens(dataset.searcher.encoder))
    result: dict[str, Any] = {"full": round(float(full.mean()), 4)}
    for size, codec in codecs.items():
        tokens = Coded(dataset.searcher.encoder, codec)
        scores = values(dataset, questions, tokens)
        lost = bootstrap(scores - full)
        result[str(size)] = {
            "ndcg@10": round(float(scores.mean()), 4),
            "difference": [round(value, 4) for value in (lost.mean, lost.low, lost.high)],
            "bytes a passage": round(sum(tokens.sizes.values()) / len(tokens.sizes)),
        }
    return result


def main(data: Path, names: Sequence[str]) -> None:
    encoder = CachingEncoder(open_encoder())
    sample = learnt_from(data, encoder)
    codecs = {size: fit(sample, parts=size) for size in SIZES}
    sets = {}
    for name in names or NAMES:
        with searchable(data, name, encoder) as dataset:
            sets[name] = measure(dataset, codecs)
        print(name, json.dumps(sets[name]), flush=True)
    result = {"machine": machine(), "date": datetime.now(UTC).date().isoformat(), "commit": commit(), "sets": sets}
    if not names:
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
