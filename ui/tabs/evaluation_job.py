"""Where evaluations run: one at a time, in a thread of its own, so that questions are answered meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from rag.archive import Archive
from rag.config import RankingConfig
from rag.errors import FundstelleError
from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.runs.sweep import Setup
from rag.evaluation.session import EvaluationSession

_log = logging.getLogger(__name__)

_SECONDS_TO_END = 15  # for the question that is asked, and for storing the run


class Busy(FundstelleError):
    """An evaluation is running, and another one was to begin."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an evaluation ended: the name of the run that was kept, or a sentence that says why there is none.

    With neither, it was cancelled before a question was asked, or, if `failed`, something unforeseen happened.
    """

    run: str | None = None
    refusal: str | None = None
    failed: bool = False


class Bench:
    """Asks questions about an archive and keeps the runs. Safe to use from several threads."""

    def __init__(self, archive: Archive) -> None:
        self._session = EvaluationSession(archive)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._ended = threading.Event()
        self._ended.set()
        self._done = (0, 0)
        self._outcome = Outcome()

    def start(self, judgements: Sequence[Judgement], name: str, questions: str, *, fast: bool) -> None:
        """Begin to ask; the run gets the name, or that with a number if another has it.

        Raises:
            Busy: an evaluation is running.
        """
        with self._starting:
            if self.running:
                raise Busy("An evaluation is running already: wait until it is done, or cancel it.")
            self._cancelled.clear()
            self._ended.clear()
            self._done = (0, len(judgements))
            arguments = (judgements, name, questions, fast)
            # what is left of it at the end of the program is let go
            self._thread = threading.Thread(target=self._work, args=arguments, name="evaluation", daemon=True)
            self._thread.start()

    @property
    def running(self) -> bool:
        """Whether an evaluation is running."""
        return not self._ended.is_set()

    @property
    def done(self) -> tuple[int, int]:
        """How many questions have been asked, and how many there are."""
        return self._done

    @property
    def outcome(self) -> Outcome:
        """How the last evaluation ended."""
        return self._outcome

    def wait(self, seconds: float) -> bool:
        """Wait until the evaluation has ended, or for so long; return whether it has."""
        return self._ended.wait(seconds)

    def cancel(self) -> None:
        """End the evaluation after the question that is being asked; what was asked is kept."""
        self._cancelled.set()

    def close(self) -> None:
        """Cancel and wait for the end, before the archive is closed."""
        self.cancel()
        self.wait(_SECONDS_TO_END)

    def _work(self, judgements: Sequence[Judgement], name: str, questions: str, fast: bool) -> None:
        try:
            self._outcome = self._asked(judgements, name, questions, fast=fast)
        except FundstelleError as refusal:
            self._outcome = Outcome(refusal=str(refusal))
        except Exception as error:
            _log.error("An evaluation failed: %r", error)
            _log.debug("It happened here:", exc_info=True)
            self._outcome = Outcome(failed=True)
        finally:
            self._ended.set()

    def _asked(self, judgements: Sequence[Judgement], name: str, questions: str, *, fast: bool) -> Outcome:
        setups = {"": Setup(self._session.archive.config, RankingConfig(fast=fast))}
        outcome = Outcome()
        for run in self._session.evaluate(judgements, setups, name=name, source=questions, on_progress=self._hear):
            self._session.runs.save(run)
            outcome = Outcome(run=run.name)
        return outcome

    def _hear(self, done: int, total: int) -> None:
        self._done = (done, total)
        if self._cancelled.is_set() and done < total:
            # as Ctrl-C does on the command line: the evaluation ends early and keeps what was asked
            raise KeyboardInterrupt
