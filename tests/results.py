"""Values for the tests of the evaluation: results and runs made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.config import DEFAULT_RANKING, Config, settings
from rag.evaluation.measures.trec_measures import MEASURES, measure
from rag.evaluation.types import FIRST, ExpectedAnswer, RankedResult, Result, Run


def wanted(article: str, language: str = "de", source: str | None = "Blatt", year: int | None = 2022) -> ExpectedAnswer:
    """Return an article that answers as a whole."""
    return ExpectedAnswer(article, f"Article {article}", language, source, year, 1, None, None, None, None, None)


def shown(item: str, grade: int | None = None) -> RankedResult:
    """Return a result."""
    return RankedResult(item, item, f"Article {item}", 0, 10, "It begins so", 0.5, {"dense": 0.5}, grade)


def result(
    name: str,
    items: Sequence[str],
    answering: Sequence[str],
    *,
    language: str = "de",
    confidence: float = 0.9,
    tags: tuple[str, ...] = (),
    fate: str = FIRST,
    beaten_by: str | None = None,
    sentence: bool | None = None,
    places: Sequence[ExpectedAnswer] | None = None,
) -> Result:
    """Return a question's result; without an answering article it is unanswerable."""
    grades = dict.fromkeys(answering, 1)
    return Result(
        id=name,
        question=f"Question {name}?",
        language=language,
        answerable=bool(answering),
        tags=tags,
        wanted=tuple(places or [wanted(one) for one in answering]),
        shown=tuple(shown(item, grades.get(item)) for item in items),
        values=measure({name: items}, {name: grades})[name] if answering else {},
        confidence=confidence,
        sentence=sentence,
        fate=fate,
        beaten_by=beaten_by,
    )


def run(name: str, results: Sequence[Result], **facts: object) -> Run:
    """Return a run of these results."""
    known: dict[str, object] = {
        "made": "2026-11-25T10:00:00+00:00",
        "questions": "questions.jsonl",
        "asked_of": len(results),
        "archive": "an archive",
        "archive_revision": 3,
        "encoder": "small",
        "fingerprint": "abc",
        "config": settings(Config(), DEFAULT_RANKING),
        "latency_ms": {"p50": 100.0, "p95": 200.0},
    }
    return Run(name=name, results=tuple(results), **{**known, **facts})  # type: ignore[arg-type]


def values(**named: float) -> Mapping[str, float]:
    """Return measures, 0 where nothing is said."""
    return {**dict.fromkeys(MEASURES, 0.0), **named}
