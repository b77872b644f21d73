"""Values for the tests of the tab that evaluates: results and runs made by hand."""

from __future__ import annotations

from dataclasses import replace

from rag.evaluation.measures.trec_measures import MEASURES
from rag.evaluation.types import FIRST, FUSION, ExpectedAnswer, RankedResult, Result, Run

WANTED = ExpectedAnswer(
    "abc123", "Der Tunnel", "de-CH", "Passblatt", 2016, 1, ((26, 72),), "Mit 57 Kilometern", 2, 3, 2
)
WRONG = RankedResult(
    "d4:0-40", "d4", "Die Brücke", 0, 40, "Die Brücke steht.", 0.9, {"late": 0.75, "dense": -0.5}, None
)
RIGHT = RankedResult(
    "abc123", "abc123", "Der Tunnel", 26, 72, "Mit 57 Kilometern", 0.8, {"late": 0.5, "dense": 0.25}, 1
)


def result(name: str = "q-1", value: float = 1.0, fate: str = FIRST, question: str = "Wie lang?") -> Result:
    """Return a question that has an answer, with the same value of every measure."""
    shown = (RIGHT,) if fate == FIRST else (WRONG, RIGHT)
    values = dict.fromkeys(MEASURES, value)
    beaten = None if fate == FIRST else "late"
    return Result(name, question, "de", True, ("length",), (WANTED,), shown, values, 0.875, True, fate, beaten)


def run(*results: Result, name: str = "first", asked_of: int | None = None) -> Run:
    """Return a run of results; without any, of one that succeeded and one that failed."""
    found = results or (result(), result("q-2", 0.5, FUSION, "Wie hoch?"))
    return Run(
        name=name,
        made="2026-11-25T03:12:00+00:00",
        questions="seeds/questions.jsonl",
        asked_of=len(found) if asked_of is None else asked_of,
        archive="a",
        archive_revision=1,
        encoder="bundled",
        fingerprint="f",
        config={"fast": name == "fast"},
        latency_ms={"p50": 1234.4, "p95": 2000.0},
        results=found,
    )


def changed(of: Run, value: float, name: str) -> Run:
    """Return the run with another value of every measure of every question."""
    results = tuple(replace(result, values=dict.fromkeys(MEASURES, value)) for result in of.results)
    return replace(of, name=name, results=results)
