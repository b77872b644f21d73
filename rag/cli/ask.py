"""The command `ask`: one question, or many from standard input."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from rag.cli.options import (
    SOME_FAILED,
    ArchiveOption,
    AuthorOption,
    IncludeOption,
    JsonLinesOption,
    JsonOption,
    LanguageOption,
    PathOption,
    RerankerOption,
    ServerOption,
    SinceOption,
    SourceOption,
    UntilOption,
    archive_name,
    asked_archive,
    server_asked,
)
from rag.cli.plain import print_json, print_remark, replace_controls
from rag.cli.question_lines import MAX_K, QuestionLine, question_line, read_lines
from rag.errors import FundstelleError, QuestionError
from rag.search.arguments import FilterArguments
from rag.text.paths import DEFAULT_ARCHIVE

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.client import Client
    from rag.types import Answer, Filter

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class _Asking:
    """How questions are asked and their answers printed; `arguments` are those of `Archive.ask` by name."""

    archive: Archive | Client
    arguments: dict[str, Any] = field(hash=False)
    explain: bool
    as_lines: bool

    def answer(self, line: QuestionLine) -> Answer:
        """Return the answer to a question, whose line may say more than the command."""
        arguments = self.arguments | line.arguments
        return self.archive.ask(line.question, arguments["k"], filter=_filter_of(arguments), fast=arguments["fast"])

    def print(self, answer: Answer) -> None:
        """Print an answer in words."""
        from rag.cli.output import print_answer, print_explanation

        print_answer(answer)
        if self.explain:
            print_explanation(answer)


def ask(
    context: typer.Context,
    question: Annotated[
        str,
        typer.Argument(
            metavar="QUESTION", help="What you want to know, in any language; - reads questions from standard input."
        ),
    ],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    k: Annotated[int, typer.Option("-k", metavar="N", min=1, max=MAX_K, help="Number of passages to show.")] = 5,
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    author: AuthorOption = None,
    path: PathOption = None,
    include: IncludeOption = None,
    fast: Annotated[bool, typer.Option("--fast", help="Skip re-ranking.")] = False,
    reranker: RerankerOption = None,
    right: Annotated[
        str | None, typer.Option("--right", metavar="N,N", help="Mark these passages as answering the question.")
    ] = None,
    wrong: Annotated[
        str | None, typer.Option("--wrong", metavar="N,N", help="Mark these passages as not answering it.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Explain each result; JSON output always does.")] = False,
    as_json: JsonOption = False,
    as_lines: JsonLinesOption = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a note: quotations, sources as footnotes, YAML front matter.")
    ] = False,
) -> None:
    """Print the passages that answer a question, best first.

    A "quoted phrase" must appear in the passage; -word and -"a phrase" must not. --right and --wrong mark passages by
    their numbers, such as 1,3, and so make the question a test question for `fundstelle eval`.

    With - in place of the question, each line of standard input is one: as it is, or as JSON with an id and filters of
    its own (docs/json.md). Each answer is printed before the next line is read. A line that cannot be asked is named,
    the others go on, and the exit code is 1.
    """
    arguments = {
        "k": k,
        "fast": fast,
        "since": since,
        "until": until,
        "source": source or (),
        "language": language or (),
        "author": author or (),
        "path": path or (),
        "include": include or (),
    }
    if as_json + as_lines + as_markdown > 1:
        raise FundstelleError("An answer is printed in one form: choose --json, --jsonl or --markdown.")
    if question == STANDARD_INPUT and (as_json or as_markdown or right or wrong):
        option = "--json" if as_json else "--markdown" if as_markdown else "--right" if right else "--wrong"
        instead = "print one line for each with --jsonl" if as_json or as_markdown else "ask it by itself"
        raise FundstelleError(f"{option} is for a single question: {instead}.")
    # what is wrong with a filter is said before anything is opened
    _filter_of(arguments)
    address = server_asked(context, server, reranker=reranker, right=right, wrong=wrong)
    with asked_archive(folder, address, reranker=reranker) as archive:
        asking = _Asking(archive, arguments, explain=explain, as_lines=as_lines)
        if question == STANDARD_INPUT:
            if not _answer_lines(asking):
                raise typer.Exit(SOME_FAILED)
            return
        answer = asking.answer(QuestionLine(question, 1))
        feedback_count = 0
        if right or wrong:
            from rag.cli.marks import mark

            feedback_count = mark(cast("Archive", archive), answer, right, wrong)
    if as_markdown:
        sys.stdout.write(replace_controls(answer.to_markdown(archive=address or archive_name(folder))))
    elif as_json or as_lines:
        print_json(answer.to_dict(), indent=None if as_lines else 2)
    else:
        asking.print(answer)
    if feedback_count:
        count = f"{feedback_count} {'passage' if feedback_count == 1 else 'passages'}"
        print_remark(f"Marked {count}: `fundstelle eval` tests all questions with a passage marked right.")


def _filter_of(arguments: Mapping[str, Any]) -> Filter:
    """Return the filter among the arguments of a question."""
    return FilterArguments(
        **{argument.name: arguments[argument.name] for argument in fields(FilterArguments)}
    ).to_filter()


def _answer_lines(asking: _Asking) -> bool:
    """Answer the questions of standard input one after the other; return whether all could be asked."""
    all_asked = True
    for number, text in read_lines(sys.stdin.buffer):
        try:
            if isinstance(text, QuestionError):
                raise text
            line = question_line(text, number)
            answer = asking.answer(line)
        except QuestionError as error:
            all_asked = False
            print_remark(f"Line {number}: {error}")
            continue
        if asking.as_lines:
            print_json({"id": line.id, **answer.to_dict()}, indent=None)
        else:
            from rag.cli.output import print_question

            print_question(line.question)
            asking.print(answer)
            sys.stdout.flush()
    return all_asked
