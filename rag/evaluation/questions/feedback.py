"""Relevance feedback: passages that users marked right or wrong → test questions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from rag.evaluation.questions.files import Label, TestQuestion
from rag.storage.database import Database
from rag.types import Citation

MARKED = "marked"


@dataclass(frozen=True, slots=True)
class MarkedPassage:
    """A span of an article, and whether a user marked it as an answer."""

    article: str
    start: int
    end: int
    answers: bool


class FeedbackStore:
    """Passages that were marked right or wrong for a question, kept in an archive's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self, question: str, citation: Citation, *, answers: bool | None) -> None:
        """Store whether a citation answers a question; earlier feedback on the same passage is replaced.

        If it answers and a sentence is highlighted, that sentence is stored, or else the whole passage.

        Args:
            answers: None removes the feedback.
        """
        start, end = citation.highlights[0] if answers and citation.highlights else (citation.start, citation.end)
        key = (_normalise_question(question), citation.article.id)
        with self._database.transaction(of_articles=False) as (database, _):
            database.execute(
                'DELETE FROM marks WHERE question = ? AND article = ? AND start >= ? AND "end" <= ?',
                (*key, citation.start, citation.end),
            )
            if answers is not None:
                made = datetime.now(UTC).isoformat(timespec="seconds")
                row = (*key, start, end, citation.article.text[start:end], int(answers), made)
                database.execute("INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def passages(self, question: str) -> list[MarkedPassage]:
        """Return the feedback on passages for a question."""
        query = 'SELECT article, start, "end", answers FROM marks WHERE question = ? ORDER BY rowid'
        rows = self._database.rows(query, _normalise_question(question))
        return [MarkedPassage(article, start, end, bool(answers)) for article, start, end, answers in rows]

    def questions(self) -> list[TestQuestion]:
        """Return the questions for which a passage was marked right, in the order of their first mark.

        A mark is left out if its article is gone or no longer contains the quote.
        """
        rows = self._database.rows(
            "SELECT question, article, quote, answers FROM marks JOIN articles ON articles.id = marks.article "
            "WHERE instr(text, quote) ORDER BY marks.rowid"
        )
        labels: dict[str, tuple[list[Label], list[Label]]] = {}
        for question, article, quote, answers in rows:
            right, wrong = labels.setdefault(question, ([], []))
            (right if answers else wrong).append(Label(article, quote))
        return [
            TestQuestion(f"m-{number}", question, None, True, (MARKED,), tuple(right), f"mark {number}", tuple(wrong))
            for number, (question, (right, wrong)) in enumerate(labels.items(), 1)
            if right
        ]


def _normalise_question(question: str) -> str:
    """Return the question as it is compared: composed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", question).split())
