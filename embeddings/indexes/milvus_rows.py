"""A collection in Milvus as rows by their keys, one of which notes what the others are.

Milvus finds a collection by an alias. Each time that all rows are made again, they go to a new collection, and the
alias changes when it is complete: so others search the old one until then.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from embeddings.errors import IndexDamaged, IndexUnavailable
from embeddings.indexes.milvus_address import MilvusAddress
from embeddings.indexes.milvus_connection import LOADING_TIMEOUT, TIMEOUT, WRITING_TIMEOUT, connect, errors_of
from embeddings.types import Ids

if TYPE_CHECKING:
    from pymilvus import MilvusClient

MAX_LIMIT = 16_384
"""The most results of a search."""
ROWS = 2_048
"""Rows of a request, which may have 64 MB."""
# keys of an expression, each of which takes the server ten microseconds
_KEYS = 10_000
# the key of the row of facts: those of passages are not negative
_FACTS_KEY = -1


class MilvusRows:
    """Rows of a collection by their keys. Safe to use from several threads.

    Each method raises IndexUnavailable where the server does not answer or refuses, and IndexDamaged where the
    collection is gone.
    """

    def __init__(self, client: MilvusClient, address: MilvusAddress, name: str) -> None:
        self._client = client
        self._address = address
        self.name = name
        # a file of many passages is read as a whole with the first request, and nobody can be away
        self._timeout, self._writing_timeout = (
            (LOADING_TIMEOUT, LOADING_TIMEOUT) if address.is_file else (TIMEOUT, WRITING_TIMEOUT)
        )

    def noted(self) -> dict[str, Any]:
        """Return the facts that were noted last."""
        rows = self.rows_of([_FACTS_KEY], ["facts"])
        if not rows:
            raise IndexDamaged(f"The collection {self._address} is not complete.")
        facts: dict[str, Any] = json.loads(rows[0]["facts"])
        return facts

    def note_facts(self, facts: Mapping[str, Any], vector: object) -> None:
        """Note facts, after all that was written before; the vector is any of this collection."""
        self.upsert([{"key": _FACTS_KEY, "vector": vector, "facts": json.dumps(facts)}])

    def count(self) -> int:
        """Return the number of passages."""
        with errors_of(self._address):
            rows = self._client.query(
                self.name,
                filter="key >= 0",
                output_fields=["count(*)"],
                timeout=self._timeout,
                consistency_level="Strong",
            )
        return int(rows[0]["count(*)"])

    def rows_of(self, keys: list[int], fields: Sequence[str]) -> list[dict[str, Any]]:
        """Return the rows of some keys that have one, in any order."""
        with errors_of(self._address):
            rows: list[dict[str, Any]] = self._client.query(
                self.name, ids=keys, output_fields=["key", *fields], timeout=self._timeout, consistency_level="Strong"
            )
        return rows

    def upsert(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows, at most `ROWS`, in place of those of the same keys."""
        with errors_of(self._address):
            self._client.upsert(self.name, list(rows), timeout=self._writing_timeout)

    def delete(self, ids: Ids) -> None:
        """Delete the rows of keys."""
        for keys in portions(ids):
            with errors_of(self._address):
                self._client.delete(self.name, ids=keys, timeout=self._writing_timeout)

    def existing(self, ids: Ids) -> Ids:
        """Return those of the keys that have a row."""
        rows = [row for keys in portions(ids) for row in self.rows_of(keys, [])]
        return np.array([row["key"] for row in rows], np.int64)

    def best(
        self, query: object, parameters: Mapping[str, Any], limit: int, condition: str = "", fields: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Return the rows with the greatest inner products, as `distance`; the row of facts may be among them."""
        with errors_of(self._address):
            hits: list[dict[str, Any]]
            (hits,) = self._client.search(
                self.name,
                data=[query],
                anns_field="vector",
                filter=condition,
                limit=limit,
                output_fields=["key", *fields],
                search_params={"metric_type": "IP", "params": dict(parameters)},
                timeout=self._timeout,
            )
        return hits

    def drop(self) -> None:
        """Delete the collection, which was not published."""
        with errors_of(self._address):
            self._client.drop_collection(self.name, timeout=WRITING_TIMEOUT)

    def publish(self, *, keep_last: bool = False) -> None:
        """Let others find this collection in place of the one before, and delete all earlier ones.

        Args:
            keep_last: leave the last one to those who are just searching it.
        """
        client, alias = self._client, self._address.name
        needed = {self.name}
        with errors_of(self._address):
            if client.has_collection(alias, timeout=TIMEOUT):
                if keep_last:
                    needed.add(str(client.describe_collection(alias, timeout=TIMEOUT)["collection_name"]))
                client.alter_alias(self.name, alias, timeout=TIMEOUT)
            else:
                client.create_alias(self.name, alias, timeout=TIMEOUT)
            for name in client.list_collections(timeout=TIMEOUT):
                if _is_of(name, alias) and name not in needed:
                    client.drop_collection(name, timeout=TIMEOUT)


class Published(NamedTuple):
    """A collection that others find by an alias: its own name, and its field `vector`, if it has one."""

    client: MilvusClient
    name: str
    vector: Mapping[str, Any] | None


def published(address: MilvusAddress) -> Published | None:
    """Return the collection of an address, loaded into the server's memory; None if there is none yet.

    Raises:
        IndexUnavailable: nobody answers, the server is too old or refuses, or the collection is of another program.
    """
    client = connect(address)
    with errors_of(address):
        if not client.has_collection(address.name, timeout=TIMEOUT):
            return None
        schema = client.describe_collection(address.name, timeout=TIMEOUT)
        name = str(schema["collection_name"])
        if not _is_of(name, address.name):
            raise IndexUnavailable(f"The collection {address} is of another program: choose another name.")
        if str(client.get_load_state(name, timeout=TIMEOUT)["state"]) != "Loaded":
            client.load_collection(name, timeout=LOADING_TIMEOUT)
    vector = next((field for field in schema["fields"] if field["name"] == "vector"), None)
    return Published(client, name, vector)


def check_owner(address: MilvusAddress, owner: object, expected: str, *, is_newer: bool) -> None:
    """Refuse a collection that is not the archive's own, or that only a newer version can read.

    Raises:
        IndexUnavailable: it is.
    """
    if owner != expected:
        raise IndexUnavailable(f"The collection {address} is of another archive: choose another name.")
    if is_newer:
        raise IndexUnavailable(
            f"The collection {address} is of a newer version: upgrade with `pip install --upgrade fundstelle`."
        )


def new_name(address: MilvusAddress) -> str:
    """Return a name for a new collection of an address."""
    return f"{address.name}__{secrets.token_hex(4)}"


def _is_of(name: str, alias: str) -> bool:
    return re.fullmatch(rf"{alias}__[0-9a-f]{{8}}", name) is not None


def portions(ids: Ids) -> Iterator[list[int]]:
    """Yield keys in lists that a request may have."""
    for start in range(0, len(ids), _KEYS):
        yield ids[start : start + _KEYS].tolist()


def key_condition(keys: Sequence[int]) -> str:
    """Return the condition that a row has one of some keys."""
    return f"key in [{','.join(map(str, keys))}]"
