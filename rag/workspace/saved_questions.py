"""Saved questions: which passages answer them that did not when somebody last looked.

A passage is new if it was added or changed since then, if its text was not among those found then, and if the archive
answers with it: above the confidence below which an answer says no, and not among the results that are noise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain, count

from rag.archive import Archive
from rag.errors import AlreadySaved, NotFound, QuestionError
from rag.storage.change_feed import ChangeFeed
from rag.storage.passages import Passages
from rag.storage.saved_records import SavedRecords, SeenAnswer
from rag.types import NO_FILTER, Citation, Filter, ResultList
from rag.types.archive_state import NOTHING_YET, State
from rag.types.saved import Look, SavedQuestion
from rag.workspace.questions import normal_question, now

_DEPTH = 50
"""How many citations are looked at. It stays the same, or what was below it last time would be new."""
_DIGEST_BYTES = 12
_MAX_NAME = 200  # characters


class SavedQuestions:
    """The questions that were saved in an archive; make one wherever an archive is at hand."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._records = SavedRecords(archive._database)
        self._changes = ChangeFeed(archive._database)
        self._passages = Passages(archive._database)

    def all(self) -> tuple[SavedQuestion, ...]:
        """Return them in the order in which they were saved."""
        return self._records.all()

    def get(self, name: str) -> SavedQuestion:
        """Return the question of this name.

        Raises:
            NotFound: there is none.
        """
        question = self._records.get(name)
        if question is None:
            raise NotFound(f"No question was saved as {name!r}: see `fundstelle saved list`.")
        return question

    def is_saved(self, question: str, filter: Filter = NO_FILTER) -> bool:
        """Return whether a question was saved with this filter."""
        return self._records.name_of(normal_question(question), filter) is not None

    def add(self, question: str, name: str = "", filter: Filter = NO_FILTER) -> SavedQuestion:
        """Save a question; new is what comes from now on.

        Args:
            name: the question itself by default, with a number if it was saved with another filter.

        Raises:
            AlreadySaved: the question was saved with this filter, or the name is taken.
            QuestionError: it cannot be asked, or the name is too long.
            ArchiveError: the archive cannot be written, or its vectors come from another encoder.
        """
        question, name = normal_question(question), " ".join(name.split())
        if len(name) > _MAX_NAME:
            raise QuestionError(f"The name has {len(name)} characters: choose one of {_MAX_NAME} or fewer.")
        state = self._changes.state
        digests = self._digests(self._results(question, filter), state)
        time = now()
        saved = SavedQuestion(name or self._free_name(question, filter), question, filter, time, time)
        if not self._records.add(saved, SeenAnswer(state, digests)):
            raise AlreadySaved(f"A question is already saved as {saved.name!r}: choose another name.")
        return saved

    def _free_name(self, question: str, filter: Filter) -> str:
        saved_name = self._records.name_of(question, filter)
        if saved_name is not None:
            raise AlreadySaved(f"The question is already saved as {saved_name!r}.")
        names = {saved.name for saved in self._records.all()}
        short = question[:_MAX_NAME]
        numbered = (f"{short} ({number})" for number in count(2))
        return next(name for name in chain([short], numbered) if name not in names)

    def remove(self, *names: str) -> None:
        """Remove saved questions, all of them or none.

        Raises:
            NotFound: there is none of one of these names.
        """
        for name in names:
            self.get(name)
        self._records.remove(names)

    def may_have_new(self, question: SavedQuestion) -> bool:
        """Return whether the archive has changed since somebody last looked; it is not asked."""
        return self._changes.state != self._records.seen(question.name).state

    def look(self, name: str) -> Look:
        """Return what answers a saved question now. It stays new until `mark_seen`.

        Raises:
            NotFound: there is none of this name.
            ArchiveError: the archive's vectors come from another encoder.
        """
        question = self.get(name)
        # before the question is asked: what comes meanwhile is new the next time, and never lost
        state = self._changes.state
        seen = self._records.seen(name)
        results = self._results(question.question, question.filter)
        answering = tuple(_answering(results))
        since = seen.state if self._changes.descends_from(seen.state) else NOTHING_YET
        new = tuple(citation for citation in answering if self._is_new(citation, since, seen.digests))
        return Look(question, new, answering, state, results.answer.damaged)

    def mark_seen(self, name: str, state: State) -> None:
        """Note that somebody looked at what the archive contained in a state: what came later stays new.

        Raises:
            NotFound: there is none of this name.
            QuestionError: the archive was never in this state; it may have been replaced.
            ArchiveError: the archive cannot be written, or has vectors of another encoder.
        """
        question = self.get(name)
        if not self._changes.descends_from(state):
            raise QuestionError(
                "This is no state of the archive, which may have been replaced by another: look at the saved question "
                "again."
            )
        digests = self._digests(self._results(question.question, question.filter), state)
        seen = SeenAnswer(state, self._records.seen(name).digests | digests)
        self._records.put_look(name, now(), seen)

    def _results(self, question: str, filter: Filter) -> ResultList:
        return self._archive.search(question, filter=filter, limit=_DEPTH)

    def _is_new(self, citation: Citation, since: State, known: frozenset[str]) -> bool:
        return any(
            revision > since.revision and digest not in known for digest, revision in self._passages_of(citation)
        )

    def _digests(self, results: ResultList, state: State) -> frozenset[str]:
        """Return the digests of the passages that were found and were there in a state."""
        return frozenset(
            digest
            for citation in results.answer.citations
            for digest, revision in self._passages_of(citation)
            if revision <= state.revision
        )

    def _passages_of(self, citation: Citation) -> Iterable[tuple[str, int]]:
        """Yield the digest of each passage in a citation, with the revision that added or changed it."""
        text = citation.article.text
        for (start, end), revision in self._passages.revisions(citation.article.id, (citation.start, citation.end)):
            yield _digest(text[start:end]), revision


def _answering(results: ResultList) -> Iterator[Citation]:
    """Yield the citations that answer, best first; none if the answer is no."""
    likely = {citation.passage_id for result in results.results for citation in result.citations[: result.likely_count]}
    if results.answer.answerable:
        yield from (citation for citation in results.answer.citations if citation.passage_id in likely)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()
