"""An archive in a folder and its copy in PostgreSQL: how long questions take by turns, how fast articles are stored.

    python -m benchmarks.postgres ARCHIVE postgresql://HOST/DATABASE?schema=NEW [QUESTIONS.jsonl]

The archive is copied to the address first, unless it is there. Articles are stored in schemas and folders of their own.
"""

from __future__ import annotations

import json
import secrets
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median

from rag.archive import Archive
from rag.backup.copying import copy_archive
from rag.errors import NotFound
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.postgres.opening import open_database
from rag.storage.sqlite_database import DATABASE, SqliteDatabase
from rag.storage.store import Store

_ROUNDS = 3
_QUESTIONS = 40
_STORED = 300


def main(folder: str, address: str, questions: str = "seeds/questions.jsonl") -> None:
    try:
        open_database(address, create=False).close()
    except NotFound:
        start = time.perf_counter()
        counts = copy_archive(folder, address)
        seconds = time.perf_counter() - start
        print(f"copied: {sum(counts.values()):,} rows, {counts['passages']:,} passages, tokens: {seconds:.1f} s")
    lines = Path(questions).read_text("utf-8").splitlines()[:_QUESTIONS]
    asked = [str(json.loads(line)["question"]) for line in lines]
    with Archive.open(folder, create=False) as one, Archive.open(address, create=False) as other:
        archives = {"SQLite": one, "PostgreSQL": other}
        for is_fast in (True, False):
            times: dict[str, list[float]] = {name: [] for name in archives}
            for number in range(_ROUNDS + 1):
                for question in asked:
                    for name, archive in archives.items():
                        start = time.perf_counter()
                        archive.ask(question, fast=is_fast)
                        # the first round makes the indexes, and fills caches
                        if number:
                            times[name].append(1000 * (time.perf_counter() - start))
            medians = {name: median(values) for name, values in times.items()}
            words = ", ".join(f"{name} {value:.1f} ms" for name, value in medians.items())
            ratio = medians["PostgreSQL"] / medians["SQLite"]
            print(f"{'--fast' if is_fast else 're-ranked'}: median {words}, ratio {ratio:.2f}")
        _compare_storing(one._store, address)


def _compare_storing(source: Store, address: str) -> None:
    """Store the same articles with their passages and vectors, as they are in an archive."""
    encoder = source.vectors.encoder
    assert encoder
    records = []
    for article_id in source.article_ids()[:_STORED]:
        record = source.record(article_id)
        stored = source.passages.with_keys(source.passages.keys_of(article_id), encoder.fingerprint)
        hashes = dict(source.database.rows("SELECT key, input_hash FROM passages WHERE article = ?", article_id))
        passages = [PassageRecord(each.passage, hashes[each.key]) for each in stored]
        vectors = {hashes[each.key]: each.vector for each in stored}
        records.append((ArticleRecord(article=record.article, passages=passages, recipe="r", bands=range(20)), vectors))
    without_schema = address.partition("schema=")[0].rstrip("?&")
    separator = "&" if "?" in without_schema else "?"
    rates: dict[str, list[float]] = {"SQLite": [], "PostgreSQL": []}
    for _ in range(_ROUNDS):
        for name, of_engine in rates.items():
            new_schema = f"{without_schema}{separator}schema=storing_{secrets.token_hex(4)}"
            with tempfile.TemporaryDirectory() as folder:
                at = open_database(new_schema) if name == "PostgreSQL" else SqliteDatabase(Path(folder, DATABASE))
                with closing(Store(at)) as store:
                    start = time.perf_counter()
                    for record, vectors in records:
                        store.put(record, fingerprint=encoder.fingerprint, vectors=vectors)
                    of_engine.append(len(records) / (time.perf_counter() - start))
    passages = sum(len(record.passages) for record, _ in records)
    for name, of_engine in rates.items():
        print(f"stored in {name}: median {median(of_engine):.0f} articles/s ({len(records)} with {passages} passages)")


if __name__ == "__main__":
    main(*sys.argv[1:])
