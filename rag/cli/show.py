"""The commands `show` and `status`: an article, and what the archive contains."""

from __future__ import annotations

from typing import Annotated

import typer

from rag.cli.options import (
    ArchiveOption,
    ArticleArgument,
    JsonOption,
    ServerOption,
    asked_archive,
    opened_archive,
    server_asked,
)
from rag.cli.output import print_article, print_excluded, print_facts, print_origins
from rag.cli.plain import print_json
from rag.text.paths import DEFAULT_ARCHIVE


def show(
    context: typer.Context,
    article: ArticleArgument,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    removed: Annotated[
        bool, typer.Option("--removed", help="Print what was excluded: navigation, teasers, comments.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print an article with its metadata and passages."""
    address = server_asked(context, server, removed=removed)
    if address is None:
        from rag.article_view import view_article
        from rag.loading.web.omitted_lines import omitted_lines

        with opened_archive(folder, create=False) as archive:
            if removed and not as_json:
                document = archive.article(article)
                print_excluded(document, omitted_lines(document))
                return
            view = view_article(archive, archive.article(article).id)
    else:
        from rag.client import Client

        with Client(address) as client:
            view = client.view_article(article)
    if as_json:
        print_json(view.to_dict())
    else:
        print_article(view)


def status(
    context: typer.Context,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    article: Annotated[
        str | None, typer.Option(metavar="ID", help="Print the metadata of one article, each field with its origin.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what the archive contains."""
    with asked_archive(folder, server_asked(context, server)) as archive:
        facts = (archive.status() if article is None else archive.article(article)).to_dict()
    if as_json:
        print_json(facts)
    elif article is not None:
        print_origins(facts)
    else:
        print_facts(facts)
