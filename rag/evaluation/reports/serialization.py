"""Runs and comparisons as JSON: stable, documented in docs/json.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.evaluation.measures.comparison import Comparison
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Slice, Summary, summarise
from rag.evaluation.reports.wording import caution_sentence
from rag.evaluation.types import Run
from rag.schemas.evaluation import ComparisonModel, RunModel


def summary_json(run: Run) -> dict[str, Any]:
    """The summary of a run; synthetic questions are separate from those written by people."""
    human = [result for result in run.results if not result.synthetic]
    synthetic = [result for result in run.results if result.synthetic]
    summary = summarise(human or synthetic)
    values = {
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
    return RunModel.json_of(values)


def _figures(summary: Summary) -> dict[str, Any]:
    slices = {dimension: _slices(values) for dimension, values in summary.slices.items()}
    return {
        "answerable": summary.answerable,
        "measures": summary.measures,
        "answering_sentence": summary.sentence,
        "by_language": slices.pop("question language"),
        "by": {dimension.replace(" ", "_"): values for dimension, values in slices.items()},
        "confidence": summary.abstention,
        "fates": summary.fates,
        "beaten_by": summary.beaten_by,
        "unjudged": summary.unjudged,
    }


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Runs compared with the first one."""
    compared = [
        {
            "name": run.name,
            "settings": run.settings,
            "differences": {
                name: {
                    **_interval(difference.mean),
                    "p": difference.p,
                    "certain": difference.certain,
                    "smallest_difference": difference.smallest,
                    "better": difference.better,
                    "worse": difference.worse,
                }
                for name, difference in run.differences.items()
            },
        }
        for run in comparison.compared
    ]
    values = {
        "first": comparison.first,
        "queries": comparison.questions,
        "means": comparison.means,
        "compared": compared,
        "warnings": [caution_sentence(caution) for caution in comparison.cautions],
    }
    return ComparisonModel.json_of(values)


def _slices(values: Mapping[str, Slice]) -> dict[str, Any]:
    return {
        value: {"queries": values_slice.questions, **_interval(values_slice.mean)}
        for value, values_slice in values.items()
    }


def _interval(interval: Interval) -> dict[str, float]:
    return {"mean": interval.mean, "low": interval.low, "high": interval.high}
