"""How a server of Milvus is reached, and what is said where it does not do what was asked."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from embeddings.errors import IndexDamaged, IndexUnavailable, SecretUnreadable
from embeddings.indexes.milvus_address import MilvusAddress
from embeddings.secrets import secret

if TYPE_CHECKING:
    from pymilvus import MilvusClient

TIMEOUT, WRITING_TIMEOUT = 5, 8
"""Seconds in which a request is answered, or repeated while nobody answers: one that reads, and one that writes."""
LOADING_TIMEOUT = 600
"""Seconds in which a collection is loaded into the server's memory."""
_OLDEST_SERVER = (2, 3)
_OLDEST_WITH_SPARSE_VECTORS = (2, 4)
# a server that did not answer is not asked for so many seconds: else of those who wait, each would wait in turn
_SILENT_SECONDS = 2.0
_silent_until: dict[str, float] = {}
_NEVER = (1 << 31) - 1
# what pymilvus says where nobody answers, and Milvus where a collection does not exist, or is not in memory
_NO_CONNECTION, _NO_COLLECTION, _NOT_LOADED = 2, 100, 101


def connect(address: MilvusAddress) -> MilvusClient:
    """Return a connection to the server of an address.

    Raises:
        IndexUnavailable: nobody answers, or the server is too old or refuses.
    """
    client = _client(address)
    version = _version(client, address)
    if _is_before(version, _OLDEST_SERVER):
        oldest = ".".join(map(str, _OLDEST_SERVER))
        raise IndexUnavailable(f"The Milvus at {address.uri} has version {version}: {oldest} or later is needed.")
    return client


def has_sparse_vectors(address: MilvusAddress) -> bool:
    """Whether the server of an address can search sparse vectors, as it can since Milvus 2.4.

    Raises:
        IndexUnavailable: nobody answers, or the server is too old or refuses.
    """
    return not _is_before(_version(connect(address), address), _OLDEST_WITH_SPARSE_VECTORS)


def _client(address: MilvusAddress) -> MilvusClient:
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
    arguments: dict[str, Any] = {"server_pem_path": certificate} if certificate else {}
    if address.is_file:
        # its server, which is in this process, ends a connection that asks again and again whether it is still there
        arguments["grpc_options"] = {"grpc.keepalive_time_ms": _NEVER}
    with errors_of(address):
        return MilvusClient(address.uri, token=token, timeout=TIMEOUT, **arguments)


def _version(client: MilvusClient, address: MilvusAddress) -> str:
    with errors_of(address):
        return str(client.get_server_version(timeout=TIMEOUT))


def _is_before(version: str, oldest: tuple[int, int]) -> bool:
    """Whether a version is lower than another; that of Milvus Lite is not, which counts in another way."""
    numbers = re.match(r"v?(\d+)\.(\d+)", version)
    return numbers is not None and tuple(map(int, numbers.groups())) < oldest


@contextmanager
def errors_of(address: MilvusAddress) -> Iterator[None]:
    """Say in a sentence what went wrong with a request.

    Raises:
        IndexUnavailable: nobody answers, or the server refuses.
        IndexDamaged: the collection is gone.
    """
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
