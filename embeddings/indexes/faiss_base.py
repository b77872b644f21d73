"""The two kinds of FAISS index that hold most vectors: exhaustive (flat) and inverted-file (IVF).

Both store vectors of length 1 in half precision under their ids and compare by inner product.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from embeddings.faiss_library import faiss
from embeddings.types import HalfVectors, Ids, OnStep, Vectors

# vectors that are read at a time
_BLOCK_ROWS = 50_000
# groups per square root of the number of vectors
_GROUPS_PER_ROOT = 2
# training vectors per group, and iterations of k-means
_TRAINING_VECTORS, _ITERATIONS = 64, 6
# the cosine of a question to the passage nearest to it is about 0.7, to the tenth 0.59
_QUESTION_COSINE = 0.6
# recall is measured with so many simulated questions and their nearest neighbours
_QUESTIONS, _NEIGHBORS = 100, 10
RECALL = 0.98


def flat_index(dim: int) -> Any:
    """Return an empty index for exhaustive search."""
    return faiss.IndexIDMap(faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT))


def is_flat(index: Any) -> bool:
    """Return whether a search of the index is exhaustive."""
    return isinstance(index, faiss.IndexIDMap)


def ids_of(index: Any) -> Ids:
    """Return the ids in an index, in its order."""
    if is_flat(index):
        ids: Ids = faiss.vector_to_array(index.id_map)
        return ids
    return np.concatenate([np.empty(0, np.int64), *(_ids_of_group(index, group) for group in range(index.nlist))])


def vector_blocks(index: Any) -> Iterator[tuple[Ids, HalfVectors]]:
    """Yield all ids and vectors of an index, in its order, block by block."""
    if not is_flat(index):
        yield from (_group(index, group) for group in range(index.nlist))
        return
    ids = ids_of(index)
    for start in range(0, len(ids), _BLOCK_ROWS):
        block = ids[start : start + _BLOCK_ROWS]
        yield block, index.index.reconstruct_n(start, len(block)).astype(np.float16)


def _ids_of_group(index: Any, group: int) -> Ids:
    # without the vectors, which would be read from disk if the file is memory-mapped
    size = index.invlists.list_size(group)
    ids: Ids = faiss.rev_swig_ptr(index.invlists.get_ids(group), size).copy() if size else np.empty(0, np.int64)
    return ids


def _group(index: Any, group: int) -> tuple[Ids, HalfVectors]:
    ids = _ids_of_group(index, group)
    if not len(ids):
        return ids, np.empty((0, index.d), np.float16)
    codes = faiss.rev_swig_ptr(index.invlists.get_codes(group), len(ids) * index.code_size).copy()
    return ids, codes.view(np.float16).reshape(len(ids), index.d)


def merge_indexes(index: Any, removed_ids: Ids, additions: Any) -> Any:
    """Return an index of the same kind as `index`, without the removed ids and with all vectors of `additions`."""
    result = flat_index(index.index.d) if is_flat(index) else _empty_copy(index)
    for group, (ids, vectors) in enumerate(vector_blocks(index)):
        remains = ~np.isin(ids, removed_ids)
        if is_flat(index):
            result.add_with_ids(vectors[remains].astype(np.float32), ids[remains])
        elif remains.any():
            codes = np.ascontiguousarray(vectors[remains]).view(np.uint8)
            group_ids = np.ascontiguousarray(ids[remains])
            result.invlists.add_entries(group, len(group_ids), faiss.swig_ptr(group_ids), faiss.swig_ptr(codes))
            result.ntotal += len(group_ids)
    for ids, vectors in vector_blocks(additions):
        result.add_with_ids(vectors.astype(np.float32), ids)
    return result


def group_count(vectors: int) -> int:
    """Return the number of groups for an index of `vectors` vectors."""
    return max(1, int(_GROUPS_PER_ROOT * math.sqrt(vectors)))


def build_ivf(index: Any, on_step: OnStep | None = None) -> tuple[Any, float]:
    """Return an index of the same vectors that searches only the groups nearest to a query, and its recall.

    Groups are found by k-means (inverted file; Sivic and Zisserman, 2003). As many groups are searched as it takes for
    a recall of at least `RECALL`: the share of the ten nearest vectors of an exhaustive search that are found. It is
    measured with vectors as far from those of the index as questions are. Uses all cores meanwhile.
    """

    def report(share: float) -> None:
        if on_step:
            on_step("grouping the vectors", share)

    report(0.0)
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    try:
        total = index.ntotal
        groups = group_count(total)
        result = _empty_ivf(faiss.IndexFlatIP(index.d), groups)
        random = np.random.default_rng(0)
        result.train(_sample(index, groups * _TRAINING_VECTORS, random))
        report(0.3)
        rows = 0
        for ids, vectors in vector_blocks(index):
            result.add_with_ids(vectors.astype(np.float32), ids)
            rows += len(ids)
            report(0.3 + 0.5 * rows / total)
        questions = simulate_questions(_sample(index, _QUESTIONS, random), random)
        recall = _tune_probes(result, index, questions)
        report(1.0)
        return result, recall
    finally:
        faiss.omp_set_num_threads(1)


def simulate_questions(vectors: Vectors, random: np.random.Generator) -> Vectors:
    """Return, for each vector, a vector in a random direction from it, as far away as a question is."""
    noise = random.standard_normal(vectors.shape, dtype=np.float32)
    noise -= (noise * vectors).sum(axis=1, keepdims=True) * vectors
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    questions: Vectors = _QUESTION_COSINE * vectors + np.float32((1 - _QUESTION_COSINE**2) ** 0.5) * noise
    return questions


def _tune_probes(index: Any, exact: Any, questions: Vectors) -> float:
    """Set the number of groups that a search looks at; return the recall."""
    expected = exact.search(questions, _NEIGHBORS)[1]
    index.nprobe = 1
    while True:
        actual = index.search(questions, _NEIGHBORS)[1]
        hits = [len(np.intersect1d(*rows)) for rows in zip(actual, expected, strict=True)]
        recall = sum(hits) / len(hits) / min(_NEIGHBORS, int(exact.ntotal))
        if recall >= RECALL or index.nprobe >= index.nlist:
            return recall
        index.nprobe = min(index.nlist, math.ceil(index.nprobe * 1.4))


def _sample(index: Any, count: int, random: np.random.Generator) -> Vectors:
    share = min(1.0, count / index.ntotal)
    samples = [vectors[random.random(len(vectors)) < share] for _, vectors in vector_blocks(index)]
    vectors = np.concatenate(samples).astype(np.float32)
    return vectors if len(vectors) else next(vector_blocks(index))[1][:1].astype(np.float32)


def _empty_ivf(quantiser: Any, groups: int) -> Any:
    kind = faiss.ScalarQuantizer.QT_fp16
    index = faiss.IndexIVFScalarQuantizer(quantiser, quantiser.d, groups, kind, faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False
    index.cp.spherical = True
    index.cp.niter = _ITERATIONS
    index.cp.min_points_per_centroid = 1
    index.cp.max_points_per_centroid = _TRAINING_VECTORS
    return index


def _empty_copy(index: Any) -> Any:
    """Return an empty index with the groups of `index`."""
    quantiser = faiss.IndexFlatIP(index.d)
    quantiser.add(index.quantizer.reconstruct_n(0, index.nlist))
    result = _empty_ivf(quantiser, index.nlist)
    result.is_trained = True
    result.nprobe = index.nprobe
    return result
