"""Options that several commands share, and the archive that they open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.progress import PreparationBar

if TYPE_CHECKING:
    from rag.archive import Archive

SOME_FAILED = 1
"""The exit code if files could not be read that the run before did not report."""

ArchiveOption = Annotated[
    Path, typer.Option("--archive", metavar="DIR", envvar="FUNDSTELLE_ARCHIVE", help="Archive folder.")
]
ArticleArgument = Annotated[
    str, typer.Argument(metavar="ARTICLE", help="Id, path, title or URL of the article, or part of one.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RerankerOption = Annotated[
    str | None,
    typer.Option(
        "--reranker",
        metavar="NAME",
        help="Re-rank with a sentence-transformers cross-encoder: its folder or hub name.",
    ),
]


@contextmanager
def opened_archive(
    folder: Path,
    *,
    create: bool = True,
    encoder_name: str | None = None,
    reranker: str | None = None,
    device: str | None = None,
) -> Iterator[Archive]:
    """Open the archive in a folder, with a progress bar for the one-time preparation of the model."""
    from rag.archive import Archive

    preparation = PreparationBar()
    try:
        with Archive.open(
            folder, create=create, encoder_name=encoder_name, on_step=preparation, reranker=reranker, device=device
        ) as archive:
            yield archive
    finally:
        preparation.close()
