"""The values of an evaluation: expected answers, results and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.config import Value
from rag.types import Span

if TYPE_CHECKING:
    import pandas as pd

# the fates of a question: at which stage its answer was lost; stored in runs and printed as JSON
FIRST = "first"
WRONGLY_REFUSED = "wrongly refused"
NO_CANDIDATE = "no candidate"
FUSION = "fusion"
RERANKING = "re-ranking"
SPLIT = "split"
DOUBTFUL = "doubtful label"
REFUSED = "refused"
ANSWERED = "answered"

FATES: Mapping[str, str] = {
    FIRST: "the first passage answers",
    WRONGLY_REFUSED: "a passage shown answers, but the archive reported no answer",
    NO_CANDIDATE: "no passage that answers was among the candidates",
    FUSION: "a candidate answers, but another one had a higher fused score",
    RERANKING: "re-ranking demoted the passage that answers",
    SPLIT: "no passage contains even half of the quote: chunking split it",
    DOUBTFUL: "the first passage says nearly the same as the quote: does it answer too?",
    REFUSED: "nothing answers, and the archive said so",
    ANSWERED: "nothing answers, but the archive reported an answer",
}

NOT_RERANKED = "not read again"
"""Stored in place of a signal where no passage that answers was re-ranked."""


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """An article that answers, and the `spans` of its text that do; None if it answers as a whole.

    `rank` is the rank of the first result that answers from it; `fused` and `ranked` are the ranks of its best passage
    among the candidates before and after re-ranking. Ranks count from 1 and are None where nothing answers.
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
    """A result. `item` identifies it in measures: the id of the article it answers from, or else its own span.

    `beginning` are its first words. `grade` is its judgement: above 0 it answers, 0 it does not, None is unjudged.
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
    """The results of one question.

    `values` are its measures by name, empty for a question without an answer. `sentence` is whether the highlighted
    sentence overlaps the quote; None without a quote, or if it was not retrieved. `beaten_by` is the signal by which
    the first result leads over the best one that answers.
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
        """Whether the question was made by a rule, not by a person."""
        return "synthetic" in self.tags

    @property
    def right(self) -> bool:
        """Whether one of the first five results answers."""
        return any(result.grade for result in self.shown[:5])


@dataclass(frozen=True, slots=True)
class Run:
    """An evaluation run: the results of all questions, and the archive, encoder and settings that gave them.

    `questions` names the file, `asked_of` is its number of questions, more than `results` if the run was interrupted.
    `latency_ms` are p50 and p95 of questions asked one by one. `made` is an ISO time.
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

    def _repr_html_(self) -> str:
        from rag.rendering.cards import facts_card

        answerable = [result.values for result in self.results if result.answerable]
        means = [
            (name, f"{sum(values[name] for values in answerable) / len(answerable):.3f}")
            for name in (answerable[0] if answerable else ())
        ]
        progress = f"{len(self.results)} of {self.asked_of}"
        return facts_card(self.name, [("made", self.made), ("questions", self.questions), ("asked", progress), *means])

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row for each question: its outcome, and its measures in columns of their names.

        Raises:
            ImportError: pandas is not installed.
        """
        from rag.rendering.frames import frame

        return frame(
            {
                "id": result.id,
                "question": result.question,
                "language": result.language,
                "answerable": result.answerable,
                "fate": result.fate,
                "confidence": result.confidence,
                "right_sentence": result.sentence,
                "first": result.shown[0].label if result.shown else None,
                "tags": list(result.tags),
                **result.values,
            }
            for result in self.results
        )
