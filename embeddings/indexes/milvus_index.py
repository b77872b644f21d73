"""Milvus: vectors on a server of their own, or in a file of Milvus Lite.

What changed since the last flush is in memory, and searched there. A snapshot gets back what a later flush takes from
the server.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from weakref import WeakSet

import numpy as np

from embeddings.errors import DimensionMismatch
from embeddings.indexes.milvus_address import MilvusAddress
from embeddings.indexes.milvus_collection import Facts, MilvusCollection, new_collection, open_collection
from embeddings.indexes.milvus_kinds import kinds_for
from embeddings.indexes.milvus_rows import MAX_LIMIT
from embeddings.indexes.topk import are_among, best_first, validate_vectors
from embeddings.types import Ids, Neighbor, OnStep, Vectors

# neighbours fetched beyond k, so that ties at the end are broken by id and not by Milvus's order
_EXTRA_NEIGHBORS = 16
# up to so many given ids are compared one by one; of more, the nearest are looked for among all
_MAX_COMPARED = 4_096
# the share of the ten nearest that HNSW found, and a little less; see benchmarks/milvus.py
_RECALL = 0.99
# changes in memory, from which on they are written
_MAX_PENDING = 20_000
# similarities are rounded in two ways, here and on the server, which for equal vectors may depend on their place, too
_NOISE = 1e-6


@dataclass(frozen=True)
class Overlay:
    """How vectors differ from those of a collection with `size` rows: without those of `hidden`, and with `added`."""

    size: int = 0
    hidden: frozenset[int] = frozenset()
    added: Mapping[int, Vectors] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.size - len(self.hidden) + len(self.added)

    def after_writing(self, written: Overlay, replaced: Mapping[int, Vectors]) -> Overlay:
        """Return the overlay of the same vectors when another one has been written to the collection.

        Args:
            replaced: the vectors of the rows that the other one hides.
        """
        lost = {number: vector for number, vector in replaced.items() if number not in self.hidden}
        new = written.added.keys() - written.hidden - self.hidden
        return Overlay(self.size + len(new), self.hidden | lost.keys() | new, {**self.added, **lost})


@dataclass(eq=False)
class MilvusSnapshot:
    """A collection with an overlay, which is another one when something has been written to the collection."""

    collection: MilvusCollection | None
    dim: int
    recall: float
    overlay: Overlay

    def __len__(self) -> int:
        return len(self.overlay)

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> list[Neighbor]:
        """Return the nearest neighbours, among the given ids if any: most similar first, ties by id.

        Raises:
            IndexUnavailable: the server does not answer.
            IndexDamaged: the vectors were made again meanwhile.
        """
        if query.shape != (self.dim,):
            raise DimensionMismatch(self.dim, query.shape[-1] if query.ndim else 0)
        if k <= 0:
            return []
        query = query.astype(np.float32)
        while True:
            overlay = self.overlay
            ids, similarities = self._on_server(query, k + _EXTRA_NEIGHBORS, among, overlay)
            # else something was written meanwhile, and some of the neighbours may be of before, some of after
            if self.overlay is overlay:
                break
        # where writing was interrupted, the collection has some of what was added
        remains = ~np.isin(ids, [*overlay.hidden, *overlay.added])
        chosen = overlay.added.keys() if among is None else overlay.added.keys() & set(among.tolist())
        added = np.fromiter(chosen, np.int64, len(chosen))
        rows = np.array([overlay.added[number] for number in chosen], np.float32).reshape(-1, self.dim)
        # not a matrix product, which rounds differently in another place
        similarities = np.concatenate([similarities[remains], np.einsum("ij,j->i", rows, query)])
        return best_first(np.concatenate([ids[remains], added]), _without_noise(similarities), k)

    def _on_server(self, query: Vectors, count: int, among: Ids | None, overlay: Overlay) -> tuple[Ids, Vectors]:
        if self.collection is None or (among is not None and not len(among)):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if among is None:
            return self.collection.search(query, min(count + len(overlay.hidden), MAX_LIMIT))
        if overlay.hidden:
            among = np.setdiff1d(among, np.fromiter(overlay.hidden, np.int64, len(overlay.hidden)))
        if len(among) > _MAX_COMPARED:
            ascending = among if (among[1:] >= among[:-1]).all() else np.sort(among)
            # as many as have enough of the given ones if these are as near as the others; twice, for good measure
            for limit in (math.ceil(2 * count * overlay.size / len(among)), MAX_LIMIT):
                if limit > MAX_LIMIT:
                    break
                ids, similarities = self.collection.search(query, limit)
                given = are_among(ids, ascending)
                if given.sum() >= count:
                    return ids[given], similarities[given]
        return self.collection.search(query, count, among)


class MilvusIndex:
    """Vectors in a collection of Milvus, and the changes since the last flush. Thread-safe.

    A flush writes all changes before its stamp. If it is interrupted, the collection has the stamp before and some of
    the changes: made again, they are those of the flush. An index that starts empty writes to a collection that others
    do not see before the flush.
    """

    def __init__(self, address: MilvusAddress, dim: int, *, empty: bool = False, owner: str = "") -> None:
        self._address = address
        self._dim = dim
        self._owner = owner
        self._lock = threading.Lock()
        self._snapshots: WeakSet[MilvusSnapshot] = WeakSet()
        self._collection = open_collection(address, dim, owner, empty=empty)
        self._is_published = self._collection is not None
        self._facts = self._collection.facts() if self._collection else Facts()
        self._overlay = Overlay(self._collection.count() if self._collection else 0)

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""
        return self._dim

    @property
    def stamp(self) -> str:
        """The stamp of the last `flush`, or the one read on opening."""
        return self._facts.stamp

    @property
    def recall(self) -> float:
        """1.0 where all vectors are compared; else what was measured with vectors of articles."""
        return 1.0 if self._address.is_file else _RECALL

    def __len__(self) -> int:
        return len(self._overlay)

    def snapshot(self) -> MilvusSnapshot:
        """Return the vectors as they are now, whatever other threads change later; other programs may change them."""
        with self._lock:
            snapshot = MilvusSnapshot(self._collection, self._dim, self.recall, self._overlay)
            self._snapshots.add(snapshot)
            return snapshot

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> list[Neighbor]:
        """Return the nearest neighbours as they are now; see `MilvusSnapshot.search`."""
        return self.snapshot().search(query, k, among)

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        """Add vectors, shape (len(ids), dim); an existing id gets the new vector."""
        numbers, rows = validate_vectors(ids, vectors, self._dim)
        with self._lock:
            self._change(numbers, dict(zip(numbers.tolist(), rows, strict=True)))
            if len(self._overlay.added) >= _MAX_PENDING:
                self._write()

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Remove ids; unknown ones are ignored."""
        with self._lock:
            self._change(np.unique(np.asarray(ids, np.int64)), {})

    def speed_up(self, on_step: OnStep | None = None) -> None:
        """Copy the vectors to a collection with another kind of index, if there are too many or too few for this one.

        Whoever searched the collection before is told that the vectors were made again, and finds the new one.
        """
        with self._lock:
            collection, overlay = self._collection, self._overlay
        size = len(overlay)
        if not self._is_published or collection is None or overlay.hidden or overlay.added:
            return
        if collection.kind in kinds_for(size, is_file=self._address.is_file):
            return
        copied, rows = new_collection(self._address, self._dim, size), 0
        for ids, vectors in collection.blocks():
            copied.put(ids, vectors)
            rows += len(ids)
            if on_step:
                on_step("copying the vectors", rows / max(size, 1))
        with self._lock:
            # unless another thread has changed something meanwhile
            if self._overlay is overlay:
                copied.note(self._facts, self._dim)
                copied.publish()
                self._collection = copied
            else:
                copied.drop()

    def flush(self, stamp: str) -> None:
        """Write vectors, then the stamp."""
        with self._lock:
            collection = self._write()
            facts = Facts(self._owner, stamp)
            collection.note(facts, self._dim)
            if not self._is_published:
                collection.publish()
                self._is_published = True
            self._facts = facts

    def _change(self, ids: Ids, added: Mapping[int, Vectors]) -> None:
        """Replace the vectors of ids by those added, if any."""
        overlay = self._overlay
        has_rows = self._collection is not None and overlay.size and len(ids)
        hidden = self._collection.existing(ids).tolist() if self._collection and has_rows else []
        changed = set(ids.tolist())
        others = {number: vector for number, vector in overlay.added.items() if number not in changed}
        self._overlay = Overlay(overlay.size, overlay.hidden.union(hidden), {**others, **added})

    def _write(self) -> MilvusCollection:
        """Write what is pending; the snapshots that others hold keep what they have."""
        if self._collection is None:
            self._collection = new_collection(self._address, self._dim, len(self._overlay))
        collection, overlay = self._collection, self._overlay
        snapshots = [snapshot for snapshot in self._snapshots if snapshot.collection is collection]
        if snapshots:
            replaced = collection.vectors_of(np.fromiter(overlay.hidden, np.int64, len(overlay.hidden)))
            for snapshot in snapshots:
                snapshot.overlay = snapshot.overlay.after_writing(overlay, replaced)
        gone = overlay.hidden - overlay.added.keys()
        collection.delete(np.fromiter(gone, np.int64, len(gone)))
        numbers = np.fromiter(overlay.added, np.int64, len(overlay.added))
        collection.put(numbers, np.array(list(overlay.added.values()), np.float32).reshape(-1, self._dim))
        self._overlay = Overlay(len(overlay))
        return collection


def _without_noise(similarities: Vectors) -> Vectors:
    """Return similarities of which those are equal that only rounding keeps apart."""
    order = np.argsort(-similarities, kind="stable")
    ordered = similarities[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=np.inf) < -_NOISE)
    equal = np.empty_like(similarities)
    equal[order] = np.repeat(ordered[starts], np.diff(starts, append=len(ordered)))
    return equal
