"""Options that several commands share, and the archive that they open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from rag.cli.completion import complete_article, complete_author, complete_source
from rag.errors import FundstelleError
from rag.storage.postgres.address import is_postgres

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.client import Client

Local = TypeVar("Local")
Remote = TypeVar("Remote")

SOME_FAILED = 1
"""The exit code if files could not be read that the run before did not report."""

ArchiveOption = Annotated[
    str,
    typer.Option(
        "--archive",
        metavar="DIR|ADDRESS",
        envvar="FUNDSTELLE_ARCHIVE",
        help="Archive folder, or postgresql://USER@HOST/DATABASE.",
    ),
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
ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        envvar="FUNDSTELLE_SERVER",
        help="Ask a running server, not an archive folder.",
    ),
]
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


def server_asked(context: typer.Context, server: str | None, **local_options: object) -> str | None:
    """Return the server that a command asks; None if it opens an archive itself.

    An archive that is named on the command line goes before a server that the environment names.

    Args:
        local_options: the values of options that a server does not offer, by their names.

    Raises:
        FundstelleError: both are named on the command line, or one of the options is given.
    """
    if server is None:
        return None
    sources = [context.get_parameter_source(name) for name in ("folder", "server")]
    folder_is_named, server_is_named = (source is not None and source.name == "COMMANDLINE" for source in sources)
    if folder_is_named:
        if server_is_named:
            raise FundstelleError("Give either --archive or --server: a server has its own archive.")
        return None
    for name, value in local_options.items():
        if value:
            raise FundstelleError(f"--{name} is for an archive folder: leave it out, or name that with --archive.")
    return server


def local_folder(archive: str) -> Path:
    """Return the folder of an archive.

    Raises:
        FundstelleError: it is in PostgreSQL.
    """
    if is_postgres(archive):
        raise FundstelleError(
            f"{archive} is not in a folder, which this command needs: `fundstelle copy` copies it into one."
        )
    return Path(archive)


def archive_name(archive: str) -> str:
    """Return what an archive is called where nobody needs to find it: the name of its folder, or its address."""
    return archive if is_postgres(archive) else Path(archive).absolute().name


def asked_archive(
    folder: str, server: str | None, *, reranker: str | None = None
) -> AbstractContextManager[Archive | Client]:
    """Open the archive that questions are put to: that in a folder, or that of a server if one is given."""
    return asked_part(folder, server, lambda archive: archive, lambda client: client, reranker=reranker)


@contextmanager
def asked_part(
    folder: str,
    server: str | None,
    of_archive: Callable[[Archive], Local],
    of_client: Callable[[Client], Remote],
    *,
    reranker: str | None = None,
) -> Iterator[Local | Remote]:
    """Open a part of an archive, such as its dossiers: of that in a folder, or of that of a server if one is given.

    Args:
        of_archive: returns the part of an archive in a folder.
        of_client: returns the part of the archive of a server, with the same methods.
    """
    if server is None:
        with opened_archive(folder, create=False, reranker=reranker) as archive:
            yield of_archive(archive)
        return
    from rag.client import Client

    with Client(server) as client:
        yield of_client(client)


@contextmanager
def opened_archive(
    folder: str,
    *,
    create: bool = True,
    encoder_name: str | None = None,
    reranker: str | None = None,
    device: str | None = None,
    vectors_at: str | None = None,
) -> Iterator[Archive]:
    """Open the archive in a folder or in PostgreSQL, with a progress bar for the one-time preparation of the model."""
    from rag.archive import Archive
    from rag.cli.progress import PreparationBar

    with (
        PreparationBar() as preparation,
        Archive.open(
            folder,
            create=create,
            encoder_name=encoder_name,
            on_step=preparation,
            reranker=reranker,
            device=device,
            vectors_at=vectors_at,
        ) as archive,
    ):
        yield archive
