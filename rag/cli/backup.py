"""The commands `backup` and `restore`: an archive as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import ArchiveOption, opened_archive
from rag.cli.output import out
from rag.cli.progress import StepBar
from rag.errors import FundstelleError
from rag.text.paths import DEFAULT_ARCHIVE

if TYPE_CHECKING:
    from rag.backup.manifest import BackupManifest

BackupArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A file that `fundstelle backup` wrote.")]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, as news.tar.zst.")],
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
    """
    with opened_archive(folder, create=False) as archive, StepBar() as bar:
        manifest = archive.backup(file, with_indexes=with_indexes, overwrite=force, on_step=bar)
    out.print(f"Saved: {file}, {_megabytes(file.stat().st_size)}: {_counts(manifest)}.", soft_wrap=True, markup=False)


def restore(
    file: BackupArgument,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A new or empty folder for the archive.", show_default=False)
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Only check the file.")] = False,
) -> None:
    """Make an archive from a backup in a new folder, or check the backup.

    The folder appears when everything in it was checked.
    """
    from rag.backup.restore import restore_backup, verify_backup

    if verify == (folder is not None):
        raise FundstelleError("Give either a new folder for the archive, or --verify.")
    with StepBar() as bar:
        manifest = restore_backup(file, folder, on_step=bar) if folder else verify_backup(file, on_step=bar)
    done = f"Restored: {folder}, as it was" if folder else f"Sound: {file}, the archive as it was"
    out.print(f"{done} on {manifest.made}: {_counts(manifest)}.", soft_wrap=True, markup=False)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _counts(manifest: BackupManifest) -> str:
    counts = manifest.database.counts
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing in it"
