"""The history: which questions were asked, and what came of them."""

from __future__ import annotations

from rag.archive import Archive
from rag.storage.history_records import AskedQuestion, HistoryRecords
from rag.types import NO_FILTER, Filter, Outcome
from rag.workspace.questions import normal_question, now
from rag.workspace.settings import SettingsStore


class History:
    """The questions asked at the page of an archive, the newest first. In private mode nothing is added to it.

    It has no state of its own: make one wherever an archive is at hand.
    """

    def __init__(self, archive: Archive) -> None:
        self._records = HistoryRecords(archive._database)
        self._settings = SettingsStore(archive)

    def note(self, question: str, filter: Filter = NO_FILTER, *, outcome: Outcome, results: int) -> bool:
        """Note that a question was asked, and return whether it was noted: in private mode it is not.

        Asked again, with whatever filter, it moves to the top: each step of filtering is not a question of its own.

        Args:
            results: how many articles answered.

        Raises:
            QuestionError: the question cannot be asked.
            ArchiveError: the archive cannot be written.
        """
        if self._settings.load().private:
            return False
        self._records.put(normal_question(question), filter, now(), outcome, results)
        return True

    def page(self, limit: int = 50, older_than: int | None = None) -> tuple[AskedQuestion, ...]:
        """Return a part of the history, the newest questions first.

        Args:
            older_than: the number of a question; only older ones are returned.
        """
        return self._records.page(limit, older_than)

    def __len__(self) -> int:
        return self._records.count()

    def delete(self, question_id: int) -> bool:
        """Delete a question, and return whether it was there."""
        return self._records.delete(question_id)

    def clear(self) -> int:
        """Delete all questions, and return how many there were."""
        return self._records.clear()
