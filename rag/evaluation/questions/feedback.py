"""Relevance feedback: what users said of passages and of questions → test questions."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rag.evaluation.questions.files import Label, TestQuestion
from rag.storage.database import Database
from rag.storage.feedback_records import FeedbackRecords, StoredMark, StoredQuestion
from rag.types import Citation

MARKED = "marked"
_ID_DIGITS = 8


@dataclass(frozen=True, slots=True)
class MarkedPassage:
    """A span of an article, and whether a user marked it as an answer."""

    article: str
    start: int
    end: int
    answers: bool


@dataclass(frozen=True, slots=True)
class CollectedQuestion:
    """A question that became a test question while asking.

    Attributes:
        question: as it was asked; it identifies the test question.
        wording: as it is asked in evaluations.
        answerable: whether the archive answers it; if not, `right` is empty.
        right, wrong: the passages that were marked.
        missing: how many marked passages are no longer in the archive.
    """

    question: str
    wording: str
    tags: tuple[str, ...]
    answerable: bool
    right: tuple[StoredMark, ...]
    wrong: tuple[StoredMark, ...]
    missing: int

    @property
    def id(self) -> str:
        """The id of the test question: the same whatever else is collected, since runs are compared by it."""
        return f"m-{hashlib.sha256(self.question.encode()).hexdigest()[:_ID_DIGITS]}"

    @property
    def test_question(self) -> TestQuestion | None:
        """The test question; None if the passages that answer are no longer in the archive."""
        if self.answerable and not self.right:
            return None
        return TestQuestion(
            id=self.id,
            question=self.wording,
            language=None,
            answerable=self.answerable,
            tags=(MARKED, *self.tags),
            labels=tuple(Label(mark.article, mark.quote) for mark in self.right),
            location=f"the collected question “{self.question}”",
            wrong=tuple(Label(mark.article, mark.quote) for mark in self.wrong),
        )


class FeedbackStore:
    """What users said of passages and questions, kept in an archive's database."""

    def __init__(self, database: Database) -> None:
        self._records = FeedbackRecords(database)

    def mark(self, question: str, citation: Citation, *, answers: bool | None) -> None:
        """Store whether a citation answers a question; earlier feedback on the same passage is replaced.

        If it answers and a sentence is highlighted, that sentence is stored, or else the whole passage.

        Args:
            answers: None removes the feedback.
        """
        passage, article, key = (citation.start, citation.end), citation.article, normalise_question(question)
        if answers is None:
            self._records.unmark(key, article.id, passage)
            return
        start, end = citation.highlights[0] if answers and citation.highlights else passage
        quote = article.text[start:end]
        self._records.mark(StoredMark(key, article.id, start, end, quote, answers, exists=True), passage)

    def passages(self, question: str) -> list[MarkedPassage]:
        """Return the feedback on passages for a question."""
        marks = self._records.marks(normalise_question(question))
        return [MarkedPassage(mark.article, mark.start, mark.end, mark.answers) for mark in marks]

    def is_unanswerable(self, question: str) -> bool:
        """Whether a user said that the archive does not answer a question."""
        return any(not stored.answerable for stored in self._records.questions(normalise_question(question)))

    def collect(self, question: str, *, wording: str, tags: Sequence[str], answerable: bool) -> None:
        """Store how a question is worded in evaluations, its tags, and whether the archive answers it.

        If the archive does not answer it, no passage stays marked right for it. Otherwise this is kept as long as a
        passage is marked right.
        """
        stored = StoredQuestion(normalise_question(question), normalise_question(wording), tuple(tags), answerable)
        self._records.put(stored)

    def delete(self, question: str) -> None:
        """Delete a test question, and with it all feedback on passages for its question."""
        self._records.delete(normalise_question(question))

    def collected(self) -> list[CollectedQuestion]:
        """Return the questions that have a passage marked right or are said to have no answer, the first first."""
        stored = {question.question: question for question in self._records.questions()}
        marks: dict[str, list[StoredMark]] = {}
        for mark in self._records.marks():
            marks.setdefault(mark.question, []).append(mark)
        return [
            _collected(question, marks.get(question, []), stored.get(question))
            for question in dict.fromkeys([*marks, *stored])
            if question in stored or any(mark.answers for mark in marks[question])
        ]

    def questions(self) -> list[TestQuestion]:
        """Return the test questions among them.

        A mark is left out if its article is gone or no longer contains the quote.
        """
        test_questions = (question.test_question for question in self.collected())
        return [question for question in test_questions if question]


def _collected(question: str, marks: Sequence[StoredMark], stored: StoredQuestion | None) -> CollectedQuestion:
    existing = [mark for mark in marks if mark.exists]
    return CollectedQuestion(
        question=question,
        wording=stored.wording if stored else question,
        tags=stored.tags if stored else (),
        answerable=stored.answerable if stored else True,
        right=tuple(mark for mark in existing if mark.answers),
        wrong=tuple(mark for mark in existing if not mark.answers),
        missing=len(marks) - len(existing),
    )


def normalise_question(question: str) -> str:
    """Return the question as it is compared: composed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", question).split())
