"""The command `list`: all articles of an archive, in lines or as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain
from typing import Annotated

import typer
from rich.text import Text

from rag.cli.options import (
    ArchiveOption,
    AuthorOption,
    JsonLinesOption,
    JsonOption,
    LanguageOption,
    PathOption,
    SearchOption,
    ServerOption,
    SinceOption,
    SourceOption,
    UntilOption,
    asked_archive,
    server_asked,
)
from rag.cli.output import err, out
from rag.cli.plain import escape_controls, print_json
from rag.search.filters import make_filter
from rag.text.paths import DEFAULT_ARCHIVE
from rag.types.article import iso_day
from rag.types.library import ArticleState, LibraryQuery, LibraryRow, SortFact

_GREATEST_FIRST = ("added", "published", "passages")
# the widths of columns on a terminal; the headline gets what is left
_WIDTHS = (10, 5, 24)


def list_articles(
    context: typer.Context,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    search: SearchOption = "",
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    author: AuthorOption = None,
    path: PathOption = None,
    state: Annotated[ArticleState | None, typer.Option(help="Only articles in this state.")] = None,
    sort: Annotated[SortFact, typer.Option(help="The fact to sort by.")] = "added",
    reverse: Annotated[bool, typer.Option("--reverse", help="Turn the order around.")] = False,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the first N articles.")] = None,
    as_json: JsonOption = False,
    as_lines: JsonLinesOption = False,
) -> None:
    """List the articles, duplicates included, those that came in last first.

    Names are sorted from A to Z, days and numbers from the latest and greatest. On a terminal, each article is a line
    of id, day, language, outlet and headline, cut to its width. In a pipe or a file, nothing is cut, and tabs stand
    between id, day, language, outlet, author, number of passages, state, headline and path.
    """
    query = LibraryQuery(
        search=search,
        filter=make_filter(
            since,
            until,
            sources=source or (),
            languages=language or (),
            authors=author or (),
            paths=path or (),
        ),
        state=state,
        sort=sort,
        descending=(sort in _GREATEST_FIRST) != reverse,
    )
    with asked_archive(folder, server_asked(context, server)) as archive:
        rows = archive.library_rows(query, limit)
        if as_json or as_lines:
            _print_json_of(rows, as_lines=as_lines)
        else:
            _print_rows(rows)


def _print_json_of(rows: Iterator[LibraryRow], *, as_lines: bool) -> None:
    from rag.schemas.library import LibraryRowModel

    values = map(LibraryRowModel.json_of, rows)
    if as_lines:
        for value in values:
            print_json(value, indent=None)
    else:
        print_json({"articles": list(values)})


def _print_rows(rows: Iterator[LibraryRow]) -> None:
    first = next(rows, None)
    if first is None:
        err.print("There is no such article.")
        return
    for row in chain((first,), rows):
        if out.is_terminal:
            out.print(_table_line(row), no_wrap=True, crop=True)
        else:
            sys.stdout.write("\t".join(map(escape_controls, _cells(row))) + "\n")


def _cells(row: LibraryRow) -> tuple[str, ...]:
    facts = (row.id, iso_day(row.published), row.language, row.source, row.author)
    return *(fact or "" for fact in facts), str(row.passages), row.state, row.label, row.path


def _table_line(row: LibraryRow) -> Text:
    line = Text(f"{row.id}  ", style="dim")
    for width, fact in zip(_WIDTHS, (iso_day(row.published), row.language, row.source), strict=True):
        cell = Text(escape_controls(fact or "-"), style="not dim")
        cell.truncate(width, overflow="ellipsis", pad=True)
        line.append_text(cell).append("  ")
    title = Text(escape_controls(row.label), style="not dim")
    title.truncate(max(20, out.width - line.cell_len), overflow="ellipsis")
    return line.append_text(title)
