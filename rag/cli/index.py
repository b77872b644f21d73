"""The commands `index` and `forget`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.text import Text

from rag.cli.options import SOME_FAILED, ArchiveOption, ServerOption, asked_archive, opened_archive, server_asked
from rag.cli.output import err, out, print_report
from rag.cli.plain import escape_controls
from rag.cli.progress import CountingBar, IndexingBar
from rag.errors import ArchiveBusy, FundstelleError, NotFound
from rag.text.paths import DEFAULT_ARCHIVE
from rag.types import Failure, IndexReport

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.loading.containers.limits import Limits
    from rag.loading.tables.columns import Columns


class Device(StrEnum):
    """What can run a model."""

    cpu = "cpu"
    cuda = "cuda"


class Reading(NamedTuple):
    """How files are read: limits on unpacking, the columns of tables, and on which cluster; None for the defaults."""

    limits: Limits | None = None
    columns: Columns | None = None
    ray: str | None = None


_DEFAULT_READING = Reading()


def index(
    context: typer.Context,
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|URL",
            help="Files, folders (with everything in them), or https:// URLs of pages, feeds and sitemaps.",
        ),
    ],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    encoder: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="Sentence-transformers model, by folder or hub name; `bundled`; or a server of embeddings that gets "
            "the texts, as http://HOST:PORT/v1.",
        ),
    ] = None,
    device: Annotated[
        Device | None,
        typer.Option(help="Where the model runs; cuda is a graphics card.", case_sensitive=False),
    ] = None,
    vectors_at: Annotated[
        str | None,
        typer.Option(
            "--index",
            metavar="ADDRESS",
            help="Keep the indexes of vectors and words in Milvus from now on: milvus:http://HOST:19530/NAME or "
            "milvus:./FILE.db; faiss keeps them in the archive folder again.",
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="FIELD=NAME,…", help="Columns of tables by field, such as text=body,title=headline."),
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help="Limit on unpacking ZIP and similar files, such as depth=5; may be repeated."
        ),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Have the computers of a Ray cluster read and encode: auto for the one that this computer belongs to.",
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep running and re-index whenever a folder changes.")
    ] = False,
) -> None:
    """Add files, folders or web pages, or update them.

    Only new and changed files are read; articles whose files are gone are removed. It can be interrupted at any time:
    the next run resumes.
    """
    made_here = {"encoder": encoder, "device": device, "index": vectors_at, "columns": columns, "ray": ray}
    address = server_asked(context, server, **made_here, limit=limit, watch=watch)
    if address is not None:
        _index_on_server(address, sources)
        return
    from rag.fetching.urls import split_addresses
    from rag.indexing.discovery import absolute_paths
    from rag.loading.containers.limits import parse_limits
    from rag.loading.tables.columns import parse_columns

    # before an archive is made and the model is loaded in vain
    names, addresses = split_addresses(sources)
    paths = absolute_paths(names)
    if watch and not (paths and all(path.is_dir() for path in paths)):
        raise FundstelleError("Only folders can be watched: give the folder that the file is in.")
    reading = Reading(parse_limits(limit or ()), parse_columns(columns) if columns is not None else None, ray)
    with opened_archive(folder, encoder_name=encoder, device=device, vectors_at=vectors_at) as archive:
        failures = _fetch(archive, addresses) if addresses else ()
        fetched = [archive.fetched] if addresses and any(archive.fetched.glob("*/*")) else []
        if watch:
            if addresses:
                update_archive(archive, fetched, reading, failures=failures)
            _watch(archive, paths, reading)
            return
        report = update_archive(archive, [*paths, *fetched], reading, failures=failures)
    if report.new_failures:
        raise typer.Exit(SOME_FAILED)


def forget(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Files and folders whose articles to remove; they need not exist."),
    ],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
) -> None:
    """Remove the articles of files and folders; the files stay."""
    with asked_archive(folder, server_asked(context, server)) as archive:
        count = archive.forget(*paths)
    out.print(f"{count} {'article' if count == 1 else 'articles'} removed from the archive")


def _index_on_server(address: str, sources: list[str]) -> None:
    """Have files and folders of the server's computer indexed, and web pages."""
    from rag.client import Client
    from rag.fetching.urls import split_addresses

    names, addresses = split_addresses(sources)
    with Client(address) as client, IndexingBar() as bar:
        report = client.index(*names, addresses=addresses, on_progress=bar)
    print_report(report)
    if report.new_failures:
        raise typer.Exit(SOME_FAILED)


def _fetch(archive: Archive, addresses: list[str]) -> tuple[Failure, ...]:
    with CountingBar("fetching", "pages") as bar:
        return archive.fetch(addresses, on_page=bar)


def update_archive(
    archive: Archive,
    paths: list[Path],
    reading: Reading = _DEFAULT_READING,
    *,
    failures: tuple[Failure, ...] = (),
    prefix: str = "",
) -> IndexReport:
    """Index paths and print the report.

    Args:
        failures: earlier ones, reported first; without a path, nothing else is.
        prefix: what the closing line begins with.
    """
    report = IndexReport()
    if paths:
        # a model that needs preparation shows its own bar first
        archive.prepare()
        try:
            with IndexingBar() as bar:
                report = archive.index(paths, on_progress=bar, **reading._asdict())
        except NotFound:
            if failures:
                print_report(replace(report, failures=failures, new_failures=failures))
            raise
    report = replace(report, failures=(*failures, *report.failures), new_failures=(*failures, *report.new_failures))
    print_report(report, prefix)
    return report


def _watch(archive: Archive, folders: list[Path], reading: Reading) -> None:
    """Index folders now, and again after each batch of changes, until interrupted.

    Raises:
        NotFound: a folder is gone.
    """
    from rag.indexing.discovery import absolute_paths
    from rag.indexing.watch import watch_changes

    due, reported = True, ""
    for change in watch_changes(folders, archive.folder):
        if not (change or due):
            continue
        absolute_paths(folders)
        due, problem = False, ""
        try:
            update_archive(archive, folders, reading, prefix=f"{datetime.now():%H:%M:%S} ")
        except ArchiveBusy as error:
            due, problem = True, str(error)
        except FundstelleError as error:
            # an article may arrive, or the disk may have room again, with the next change
            problem = str(error)
        except Exception as error:
            problem = f"Indexing failed ({type(error).__name__}: {error}): waiting for the next change."
        if problem and problem != reported:
            err.print(Text(escape_controls(problem)), soft_wrap=True)
        reported = problem
