"""Reads retrieval sets in the BEIR layout: corpus.jsonl, queries.jsonl, qrels.tsv."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RetrievalSet:
    """Documents and queries by id, and for each query the grade of its relevant documents."""

    documents: dict[str, tuple[str, str]]
    queries: dict[str, str]
    judgements: dict[str, dict[str, int]]


def read_set(folder: Path) -> RetrievalSet:
    """Read a set; documents are pairs of title and text."""
    documents = {row["_id"]: (row.get("title") or "", row["text"]) for row in _rows(folder / "corpus.jsonl")}
    queries = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl")}
    judgements: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, document, grade = line.split("\t")
        if grade.strip().isdigit():
            judgements.setdefault(query, {})[document] = int(grade)
    return RetrievalSet(documents, queries, judgements)


def ndcg_at_10(ranking: list[str], grades: dict[str, int]) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen, 2002), gain = grade, log base 2."""

    def gain(ordered: list[int]) -> float:
        return sum(grade / math.log2(rank + 2) for rank, grade in enumerate(ordered[:10]))

    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(document, 0) for document in ranking]) / best if best else 0.0


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
