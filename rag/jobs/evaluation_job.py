"""Evaluating in the background of a server, so that questions are still answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.archive import Archive
from rag.config import RankingConfig
from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.runs.sweep import Setup
from rag.evaluation.session import EvaluationSession
from rag.jobs.background import BackgroundJob, JobState


@dataclass(frozen=True, slots=True)
class EvaluationState(JobState):
    """An evaluation at a moment; `run` is the name of the stored run, None if no question was asked."""

    run: str | None = None


class EvaluationJob(BackgroundJob[EvaluationState]):
    """Evaluates an archive in the background and stores the runs."""

    def __init__(self, archive: Archive) -> None:
        busy = "An evaluation is running already: wait until it is done, or cancel it."
        super().__init__("evaluation", EvaluationState(), busy)
        self._session = EvaluationSession(archive)

    def start(self, judgements: Sequence[Judgement], name: str, questions: str, *, fast: bool) -> EvaluationState:
        """Start an evaluation and return its state; a number is added to the name of the run if it is taken.

        Raises:
            ArchiveBusy: an evaluation is running.
        """
        state = EvaluationState("asking", total=len(judgements))
        return self._begin(state, lambda: self._evaluate(judgements, name, questions, fast=fast))

    def _evaluate(self, judgements: Sequence[Judgement], name: str, questions: str, *, fast: bool) -> dict[str, Any]:
        setups = {"": Setup(self._session.archive.config, RankingConfig(fast=fast))}
        saved = None
        # an interruption ends the evaluation early, with a run of what was asked
        for run in self._session.evaluate(judgements, setups, name=name, source=questions, on_progress=self._advance):
            self._session.runs.save(run)
            saved = run
        is_complete = saved is not None and len(saved.results) == saved.asked_of
        return {"phase": "done" if is_complete else "cancelled", "run": saved and saved.name}
