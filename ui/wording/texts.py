"""The sentences that each language of the page has: `Texts` of the page, `Words` of its tab Evaluate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Signal(NamedTuple):
    """What a score of a passage is called, and what it measures, with its range."""

    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The wording in one language. Names in braces are filled in by the page."""

    code: str
    alternate_code: str
    alternate_name: str
    tagline: str
    box: str
    placeholder: str
    ask: str
    examples: str
    passages_heading: tuple[str, str]
    closest_heading: str
    no_passage: str
    nothing_matches: str
    empty_archive: str
    searching: str
    no_answer: str
    unreachable: str
    reconnecting: str
    doubtful_heading: str
    doubtful_hint: str
    unrelated_heading: str
    unrelated_hint: str
    absent_times: str
    newest_preferred: str
    damaged: tuple[str, str]
    damaged_link: str
    empty_question: str
    long_question: str
    wrong_question: str
    archive_gone: str
    archive_busy: str
    other_encoder: str
    index_again: str
    failure_heading: str
    unexpected: str
    operators: str
    also_in: str
    explanation: str
    signals: Mapping[str, Signal]
    common_words: str
    no_common_words: str
    duration: str
    open_article: str
    original: str
    wrong_address: str
    characters: str
    page_number: str
    reader_comment: str
    file_missing: str
    articles: tuple[str, str]
    passages: tuple[str, str]
    languages: tuple[str, str]
    empty_heading: str
    empty_link: str
    empty_hint: str
    folder: str
    thousands: str
    decimal: str
    date: str
    months: str


@dataclass(frozen=True, slots=True)
class Words:
    """The wording in one language. Names in braces are filled in by the page."""

    texts: Texts
    ask_tab: str
    tab: str
    intro: str
    questions_label: str
    from_feedback: str
    from_upload: str
    own_run_name: str
    uploaded_run_name: str
    feedback_source: str
    questions: tuple[str, str]
    upload: str
    upload_hint: str
    too_large: str
    not_text: str
    no_questions: str
    fast: str
    name: str
    name_hint: str
    start: str
    cancel: str
    preparing: str
    progress: str
    busy: str
    nothing_saved: str
    run_label: str
    baseline_label: str
    run_facts: str
    interrupted: str
    report: str
    delete: str
    confirm_delete: str
    deleted: str
    measures: str
    measure_meanings: Mapping[str, str]
    mean: str
    interval: str
    answerable: str
    slices: Mapping[str, str]
    crossing: Mapping[str, str]
    outcomes_heading: str
    beaten_by: str
    not_reranked: str
    details_heading: str
    coverage: str
    precision: str
    auroc: str
    calibration: str
    sentence: str
    unjudged: str
    latency: str
    human_questions: str
    synthetic_questions: str
    not_listed: str
    expected: str
    anywhere: str
    rank: str
    no_rank: str
    candidate: str
    no_candidate: str
    results: str
    no_results: str
    judgements: Mapping[bool | None, str]
    claimed: str
    not_claimed: str
    comparison_heading: str
    common_questions: str
    difference: str
    better: str
    worse: str
    no_difference: str
    not_significant: str
    more_questions: str
    verdict: Mapping[bool, str]
    settings: str
    losses: str
    gains: str
    same_run: str
    not_comparable: str
    answers: str
    does_not_answer: str
    feedback_label: str
    feedback_failed: str
