"""Vectors of an archive in Milvus: what a search finds of what a full comparison finds, and how long it takes.

    python -m benchmarks.milvus ARCHIVE http://HOST:19530/NAME [VECTORS]

There are as many vectors as are wanted, 100,000 by default: those of the archive again and again, with noise. Questions
are as far from them as questions are. The collection is made anew.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from embeddings.index import open_index
from embeddings.indexes.faiss_base import simulate_questions
from embeddings.types import Ids, Vectors
from rag.storage.sqlite_database import DATABASE
from rag.storage.store import Store

_NOISE = 0.3
_QUESTIONS = 200
_BLOCK_ROWS = 4_096
_GIVEN = (1_000, 4_000, 20_000, 50_000)


def main(archive: str, address: str, count: str = "100000") -> None:
    random = np.random.default_rng(0)
    vectors = _vectors(Path(archive), int(count), random)
    keys = random.integers(0, 2**63, len(vectors))
    index = open_index(f"milvus:{address}", vectors.shape[1], empty=True)
    start = time.perf_counter()
    for first in range(0, len(keys), _BLOCK_ROWS):
        index.add(keys[first : first + _BLOCK_ROWS], vectors[first : first + _BLOCK_ROWS])
    index.flush("benchmark")
    print(f"{len(keys):,} vectors written: {time.perf_counter() - start:.0f} s")
    questions = simulate_questions(vectors[random.choice(len(vectors), _QUESTIONS, replace=False)], random)
    nearest = [keys[np.argsort(-(vectors @ question))[:50]] for question in questions]
    # the server makes its index in the background
    for pause in (0, 30):
        time.sleep(pause)
        took, results = _timed(lambda question: index.search(question, 50), questions)
        shares = {
            k: np.mean([np.isin(near[:k], ids[:k]).mean() for near, ids in zip(nearest, results, strict=True)])
            for k in (10, 50)
        }
        print(f"after {pause} s: recall@10 {shares[10]:.4f}, recall@50 {shares[50]:.4f}, median {took:.1f} ms")
    for given in _GIVEN:
        among: Ids = np.sort(random.choice(keys, given, replace=False))
        took, results = _timed(lambda question, among=among: index.search(question, 50, among), questions[:20])
        assert all(len(ids) == 50 for ids in results)
        print(f"among {given:,}: median {took:.1f} ms")


def _vectors(archive: Path, count: int, random: np.random.Generator) -> Vectors:
    store = Store(archive / DATABASE)
    encoder = store.vectors.encoder
    assert encoder, "The archive has no articles."
    changes = store.changes.vectors_since(0, encoder)
    stored = np.concatenate([batch.vectors for batch in changes]).astype(np.float32)
    store.close()
    rows = np.fromiter(islice(cycle(range(len(stored))), count), np.int64, count)
    noise = random.standard_normal((count, encoder.dim), dtype=np.float32)
    noisy: Vectors = stored[rows] + _NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return noisy / np.linalg.norm(noisy, axis=1, keepdims=True)


def _timed(search: Callable[..., list], questions: Vectors) -> tuple[float, list[np.ndarray]]:
    """Return the median milliseconds of a search, and the ids that each found."""
    times, results = [], []
    for question in questions:
        start = time.perf_counter()
        neighbors = search(question)
        times.append(1000 * (time.perf_counter() - start))
        results.append(np.array([neighbor.id for neighbor in neighbors]))
    return float(np.median(times)), results


if __name__ == "__main__":
    main(*sys.argv[1:])
