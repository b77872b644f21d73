"""The command that indexes: files, folders, addresses, and folders that are watched."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.text import Text

from rag.cli.options import SOME_FAILED, ArchiveOption, opened_archive
from rag.cli.output import err, out, plain, print_report
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
    """How files are read: how far archives are unpacked, and what the columns of tables hold; None for as usual."""

    limits: Limits | None = None
    columns: Columns | None = None


def index(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|ADDRESS...",
            help="Files and folders, folders recursively; https:// addresses of pages, feeds and sitemaps.",
        ),
    ],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    encoder: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="A sentence-transformers model, by folder or hub name; or `bundled`."),
    ] = None,
    device: Annotated[
        Device | None,
        typer.Option(help="What runs the model: a graphics card (cuda) or the processor.", case_sensitive=False),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="FIELD=NAME,…", help="What the columns of tables hold, such as text=body,title=headline."),
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help="How far archives are unpacked, as depth=5; may be given several times."
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on: index again whenever something in the folders changes.")
    ] = False,
) -> None:
    """Bring the archive in step with files and folders, or with pages on the web, which are fetched and kept."""
    from rag.fetching.urls import split_addresses
    from rag.indexing.discovery import existing
    from rag.loading.containers.limits import parse_limits
    from rag.loading.tables.columns import parse_columns

    # before an archive is made and the model is loaded for nothing
    given, addresses = split_addresses(sources)
    paths = existing(given)
    if watch and not (paths and all(path.is_dir() for path in paths)):
        raise FundstelleError("Only folders can be watched: give the folder that the file is in.")
    how = Reading(parse_limits(limit or ()), parse_columns(columns) if columns is not None else None)
    with opened_archive(archive, encoder_name=encoder, device=device) as opened:
        failures = _fetch(opened, addresses) if addresses else ()
        fetched = [opened.fetched] if addresses and any(opened.fetched.glob("*/*")) else []
        if watch:
            if addresses:
                bring_in_step(opened, fetched, how, failures)
            _watch(opened, paths, how)
            return
        report = bring_in_step(opened, [*paths, *fetched], how, failures)
    if report.new_failures:
        raise typer.Exit(SOME_FAILED)


def forget(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files and folders that articles came from, whether they exist or not."),
    ],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Remove the articles of files and folders from the archive; the files themselves stay as they are."""
    with opened_archive(archive, create=False) as opened:
        count = opened.forget(paths)
    out.print(f"{count} {'article' if count == 1 else 'articles'} removed from the archive")


def _fetch(archive: Archive, addresses: list[str]) -> tuple[Failure, ...]:
    with CountingBar("fetching", "pages") as bar:
        return archive.fetch(addresses, on_page=bar)


def bring_in_step(
    archive: Archive,
    paths: list[Path],
    how: Reading = Reading(),  # noqa: B008
    failures: tuple[Failure, ...] = (),
    at: str = "",
) -> IndexReport:
    """Index and print the report, with failures from before; without a path, there are only these."""
    report = IndexReport(0, 0, 0, 0, (), {}, 0, 0.0)
    if paths:
        # a model that is still to be prepared shows a bar of its own first
        archive.prepare()
        try:
            with IndexingBar() as bar:
                report = archive.index(paths, on_progress=bar, limits=how.limits, columns=how.columns)
        except NotFound:
            if failures:
                print_report(replace(report, failures=failures, new_failures=failures))
            raise
    report = replace(report, failures=(*failures, *report.failures), new_failures=(*failures, *report.new_failures))
    print_report(report, at)
    return report


def _watch(archive: Archive, folders: list[Path], how: Reading) -> None:
    """Index folders now, and again after each batch of changes, until it is interrupted.

    Raises:
        NotFound: a folder is gone.
    """
    from rag.indexing.discovery import existing
    from rag.indexing.watch import changes

    due, said = True, ""
    for changed in changes(folders, archive.folder):
        if not (changed or due):
            continue
        existing(folders)
        due, why = False, ""
        try:
            bring_in_step(archive, folders, how, at=f"{datetime.now():%H:%M:%S} ")
        except NotFound as error:
            # an article may come
            why = str(error)
        except ArchiveBusy as error:
            due, why = True, str(error)
        except FundstelleError as error:
            # the disk may have room again with the next change
            why = str(error)
        except Exception as error:
            why = f"It could not be indexed ({type(error).__name__}: {error}): the next change is awaited."
        if why and why != said:
            err.print(Text(plain(why)), soft_wrap=True)
        said = why
