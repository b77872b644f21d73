"""Two runs or more, question by question: what differs, and what that difference is worth. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.config import Value
from rag.evaluation.measures.statistics import Interval, bootstrap, holm, randomisation_test, smallest_difference
from rag.evaluation.measures.trec_measures import MAIN, MEASURES
from rag.evaluation.types import Result, Run

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a run is above the first one, by one measure.

    `p` is how often chance alone would make as large a difference (paired randomisation test, two-sided), corrected
    by Holm for the number of runs that are compared. `smallest` is the difference that these questions would show
    four times of five. `better` and `worse` count the questions.
    """

    mean: Interval
    p: float
    smallest: float
    better: int
    worse: int

    @property
    def certain(self) -> bool:
        """Whether chance alone is an unlikely reason."""
        return self.p < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class RunComparison:
    """A run beside the first one: the settings that differ, and its differences by measure."""

    name: str
    settings: Mapping[str, tuple[Value | None, Value | None]]
    differences: Mapping[str, Difference]


@dataclass(frozen=True, slots=True)
class ChangedQuestion:
    """A question that two runs answer differently well: its main measure in the first run and in the other."""

    before: Result
    after: Result

    @property
    def gain(self) -> float:
        """How much the other run is better."""
        return self.after.values[MAIN] - self.before.values[MAIN]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several runs beside the first one, over the answerable questions that all of them asked.

    Questions that a rule made count only if there are no others. `warnings` are sentences that say why the runs should
    be compared with care.
    """

    first: str
    questions: int
    means: Mapping[str, Mapping[str, float]]
    compared: tuple[RunComparison, ...]
    warnings: tuple[str, ...]


def compare_runs(runs: Sequence[Run]) -> Comparison:
    """Compare runs with the first of them.

    Raises:
        ValueError: they have no answerable question in common.
    """
    first, *others = runs
    shared = _shared(runs)
    if not shared:
        raise ValueError("There is no question that all runs asked.")
    values = {
        run.name: {name: np.array([of[one].values[name] for one in shared]) for name in MEASURES}
        for run in runs
        for of in [_answerable(run)]
    }
    away = {run.name: {name: values[run.name][name] - values[first.name][name] for name in MEASURES} for run in others}
    # of each measure, all runs are one family of tests
    p = {
        name: dict(zip(away, holm([randomisation_test(of_run[name]) for of_run in away.values()]), strict=True))
        for name in MEASURES
    }
    return Comparison(
        first=first.name,
        questions=len(shared),
        means={
            run: {name: float(of_measure.mean()) for name, of_measure in of_run.items()}
            for run, of_run in values.items()
        },
        compared=tuple(
            RunComparison(
                name=run.name,
                settings=_changed_settings(first, run),
                differences={
                    name: Difference(
                        mean=bootstrap(of),
                        p=p[name][run.name],
                        smallest=smallest_difference(of),
                        better=int((of > 0).sum()),
                        worse=int((of < 0).sum()),
                    )
                    for name, of in away[run.name].items()
                },
            )
            for run in others
        ),
        warnings=tuple(_warnings(runs, len(shared))),
    )


def changed_questions(first: Run, other: Run) -> list[ChangedQuestion]:
    """Return the questions that two runs answer differently well, the greatest loss first."""
    before, after = _answerable(first), _answerable(other)
    pairs = [ChangedQuestion(before[one], after[one]) for one in _shared([first, other])]
    return sorted((pair for pair in pairs if pair.gain), key=lambda pair: pair.gain)


def verdict(found: Difference, questions: int) -> str:
    """Say in a sentence what a difference is worth."""
    mean = found.mean.mean
    if not (found.better or found.worse):
        return f"No difference: all {questions} questions came out alike."
    if not found.certain:
        limit = f"these {questions} questions cannot tell a difference below {found.smallest:.3f}"
        if abs(mean) >= found.smallest or questions == 1:
            limit = "more questions would tell"
        return f"No certain difference ({mean:+.3f}, p = {found.p:.3f}): {limit}."
    better = "Better" if mean > 0 else "Worse"
    return f"{better} by {abs(mean):.3f} ({found.mean.low:+.3f} to {found.mean.high:+.3f}, p = {found.p:.3f})."


def _answerable(run: Run) -> dict[str, Result]:
    """Return the questions that people wrote, or those that a rule made if there are no others."""
    found = {one.id: one for one in run.results if one.answerable and one.values}
    return {name: one for name, one in found.items() if not one.synthetic} or found


def _shared(runs: Sequence[Run]) -> list[str]:
    """Return the ids of the questions that all runs asked in the same words."""
    first, *others = ({key: one.question for key, one in _answerable(run).items()} for run in runs)
    return [key for key, text in first.items() if all(other.get(key) == text for other in others)]


def _changed_settings(first: Run, other: Run) -> dict[str, tuple[Value | None, Value | None]]:
    names = dict.fromkeys([*first.config, *other.config])
    pairs = {name: (first.config.get(name), other.config.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _warnings(runs: Sequence[Run], shared: int) -> list[str]:
    found = []
    if len({run.archive for run in runs}) > 1:
        found.append("The runs are of different archives.")
    elif len({run.archive_revision for run in runs}) > 1:
        found.append("The archive has changed between the runs: a difference may come from its articles.")
    if len({run.fingerprint for run in runs}) > 1:
        found.append("The runs were made with different encoders.")
    most = max(len(_answerable(run)) for run in runs)
    if shared < most:
        found.append(f"Only {shared} questions of {most} were asked in all runs; the others are left aside.")
    interrupted = [run.name for run in runs if len(run.results) < run.asked_of]
    if interrupted:
        found.append(f"Interrupted: {', '.join(interrupted)}.")
    return found
