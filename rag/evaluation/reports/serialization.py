"""Runs and comparisons as JSON: stable, documented in docs/json.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rag.evaluation.measures.comparison import Comparison
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Slice, Summary, summarise
from rag.evaluation.types import Run


def summary_json(run: Run) -> dict[str, Any]:
    """What a run came to; questions that a rule made apart from those that people wrote."""
    written = [one for one in run.results if not one.synthetic]
    made = [one for one in run.results if one.synthetic]
    found = summarise(written or made)
    return {
        "name": run.name,
        "made": run.made,
        "questions": run.questions,
        "queries": found.questions,
        "synthetic": not written,
        **_figures(found),
        **({"of_synthetic": {"queries": len(made), **_figures(summarise(made))}} if written and made else {}),
        "latency_ms": dict(run.latency_ms),
        "config": dict(run.config),
        "encoder": run.encoder,
        "fingerprint": run.fingerprint,
        "archive_revision": run.archive_revision,
        "interrupted": len(run.results) < run.asked_of,
    }


def _figures(found: Summary) -> dict[str, Any]:
    slices = {dimension: _slices(values) for dimension, values in found.slices.items()}
    return {
        "answerable": found.answerable,
        "measures": {name: _interval(one) for name, one in found.measures.items()},
        "answering_sentence": _interval(found.sentence) if found.sentence else None,
        "by_language": slices.pop("question language"),
        "by": {dimension.replace(" ", "_"): values for dimension, values in slices.items()},
        "confidence": {name: _rounded(value) for name, value in asdict(found.abstention).items()},
        "fates": dict(found.fates),
        "beaten_by": dict(found.beaten_by),
        "unjudged": _rounded(found.unjudged),
    }


def comparison_json(found: Comparison) -> dict[str, Any]:
    """Runs beside the first one."""
    return {
        "first": found.first,
        "queries": found.questions,
        "means": {run: {name: _rounded(one) for name, one in means.items()} for run, means in found.means.items()},
        "compared": [
            {
                "name": one.name,
                "settings": {name: list(pair) for name, pair in one.settings.items()},
                "differences": {
                    name: {
                        **_interval(of.mean),
                        "p": _rounded(of.p),
                        "certain": of.certain,
                        "smallest_difference": _rounded(of.smallest),
                        "better": of.better,
                        "worse": of.worse,
                    }
                    for name, of in one.differences.items()
                },
            }
            for one in found.compared
        ],
        "warnings": list(found.warnings),
    }


def _slices(values: Mapping[str, Slice]) -> dict[str, Any]:
    return {value: {"queries": one.questions, **_interval(one.mean)} for value, one in values.items()}


def _interval(found: Interval) -> dict[str, float | None]:
    return {"mean": _rounded(found.mean), "low": _rounded(found.low), "high": _rounded(found.high)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
