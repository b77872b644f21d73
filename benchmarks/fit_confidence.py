"""Fits the confidence: the two tables of rag/search/confidence.py, and writes rag/search/confidence.npz.

    python -m benchmarks.fit_confidence DATA

DATA is a folder with mlqa_de, belebele/{de-de,en-de,de-en,en-en} and xquad_dev/{el,hi,ro,th,vi,zh}-de in BEIR layout,
all of a free licence; xquad_dev counts as a single set, of every third question, and the sample questions, about a
small archive of many languages, are a set more. Each question is asked twice: as it is, and after
its relevant documents were taken out of the corpus, so that nothing answers it. A question whose own documents are
not found first counts as answered all the same: the archive holds an answer. Every set weighs the same.

The weights of the features and a direction for the question's vector are fitted together, the direction pulled
strongly to nothing; the second table takes over the direction of the first. Prints the two tables, and what they
reach on questions that they were not fitted on (two halves, each judged by the table of the other).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import rag
from benchmarks.sets import FREE, FREE_ACROSS, SAMPLE, SearchableSet, searchable, vague
from embeddings.encoder import Encoder, open_encoder
from embeddings.types import Vectors
from rag.archive import Archive
from rag.config import RankingConfig
from rag.evaluation.questions.files import read_questions
from rag.evaluation.runs.caching_encoder import CachingEncoder
from rag.search.calibration import Example, fit, quality
from rag.search.confidence import OFFSETS, Calibration, QuestionOffset
from rag.search.query import ParsedQuestion, parse
from rag.search.searcher import Searcher

# what is fitted; rag/search/confidence.py computes more
FEATURES = {
    "reranked": ("late_top", "late_gap", "sentence", "unknown"),
    "fast": ("dense_top", "lexical", "unknown"),
}
_PULL = 1e-3
# a longer direction says a little more of MLQA's questions, less of others, and doubles what noise of vectors moves
_PULL_OF_VECTOR = 2000.0
_FIXED = 1e9
# added to the intercept: an answer that is refused is worse than a passage shown too much, and as many sample questions
# are refused as before
_LEANING = 0.2
_OF_SET = 1000.0
_EVERY_ACROSS = 3


@dataclass(frozen=True)
class Asked:
    """A question's vector, its features with and without its documents, and whether it makes sense without them."""

    vector: Vectors
    answered: dict[str, float]
    unanswered: dict[str, float]
    clear: bool

    def examples(self, offset: QuestionOffset) -> list[Example]:
        """Return both with the question's offset."""
        question = {"question": offset(self.vector)}
        return [(self.answered | question, True), (self.unanswered | question, False)]


Sets = dict[str, list[Asked]]


Judged = tuple[ParsedQuestion, frozenset[str], bool]
"""A question, the ids of the articles that answer it, and whether it makes sense without them."""


def judged_of_set(dataset: SearchableSet, unclear: set[str]) -> list[Judged]:
    """Return the questions of a set in BEIR layout."""
    ids = dataset.articles()
    relevant = {
        query: frozenset(ids[document] for document in documents)
        for query, documents in dataset.questions.judgements.items()
    }
    return [(question, relevant[query], query not in unclear) for query, question in dataset.judged_queries()]


@contextmanager
def sample_searcher(encoder: Encoder) -> Iterator[tuple[Searcher, list[Judged]]]:
    """Open the sample articles, and return with them the sample questions that they answer."""
    questions = [question for question in read_questions(SAMPLE / "questions.jsonl") if question.answerable]
    with tempfile.TemporaryDirectory() as temporary, Archive.open(Path(temporary), encoder=encoder) as archive:
        archive.index([SAMPLE / "articles"])
        ids = [frozenset(archive.article(article).id for article in question.articles) for question in questions]
        yield (
            archive.searcher(),
            [(parse(question.question), relevant, True) for question, relevant in zip(questions, ids, strict=True)],
        )


def ask_twice(questions: Sequence[Judged], searcher: Searcher) -> list[Asked]:
    """Ask each question with its documents, and without them."""
    results = []
    for question, relevant, clear in questions:
        vector = searcher.neutral.project_texts(searcher.encoder.encode_query(question.text), "query")
        answered = searcher.search(question, 1).features
        unanswered = searcher.search(question, 1, without=relevant).features
        results.append(Asked(vector, dict(answered), dict(unanswered), clear))
    return results


