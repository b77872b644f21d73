"""Fits when a sentence is marked: the four numbers of rag/search/highlighting.py.

    python -m benchmarks.fit_marks DATA

DATA is a folder with mlqa_de, squad2_dev/en and xquad_dev/{el,hi,ro,th,vi,zh}-de in BEIR layout with gold answers; the
sample questions with their quotes are a set more. Every set weighs the same, the six of xquad_dev as one. Each
question is asked as it is. Of an answer that has a confidence of one half, each of the five passages gives one example:
its best sentence is right if it holds a gold answer, in the right document (of the sample: a part of the quote). A
question whose gold answers, which are in its own language, do not stand in its document is left out.

Prints the numbers, and by set and language of the question how many marks there are, how many of them are right, and
the share of questions that have a right one, each half of the questions judged by the fit of the other.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.sets import ANSWERED, SAMPLE, answers, document, searchable
from embeddings.encoder import Encoder, open_encoder
from rag.archive import Archive
from rag.evaluation.questions.files import read_questions
from rag.evaluation.questions.judgements import Judgement, judge
from rag.evaluation.runs.caching_encoder import CachingEncoder
from rag.search.calibration import Example, fit
from rag.search.confidence import RERANKED, THRESHOLD, Calibration
from rag.search.highlighting import MARKED_FROM, mark_features
from rag.search.query import ParsedQuestion, parse
from rag.search.searcher import Searcher
from rag.text.language import language_of
from rag.types import Hit, primary_language

_PULL = 1e-1
_OF_SET = 100.0
_ASKED = 400

Right = Callable[[Hit], bool]


@dataclass(frozen=True)
class Asked:
    """A question's set and language, and an example for each sentence that could be marked."""

    set: str
    language: str
    examples: list[Example]


def ask(name: str, question: ParsedQuestion, searcher: Searcher, right: Right) -> Asked | None:
    """Ask a question; None if the archive says that it has no answer."""
    retrieval = searcher.search(question, 5)
    if not retrieval.hits or RERANKED.probability(retrieval.features) < THRESHOLD:
        return None
    language = primary_language(language_of(question.text))
    examples = [
        (mark_features(hit.margin, hit.lead, across=language != primary_language(hit.passage.language)), right(hit))
        for hit in retrieval.hits
        if hit.highlights
    ]
    return Asked(name, language, examples)


def of_set(data: Path, name: str, encoder: Encoder) -> Iterator[Asked | None]:
    """Ask the questions of a set."""
    gold = {query: [answer.casefold() for answer in texts] for query, texts in answers(data, name).items()}
    with searchable(data, name, encoder) as dataset:
        texts = dataset.questions.documents

        def right(query: str, hit: Hit) -> bool:
            marked = [hit.article.text[start:end].casefold() for start, end in hit.highlights]
            relevant = document(hit.article) in dataset.questions.judgements[query]
            return relevant and any(answer in sentence for answer in gold[query] for sentence in marked)

        questions = [
            (query, question)
            for query, question in dataset.judged_queries()
            if any(
                answer in texts[relevant][1].casefold()
                for relevant in dataset.questions.judgements[query]
                for answer in gold.get(query, ())
            )
        ]
        for query, question in questions[:: math.ceil(len(questions) / _ASKED)]:
            yield ask(name.partition("/")[0], question, dataset.searcher, partial(right, query))


def of_sample(encoder: Encoder) -> Iterator[Asked | None]:
    """Ask the sample questions, those that nothing answers too."""

    def right(judgement: Judgement, hit: Hit) -> bool:
        spans = judgement.answers.get(hit.article.id) or ()
        return any(min(end, last) > max(start, first) for start, end in hit.highlights for first, last in spans)

    with tempfile.TemporaryDirectory() as temporary, Archive.open(Path(temporary), encoder=encoder) as archive:
        archive.index([SAMPLE / "articles"])
        for question in read_questions(SAMPLE / "questions.jsonl"):
            judgement = judge(question, archive.article)
            yield ask("sample", parse(question.question), archive.searcher(), partial(right, judgement))


def fitted(questions: Sequence[Asked]) -> Calibration:
    """Fit the table on questions of several sets, each of the same weight."""
    sizes: dict[str, int] = defaultdict(int)
    for question in questions:
        sizes[question.set] += 1
    examples = [example for question in questions for example in question.examples]
    weights = [_OF_SET / sizes[question.set] for question in questions for _ in question.examples]
    start = Calibration(0.0, dict.fromkeys(examples[0][0], 0.0))
    return fit(examples, start, np.array([_PULL] * len(examples[0][0]) + [_PULL]), weights)


def report(questions: Sequence[Asked]) -> None:
    """Print the marks of each half by the table of the other."""
    tables = [fitted(questions[number::2]) for number in (0, 1)]
    rows: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, question in enumerate(questions):
        table = tables[1 - number % 2]
        marks = [right for features, right in question.examples if table.probability(features) >= MARKED_FROM]
        for row in (question.set, f"{question.set} {question.language}"):
            rows[row].append((len(marks), sum(marks)))
    for row, counts in sorted(rows.items()):
        marked, right = (sum(count[number] for count in counts) for number in (0, 1))
        share = sum(bool(count[1]) for count in counts) / len(counts)
        share_of_right = f"{right / marked:.2f} right" if marked else "none"
        print(
            f"{row:<20} {len(counts):>4} questions, {marked:>4} marks, {share_of_right}, {share:.2f} with a right one"
        )


def main(data: Path) -> None:
    encoder = CachingEncoder(open_encoder())
    questions = [question for question in of_sample(encoder) if question]
    for name in ANSWERED:
        questions += [question for question in of_set(data, name, encoder) if question]
    table = fitted(questions)
    print({name: round(weight, 2) for name, weight in table.weights.items()}, "intercept", round(table.intercept, 2))
    report(questions)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
