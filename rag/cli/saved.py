"""The commands `saved …`: questions that are asked again and again."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from rag.cli.options import (
    ArchiveOption,
    AuthorOption,
    IncludeOption,
    JsonOption,
    LanguageOption,
    PathOption,
    QuestionArgument,
    ServerOption,
    SinceOption,
    SourceOption,
    UntilOption,
    asked_part,
    server_asked,
)
from rag.cli.output import err, out, print_citations, print_damaged
from rag.cli.plain import escape_controls, print_json
from rag.search.filters import make_filter
from rag.storage.filter_json import filter_values
from rag.text.paths import DEFAULT_ARCHIVE

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.client.client import RemoteSavedQuestions
    from rag.types.saved import Look, SavedQuestion
    from rag.workspace.saved_questions import SavedQuestions

saved_questions = typer.Typer(
    help="Saved questions, and the passages that are new since last time.", no_args_is_help=True, rich_markup_mode=None
)


def _opened(
    context: typer.Context, folder: str, server: str | None
) -> AbstractContextManager[SavedQuestions | RemoteSavedQuestions]:
    """Open the saved questions of an archive: that in a folder, or that of a server if one is asked."""

    def of_archive(archive: Archive) -> SavedQuestions:
        from rag.workspace.saved_questions import SavedQuestions

        return SavedQuestions(archive)

    return asked_part(folder, server_asked(context, server), of_archive, lambda client: client.saved)


@saved_questions.command("add")
def add_saved(
    context: typer.Context,
    question: QuestionArgument,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="Its name. Default: the question itself.")] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    author: AuthorOption = None,
    path: PathOption = None,
    include: IncludeOption = None,
) -> None:
    """Save a question. What the archive answers now is known; new is what comes from now on."""
    filter = make_filter(
        since,
        until,
        sources=source or (),
        languages=language or (),
        authors=author or (),
        paths=path or (),
        include=include or (),
    )
    with _opened(context, folder, server) as questions:
        added = questions.add(question, name, filter)
    out.print(Text(escape_controls(f"Saved as {added.name!r}.")), soft_wrap=True)


@saved_questions.command("list")
def list_saved(
    context: typer.Context,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the saved questions, the oldest first."""
    with _opened(context, folder, server) as opened:
        questions = opened.all()
    if as_json:
        from rag.schemas.saved import SavedListModel
        from rag.workspace.saved_json import saved_json

        print_json(SavedListModel.json_of({"questions": list(map(saved_json, questions))}))
        return
    for question in questions:
        _print_heading(question)
    if not questions:
        err.print("No question was saved yet: save one with `fundstelle saved add QUESTION`.", soft_wrap=True)


@saved_questions.command("remove")
def remove_saved(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="The names of saved questions.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
) -> None:
    """Remove saved questions."""
    with _opened(context, folder, server) as questions:
        questions.remove(*names)
    out.print(f"{len(names)} {'question' if len(names) == 1 else 'questions'} removed")


@saved_questions.command("run")
def run_saved(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME…", help="Names of saved questions. Default: all.")
    ] = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    only_new: Annotated[
        bool, typer.Option("--new", help="Print only passages that are new since last time, and nothing if none is.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask saved questions, and print the passages that answer them.

    What was printed is no longer new the next time. The exit code is 0 whether or not anything is new.
    """
    with _opened(context, folder, server) as questions:
        looks = [questions.look(name) for name in names or [question.name for question in questions.all()]]
        if as_json:
            from rag.schemas.saved import LookListModel
            from rag.workspace.saved_json import look_json

            print_json(LookListModel.json_of({"questions": [look_json(look, only_new=only_new) for look in looks]}))
        else:
            print_damaged(list(dict.fromkeys(path for look in looks for path in look.damaged)))
            for look in looks:
                _print_look(look, only_new=only_new)
        # last: what could not be printed stays new
        for look in looks:
            questions.mark_seen(look.question.name, look.state)


def _print_heading(question: SavedQuestion) -> None:
    known = f", last looked at {question.look_time}"
    wording = "" if question.name == question.question else f": {question.question}"
    out.print(Text(escape_controls(f"{question.name}{wording}"), style="bold"), soft_wrap=True)
    filters = "".join(f", {name} {value}" for name, value in filter_values(question.filter).items())
    out.print(Text(escape_controls(f"    saved {question.save_time}{known}{filters}"), style="dim"), soft_wrap=True)


def _print_look(look: Look, *, only_new: bool) -> None:
    citations = look.new if only_new else look.answering
    if only_new and not citations:
        return
    question = look.question
    count = f"{len(look.new)} new"
    out.print(
        Text(escape_controls(f"{question.name}: {count}, since {question.look_time}"), style="bold"), soft_wrap=True
    )
    out.print()
    print_citations(citations)
