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
- `plain MaxSim`: what `ask` re-ranks, in the order of the mean of the best matches alone
- `fusion + late`: `ask`

Writes benchmarks/results/quality.json and quality.md: nDCG@10 with 95% bootstrap intervals (10,000 resamples), and the
difference to `dense` with its interval, question by question. On sets with gold answers: how often the highlighted
sentence of the right document holds the answer, among the questions whose answer stands there literally. On sets whose
questions are asked again without their documents: AUROC and expected calibration error of the confidence, over the
questions that make sense without their document. On sets with questions about the same documents that these do not
answer: AUROC of the confidence of both (near misses).
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
from benchmarks.sets import ANSWERED, NAMES, SearchableSet, answers, document, near_misses, searchable, vague
from embeddings.encoder import open_encoder
from rag.evaluation.measures.statistics import Numbers, bootstrap
from rag.evaluation.runs.caching_encoder import CachingEncoder
from rag.search.calibration import quality
from rag.search.candidates import encode_query, generate
from rag.search.confidence import RERANKED
from rag.search.fusion import reciprocal_ranks
from rag.search.query import ParsedQuestion
from rag.search.ranking import Ranking, rank
from rag.types import Article, Passage

RESULTS = Path(__file__).parent / "results"
DEPTH = 100
NEAR_MISSED = ("squad2_dev/en",)
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
        ranking = rank(query, candidates, searcher.reranker)
        note("plain MaxSim", (document(article) for article, _ in _by_maxsim(ranking)))
        note("fusion + late", (document(article) for article, _ in ranking.passages))
    return rows


def _by_maxsim(ranking: Ranking) -> list[tuple[Article, Passage]]:
    """Return the re-ranked passages by the unweighted mean of the best matches of the question's tokens."""
    maxsim = {
        number: float(alignment.best_matches().mean())
        for number, alignment in enumerate(ranking.alignments)
        if alignment is not None
    }
    return [ranking.passages[number] for number in sorted(maxsim, key=lambda number: -maxsim[number])]


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

    No highlight counts as wrong. A question whose gold answers do not stand in its document, since they are in another
    language, is left out.
    """
    right = []
    for query, question in dataset.judged_queries():
        (relevant,) = dataset.questions.judgements[query]
        text = dataset.questions.documents[relevant][1].casefold()
        if not any(answer.casefold() in text for answer in gold.get(query, ())):
            continue
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


def near_miss_quality(dataset: SearchableSet, unanswerable: Sequence[str]) -> float:
    """Return the AUROC of the confidence: of a set's questions against others about its documents without an answer."""
    answerable = [question for _, question in dataset.judged_queries()]
    questions = answerable + [ParsedQuestion(text, (), ()) for text in unanswerable]
    retrievals = [dataset.searcher.search(question, 1) for question in questions]
    probabilities = [RERANKED.probability(retrieval.features, retrieval.doubt) for retrieval in retrievals]
    labels = np.arange(len(questions)) < len(answerable)
    return round(quality(np.array(probabilities), labels).auroc, 4)


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
        "| set | answering sentence | confidence: AUROC | calibration error | right at .5 | near misses: AUROC |",
        "|---|---|---|---|---|---|",
    ]
    for name, figures in sets.items():
        sentence, sure, missed = (figures.get(key) for key in ("answering sentence", "confidence", "near misses"))
        if sentence or sure:
            cells = [f"{sure[key]:.3f}" for key in ("auroc", "calibration error", "right")] if sure else ["", "", ""]
            cells.append(f"{missed:.3f}" if missed else "")
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
            if name in ANSWERED:
                figures["answering sentence"] = sentence_accuracy(dataset, answers(data, name))
            if name in ASKED_TWICE:
                figures["confidence"] = confidence_quality(dataset, vague(data, name))
            if name in NEAR_MISSED:
                figures["near misses"] = near_miss_quality(dataset, near_misses(data, name))
        sets[name] = figures
        print(name, json.dumps(figures), flush=True)
    result = {"machine": machine(), "date": datetime.now(UTC).date().isoformat(), "commit": commit(), "sets": sets}
    print(table(result))
    if not names:
        (RESULTS / "quality.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        (RESULTS / "quality.md").write_text(table(result), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
