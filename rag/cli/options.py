"""Options that several commands share, and the archive that they open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.completion import complete_article, complete_author, complete_source
from rag.cli.progress import PreparationBar

if TYPE_CHECKING:
    from rag.archive import Archive

SOME_FAILED = 1
"""The exit code if files could not be read that the run before did not report."""

ArchiveOption = Annotated[
    Path, typer.Option("--archive", metavar="DIR", envvar="FUNDSTELLE_ARCHIVE", help="Archive folder.")
]
ArticleArgument = Annotated[
    str,
    typer.Argument(
        metavar="ARTICLE",
        help="Id, path, title or URL of the article, or part of one.",
        autocompletion=complete_article,
    ),
]
REPEATABLE = "; may be repeated."
QuestionArgument = Annotated[str, typer.Argument(metavar="QUESTION", help="What you want to know, in any language.")]
SinceOption = Annotated[str | None, typer.Option(metavar="DAY", help="Only articles from this day, month or year on.")]
UntilOption = Annotated[
    str | None, typer.Option(metavar="DAY", help="Only articles up to and including this day, month or year.")
]
SourceOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help=f"Only articles from this source{REPEATABLE}", autocompletion=complete_source),
]
LanguageOption = Annotated[
    list[str] | None, typer.Option(metavar="CODE", help=f"Only passages in this language{REPEATABLE}")
]
AuthorOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help=f"Only articles by this author{REPEATABLE}", autocompletion=complete_author),
]
PathOption = Annotated[
    list[str] | None, typer.Option(metavar="PART", help=f"Only files whose path contains this{REPEATABLE}")
]
SearchOption = Annotated[
    str, typer.Option(metavar="WORDS", help="Only articles with these words in the headline, outlet or author.")
]
IncludeOption = Annotated[list[str] | None, typer.Option(metavar="comments", help="Also search reader comments.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
JsonLinesOption = Annotated[bool, typer.Option("--jsonl", help="Print JSON, one value a line.")]
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
