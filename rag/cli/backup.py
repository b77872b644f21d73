"""The commands `backup` and `restore`: an archive as one file, and back."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import SOME_FAILED, ArchiveOption, opened_archive
from rag.cli.output import out
from rag.cli.plain import print_remark
from rag.cli.progress import StepBar
from rag.errors import FundstelleError
from rag.text.paths import DEFAULT_ARCHIVE, index_command, is_missing

if TYPE_CHECKING:
    from embeddings.types import OnStep
    from rag.archive import Archive
    from rag.backup.manifest import BackupManifest

BackupArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A file that `fundstelle backup` wrote.")]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, as news.tar.zst; - for a pipe.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    with_indexes: Annotated[
        bool,
        typer.Option("--with-indexes", help="Also save the indexes and tokens; nothing can be indexed meanwhile."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Save the archive in one file, while it is in use, and check the file.

    The file is a tar file, packed with Zstandard. It appears when it is complete and checked. Indexes are left out:
    they are made again with the first question.

    To a pipe, it is written once it is checked; until then it is in the archive's folder.

    Damaged rows are saved as they are, and the exit code is 1; a file that is replaced stays as before-damage-FILE.
    """
    from rag.backup.backup import before_damage

    with opened_archive(folder, create=False) as archive, StepBar() as bar:
        if str(file) == "-":
            manifest = _to_pipe(archive, with_indexes=with_indexes, on_step=bar)
            print_remark(f"Saved: {_counts(manifest)}.")
        else:
            manifest = archive.backup(file, with_indexes=with_indexes, overwrite=force, on_step=bar)
            size = _megabytes(file.stat().st_size)
            out.print(f"Saved: {file}, {size}: {_counts(manifest)}.", soft_wrap=True, markup=False)
    if manifest.damaged:
        earlier = before_damage(file)
        also = f" {earlier} is the backup from before." if earlier.exists() else ""
        advice = f"`fundstelle repair` reads the files of damaged articles again; then save it again.{also}"
        print_remark(f"{_damaged(manifest)}: {advice}")
        raise typer.Exit(SOME_FAILED)


def _to_pipe(archive: Archive, *, with_indexes: bool, on_step: OnStep) -> BackupManifest:
    """Write a backup to standard output when it is checked; it is made where the archive is, be that encrypted."""
    if sys.stdout.isatty():
        raise FundstelleError("A backup is not for a terminal: name a file, or send it to another program.")
    from rag.storage.scratch import scratch_folder

    with scratch_folder(archive.folder / "backup") as scratch:
        file = scratch / "backup"
        manifest = archive.backup(file, with_indexes=with_indexes, on_step=on_step)
        try:
            with file.open("rb") as packed:
                shutil.copyfileobj(packed, sys.stdout.buffer)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise FundstelleError("The program that took the backup ended too early: see what it says.") from error
    return manifest


def restore(
    file: BackupArgument,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A new or empty folder for the archive.", show_default=False)
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Only check the file.")] = False,
) -> None:
    """Make an archive from a backup in a new folder, or check the backup.

    The folder appears when everything in it was checked. The exit code is 1 if the archive had damaged rows.
    """
    from rag.backup.restore import restore_backup, verify_backup

    if verify == (folder is not None):
        raise FundstelleError("Give either a new folder for the archive, or --verify.")
    with StepBar() as bar:
        manifest = restore_backup(file, folder, on_step=bar) if folder else verify_backup(file, on_step=bar)
    done = f"Restored: {folder}, as it was" if folder else f"Sound: {file}, the archive as it was"
    out.print(f"{done} on {manifest.made}: {_counts(manifest)}.", soft_wrap=True, markup=False)
    if folder:
        print_missing_sources(folder)
    if manifest.damaged:
        advice = "`fundstelle repair` reads the files of damaged articles again" if folder else "use an earlier one"
        print_remark(f"{_damaged(manifest)}: {advice}.")
        raise typer.Exit(SOME_FAILED)


def print_missing_sources(folder: Path) -> None:
    """Say how many files an archive's articles came from are not where they were, and how they are recognised."""
    from rag.storage.copies import source_paths
    from rag.storage.layout import FETCHED, INBOX
    from rag.storage.sqlite_database import DATABASE

    missing = [path for path in source_paths(folder / DATABASE) if is_missing(Path(path))]
    if missing:
        own = [folder / name for name in (INBOX, FETCHED) if (folder / name).is_dir()]
        paths = " ".join(shlex.quote(str(path)) for path in own) or "FOLDER"
        count = "1 file is" if len(missing) == 1 else f"{len(missing)} files are"
        print_remark(
            f"{count} no longer where the articles came from, as {missing[0]}: answers are the same; "
            f"`{index_command(folder, paths)}` recognises them by their contents where they are now."
        )


def _damaged(manifest: BackupManifest) -> str:
    counts = ", ".join(f"{count} of {table}" for table, count in manifest.damaged.items())
    return f"The archive had damaged rows when it was saved ({counts})"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _counts(manifest: BackupManifest) -> str:
    counts = manifest.database.counts
    words = (f"{count} {name if count > 1 else name.removesuffix('s')}" for name, count in counts.items() if count)
    return ", ".join(words) or "nothing in it"
