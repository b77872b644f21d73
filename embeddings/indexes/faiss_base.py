"""The two kinds of FAISS index that hold most vectors: one that looks at all of them, and one that looks at some.

Both keep vectors of length 1 in half precision under ids of their own, and compare by inner product.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import Any

import faiss
import numpy as np

from embeddings.types import HalfVectors, Ids, OnStep, Vectors

_BLOCK = 50_000
# groups for the root of the number of vectors, and vectors for each group to learn them from
_GROUPS, _LEARNT_FROM, _ROUNDS = 2, 64, 6
# the cosine of a question to the passage that is nearest to it is about .7, to the tenth .59
_LIKE_A_QUESTION = 0.6
_QUESTIONS, _NEIGHBORS = 100, 10
RECALL = 0.98


def flat(dim: int) -> Any:
    """Return an empty index that compares a question with every vector."""
    return faiss.IndexIDMap(faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT))


def is_flat(index: Any) -> bool:
    """Tell whether an index compares a question with every vector."""
    return isinstance(index, faiss.IndexIDMap)


def ids_of(index: Any) -> Ids:
    """Return the ids in an index, in its order."""
    if is_flat(index):
        ids: Ids = faiss.vector_to_array(index.id_map)
        return ids
    return np.concatenate([np.empty(0, np.int64), *(_ids_of_group(index, group) for group in range(index.nlist))])


def blocks_of(index: Any) -> Iterator[tuple[Ids, HalfVectors]]:
    """Yield all ids and vectors of an index, in its order, some at a time."""
    if not is_flat(index):
        yield from (_group(index, group) for group in range(index.nlist))
        return
    ids = ids_of(index)
    for start in range(0, len(ids), _BLOCK):
        block = ids[start : start + _BLOCK]
        yield block, index.index.reconstruct_n(start, len(block)).astype(np.float16)


def _ids_of_group(index: Any, group: int) -> Ids:
    # the vectors beside them are not touched: of a mapped file, they would be read from the disk
    size = index.invlists.list_size(group)
    ids: Ids = faiss.rev_swig_ptr(index.invlists.get_ids(group), size).copy() if size else np.empty(0, np.int64)
    return ids


def _group(index: Any, group: int) -> tuple[Ids, HalfVectors]:
    ids = _ids_of_group(index, group)
    if not len(ids):
        return ids, np.empty((0, index.d), np.float16)
    codes = faiss.rev_swig_ptr(index.invlists.get_codes(group), len(ids) * index.code_size).copy()
    return ids, codes.view(np.float16).reshape(len(ids), index.d)


def merged(index: Any, gone: Ids, other: Any) -> Any:
    """Return an index of the same kind with all vectors but those that are gone, and with those of another one."""
    result = flat(index.index.d) if is_flat(index) else _like(index)
    for number, (ids, vectors) in enumerate(blocks_of(index)):
        kept = ~np.isin(ids, gone)
        if is_flat(index):
            result.add_with_ids(vectors[kept].astype(np.float32), ids[kept])
        elif kept.any():
            codes = np.ascontiguousarray(vectors[kept]).view(np.uint8)
            chosen = np.ascontiguousarray(ids[kept])
            result.invlists.add_entries(number, len(chosen), faiss.swig_ptr(chosen), faiss.swig_ptr(codes))
            result.ntotal += len(chosen)
    for ids, vectors in blocks_of(other):
        result.add_with_ids(vectors.astype(np.float32), ids)
    return result


def groups_for(vectors: int) -> int:
    """Return in how many groups so many vectors are put."""
    return max(1, int(_GROUPS * math.sqrt(vectors)))


def grouped(index: Any, on_step: OnStep | None = None) -> tuple[Any, float]:
    """Return an index of the same vectors that compares a question with those of the nearest groups alone.

    Groups are found by k-means (inverted file; Sivic and Zisserman, 2003). As many are looked at as it takes to find
    nearly all of the ten nearest vectors that looking at all finds: that share, at least `RECALL`, is returned, too. It
    is measured with vectors that are as far from those of the index as questions are.
    """

    def say(done: float) -> None:
        if on_step:
            on_step("grouping the vectors", done)

    say(0.0)
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    try:
        total = index.ntotal
        groups = groups_for(total)
        result = _inverted(faiss.IndexFlatIP(index.d), groups)
        random = np.random.default_rng(0)
        result.train(_some(index, groups * _LEARNT_FROM, random))
        say(0.3)
        added = 0
        for ids, vectors in blocks_of(index):
            result.add_with_ids(vectors.astype(np.float32), ids)
            added += len(ids)
            say(0.3 + 0.5 * added / total)
        questions = like_questions(_some(index, _QUESTIONS, random), random)
        recall = _look_at_enough(result, index, questions)
        say(1.0)
        return result, recall
    finally:
        faiss.omp_set_num_threads(1)


def like_questions(vectors: Vectors, random: np.random.Generator) -> Vectors:
    """Return for each vector one in a random direction from it, and as far from it as a question is."""
    noise = random.standard_normal(vectors.shape, dtype=np.float32)
    noise -= (noise * vectors).sum(axis=1, keepdims=True) * vectors
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    found: Vectors = _LIKE_A_QUESTION * vectors + np.float32((1 - _LIKE_A_QUESTION**2) ** 0.5) * noise
    return found


def _look_at_enough(index: Any, exact: Any, questions: Vectors) -> float:
    """Set how many groups are looked at; return the recall."""
    wanted = exact.search(questions, _NEIGHBORS)[1]
    index.nprobe = 1
    while True:
        found = index.search(questions, _NEIGHBORS)[1]
        shared = [len(np.intersect1d(one, other)) for one, other in zip(found, wanted, strict=True)]
        recall = sum(shared) / len(shared) / min(_NEIGHBORS, int(exact.ntotal))
        if recall >= RECALL or index.nprobe >= index.nlist:
            return recall
        index.nprobe = min(index.nlist, math.ceil(index.nprobe * 1.4))


def _some(index: Any, count: int, random: np.random.Generator) -> Vectors:
    share = min(1.0, count / index.ntotal)
    found = [vectors[random.random(len(vectors)) < share] for _, vectors in blocks_of(index)]
    vectors = np.concatenate(found).astype(np.float32)
    return vectors if len(vectors) else next(blocks_of(index))[1][:1].astype(np.float32)


def _inverted(quantiser: Any, groups: int) -> Any:
    kind = faiss.ScalarQuantizer.QT_fp16
    index = faiss.IndexIVFScalarQuantizer(quantiser, quantiser.d, groups, kind, faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False
    index.cp.spherical = True
    index.cp.niter = _ROUNDS
    index.cp.min_points_per_centroid = 1
    index.cp.max_points_per_centroid = _LEARNT_FROM
    return index


def _like(index: Any) -> Any:
    """Return an empty index with the groups of another."""
    quantiser = faiss.IndexFlatIP(index.d)
    quantiser.add(index.quantizer.reconstruct_n(0, index.nlist))
    result = _inverted(quantiser, index.nlist)
    result.is_trained = True
    result.nprobe = index.nprobe
    return result
