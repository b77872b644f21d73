"""The command `correct`."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.text import Text

from rag.cli.options import ArchiveOption, ArticleArgument, JsonOption, ServerOption, asked_archive, server_asked
from rag.cli.output import out
from rag.cli.plain import escape_controls, print_json
from rag.errors import FundstelleError
from rag.text.paths import DEFAULT_ARCHIVE
from rag.types import CORRECTABLE, Article, Correction, fact_text

_LABELS = {"title": "headline", "source": "outlet", "author": "author", "published": "date"}


def correct(
    context: typer.Context,
    article: ArticleArgument,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="The headline.")] = None,
    source: Annotated[str | None, typer.Option(metavar="TEXT", help="The outlet.")] = None,
    author: Annotated[str | None, typer.Option(metavar="TEXT", help="The author.")] = None,
    date: Annotated[str | None, typer.Option(metavar="DAY", help="The day of publication: 2024-03-01.")] = None,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who says so; your user name if not given.", show_default=False)
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take all corrections of the article back.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Correct the headline, outlet, author or date of an article; an empty text says that it is unknown.

    The file is not touched, and what was read from it stays visible. Corrections stay when it is indexed again.
    """
    values = {"title": title, "source": source, "author": author, "published": date}
    if undo and any(value is not None for value in values.values()):
        raise FundstelleError("Give either corrections or --undo.")
    with asked_archive(folder, server_asked(context, server)) as archive:
        article_id = archive.article(article).id
        if undo:
            current = archive.take_back_correction(article_id)
        else:
            current = archive.correct(
                article_id,
                title=title,
                source=source,
                author=author,
                published=date,
                by=getpass.getuser() if by is None else by,
            )
        corrections = archive.corrections(article_id)
    if as_json:
        print_json({**current.to_dict(), "corrections": [correction.to_dict() for correction in corrections]})
    else:
        _print_facts(current, corrections)


def _print_facts(article: Article, corrections: tuple[Correction, ...]) -> None:
    by_field = {correction.field: correction for correction in corrections}
    for field in CORRECTABLE:
        line = f"{_LABELS[field]:<10} {fact_text(article, field) or '-'}"
        if correction := by_field.get(field):
            who = f" by {correction.by}" if correction.by else ""
            line += f"  (corrected{who}; the file says {correction.read or 'nothing'})"
        out.print(Text(escape_controls(line)), soft_wrap=True)
