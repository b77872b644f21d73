"""A collection in Milvus as one value: rows of keys and vectors, and a row of facts about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.errors import DimensionMismatch, IndexUnavailable
from embeddings.indexes.milvus_address import MilvusAddress
from embeddings.indexes.milvus_connection import LOADING_TIMEOUT, WRITING_TIMEOUT, connect, errors_of
from embeddings.indexes.milvus_kinds import build_parameters, kinds_for, search_parameters
from embeddings.indexes.milvus_rows import (
    MAX_LIMIT,
    ROWS,
    MilvusRows,
    check_owner,
    key_condition,
    new_name,
    portions,
    published,
)
from embeddings.types import Ids, Vectors

if TYPE_CHECKING:
    from pymilvus import MilvusClient

VERSION = 1
"""Of the way in which rows are written: those of a lower one are made again, those of a higher one are refused."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is noted of vectors: whose they are, what they contain, and how they are written.

    Attributes:
        stamp: the owner's; see `embeddings.index.VectorIndex`.
        version: of the way in which rows are written.
    """

    owner: str = ""
    stamp: str = ""
    version: int = VERSION


class MilvusCollection(MilvusRows):
    """Rows of a collection of vectors by their keys."""

    def __init__(self, client: MilvusClient, address: MilvusAddress, name: str, kind: str = "", size: int = 0) -> None:
        super().__init__(client, address, name)
        self.kind, self._size = kind, size

    def facts(self) -> Facts:
        """Return the facts that were noted last."""
        facts = self.noted()
        self.kind, self._size = str(facts["kind"]), int(facts["size"])
        return Facts(str(facts["owner"]), str(facts["stamp"]), int(facts["version"]))

    def note(self, facts: Facts, dim: int) -> None:
        """Note facts, after all that was written before."""
        noted = {**asdict(facts), "kind": self.kind, "size": self._size}
        self.note_facts(noted, np.eye(1, dim, dtype=np.float32)[0])

    def put(self, ids: Ids, vectors: Vectors) -> None:
        """Write vectors, in place of those of the same keys."""
        rows = [{"key": key, "vector": vector} for key, vector in zip(ids.tolist(), vectors, strict=True)]
        for start in range(0, len(rows), ROWS):
            self.upsert(rows[start : start + ROWS])

    def vectors_of(self, ids: Ids) -> dict[int, Vectors]:
        """Return the vectors of keys, without those that have no row."""
        starts = range(0, len(ids), ROWS)
        rows = (row for start in starts for row in self.rows_of(ids[start : start + ROWS].tolist(), ["vector"]))
        return {row["key"]: np.array(row["vector"], np.float32) for row in rows}

    def search(self, query: Vectors, limit: int, keys: Ids | None = None) -> tuple[Ids, Vectors]:
        """Return the keys nearest to a vector, at most `MAX_LIMIT`, and their inner products.

        Args:
            keys: the only keys that are searched, by comparing them all; some ten thousand take a tenth of a second.
        """
        conditions = [""] if keys is None else map(key_condition, portions(keys))
        # the row of facts is among the results
        fetched = min(limit + 1, MAX_LIMIT)
        parameters = search_parameters(self.kind, fetched, self._size)
        hits = [hit for condition in conditions for hit in self.best(query, parameters, fetched, condition)]
        ids = np.array([hit["key"] for hit in hits], np.int64)
        similarities = np.array([hit["distance"] for hit in hits], np.float32)
        return ids[ids >= 0], similarities[ids >= 0]

    def blocks(self) -> Iterator[tuple[Ids, Vectors]]:
        """Yield all keys and vectors, block by block."""
        with errors_of(self._address):
            rows = self._client.query_iterator(
                self.name,
                batch_size=ROWS,
                filter="key >= 0",
                output_fields=["key", "vector"],
                timeout=WRITING_TIMEOUT,
            )
            while block := rows.next():
                yield np.array([row["key"] for row in block]), np.array([row["vector"] for row in block], np.float32)
            rows.close()


def open_collection(address: MilvusAddress, dim: int, owner: str, *, empty: bool = False) -> MilvusCollection | None:
    """Open the collection of an address; None if there is none yet, or a new one is wanted.

    Args:
        owner: whose vectors it has to have.

    Raises:
        IndexUnavailable: nobody answers, the server is too old or refuses, or the collection is of somebody else.
        DimensionMismatch: it has vectors of another dimension.
    """
    alias = published(address)
    if alias is None:
        return None
    dimensions = (alias.vector or {}).get("params", {}).get("dim")
    if dimensions is None:
        raise IndexUnavailable(f"The collection {address} has no such vectors: choose another name.")
    collection = MilvusCollection(alias.client, address, alias.name)
    facts = collection.facts()
    check_owner(address, facts.owner, owner, is_newer=facts.version > VERSION)
    if empty or facts.version < VERSION:
        return None
    if int(dimensions) != dim:
        raise DimensionMismatch(int(dimensions), dim)
    return collection


def new_collection(address: MilvusAddress, dim: int, size: int) -> MilvusCollection:
    """Make an empty collection for so many vectors, which others do not find before it is published."""
    from pymilvus import DataType, MilvusClient, MilvusException

    client = connect(address)
    name = new_name(address)
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=True)
    schema.add_field("key", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
    *better, last = kinds_for(size, is_file=address.is_file)
    with errors_of(address):
        client.create_collection(name, schema=schema, consistency_level="Session", timeout=LOADING_TIMEOUT)
        for kind in (*better, last):
            index = MilvusClient.prepare_index_params()
            index.add_index("vector", metric_type="IP", index_type=kind, params=build_parameters(kind, size))
            try:
                client.create_index(name, index, timeout=LOADING_TIMEOUT)
                break
            except MilvusException:
                # not every server offers every kind
                if kind == last:
                    raise
        client.load_collection(name, timeout=LOADING_TIMEOUT)
    return MilvusCollection(client, address, name, kind, size)
