"""The command `import`: a new archive from a folder of plain files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.backup import print_missing_sources
from rag.cli.options import ArchiveOption, local_folder
from rag.cli.output import err
from rag.cli.progress import CountingBar, PreparationBar
from rag.text.paths import DEFAULT_ARCHIVE


def import_archive(
    source: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that `fundstelle export --everything` wrote.")
    ],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    encoder: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Encode with this model, by folder or hub name. Default: as before."),
    ] = None,
) -> None:
    """Make a new archive from everything that was exported.

    All checksums are compared first. Articles, passages and all else keep their ids; passages are encoded again.
    """
    from rag.exporting.everything_import import import_everything

    made = local_folder(folder)
    with PreparationBar() as preparation, CountingBar("encoding", "passages") as bar:
        counts = import_everything(source, made, encoder_name=encoder, on_step=preparation, on_passages=bar)
    imported = f"Imported: {folder}, {counts['articles']} articles, {counts['passages']} passages."
    err.print(imported, soft_wrap=True, markup=False)
    print_missing_sources(made)
