"""Fits the three numbers of rag/confidence.py.

    python -m benchmarks.fit_confidence DATA

DATA is a folder with mlqa_de and belebele/{de-de,en-de,de-en,en-en} in BEIR layout. Each question counts
twice: as it is, and after its relevant documents were taken out of the corpus, so that nothing answers it.
A question whose own documents are not first counts as answered all the same: the archive holds an answer.
Prints the weights of the logistic regression on the best passage's cosine and on whether it is written in
the question's language, the area under the ROC curve, and how often the threshold .5 is right.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.beir import read_set
from embeddings.encoder import Encoder, open_encoder
from rag.config import Config
from rag.splitting import split
from rag.types import Article

# the language of the questions and of the documents
SETS = {
    "mlqa_de": ("de", "de"),
    "belebele/de-de": ("de", "de"),
    "belebele/en-de": ("en", "de"),
    "belebele/de-en": ("de", "en"),
    "belebele/en-en": ("en", "en"),
}

Numbers = NDArray[np.float64]


def best_cosines(folder: Path, language: str, encoder: Encoder) -> tuple[Numbers, Numbers]:
    """Return the best passage's cosine for each question: with all documents, and without the relevant ones."""
    retrieval_set = read_set(folder)
    owners, texts = [], []
    for document, (_, text) in retrieval_set.documents.items():
        article = Article(document, None, text, language, None, None, None, None, document, "")
        for passage in split(article, encoder.count_tokens, Config()):
            owners.append(document)
            texts.append(passage.text)
    vectors = encoder.encode_passages(texts)
    owner = np.array(owners)
    found, left = [], []
    for query, relevant in retrieval_set.judgements.items():
        cosines = vectors @ encoder.encode_query(retrieval_set.queries[query])
        found.append(cosines.max())
        left.append(cosines[~np.isin(owner, list(relevant))].max())
    return np.array(found, np.float64), np.array(left, np.float64)


def logistic(features: Numbers, label: Numbers) -> Numbers:
    """Fit by Newton's method (iteratively reweighted least squares).

    `features` has shape (questions, features), a column of ones among them; returns a weight for each.
    """
    weights = np.zeros(features.shape[1])
    for _ in range(50):
        probability = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (label - probability)
        curvature = (features * (probability * (1 - probability))[:, None]).T @ features
        weights += np.linalg.solve(curvature, gradient)
    return weights


def auroc(positive: Numbers, negative: Numbers) -> float:
    """Area under the ROC curve: how often an answerable question has the higher cosine."""
    return float(np.mean(positive[:, None] > negative[None]) + 0.5 * np.mean(positive[:, None] == negative[None]))


def main(data: Path) -> None:
    encoder = open_encoder()
    pairs = {}
    for name, (asked, written) in SETS.items():
        cosines = best_cosines(data / name, written, encoder)
        pairs[name] = [np.stack([one, np.full_like(one, asked == written), np.ones_like(one)], 1) for one in cosines]
    # every set weighs the same, whatever its number of questions
    smallest = min(len(found) for found, _ in pairs.values())
    found = np.concatenate([found[:smallest] for found, _ in pairs.values()])
    left = np.concatenate([left[:smallest] for _, left in pairs.values()])
    weights = logistic(np.concatenate([found, left]), np.concatenate([np.ones(len(found)), np.zeros(len(left))]))
    print("COSINE, SAME_LANGUAGE, INTERCEPT =", ", ".join(f"{weight:.2f}" for weight in weights))
    print(f"{'set':<16}{'AUROC':>8}{'accuracy at .5':>16}{'median cosine with':>20}{'without':>9}")
    for name, (with_answer, without) in [*pairs.items(), ("all", (found, left))]:
        right = np.concatenate([with_answer @ weights > 0, without @ weights <= 0])
        print(
            f"{name:<16}{auroc(with_answer @ weights, without @ weights):>8.3f}{right.mean():>16.3f}"
            f"{np.median(with_answer[:, 0]):>20.3f}{np.median(without[:, 0]):>9.3f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
