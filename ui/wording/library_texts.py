"""The sentences of the library that each language has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.types import CorrectableFact
from rag.types.library import ArticleState, SortFact


@dataclass(frozen=True, slots=True)
class LibraryTexts:
    """The wording in one language; pairs are for one and for several.

    Attributes:
        columns: the facts of an article, as heads of columns.
        states: the state of an article in a word.
        state_hints: what that means, and what to do.
        facts: the facts that can be corrected, as labels of a form.
        map_colours: by what the points of the map are coloured.
    """

    heading: str
    matches: tuple[str, str]
    many: str
    looked_at: str
    nothing: str
    nothing_hint: str
    find: str
    search: str
    filters: str
    outlet: str
    author: str
    language: str
    any_language: str
    since: str
    until: str
    with_comments: str
    state: str
    any_state: str
    clear: str
    remove_filter: str
    sort_by: str
    ascending: str
    descending: str
    columns: Mapping[SortFact, str]
    states: Mapping[ArticleState, str]
    state_hints: Mapping[ArticleState, str]
    duplicate_of: str
    unknown: str
    untitled: str
    corrected: str
    actions: str
    more_about: str
    page: str
    previous: str
    next: str
    pages: str
    # an article's actions
    open: str
    close: str
    file: str
    address: str
    correct: str
    correct_hint: str
    facts: Mapping[CorrectableFact, str]
    day_hint: str
    save: str
    cancel: str
    saved: str
    file_says: str
    file_silent: str
    corrected_by: str
    corrected_on: str
    undo: str
    undone: str
    read_again: str
    forget: str
    forget_question: str
    forget_question_many: tuple[str, str]
    forget_inbox: str
    forget_yes: str
    forgotten: tuple[str, str]
    # adding
    add: str
    welcome: str
    welcome_hint: str
    sample: str
    sample_hint: str
    drop: str
    drop_hint: str
    choose_files: str
    choose_folder: str
    folder_path: str
    folder_hint: str
    folder_add: str
    address_label: str
    address_hint: str
    address_add: str
    folders: str
    folders_hint: str
    watch: str
    watched: str
    unwatched: str
    folder_missing: str
    index_again: str
    # the run
    fetching: str
    reading: str
    finishing: str
    starting: str
    progress: str
    rate: str
    seconds_left: str
    minutes_left: tuple[str, str]
    cancel_run: str
    running: str
    done: str
    done_nothing: str
    counts: Mapping[str, tuple[str, str]]
    cancelled: str
    failed: str
    uploading: str
    upload_refused: tuple[str, str]
    upload_broken: str
    upload_later: str
    failures: tuple[str, str]
    failures_hint: str
    try_again: str
    more_failures: str
    # pictures
    pictures: str
    by_month: str
    by_year: str
    by_outlet: str
    by_language: str
    undated: tuple[str, str]
    others: str
    articles: tuple[str, str]
    map: str
    map_hint: str
    map_computing: str
    map_empty: str
    map_failed: str
    map_colour: str
    map_colours: Mapping[str, str]
    map_keys: str
    map_legend: str
    refused_path: str
    refused_address: str
    refused_relative: str
    no_address: str
    unknown_folder: str
    missing_folder: str
    no_articles: str
    gone: str
    faults: Mapping[str, str]
