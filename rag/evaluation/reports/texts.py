"""The texts of a report: what every language has. Names in braces are filled in by the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rag.evaluation.measures.comparison import CautionKind


class Named(NamedTuple):
    """What an outcome or a signal is called, and a clause that says what it means."""

    label: str
    meaning: str

    @property
    def sentence(self) -> str:
        """The meaning as the end of a sentence; some are questions."""
        return self.meaning if self.meaning.endswith("?") else f"{self.meaning}."


@dataclass(frozen=True, slots=True)
class ReportTexts:
    """The texts in one language.

    `signs` replaces signs of numbers as Python writes them. `outcomes` are by the names in
    `rag.evaluation.types.FATES`, `signals` by those that runs store, `dimensions` by the names of slices. `values`
    names the values of slices that are words of ours; all others (tags, outlets, years) name themselves.
    """

    code: str
    signs: Mapping[int, str]
    interval_ends: str
    # the run
    title: str
    questions_count: tuple[str, str]
    interrupted: str
    from_source: str
    questions_heading: str
    made: str
    archive: str
    revision: str
    encoder: str
    settings: str
    default: str
    settings_changed: str
    settings_default: str
    latency: str
    latency_sentence: str
    not_measured: str
    human: str
    synthetic: str
    # measures
    measures: str
    measures_with_intervals: str
    no_measures: str
    answerable: str
    measure: str
    mean: str
    interval: str
    meaning: str
    measure_meanings: Mapping[str, str]
    notes: str
    sentence_heading: str
    sentence_found: str
    sentence_not_measured: str
    abstention_heading: str
    coverage: str
    coverage_and_precision: str
    confidence_heading: str
    confidence_measured: str
    confidence_not_measured: str
    judgements_heading: str
    unjudged_share: str
    # outcomes
    outcomes_heading: str
    outcome: str
    questions: str
    share: str
    outcomes: Mapping[str, Named]
    lost_heading: str
    lost_to: str
    signal: str
    signals: Mapping[str, Named]
    threshold_note: str
    risk_caption: str
    rank_caption: str
    # slices
    slices_heading: str
    slices_intro: str
    pairs_heading: str
    pairs_note: str
    most_frequent: str
    all_values: str
    by_language: str
    dimension: str
    value: str
    dimensions: Mapping[str, str]
    values: Mapping[str, str]
    no_answerable: str
    # comparison
    compared_with: str
    compared_over: str
    common_questions: str
    differences_from: str
    settings_differ: str
    settings_equal: str
    run: str
    mean_of: str
    difference: str
    p_value: str
    better: str
    worse: str
    identical: str
    not_significant: str
    undetectable: str
    more_questions: str
    verdict: Mapping[bool, str]
    cautions: Mapping[CautionKind, str]
    # questions
    each_question: str
    worst_questions: tuple[str, str]
    identifier: str
    question: str
    language: str
    first_right: str
    signals_legend: str
    worst_listed: str
    failures: str
    successes: str
    question_language: str
    claims: Mapping[bool, str]
    sentence_is_quote: Mapping[bool, str]
    expected: str
    grade: str
    anywhere: str
    rank: str
    not_among: str
    candidate: str
    no_candidate: str
    results: str
    no_results: str
    judgements: Mapping[bool | None, str]
    score: str
    characters: str
    # charts
    means_title: str
    slices_title: str
    questions_in_slice: str
    ranks_title: str
    no_rank: str
    ranks_axis: str
    risk_title: str
    coverage_axis: str
    risk_axis: str
    answered_and_wrong: str
    nothing_answered: str
    at_threshold: str
    all_answered: str
    matrix_title: str
    article_languages: str
    question_languages: str
    differences_title: str

    def number(self, number: float, form: str) -> str:
        """Return a number in a form of `format`, with the signs of this language."""
        return format(number, form).translate(self.signs)

    def count_of(self, forms: tuple[str, str], count: int) -> str:
        """Return a number with its noun."""
        return forms[0] if count == 1 else forms[1].format(count=self.number(count, ","))
