"""The vectors of passages, by the encoder that made them and the text that it read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.types import HalfVectors
from rag.errors import ArchiveError
from rag.storage.checksums import is_intact
from rag.storage.database import Database, SqlConnection

_TESTED = "vectors_tested"
# of a query
_MAX_HASHES = 500


def input_hash(text: str) -> bytes:
    """Return the 16-byte key under which the vector of a text is stored."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


@dataclass(frozen=True, slots=True)
class EncoderRecord:
    """The encoder that an archive's vectors come from: how to open it, what identifies it, and its dimension."""

    name: str
    fingerprint: str
    dim: int


class StoredVectors:
    """The vectors of an archive, one per text and encoder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def encoder(self) -> EncoderRecord | None:
        """The encoder of the archive's vectors, or None before the first indexing."""
        facts = dict(self._database.rows("SELECT name, value FROM meta WHERE name LIKE 'encoder_%'"))
        if not facts:
            return None
        return EncoderRecord(facts["encoder_name"], facts["encoder_fingerprint"], int(facts["encoder_dim"]))

    def set_encoder(self, record: EncoderRecord) -> None:
        """Make an encoder that of the archive, and delete the vectors of all others.

        Raises:
            ArchiveError: some passage has no vector of this encoder.
        """
        with self._database.transaction() as (connection, _):
            missing = connection.execute(
                "SELECT count(*) FROM passages AS p WHERE NOT EXISTS "
                "(SELECT 1 FROM vectors AS v WHERE v.fingerprint = ? AND v.input_hash = p.input_hash)",
                (record.fingerprint,),
            ).fetchone()[0]
            if missing:
                raise ArchiveError(
                    f"{missing} passages have no vector of {record.name} yet: run the same command again."
                )
            for name, value in (("name", record.name), ("fingerprint", record.fingerprint), ("dim", record.dim)):
                connection.execute(
                    "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (f"encoder_{name}", str(value))
                )
            connection.execute("DELETE FROM vectors WHERE fingerprint <> ?", (record.fingerprint,))

    def get(self, fingerprint: str, input_hashes: Iterable[bytes]) -> dict[bytes, HalfVectors]:
        """Return the stored vectors of an encoder by the hashes of their texts; without those missing or damaged."""
        wanted = list(dict.fromkeys(input_hashes))
        stored: dict[bytes, bytes] = {}
        intact = is_intact("vectors") if self._database.has_checksums else "1"
        with self._database.snapshot():
            for hashes in _in_parts(wanted):
                query = f"SELECT input_hash, vector FROM vectors WHERE {_among(hashes)} AND {intact}"  # noqa: S608
                stored |= dict(self._database.rows(query, fingerprint, *hashes))
        return {key: np.frombuffer(stored[key], np.float16) for key in wanted if key in stored}

    def put(self, fingerprint: str, vectors: Mapping[bytes, HalfVectors]) -> None:
        """Store vectors by the hashes of their texts; those already stored stay."""
        with self._database.transaction() as (connection, _):
            put_vectors(connection, fingerprint, vectors)

    def replace(self, fingerprint: str, vectors: Mapping[bytes, HalfVectors]) -> None:
        """Store vectors in place of those that the same texts had."""
        with self._database.transaction() as (connection, revision):
            put_vectors(connection, fingerprint, vectors, overwrite=True)
            connection.executemany(
                "UPDATE passages SET revision = ? WHERE input_hash = ?", [(revision, key) for key in vectors]
            )

    @property
    def are_doubtful(self) -> bool:
        """Whether the vectors of short texts may be wrong: an earlier version did not test the encoder."""
        return self._database.meta(_TESTED) is None

    def set_tested(self) -> None:
        """Note that all vectors come from an encoder that was tested on the processor it ran on."""
        self._database.set_meta(_TESTED, "")


def put_vectors(
    connection: SqlConnection, fingerprint: str, vectors: Mapping[bytes, HalfVectors], *, overwrite: bool = False
) -> None:
    """Store vectors by the hashes of their texts; those already stored stay, unless they are overwritten or damaged."""
    insert = "INSERT OR REPLACE" if overwrite else "INSERT OR IGNORE"
    for hashes in _in_parts(list(vectors)):
        delete = f"DELETE FROM vectors WHERE {_among(hashes)} AND NOT {is_intact('vectors')}"  # noqa: S608
        connection.execute(delete, (fingerprint, *hashes))
    connection.executemany(
        f"{insert} INTO vectors (fingerprint, input_hash, vector) VALUES (?, ?, ?)",
        [(fingerprint, key, vector.tobytes()) for key, vector in vectors.items()],
    )


def _in_parts(hashes: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (hashes[start : start + _MAX_HASHES] for start in range(0, len(hashes), _MAX_HASHES))


def _among(hashes: Sequence[bytes]) -> str:
    return f"fingerprint = ? AND input_hash IN ({', '.join('?' * len(hashes))})"


def delete_unused_vectors(connection: SqlConnection, input_hashes: set[bytes]) -> None:
    """Delete those of the vectors that no passage needs any more."""
    if not input_hashes:
        return
    # by fingerprint as well: by the hash alone, SQLite would scan all vectors for each text
    for fingerprint in _fingerprints(connection):
        connection.executemany(
            "DELETE FROM vectors WHERE fingerprint = ?1 AND input_hash = ?2 "
            "AND NOT EXISTS (SELECT 1 FROM passages WHERE input_hash = ?2)",
            [(fingerprint, key) for key in input_hashes],
        )


def _fingerprints(connection: SqlConnection) -> list[str]:
    """Return the encoder fingerprints in `vectors`, by a skip scan of its primary key."""
    query = "SELECT min(fingerprint) FROM vectors WHERE fingerprint > ?"
    fingerprints: list[str] = []
    fingerprint = ""
    while fingerprint := connection.execute(query, (fingerprint,)).fetchone()[0]:
        fingerprints.append(fingerprint)
    return fingerprints
