"""A collection in Milvus of sparse vectors, of which a search compares all: its inner products are exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from embeddings.errors import IndexUnavailable
from embeddings.indexes.milvus_address import MilvusAddress
from embeddings.indexes.milvus_connection import LOADING_TIMEOUT, connect, errors_of
from embeddings.indexes.milvus_rows import ROWS, MilvusRows, check_owner, new_name, published

UNUSED = 0
"""A dimension that no question has: the only one of rows that are not to be found."""
# nothing is left out, neither of a row nor of a question
_WHOLE = {"drop_ratio_search": 0.0}

SparseVector = Mapping[int, float]
"""Weights by dimension, which are stored in 32 bits."""


class SparseRows(MilvusRows):
    """Rows of a collection with a sparse vector each, and what else is noted of each."""

    def note(self, facts: Mapping[str, Any]) -> None:
        """Note facts, after all that was written before."""
        self.note_facts(facts, {UNUSED: 1.0})

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows with a `key` and a `vector`, in place of those of the same keys."""
        remaining = iter(rows)
        while portion := list(islice(remaining, ROWS)):
            self.upsert(portion)

    def settle(self) -> None:
        """Write to the disk what is in memory, where a file of Milvus Lite would read all of it with each search."""
        if self._address.is_file:
            with errors_of(self._address):
                self._client.flush(self.name, timeout=LOADING_TIMEOUT)

    def find(
        self, query: SparseVector, limit: int, condition: str = "", fields: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Return the rows with the greatest inner products above 0, greatest first, as `distance`."""
        hits = self.best(query, _WHOLE, limit, condition, fields)
        return [hit for hit in hits if hit["distance"] > 0]


def open_rows(address: MilvusAddress, owner: str, version: Sequence[int]) -> SparseRows | None:
    """Open the collection of an address; None if there is none yet, or only one of a lower version.

    Args:
        owner: whose rows it has to have, by the fact of this name.
        version: of the way in which rows are written, by the fact of this name.

    Raises:
        IndexUnavailable: nobody answers, the server is too old or refuses, or the collection is of somebody else.
        IndexDamaged: it is not complete.
    """
    collection = published(address)
    if collection is None:
        return None
    if collection.vector is None or not _is_sparse(collection.vector):
        raise IndexUnavailable(f"The collection {address} has no words: choose another name.")
    rows = SparseRows(collection.client, address, collection.name)
    facts = rows.noted()
    its_version = list(facts.get("version", []))
    check_owner(address, facts.get("owner"), owner, is_newer=its_version > list(version))
    return rows if its_version == list(version) else None


def new_rows(address: MilvusAddress) -> SparseRows:
    """Make an empty collection, which others do not find before it is published."""
    from pymilvus import DataType, MilvusClient

    client, name = connect(address), new_name(address)
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=True)
    schema.add_field("key", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.SPARSE_FLOAT_VECTOR)
    index = MilvusClient.prepare_index_params()
    index.add_index("vector", metric_type="IP", index_type="SPARSE_INVERTED_INDEX")
    with errors_of(address):
        client.create_collection(name, schema=schema, consistency_level="Session", timeout=LOADING_TIMEOUT)
        client.create_index(name, index, timeout=LOADING_TIMEOUT)
        client.load_collection(name, timeout=LOADING_TIMEOUT)
    return SparseRows(client, address, name)


def _is_sparse(field: Mapping[str, Any]) -> bool:
    from pymilvus import DataType

    return bool(field["type"] == DataType.SPARSE_FLOAT_VECTOR)
