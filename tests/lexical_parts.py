"""A store with articles as passages, and the words of them in the archive's folder and in Milvus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from filelock import FileLock

from rag.lexical.index import LexicalIndex
from rag.lexical.shared_index import SharedLexicalIndex
from rag.lexical.view import LexicalView
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.store import Store
from rag.storage.vectors import input_hash
from rag.types import Article, Passage, passage_at

TEXTS = (
    "Der Gotthard-Basistunnel ist 57 Kilometer lang.",
    "Die Stadt München baut einen neuen Tunnel unter der Isar.",
    "Ein Tunnel, ein Tunnel und noch ein Tunnel: der Tunnelbau in den Alpen geht weiter, sagt der Minister in Bern.",
    "Die Oder führt wenig Wasser.",
)


def put_passages(store: Store, article: Article, passages: Sequence[Passage]) -> None:
    """Store an article with these passages."""
    records = [PassageRecord(passage, input_hash(passage.text)) for passage in passages]
    vectors = {record.input_hash: np.zeros(1, np.float16) for record in records}
    store.put(ArticleRecord(article=article, passages=records), fingerprint="", vectors=vectors)


def put(store: Store, source: Article) -> int:
    """Store an article as one passage; return its key."""
    passage = passage_at(source, 0, len(source.text))
    put_passages(store, source, [passage])
    return passage.key


def view_of(store: Store, tmp_path: Path, name: str = "lexical") -> LexicalIndex:
    """Return the words in a folder."""
    return LexicalIndex(tmp_path / name, store, FileLock(tmp_path / "lock", timeout=0))


def shared_view_of(store: Store, tmp_path: Path, name: str = "shared") -> SharedLexicalIndex:
    """Return the words in a file of Milvus Lite."""
    return SharedLexicalIndex(tmp_path / name, store, f"milvus:{tmp_path / name}.db")


def search_keys(view: LexicalView, question: str, k: int = 10) -> list[int]:
    """Return the keys of the best passages for a question, best first."""
    return [key for key, _ in ranked(view, question, k)]


def ranked(view: LexicalView, question: str, k: int = 100) -> list[tuple[int, float]]:
    """Return the keys and scores of the best passages for a question, best first."""
    words = view.catch_up()
    return words.search(words.analyse(question), k)
