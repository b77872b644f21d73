"""A collection in Milvus as one value: rows of keys and vectors, and a row of facts about them.

Milvus finds a collection by an alias. Each time that all vectors are made again, they go to a new collection, and the
alias changes when it is complete: so others search the old one until then.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.errors import DimensionMismatch, IndexDamaged, IndexUnavailable, SecretUnreadable
from embeddings.indexes.milvus_address import MilvusAddress
from embeddings.indexes.milvus_kinds import build_parameters, kinds_for, search_parameters
from embeddings.secrets import secret
from embeddings.types import Ids, Vectors

if TYPE_CHECKING:
    from pymilvus import MilvusClient

VERSION = 1
"""Of the way in which rows are written: those of a lower one are made again, those of a higher one are refused."""
_OLDEST_SERVER = (2, 3)
# seconds in which a request is answered, or repeated while nobody answers: one that reads, and one that writes
_TIMEOUT, _WRITING_TIMEOUT = 5, 8
# seconds in which a collection is loaded into the server's memory
_LOADING_TIMEOUT = 600
# rows of a request, which may have 64 MB, and keys of an expression, each of which takes the server ten microseconds
_ROWS, _KEYS = 2_048, 10_000
# the key of the row of facts: those of passages are not negative
_FACTS_KEY = -1
MAX_LIMIT = 16_384
"""The most neighbours of a search."""
# a server that did not answer is not asked for so many seconds: else of those who wait, each would wait in turn
_SILENT_SECONDS = 2.0
_silent_until: dict[str, float] = {}
# what pymilvus says where nobody answers, and Milvus where a collection does not exist, or is not in memory
_NO_CONNECTION, _NO_COLLECTION, _NOT_LOADED = 2, 100, 101


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


class MilvusCollection:
    """Rows of a collection by their keys. Safe to use from several threads.

    Each method raises IndexUnavailable where the server does not answer or refuses, and IndexDamaged where the
    collection is gone.
    """

    def __init__(self, client: MilvusClient, address: MilvusAddress, name: str, kind: str = "", size: int = 0) -> None:
        self._client = client
        self._address = address
        self.name, self.kind, self._size = name, kind, size

    def facts(self) -> Facts:
        """Return the facts that were noted last."""
        with _errors_of(self._address):
            rows = self._client.query(
                self.name,
                ids=[_FACTS_KEY],
                output_fields=["facts"],
                timeout=_TIMEOUT,
                consistency_level="Strong",
            )
        facts = json.loads(rows[0]["facts"])
        self.kind, self._size = str(facts["kind"]), int(facts["size"])
        return Facts(str(facts["owner"]), str(facts["stamp"]), int(facts["version"]))

    def note(self, facts: Facts, dim: int) -> None:
        """Note facts, after all that was written before."""
        vector = np.eye(1, dim, dtype=np.float32)[0]
        text = json.dumps({**asdict(facts), "kind": self.kind, "size": self._size})
        self._upsert([{"key": _FACTS_KEY, "vector": vector, "facts": text}])

    def count(self) -> int:
        """Return the number of vectors."""
        with _errors_of(self._address):
            rows = self._client.query(
                self.name,
                filter="key >= 0",
                output_fields=["count(*)"],
                timeout=_TIMEOUT,
                consistency_level="Strong",
            )
        return int(rows[0]["count(*)"])

    def put(self, ids: Ids, vectors: Vectors) -> None:
        """Write vectors, in place of those of the same keys."""
        rows = [{"key": key, "vector": vector} for key, vector in zip(ids.tolist(), vectors, strict=True)]
        for start in range(0, len(rows), _ROWS):
            self._upsert(rows[start : start + _ROWS])

    def delete(self, ids: Ids) -> None:
        """Delete the rows of keys, which have to exist."""
        for keys in _portions(ids):
            with _errors_of(self._address):
                self._client.delete(self.name, ids=keys, timeout=_WRITING_TIMEOUT)

    def existing(self, ids: Ids) -> Ids:
        """Return those of the keys that have a row."""
        rows = [row for keys in _portions(ids) for row in self._rows_of(keys, ["key"])]
        return np.array([row["key"] for row in rows], np.int64)

    def vectors_of(self, ids: Ids) -> dict[int, Vectors]:
        """Return the vectors of keys, without those that have no row."""
        starts = range(0, len(ids), _ROWS)
        rows = (row for start in starts for row in self._rows_of(ids[start : start + _ROWS].tolist()))
        return {row["key"]: np.array(row["vector"], np.float32) for row in rows}

    def search(self, query: Vectors, limit: int, among: Ids | None = None) -> tuple[Ids, Vectors]:
        """Return the keys nearest to a vector, at most `MAX_LIMIT`, and their inner products.

        Args:
            among: the only keys that are searched, by comparing them all; some ten thousand take a tenth of a second.
        """
        portions = [None] if among is None else list(_portions(among))
        ids, products = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
        for keys in portions:
            # the row of facts is among the results
            fetched = min(limit + 1, MAX_LIMIT)
            with _errors_of(self._address):
                (hits,) = self._client.search(
                    self.name,
                    data=[query],
                    filter="" if keys is None else _in(keys),
                    limit=fetched,
                    output_fields=["key"],
                    search_params={"metric_type": "IP", "params": search_parameters(self.kind, fetched, self._size)},
                    timeout=_TIMEOUT,
                )
            ids.append(np.array([hit["key"] for hit in hits], np.int64))
            products.append(np.array([hit["distance"] for hit in hits], np.float32))
        keys_of_hits, similarities = np.concatenate(ids), np.concatenate(products)
        is_passage = keys_of_hits != _FACTS_KEY
        return keys_of_hits[is_passage], similarities[is_passage]

    def blocks(self) -> Iterator[tuple[Ids, Vectors]]:
        """Yield all keys and vectors, block by block."""
        with _errors_of(self._address):
            rows = self._client.query_iterator(
                self.name,
                batch_size=_ROWS,
                filter="key >= 0",
                output_fields=["key", "vector"],
                timeout=_WRITING_TIMEOUT,
            )
            while block := rows.next():
                yield np.array([row["key"] for row in block]), np.array([row["vector"] for row in block], np.float32)
            rows.close()

    def drop(self) -> None:
        """Delete the collection, which was not published."""
        with _errors_of(self._address):
            self._client.drop_collection(self.name, timeout=_WRITING_TIMEOUT)

    def publish(self) -> None:
        """Let others find this collection in place of the one before, which is deleted."""
        client, alias = self._client, self._address.name
        with _errors_of(self._address):
            earlier = [name for name in client.list_collections(timeout=_TIMEOUT) if _is_of(name, alias)]
            if client.has_collection(alias, timeout=_TIMEOUT):
                client.alter_alias(self.name, alias, timeout=_TIMEOUT)
            else:
                client.create_alias(self.name, alias, timeout=_TIMEOUT)
            for name in earlier:
                if name != self.name:
                    client.drop_collection(name, timeout=_TIMEOUT)

    def _rows_of(self, keys: list[int], fields: Sequence[str] = ("key", "vector")) -> list[dict[str, Any]]:
        with _errors_of(self._address):
            rows: list[dict[str, Any]] = self._client.query(
                self.name, ids=keys, output_fields=list(fields), timeout=_TIMEOUT, consistency_level="Strong"
            )
        return rows

    def _upsert(self, rows: list[dict[str, Any]]) -> None:
        with _errors_of(self._address):
            self._client.upsert(self.name, rows, timeout=_WRITING_TIMEOUT)


def open_collection(address: MilvusAddress, dim: int, owner: str, *, empty: bool = False) -> MilvusCollection | None:
    """Open the collection of an address; None if there is none yet, or a new one is wanted.

    Args:
        owner: whose vectors it has to have.

    Raises:
        IndexUnavailable: nobody answers, the server is too old or refuses, or the collection is of somebody else.
        DimensionMismatch: it has vectors of another dimension.
    """
    client = _connect(address)
    with _errors_of(address):
        if not client.has_collection(address.name, timeout=_TIMEOUT):
            return None
        schema = client.describe_collection(address.name, timeout=_TIMEOUT)
        name = str(schema["collection_name"])
        if not _is_of(name, address.name):
            raise IndexUnavailable(f"The collection {address} is of another program: choose another name.")
        if str(client.get_load_state(name, timeout=_TIMEOUT)["state"]) != "Loaded":
            client.load_collection(name, timeout=_LOADING_TIMEOUT)
    collection = MilvusCollection(client, address, name)
    facts = collection.facts()
    if facts.owner != owner:
        raise IndexUnavailable(f"The collection {address} is of another archive: choose another name.")
    if facts.version > VERSION:
        raise IndexUnavailable(
            f"The collection {address} is of a newer version: upgrade with `pip install --upgrade fundstelle`."
        )
    if empty or facts.version < VERSION:
        return None
    there = next(int(field["params"]["dim"]) for field in schema["fields"] if field["name"] == "vector")
    if there != dim:
        raise DimensionMismatch(there, dim)
    return collection


def new_collection(address: MilvusAddress, dim: int, size: int) -> MilvusCollection:
    """Make an empty collection for so many vectors, which others do not find before it is published."""
    from pymilvus import DataType, MilvusClient, MilvusException

    client = _connect(address)
    name = f"{address.name}__{secrets.token_hex(4)}"
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=True)
    schema.add_field("key", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
    *better, last = kinds_for(size, is_file=address.is_file)
    with _errors_of(address):
        client.create_collection(name, schema=schema, consistency_level="Session", timeout=_LOADING_TIMEOUT)
        for kind in (*better, last):
            index = MilvusClient.prepare_index_params()
            index.add_index("vector", metric_type="IP", index_type=kind, params=build_parameters(kind, size))
            try:
                client.create_index(name, index, timeout=_LOADING_TIMEOUT)
                break
            except MilvusException:
                # not every server offers every kind
                if kind == last:
                    raise
        client.load_collection(name, timeout=_LOADING_TIMEOUT)
    return MilvusCollection(client, address, name, kind, size)


def _connect(address: MilvusAddress) -> MilvusClient:
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        raise IndexUnavailable("An index in Milvus needs pymilvus: pip install 'fundstelle[scale]'.") from error
    if address.is_file and find_spec("milvus_lite") is None:
        raise IndexUnavailable("Vectors in a file need Milvus Lite: pip install milvus-lite.")
    # errors come as exceptions, too; a file has a server in this process that does not know all requests
    for library in ("pymilvus", "grpc", "milvus_lite"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    try:
        token = secret("FUNDSTELLE_MILVUS_TOKEN")
    except SecretUnreadable as error:
        raise IndexUnavailable(str(error)) from error
    certificate = os.environ.get("FUNDSTELLE_MILVUS_CA")
    if certificate and not os.access(certificate, os.R_OK):
        raise IndexUnavailable(f"The certificate {certificate}, which $FUNDSTELLE_MILVUS_CA names, cannot be read.")
    arguments = {"server_pem_path": certificate} if certificate else {}
    with _errors_of(address):
        client = MilvusClient(address.uri, token=token, timeout=_TIMEOUT, **arguments)
        version = str(client.get_server_version(timeout=_TIMEOUT))
    numbers = re.match(r"v?(\d+)\.(\d+)", version)
    if numbers and tuple(map(int, numbers.groups())) < _OLDEST_SERVER:
        oldest = ".".join(map(str, _OLDEST_SERVER))
        raise IndexUnavailable(f"The Milvus at {address.uri} has version {version}: {oldest} or later is needed.")
    return client


@contextmanager
def _errors_of(address: MilvusAddress) -> Iterator[None]:
    """Say in a sentence what went wrong with a request."""
    import grpc
    from pymilvus import MilvusException

    if time.monotonic() < _silent_until.get(address.uri, 0.0):
        raise _silent(address)
    try:
        yield
    except (MilvusException, grpc.RpcError, OSError) as error:
        raise _in_a_sentence(address, error) from error


def _in_a_sentence(address: MilvusAddress, error: Exception) -> Exception:
    message = " ".join(str(getattr(error, "message", None) or error).split())[:200]
    code = getattr(error, "code", None)
    if code == _NO_COLLECTION:
        return IndexDamaged(f"The collection {address} was deleted or made again.")
    if code == _NOT_LOADED:
        return IndexUnavailable(f"Milvus is loading the collection {address} into its memory: try again in a minute.")
    # pymilvus says of all that went wrong when it connected that nobody answers
    reasons = f"{code} {message} {error.__cause__}"
    if re.search("unauthenticated|auth check failure|permission deny", reasons, re.IGNORECASE):
        return IndexUnavailable(
            f"The Milvus at {address.uri} refuses: set $FUNDSTELLE_MILVUS_TOKEN to USER:PASSWORD of somebody who may "
            "make and change collections there."
        )
    if address.is_file:
        return IndexUnavailable(
            f"The file {address.uri} cannot be opened ({message}): name a new one in a folder that exists, or end the "
            "other program that has it open."
        )
    if code == _NO_CONNECTION or re.search("UNAVAILABLE|DEADLINE|UNIMPLEMENTED", reasons):
        _silent_until[address.uri] = time.monotonic() + _SILENT_SECONDS
        return _silent(address)
    return IndexUnavailable(f"The Milvus at {address.uri} refuses ({message}): look into its log, and try again.")


def _silent(address: MilvusAddress) -> IndexUnavailable:
    return IndexUnavailable(
        f"No Milvus answers at {address.uri}: start it, or check address and network, and try again."
    )


def _is_of(name: str, alias: str) -> bool:
    return re.fullmatch(rf"{alias}__[0-9a-f]{{8}}", name) is not None


def _portions(ids: Ids) -> Iterator[list[int]]:
    for start in range(0, len(ids), _KEYS):
        yield ids[start : start + _KEYS].tolist()


def _in(keys: Sequence[int]) -> str:
    return f"key in [{','.join(map(str, keys))}]"
