"""Passages that go: their keys are kept for the views, and vectors that nothing needs any more are dropped."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping


def remove_all_passages(database: sqlite3.Connection, revision: int, article: str) -> None:
    """Remove the passages of an article."""
    passages = database.execute("SELECT key, input_hash FROM passages WHERE article = ?", (article,))
    remove_passages(database, revision, dict(passages))


def remove_passages(database: sqlite3.Connection, revision: int, gone: Mapping[int, bytes]) -> None:
    """Remove passages by their keys; with each stands the hash of the text that its vector belongs to."""
    database.executemany("DELETE FROM passages WHERE key = ?", [(key,) for key in gone])
    database.executemany("INSERT OR IGNORE INTO removed VALUES (?, ?)", [(revision, key) for key in gone])
    forget_vectors(database, set(gone.values()))


def forget_vectors(database: sqlite3.Connection, hashes: set[bytes]) -> None:
    """Drop the vectors of texts that no passage has any more."""
    # named one by one: by the hash alone, every vector would be looked at for each text
    for fingerprint in _fingerprints(database):
        database.executemany(
            "DELETE FROM vectors WHERE fingerprint = ?1 AND input_hash = ?2 "
            "AND NOT EXISTS (SELECT 1 FROM passages WHERE input_hash = ?2)",
            [(fingerprint, one) for one in hashes],
        )


def _fingerprints(database: sqlite3.Connection) -> list[str]:
    """Return those of the encoders that vectors are there of, each found by one look into the table's order."""
    found = [""]
    while after := database.execute(
        "SELECT min(fingerprint) FROM vectors WHERE fingerprint > ?", found[-1:]
    ).fetchone()[0]:
        found.append(after)
    return found[1:]
