"""The values of an evaluation: what was wanted, what was shown, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.config import Value
from rag.types import Span

# what became of a question, by the place where the answer was lost
FIRST = "first"
WRONGLY_REFUSED = "wrongly refused"
NO_CANDIDATE = "no candidate"
FUSION = "fusion"
RERANKING = "re-ranking"
SPLIT = "split"
DOUBTFUL = "doubtful label"
REFUSED = "refused"
ANSWERED = "answered"

FATES = {
    FIRST: "a passage that answers came first",
    WRONGLY_REFUSED: "a passage that answers was among those shown, but the archive said that nothing answers",
    NO_CANDIDATE: "neither meaning nor words brought a passage that answers among the candidates",
    FUSION: "it was a candidate, and the fused score put another before it",
    RERANKING: "it was further up before the best candidates were read once more",
    SPLIT: "no passage holds half of the quote: it was cut apart",
    DOUBTFUL: "the passage before it says nearly what the quote says: does it answer too?",
    REFUSED: "nothing answers it, and the archive said so",
    ANSWERED: "nothing answers it, but the archive seemed to have an answer",
}


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """An article that answers, and where: `spans` of its text, or None for anywhere.

    `rank` is that of the first result that answers from it, `fused` and `ranked` are those of its best passage
    among the candidates before and after re-ranking, each from 1; None if there is none.
    """

    article: str
    label: str
    language: str
    source: str | None
    year: int | None
    grade: int
    spans: tuple[Span, ...] | None
    quote: str | None
    rank: int | None
    fused: int | None
    ranked: int | None


@dataclass(frozen=True, slots=True)
class RankedResult:
    """A result. `item` is what it counts as: the article that it answers from, else a place.

    `beginning` are its first words. `grade` is its judgement: above 0 it answers, 0 it does not, None nobody has said.
    """

    item: str
    article: str
    label: str
    start: int
    end: int
    beginning: str
    score: float
    signals: Mapping[str, float]
    grade: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """A question that was asked.

    `values` are its measures, by name; a question that nothing answers has none. `sentence` tells whether the
    highlighted sentence is of the quote; None without a quote, or where it was not found. `beaten_by` names the
    signal by which the first result won over the best one that answers.
    """

    id: str
    question: str
    language: str
    answerable: bool
    tags: tuple[str, ...]
    wanted: tuple[ExpectedAnswer, ...]
    shown: tuple[RankedResult, ...]
    values: Mapping[str, float]
    confidence: float
    sentence: bool | None
    fate: str
    beaten_by: str | None

    @property
    def synthetic(self) -> bool:
        """Whether the question was made by a rule and not by a person."""
        return "synthetic" in self.tags

    @property
    def right(self) -> bool:
        """Whether one of the first five results answers."""
        return any(one.grade for one in self.shown[:5])


@dataclass(frozen=True, slots=True)
class Run:
    """An evaluation: all questions with their results, and what they were asked with.

    `questions` names the file, `asked_of` how many questions it holds, more than `results` if it was interrupted.
    `latency_ms` holds p50 and p95 of questions asked one by one. `made` is an ISO time.
    """

    name: str
    made: str
    questions: str
    asked_of: int
    archive: str
    archive_revision: int
    encoder: str
    fingerprint: str
    config: Mapping[str, Value]
    latency_ms: Mapping[str, float]
    results: tuple[Result, ...]
