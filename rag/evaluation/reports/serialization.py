"""Runs and comparisons as JSON: stable, documented in docs/json.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rag.evaluation.measures.comparison import Comparison
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Slice, Summary, summarise
from rag.evaluation.reports.wording import caution_sentence
from rag.evaluation.types import Run


def summary_json(run: Run) -> dict[str, Any]:
    """The summary of a run; synthetic questions are separate from those written by people."""
    human = [result for result in run.results if not result.synthetic]
    synthetic = [result for result in run.results if result.synthetic]
    summary = summarise(human or synthetic)
    return {
        "name": run.name,
        "made": run.made,
        "questions": run.questions,
        "queries": summary.questions,
        "synthetic": not human,
        **_figures(summary),
        **(
            {"of_synthetic": {"queries": len(synthetic), **_figures(summarise(synthetic))}}
            if human and synthetic
            else {}
        ),
        "latency_ms": dict(run.latency_ms),
        "config": dict(run.config),
        "encoder": run.encoder,
        "fingerprint": run.fingerprint,
        "archive_revision": run.archive_revision,
        "interrupted": len(run.results) < run.asked_of,
    }


def _figures(summary: Summary) -> dict[str, Any]:
    slices = {dimension: _slices(values) for dimension, values in summary.slices.items()}
    return {
        "answerable": summary.answerable,
        "measures": {name: _interval(interval) for name, interval in summary.measures.items()},
        "answering_sentence": _interval(summary.sentence) if summary.sentence else None,
        "by_language": slices.pop("question language"),
        "by": {dimension.replace(" ", "_"): values for dimension, values in slices.items()},
        "confidence": {name: _rounded(value) for name, value in asdict(summary.abstention).items()},
        "fates": dict(summary.fates),
        "beaten_by": dict(summary.beaten_by),
        "unjudged": _rounded(summary.unjudged),
    }


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Runs compared with the first one."""
    return {
        "first": comparison.first,
        "queries": comparison.questions,
        "means": {run: {name: _rounded(run) for name, run in means.items()} for run, means in comparison.means.items()},
        "compared": [
            {
                "name": run.name,
                "settings": {name: list(pair) for name, pair in run.settings.items()},
                "differences": {
                    name: {
                        **_interval(difference.mean),
                        "p": _rounded(difference.p),
                        "certain": difference.certain,
                        "smallest_difference": _rounded(difference.smallest),
                        "better": difference.better,
                        "worse": difference.worse,
                    }
                    for name, difference in run.differences.items()
                },
            }
            for run in comparison.compared
        ],
        "warnings": [caution_sentence(caution) for caution in comparison.cautions],
    }


def _slices(values: Mapping[str, Slice]) -> dict[str, Any]:
    return {
        value: {"queries": values_slice.questions, **_interval(values_slice.mean)}
        for value, values_slice in values.items()
    }


def _interval(interval: Interval) -> dict[str, float | None]:
    return {"mean": _rounded(interval.mean), "low": _rounded(interval.low), "high": _rounded(interval.high)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
