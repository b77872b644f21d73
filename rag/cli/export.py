"""The command `export`: articles, passages or vectors as a file for other programs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Literal

import typer

from rag.cli.options import (
    ArchiveOption,
    AuthorOption,
    LanguageOption,
    PathOption,
    SearchOption,
    ServerOption,
    SinceOption,
    SourceOption,
    UntilOption,
    opened_archive,
    server_asked,
)
from rag.cli.output import err
from rag.cli.progress import CountingBar
from rag.errors import FundstelleError
from rag.search.filters import make_filter
from rag.text.paths import DEFAULT_ARCHIVE
from rag.types import NO_FILTER
from rag.types.library import LibraryQuery

if TYPE_CHECKING:
    from rag.exporting.export import TableFormat

Format = Literal["jsonl", "csv", "parquet", "beir"]
Subject = Literal["articles", "passages", "vectors"]
STANDARD_OUTPUT = Path("-")


def export_archive(
    context: typer.Context,
    destination: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file to write, for beir the folder; - is standard output.")
    ],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    format: Annotated[
        Format | None, typer.Option(help="How to write it. Default: by the ending of the file.", show_default=False)
    ] = None,
    what: Annotated[Subject, typer.Option(help="What to write.")] = "articles",
    questions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For beir: test questions. Default: those with passages you marked."),
    ] = None,
    search: SearchOption = "",
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    author: AuthorOption = None,
    path: PathOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    everything: Annotated[
        bool, typer.Option("--everything", help="Write a new folder with everything that cannot be made again.")
    ] = False,
) -> None:
    """Write articles, passages or vectors as JSON lines, CSV or Parquet, or the articles as a BEIR set.

    The file appears when it is complete. CSV is for spreadsheet programs: a text that begins like a formula gets an
    apostrophe in front. Vectors are those of the passages, with the encoder's fingerprint in the Parquet metadata.
    With --everything, FILE is a new folder of JSON lines with a README, of which `import` makes the same archive.
    """
    address = server_asked(context, server, everything=everything, questions=questions)
    if everything:
        _export_everything(folder, destination)
        return
    format = format or _format_of(destination)
    filter = make_filter(
        since, until, sources=source or (), languages=language or (), authors=author or (), paths=path or ()
    )
    if format == "beir":
        if what != "articles" or search or filter != NO_FILTER:
            raise FundstelleError("A BEIR set has all articles: leave out --what and the filters, or choose jsonl.")
        if address:
            raise FundstelleError("A BEIR set is made from an archive folder: name it with --archive, or choose jsonl.")
        _export_beir(folder, destination, questions, force=force)
        return
    if questions is not None:
        raise FundstelleError("Only a BEIR set has questions: add --format beir, or leave out --questions.")
    if format == "parquet" and destination == STANDARD_OUTPUT:
        raise FundstelleError("Parquet cannot be written to a pipe: give a file.")
    query = LibraryQuery(search=search, filter=filter, descending=False)
    if address:
        from rag.client import Client

        with Client(address) as client, _opened(destination, force=force) as file:
            client.export_table(file, format, what, query=query)
    else:
        _export_table(folder, destination, format, what, query, force=force)
    if destination != STANDARD_OUTPUT:
        err.print(f"Written: {destination}", soft_wrap=True, markup=False)


def _export_table(
    folder: str, destination: Path, format: TableFormat, what: Subject, query: LibraryQuery, *, force: bool
) -> None:
    from rag.exporting.export import export_table

    with (
        opened_archive(folder, create=False) as archive,
        _opened(destination, force=force) as file,
        CountingBar("exporting", "articles") as bar,
    ):
        export_table(archive, file, format, what, query=query, on_count=bar)


def _export_everything(folder: str, destination: Path) -> None:
    from rag.exporting.everything import export_everything

    with opened_archive(folder, create=False) as archive, CountingBar("exporting", "rows") as bar:
        counts = export_everything(archive, destination, on_count=bar)
    err.print(f"Written: {destination}, {counts['articles']} articles.", soft_wrap=True, markup=False)


def _format_of(destination: Path) -> Format:
    endings: dict[str, Format] = {".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet"}
    format = endings.get(destination.suffix.lower())
    if format is None:
        raise FundstelleError(f"{destination} has no ending of a format: add --format jsonl, csv, parquet or beir.")
    return format


@contextmanager
def _opened(destination: Path, *, force: bool) -> Iterator[IO[bytes]]:
    from rag.exporting.export import whole_file

    if destination == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole_file(destination, overwrite=force) as file:
        yield file


def _export_beir(folder: str, destination: Path, questions: Path | None, *, force: bool) -> None:
    from rag.exporting.retrieval_set import export_retrieval_set

    with opened_archive(folder, create=False) as archive, CountingBar("exporting", "articles") as bar:
        count = export_retrieval_set(archive, destination, questions, overwrite=force, on_count=bar)
    err.print(f"Written: {destination}", soft_wrap=True, markup=False)
    if not count:
        err.print(
            "It has no questions yet: give some with --questions, or mark passages with `fundstelle ask … --right 1`.",
            soft_wrap=True,
        )
