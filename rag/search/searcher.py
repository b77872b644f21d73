"""What a question is asked with."""

from __future__ import annotations

from dataclasses import dataclass

from rag.search.confidence import Calibration
from rag.search.query import ParsedQuestion
from rag.search.reranking import Reranker
from rag.search.retrieve import Legs, Retrieval, retrieve
from rag.types import EVERYTHING, Filter


@dataclass(frozen=True)
class Search:
    """The legs of a search, what reads the best candidates once more, and how sure its answers are."""

    legs: Legs
    reranker: Reranker | None
    calibration: Calibration

    def __call__(
        self, question: ParsedQuestion, k: int, filter: Filter = EVERYTHING, without: frozenset[str] = frozenset()
    ) -> Retrieval:
        """Return the k best citations' worth of passages; see `rag.search.retrieve.retrieve`."""
        return retrieve(question, k, self.legs, self.reranker, filter, without)

    def confidence(self, found: Retrieval) -> float:
        """Return the probability, in [0, 1], that what was found answers."""
        return self.calibration.probability(found.features, found.doubt) if found.hits else 0.0
