"""Compares runs question by question, and tests whether they differ. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rag.config import Value
from rag.evaluation.measures.statistics import (
    Interval,
    Numbers,
    bootstrap,
    holm,
    randomisation_test,
    smallest_difference,
)
from rag.evaluation.measures.trec_measures import MAIN, MEASURES
from rag.evaluation.types import Result, Run

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a run is above the first one, by one measure.

    `p` is the p-value of a two-sided paired randomisation test, corrected by Holm for the number of runs compared.
    `smallest` is the smallest difference that these questions would detect with a power of 80%. `better` and `worse`
    count the questions.
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
    """A run compared with the first one: the settings that differ, and the differences by measure."""

    name: str
    settings: Mapping[str, tuple[Value | None, Value | None]]
    differences: Mapping[str, Difference]


@dataclass(frozen=True, slots=True)
class ChangedQuestion:
    """A question whose main measure differs between two runs, with its result in each."""

    before: Result
    after: Result

    @property
    def gain(self) -> float:
        """How much better the second run is; negative if it is worse."""
        return self.after.values[MAIN] - self.before.values[MAIN]


CautionKind = Literal["archives", "revisions", "encoders", "questions", "interrupted"]


@dataclass(frozen=True, slots=True)
class Caution:
    """A reason to compare runs with care: what differs between them, or which `runs` were interrupted.

    `common` of `total` questions were asked in all runs, where these differ.
    """

    kind: CautionKind
    common: int = 0
    total: int = 0
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several runs compared with the first one, over the answerable questions that all of them asked.

    Synthetic questions count only if there are no others. `cautions` say why the runs should be compared with care.
    """

    first: str
    questions: int
    means: Mapping[str, Mapping[str, float]]
    compared: tuple[RunComparison, ...]
    cautions: tuple[Caution, ...]


def compare_runs(runs: Sequence[Run]) -> Comparison:
    """Compare runs with the first of them.

    Raises:
        ValueError: they have no answerable question in common.
    """
    first, *later_runs = runs
    common = _common_questions(runs)
    if not common:
        raise ValueError("There is no question that all runs asked.")
    values = {run.name: _values(run, common) for run in runs}
    differences = {
        run.name: {measure: values[run.name][measure] - values[first.name][measure] for measure in MEASURES}
        for run in later_runs
    }
    p_values = {measure: _p_values(measure, differences) for measure in MEASURES}
    return Comparison(
        first=first.name,
        questions=len(common),
        means={
            name: {measure: float(of_run[measure].mean()) for measure in MEASURES} for name, of_run in values.items()
        },
        compared=tuple(
            RunComparison(
                name=run.name,
                settings=_changed_settings(first, run),
                differences={
                    measure: _difference(differences[run.name][measure], p_values[measure][run.name])
                    for measure in MEASURES
                },
            )
            for run in later_runs
        ),
        cautions=tuple(_cautions(runs, len(common))),
    )


def _values(run: Run, questions: Sequence[str]) -> dict[str, Numbers]:
    """Return each measure's values of a run, one for each question."""
    results = _answerable(run)
    return {measure: np.array([results[question].values[measure] for question in questions]) for measure in MEASURES}


def _p_values(measure: str, differences: Mapping[str, Mapping[str, Numbers]]) -> dict[str, float]:
    """Return the p-value of each run by one measure; all runs are one family of tests."""
    raw = [randomisation_test(of_run[measure]) for of_run in differences.values()]
    return dict(zip(differences, holm(raw), strict=True))


def _difference(values: Numbers, p: float) -> Difference:
    return Difference(
        mean=bootstrap(values),
        p=p,
        smallest=smallest_difference(values),
        better=int((values > 0).sum()),
        worse=int((values < 0).sum()),
    )


def changed_questions(first: Run, second: Run) -> list[ChangedQuestion]:
    """Return the questions whose main measure differs between two runs, the greatest loss first."""
    first_results, second_results = _answerable(first), _answerable(second)
    common = _common_questions([first, second])
    pairs = [ChangedQuestion(first_results[question], second_results[question]) for question in common]
    return sorted((pair for pair in pairs if pair.gain), key=lambda pair: pair.gain)


def _answerable(run: Run) -> dict[str, Result]:
    """Return the questions that people wrote; without any, the synthetic ones."""
    answerable = {result.id: result for result in run.results if result.answerable and result.values}
    return {key: result for key, result in answerable.items() if not result.synthetic} or answerable


def _common_questions(runs: Sequence[Run]) -> list[str]:
    """Return the ids of the questions that all runs asked in the same words."""
    first, *later_runs = ({key: result.question for key, result in _answerable(run).items()} for run in runs)
    return [key for key, text in first.items() if all(questions.get(key) == text for questions in later_runs)]


def _changed_settings(first: Run, second: Run) -> dict[str, tuple[Value | None, Value | None]]:
    names = dict.fromkeys([*first.config, *second.config])
    pairs = {name: (first.config.get(name), second.config.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _cautions(runs: Sequence[Run], common: int) -> Iterator[Caution]:
    if len({run.archive for run in runs}) > 1:
        yield Caution("archives")
    elif len({run.archive_revision for run in runs}) > 1:
        yield Caution("revisions")
    if len({run.fingerprint for run in runs}) > 1:
        yield Caution("encoders")
    largest = max(len(_answerable(run)) for run in runs)
    if common < largest:
        yield Caution("questions", common=common, total=largest)
    interrupted = tuple(run.name for run in runs if len(run.results) < run.asked_of)
    if interrupted:
        yield Caution("interrupted", runs=interrupted)
