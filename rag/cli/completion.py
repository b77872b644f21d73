"""What the shell completes from the archive: articles by headline or id, outlets, authors."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from rag.errors import FundstelleError
from rag.text.paths import DEFAULT_ARCHIVE

if TYPE_CHECKING:
    from rag.storage.library import Library

_MAX_COMPLETIONS = 50
# bash inserts a word as it is, the other shells quote it themselves
_SHELL_VARIABLE, _BASH = "_FUNDSTELLE_COMPLETE", "complete_bash"
_SPECIAL_IN_BASH = re.compile(r"([^\w./,:%+@-])")


class _Word(str):
    """A word to insert: the archive found that it fits, though quoted or in another case it begins otherwise."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        return True


Completion = tuple[str, str]
"""A word, and what explains it."""


def complete_article(context: typer.Context, incomplete: str) -> list[Completion]:
    """Return the ids that begin with a text, explained by their headlines, or else headlines that do."""

    def articles(library: Library) -> list[Completion]:
        rows = library.beginning_with(incomplete, _MAX_COMPLETIONS)
        ids = [(row.id, row.label) for row in rows if incomplete and row.id.startswith(incomplete)]
        return ids or [(_word(row.label), row.source or "") for row in rows]

    return _from_library(context, articles)


def complete_source(context: typer.Context, incomplete: str) -> list[Completion]:
    """Return the outlets whose name begins with a text."""
    return _from_library(context, lambda library: _names(library, "source", incomplete))


def complete_author(context: typer.Context, incomplete: str) -> list[Completion]:
    """Return the authors whose name begins with a text."""
    return _from_library(context, lambda library: _names(library, "author", incomplete))


def _names(library: Library, fact: Literal["source", "author"], incomplete: str) -> list[Completion]:
    return [(_word(name), "") for name in library.names_beginning_with(incomplete, fact, _MAX_COMPLETIONS)]


def _from_library(context: typer.Context, query: Callable[[Library], list[Completion]]) -> list[Completion]:
    """Return what a query finds in the archive that the command line names, without opening its indexes."""
    from rag.storage.library import Library
    from rag.storage.sqlite_database import DATABASE, SqliteDatabase

    named = context.params.get("folder") or context.params.get("archive") or os.environ.get("FUNDSTELLE_ARCHIVE")
    file = Path(named or DEFAULT_ARCHIVE) / DATABASE
    try:
        if not file.is_file():
            return []
        database = SqliteDatabase(file)
        try:
            completions = query(Library(database))
        finally:
            database.close()
    except (FundstelleError, OSError):
        # a message would stand in the middle of the line that is being typed; the command itself will say it
        return []
    return [(word, explanation) for word, explanation in completions if word.isprintable()]


def _word(text: str) -> str:
    return _Word(_SPECIAL_IN_BASH.sub(r"\\\1", text) if os.environ.get(_SHELL_VARIABLE) == _BASH else text)
