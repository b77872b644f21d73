"""A question → the answer of an archive: checked, searched, cited, and said why where nothing is found."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rag.search.answer import EMPTY, NOTHING_LEFT, checked_question, compose, no_such_name
from rag.search.query import parse
from rag.search.retrieve import NOTHING
from rag.search.searcher import Search
from rag.storage.store import Store
from rag.text.language import language_of
from rag.text.paths import index_command, is_missing
from rag.types import Answer, Citation, Filter


def ask(
    question: str, k: int, filter: Filter, open_search: Callable[[], Search | None], store: Store, folder: Path
) -> Answer:
    """Return the k passages that answer a question best; see `rag.archive.Archive.ask`.

    Args:
        open_search: returns what questions are asked with, or None if there has never been an article; a question that
            cannot be asked opens nothing.
        folder: that of the archive.

    Raises:
        QuestionError: the question is empty or too long, or only says what to leave out.
    """
    question = checked_question(question)
    started = time.perf_counter()
    parsed, search = parse(question), open_search()
    found = search(parsed, k, filter) if search else NOTHING
    confidence = search.confidence(found) if search else 0.0
    hits = [store.duplicates.cite(hit, filter) for hit in found.hits]
    done = time.perf_counter()
    answer = compose(
        question,
        language_of(question),
        hits,
        confidence,
        {"total": round((done - started) * 1000, 1)},
        nothing=NOTHING_LEFT if hits else _why_nothing(filter, store, folder),
        absent_times=[parsed.text[slice(*one.span)] for one in found.absent],
    )
    return replace(answer, citations=_with_missing_files(answer.citations, store))


def _why_nothing(filter: Filter, store: Store, folder: Path) -> str:
    """Return the sentence for an answer without a passage."""
    if store.vectors.encoder is None or store.passages.is_empty:
        return EMPTY.format(command=index_command(folder))
    unknown = store.filters.unknown_name(filter)
    return no_such_name(*unknown) if unknown else NOTHING_LEFT


def _with_missing_files(citations: Sequence[Citation], store: Store) -> tuple[Citation, ...]:
    """Return citations that say whether the file of their article is still there."""
    files = store.file_paths(citation.article.id for citation in citations)
    missing = {article for article, file in files.items() if is_missing(Path(file))}
    return tuple(replace(citation, file_missing=citation.article.id in missing) for citation in citations)