def fitted_offset(sets: Sets, names: Sequence[str]) -> QuestionOffset:
    """Fit the direction of the question's vector, together with the features."""
    vectors = [question.vector for questions in sets.values() for question in questions]
    parts = [f"vector {number}" for number in range(len(vectors[0]))]
    examples = [
        (features | dict(zip(parts, question.vector.tolist(), strict=True)), label)
        for questions in sets.values()
        for question in questions
        for features, label in ((question.answered, True), (question.unanswered, False))
    ]
    pull = np.array([*[_PULL] * len(names), *[_PULL_OF_VECTOR] * len(parts), _PULL])
    table = fit(examples, Calibration(0.0, dict.fromkeys([*names, *parts], 0.0)), pull, _weights(sets))
    direction = np.array([table.weights[part] for part in parts], np.float32)
    return QuestionOffset(direction, float(np.mean([direction @ vector for vector in vectors])))


def fitted(sets: Sets, names: Sequence[str], offset: QuestionOffset) -> Calibration:
    """Fit one table on several sets, each of the same weight; the offset keeps its own.

    The offset was learnt from the same questions, so it seems to say more of them than it will of others.
    """
    examples = [
        example for questions in sets.values() for question in questions for example in question.examples(offset)
    ]
    start = Calibration(0.0, dict.fromkeys(names, 0.0) | {"question": 1.0})
    return fit(examples, start, np.array([*[_PULL] * len(names), _FIXED, _PULL]), _weights(sets))


def _weights(sets: Sets) -> list[float]:
    return [_OF_SET / len(questions) for questions in sets.values() for _ in range(2 * len(questions))]


def half(sets: Sets, number: int) -> Sets:
    """Return every second question of each set, from the first (0) or the second (1) on."""
    return {name: questions[number::2] for name, questions in sets.items()}


def report(sets: Sets, names: Sequence[str], offsets: Sequence[QuestionOffset], offset: QuestionOffset) -> None:
    """Print the table, and what it reaches on the half of the questions that it was not fitted on."""
    table = fitted(sets, names, offset)
    print(
        {name: round(weight, 2) for name, weight in table.weights.items()},
        "intercept",
        round(table.intercept + _LEANING, 2),
    )
    tables = [fitted(half(sets, number), names, offsets[number]) for number in (0, 1)]
    together: list[tuple[float, bool]] = []
    for name, questions in sets.items():
        judged = [
            (tables[1 - number % 2].probability(features, -_LEANING), label, question.clear)
            for number, question in enumerate(questions)
            for features, label in question.examples(offsets[1 - number % 2])
        ]
        everything = [row[:2] for row in judged]
        together += everything
        clear = [row[:2] for row in judged if row[2]]
        print(f"{name:<16} clear questions {_describe(clear)}   all {_describe(everything)}")
    print(f"{'together':<16} {_describe(together)}")


def _describe(judged: Sequence[tuple[float, bool]]) -> str:
    figures = quality(np.array([probability for probability, _ in judged]), np.array([label for _, label in judged]))
    return f"AUROC {figures.auroc:.4f}, calibration error {figures.error:.3f}, right {figures.right:.3f}"


def main(data: Path) -> None:
    encoder = CachingEncoder(open_encoder())
    sets_of_table: dict[str, Sets] = {table: {} for table in FEATURES}

    def ask(name: str, questions: Sequence[Judged], searcher: Searcher) -> None:
        fast = replace(searcher, ranking=RankingConfig(fast=True))
        for table, of_table in (("reranked", searcher), ("fast", fast)):
            sets_of_table[table].setdefault(name, []).extend(ask_twice(questions, of_table))

    for name in FREE:
        with searchable(data, name, encoder) as dataset:
            ask(name, judged_of_set(dataset, vague(data, name)), dataset.searcher)
    for name in FREE_ACROSS:
        with searchable(data, name, encoder) as dataset:
            questions = judged_of_set(dataset, set())[::_EVERY_ACROSS]
            ask(name.partition("/")[0], questions, dataset.searcher)
    with sample_searcher(encoder) as (searcher, questions):
        ask("sample", questions, searcher)
    reranked, names = sets_of_table["reranked"], FEATURES["reranked"]
    offset = fitted_offset(reranked, names)
    offsets = [fitted_offset(half(reranked, number), names) for number in (0, 1)]
    for table, of_table in FEATURES.items():
        print(table)
        report(sets_of_table[table], of_table, offsets, offset)
    target = Path(rag.__file__).parent / "search" / OFFSETS
    direction = offset.direction.astype(np.float16)
    np.savez_compressed(target, fingerprint=encoder.fingerprint, direction=direction, mean=np.float32(offset.mean))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
