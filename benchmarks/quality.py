"""How good is the ranking, the answering sentence, and the confidence?

    python -m benchmarks.quality DATA [SET …]

DATA is a folder with retrieval sets in BEIR layout (see benchmarks/sets.py); without names, all sets are measured.
Documents are split into passages as in real use, and a document's score is that of its best passage. One
configuration for all sets. Rows:

- `bm25`: the index of words alone
- `dense`: cosine of the encoder's vectors as they are, which is what others do
- `reciprocal ranks`: these two by reciprocal rank fusion, which others call hybrid
- `neutral dense`: cosine of the vectors without what tells their language
- `fusion`: `ask --fast`
- `fusion + late`: `ask`

Writes benchmarks/results/quality.json and quality.md: nDCG@10 with 95% bootstrap intervals (10,000 resamples), and the
difference to `dense` with its interval, question by question. On sets with gold answers: how often the highlighted
sentence of the right document holds the answer. On sets whose questions are asked again without their documents: AUROC
and expected calibration error of the confidence, over the questions that make sense without their document.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.beir import ndcg_at_10
from benchmarks.latency import commit, machine
from benchmarks.sets import NAMES, SearchableSet, answers, document, searchable, vague
from embeddings.encoder import open_encoder
from rag.evaluation.measures.statistics import Numbers, bootstrap
from rag.evaluation.runs.caching_encoder import CachingEncoder
from rag.search.calibration import quality
from rag.search.candidates import encode_query, generate
from rag.search.confidence import RERANKED
from rag.search.fusion import reciprocal_ranks
from rag.search.ranking import rank

RESULTS = Path(__file__).parent / "results"
DEPTH = 100
WITH_ANSWERS = ("mlqa_de",)
ASKED_TWICE = ("mlqa_de", "belebele/de-de", "belebele/en-de", "belebele/de-en")


def rankings(dataset: SearchableSet) -> dict[str, list[list[str]]]:
    """Return, for each row and question, the documents in order."""
    searcher = dataset.searcher
    store, encoder = searcher.store, searcher.encoder
    stored = store.passages.with_keys(store.passages.all_keys().tolist(), encoder.fingerprint)
    owner = {row.passage.key: document(row.article) for row in stored}
    keys = [row.passage.key for row in stored]
    raw = np.stack([row.vector for row in stored]).astype(np.float32)
    neutral = searcher.neutral.project_texts(raw, "passage")
    rows: dict[str, list[list[str]]] = {}

    def note(row: str, documents: Iterable[str]) -> None:
        rows.setdefault(row, []).append(list(dict.fromkeys(documents))[:10])

    for _, question in dataset.judged_queries():
        with searcher.snapshot() as snapshot:
            query = encode_query(question, snapshot)
            by_words = [key for key, _ in snapshot.lexical.search(query.lexical, DEPTH)]
            candidates = generate(query, snapshot, None)
        by_meaning = _nearest(raw @ encoder.encode_query(question.text), keys)
        hybrid = reciprocal_ranks([by_words, by_meaning])
        note("bm25", (owner[key] for key in by_words))
        note("dense", (owner[key] for key in by_meaning))
        note("reciprocal ranks", (owner[key] for key in sorted(hybrid, key=lambda key: -hybrid[key])))
        note("neutral dense", (owner[key] for key in _nearest(neutral @ query.vector, keys)))
        note("fusion", (document(article) for article, _ in rank(query, candidates, None).passages))
        note("fusion + late", (document(article) for article, _ in rank(query, candidates, searcher.reranker).passages))
    return rows


def _nearest(similarities: NDArray[np.float32], keys: Sequence[int]) -> list[int]:
    return [keys[number] for number in np.argsort(-similarities, kind="stable")[:DEPTH]]


def ranking_quality(dataset: SearchableSet) -> dict[str, Any]:
    """Return nDCG@10 of each row, and its difference to `dense`, with intervals."""
    judgements = list(dataset.questions.judgements.values())
    values = {
        row: np.array(
            [ndcg_at_10(ranking, grades) for ranking, grades in zip(rankings_of_row, judgements, strict=True)]
        )
        for row, rankings_of_row in rankings(dataset).items()
    }
    return {
        row: {"ndcg@10": _interval(of_row), "above dense": _interval(of_row - values["dense"])}
        for row, of_row in values.items()
    }


def sentence_accuracy(dataset: SearchableSet, gold: dict[str, list[str]]) -> list[float]:
    """Return how often the highlighted sentence of the right document holds a gold answer, with its interval.

    No highlight counts as wrong.
    """
    right = []
    for query, question in dataset.judged_queries():
        (relevant,) = dataset.questions.judgements[query]
        hits = dataset.searcher.search(question, 5, dataset.only(relevant)).hits
        sentences = [hits[0].article.text[start:end].casefold() for start, end in hits[0].highlights]
        right.append(any(answer.casefold() in sentence for answer in gold[query] for sentence in sentences))
    return _interval(np.array(right, np.float64))


def confidence_quality(dataset: SearchableSet, unclear: set[str]) -> dict[str, float]:
    """Return AUROC and calibration error of questions asked with and without their documents."""
    ids = dataset.articles()
    probabilities, labels = [], []
    for query, question in dataset.judged_queries():
        if query in unclear:
            continue
        for without in (
            frozenset[str](),
            frozenset(ids[judgement] for judgement in dataset.questions.judgements[query]),
        ):
            retrieval = dataset.searcher.search(question, 1, without=without)
            probabilities.append(RERANKED.probability(retrieval.features, retrieval.doubt))
            labels.append(not without)
    figures = quality(np.array(probabilities), np.array(labels))
    return {
        "auroc": round(figures.auroc, 4),
        "calibration error": round(figures.error, 4),
        "right": round(figures.right, 4),
    }


def _interval(values: Numbers) -> list[float]:
    interval = bootstrap(values)
    return [round(value, 4) for value in (interval.mean, interval.low, interval.high)]


def table(result: dict[str, Any]) -> str:
    """Return the result as Markdown."""
    sets = result["sets"]
    rows = list(next(iter(sets.values()))["ranking"])
    lines = [
        f"{result['machine']}, {result['date']}, commit {result['commit']}. nDCG@10, 95% bootstrap intervals.",
        "",
        "| set | " + " | ".join(rows) + " | fusion + late above dense |",
        "|---" * (len(rows) + 2) + "|",
    ]
    for name, figures in sets.items():
        cells = [_cell(figures["ranking"][row]["ndcg@10"]) for row in rows]
        lines.append(
            f"| {name} ({figures['questions']}) | "
            + " | ".join(cells)
            + " | "
            + _cell(figures["ranking"]["fusion + late"]["above dense"])
            + " |"
        )
    lines += [
        "",
        "| set | answering sentence | confidence: AUROC | calibration error | right at .5 |",
        "|---|---|---|---|---|",
    ]
    for name, figures in sets.items():
        sentence, sure = figures.get("answering sentence"), figures.get("confidence")
        if sentence or sure:
            cells = [f"{sure[key]:.3f}" for key in ("auroc", "calibration error", "right")] if sure else ["", "", ""]
            lines.append(f"| {name} | {_cell(sentence) if sentence else ''} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(values: Sequence[float]) -> str:
    mean, low, high = values
    return f"{mean:.3f} ({low:.3f} to {high:.3f})"


def main(data: Path, names: Sequence[str]) -> None:
    encoder = CachingEncoder(open_encoder())
    sets: dict[str, Any] = {}
    for name in names or NAMES:
        with searchable(data, name, encoder) as dataset:
            figures: dict[str, Any] = {
                "questions": len(dataset.questions.judgements),
                "ranking": ranking_quality(dataset),
            }
            if name in WITH_ANSWERS:
                figures["answering sentence"] = sentence_accuracy(dataset, answers(data, name))
            if name in ASKED_TWICE:
                figures["confidence"] = confidence_quality(dataset, vague(data, name))
        sets[name] = figures
        print(name, json.dumps(figures), flush=True)
    result = {"machine": machine(), "date": datetime.now(UTC).date().isoformat(), "commit": commit(), "sets": sets}
    print(table(result))
    if not names:
        (RESULTS / "quality.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        (RESULTS / "quality.md").write_text(table(result), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
