"""The background job of the page: one evaluation at a time, in its own thread, so that questions are still answered."""

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
    """An evaluation is running already."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """How an evaluation ended: the name of the stored run, or a sentence that says why there is none.

    With neither, it was cancelled before a question was asked, or, if `failed`, an unexpected error occurred.
    """

    run: str | None = None
    refusal: str | None = None
    failed: bool = False


class EvaluationJob:
    """Evaluates an archive in the background and stores the runs. Safe to use from several threads."""

    def __init__(self, archive: Archive) -> None:
        self._session = EvaluationSession(archive)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._finished = threading.Event()
        self._finished.set()
        self._progress = (0, 0)
        self._outcome = JobResult()

    def start(self, judgements: Sequence[Judgement], name: str, questions: str, *, fast: bool) -> None:
        """Start an evaluation; a number is added to the name of the run if it is taken.

        Raises:
            Busy: an evaluation is running.
        """
        with self._starting:
            if self.running:
                raise Busy("An evaluation is running already: wait until it is done, or cancel it.")
            self._cancelled.clear()
            self._finished.clear()
            self._progress = (0, len(judgements))
            arguments = (judgements, name, questions, fast)
            # daemon: it does not keep the program alive
            self._thread = threading.Thread(target=self._work, args=arguments, name="evaluation", daemon=True)
            self._thread.start()

    @property
    def running(self) -> bool:
        """Whether an evaluation is running."""
        return not self._finished.is_set()

    @property
    def progress(self) -> tuple[int, int]:
        """The number of questions asked so far, and of all questions."""
        return self._progress

    @property
    def outcome(self) -> JobResult:
        """How the last evaluation ended."""
        return self._outcome

    def wait(self, seconds: float) -> bool:
        """Wait until the evaluation has ended, at most `seconds`; return whether it has."""
        return self._finished.wait(seconds)

    def cancel(self) -> None:
        """End the evaluation after the current question; the results so far are stored."""
        self._cancelled.set()

    def close(self) -> None:
        """Cancel, and wait for the end before the archive is closed."""
        self.cancel()
        self.wait(_SECONDS_TO_END)

    def _work(self, judgements: Sequence[Judgement], name: str, questions: str, fast: bool) -> None:
        try:
            self._outcome = self._evaluate(judgements, name, questions, fast=fast)
        except FundstelleError as refusal:
            self._outcome = JobResult(refusal=str(refusal))
        except Exception as error:
            _log.error("An evaluation failed: %r", error)
            _log.debug("It happened here:", exc_info=True)
            self._outcome = JobResult(failed=True)
        finally:
            self._finished.set()

    def _evaluate(self, judgements: Sequence[Judgement], name: str, questions: str, *, fast: bool) -> JobResult:
        setups = {"": Setup(self._session.archive.config, RankingConfig(fast=fast))}
        outcome = JobResult()
        for run in self._session.evaluate(
            judgements, setups, name=name, source=questions, on_progress=self._on_progress
        ):
            self._session.runs.save(run)
            outcome = JobResult(run=run.name)
        return outcome

    def _on_progress(self, questions: int, total: int) -> None:
        self._progress = (questions, total)
        if self._cancelled.is_set() and questions < total:
            # as Ctrl-C does on the command line: the evaluation ends early and keeps what was asked
            raise KeyboardInterrupt
