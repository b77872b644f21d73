"""The commands eval, runs and questions: their arguments and options.

What they do is in `rag.cli.evaluation_actions`, which is slow to import and therefore imported when a command runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from rag.cli.options import ArchiveOption, JsonOption, RerankerOption, ServerOption, opened_archive, server_asked
from rag.errors import FundstelleError
from rag.text.paths import DEFAULT_ARCHIVE

if TYPE_CHECKING:
    pass

_HELP_OPTIONS = ("-h", "--help")
_RUN, _COMPARE, _SWEEP, _BEIR, _IMPORT_TREC = "run", "compare", "sweep", "beir", "import-trec"


class ReportLanguage(StrEnum):
    """The languages of reports."""

    EN = "en"
    DE = "de"


class EvalGroup(TyperGroup):
    """Sub-commands of eval; without one of their names, `eval QUESTIONS` is `eval run QUESTIONS`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the sub-command first; while a shell completes a word, leave the words as they are."""
        return super().parse_args(ctx, args if ctx.resilient_parsing else self.with_subcommand(args))

    def with_subcommand(self, args: list[str]) -> list[str]:
        """Return the arguments with the name of the sub-command first.

        Raises:
            FundstelleError: an option does not go with the mode.
        """
        has_name = bool(args) and args[0] in {*self.commands, *_HELP_OPTIONS}
        return args if has_name else subcommand_of(args)


def subcommand_of(arguments: Sequence[str]) -> list[str]:
    """Translate `eval` without a sub-command, whose mode is an option, into the sub-command with its arguments.

    Raises:
        FundstelleError: an option does not go with the mode.
    """
    mode_flags = {"--compare", "--sweep", "--beir", "--trec-run", "--encoder"}
    modes = {word.partition("=")[0] for word in arguments} & mode_flags
    if "--compare" in modes:
        return [_COMPARE, *(word for word in arguments if word != "--compare")]
    if "--trec-run" in modes:
        file, others = _take_option(arguments, "--trec-run")
        # the run of another program is not asked again: how fast it was does not matter
        return [_IMPORT_TREC, *file, *(word for word in others if word != "--fast")]
    if "--beir" in modes:
        folder, others = _take_option(arguments, "--beir")
        return [_BEIR, *folder, *others]
    if "--encoder" in modes:
        raise FundstelleError(
            "--encoder only works with --beir: an archive has its own encoder, see `fundstelle index --encoder`."
        )
    if "--sweep" in modes:
        return [_SWEEP, *arguments]
    return [_RUN, *arguments]


def _take_option(arguments: Sequence[str], option: str) -> tuple[list[str], list[str]]:
    """Return the value of an option, written `--option VALUE` or `--option=VALUE`, and the other arguments."""
    for position, word in enumerate(arguments):
        if word == option:
            return list(arguments[position + 1 : position + 2]), [*arguments[:position], *arguments[position + 2 :]]
        if word.startswith(f"{option}="):
            return [word.removeprefix(f"{option}=")], [*arguments[:position], *arguments[position + 1 :]]
    return [], list(arguments)


evaluations = typer.Typer(
    cls=EvalGroup,
    help="Ask test questions and measure the answers. `eval QUESTIONS` is short for `eval run QUESTIONS`.",
    subcommand_metavar="[COMMAND] [ARGS]...",
    rich_markup_mode=None,
)
runs = typer.Typer(help="The evaluation runs stored in the archive.", no_args_is_help=True, rich_markup_mode=None)
questions = typer.Typer(
    help="Make test questions, by rules or from passages you marked.", no_args_is_help=True, rich_markup_mode=None
)

NameOption = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="Name of the run. Default: the file and the date.")
]
FastOption = Annotated[bool, typer.Option("--fast", help="Skip re-ranking.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; further KEY=VALUE may follow."),
]
SweepOption = Annotated[
    list[str] | None,
    typer.Option("--sweep", metavar="KEY=V1,V2…", help="Try several values; further KEY=V1,V2… may follow."),
]
EncoderOption = Annotated[
    str | None,
    typer.Option("--encoder", metavar="MODEL", help="A sentence-transformers model instead of the bundled one."),
]
UnusedArchiveOption = Annotated[Path | None, typer.Option("--archive", hidden=True)]
"""A retrieval set has an archive of its own."""
ReportOption = Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write a report as one HTML file.")]
MarkdownOption = Annotated[
    Path | None, typer.Option("--markdown", metavar="FILE", help="Write a short report as Markdown.")
]
LanguageOption = Annotated[
    ReportLanguage, typer.Option("--language", help="Language of the reports written with --report and --markdown.")
]
TrecOption = Annotated[
    Path | None, typer.Option("--trec", metavar="FOLDER", help="Write run and qrels in TREC format.")
]
MissesOption = Annotated[bool, typer.Option("--misses", help="Print each question that failed, and why.")]
QuestionsArgument = Annotated[Path, typer.Argument(help="Question file, .jsonl or .csv.")]
OutputArgument = Annotated[Path, typer.Argument(help="The file to write, .jsonl.")]


@evaluations.command(_RUN)
def run(
    context: typer.Context,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUESTIONS KEY=VALUE",
            help="Question file, .jsonl or .csv, and settings. Default: the questions with passages you marked.",
        ),
    ] = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    name: NameOption = None,
    fast: FastOption = False,
    settings: SetOption = None,
    reranker: RerankerOption = None,
    report: ReportOption = None,
    markdown: MarkdownOption = None,
    language: LanguageOption = ReportLanguage.EN,
    trec: TrecOption = None,
    misses: MissesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Ask test questions and measure the answers.

    Prints means with 95% intervals, and stores the run in the archive.
    """
    from rag.cli import evaluation_actions as actions

    file, pairs = actions.split_arguments(arguments or [])
    address = server_asked(context, server, set=[*(settings or []), *pairs], reranker=reranker)
    if address is None:
        plan = actions.make_plan([*(settings or []), *pairs], (), fast=fast)
        with actions.open_questions(folder, file, reranker) as evaluation:
            finished = actions.ask_questions(evaluation, plan, name)
    else:
        finished = [actions.ask_on_server(address, file, name, fast=fast)]
    actions.print_and_write(finished, actions.Outputs(report, markdown, language, trec, misses=misses, as_json=as_json))


@evaluations.command(_COMPARE)
def compare(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="RUN", help="Names of two or more runs, or their exported files.")
    ] = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    report: ReportOption = None,
    markdown: MarkdownOption = None,
    language: LanguageOption = ReportLanguage.EN,
    as_json: JsonOption = False,
) -> None:
    """Compare runs with the first one.

    Prints by how much they differ, and whether that is more than chance.
    """
    from rag.cli import evaluation_actions as actions

    with actions.open_runs(folder, server_asked(context, server)) as stored_runs:
        actions.show_comparison(stored_runs, names or [], actions.Outputs(report, markdown, language, as_json=as_json))


@evaluations.command(_SWEEP)
def sweep(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUESTIONS KEY=V1,V2…",
            help="Question file, .jsonl or .csv, and the values of each setting. Default: the questions with passages "
            "you marked.",
        ),
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    name: NameOption = None,
    fast: FastOption = False,
    settings: SetOption = None,
    swept: Annotated[list[str] | None, typer.Option("--sweep", hidden=True)] = None,
    reranker: RerankerOption = None,
    report: ReportOption = None,
    markdown: MarkdownOption = None,
    language: LanguageOption = ReportLanguage.EN,
    trec: TrecOption = None,
    misses: MissesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Ask test questions with all combinations of settings.

    Each combination is stored as a run.

    Example: `fundstelle eval sweep q.jsonl passage_tokens=120,180,240 lexical_weight=0,0.3`
    """
    from rag.cli import evaluation_actions as actions

    file, pairs = actions.split_arguments(arguments or [])
    plan = actions.make_plan(settings or [], [*(swept or []), *pairs], fast=fast)
    with actions.open_questions(archive, file, reranker) as evaluation:
        finished = actions.ask_questions(evaluation, plan, name)
    actions.print_and_write(finished, actions.Outputs(report, markdown, language, trec, misses=misses, as_json=as_json))


@evaluations.command(_BEIR)
def beir(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder in BEIR layout: corpus.jsonl, queries.jsonl, qrels.tsv.")
    ],
    pairs: Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE", help="Settings.")] = None,
    name: NameOption = None,
    fast: FastOption = False,
    settings: SetOption = None,
    swept: SweepOption = None,
    encoder: EncoderOption = None,
    reranker: RerankerOption = None,
    report: ReportOption = None,
    markdown: MarkdownOption = None,
    language: LanguageOption = ReportLanguage.EN,
    trec: TrecOption = None,
    misses: MissesOption = False,
    as_json: JsonOption = False,
    archive: UnusedArchiveOption = None,
) -> None:
    """Evaluate on a retrieval set in BEIR layout.

    The set is indexed once, into an archive of its own in the cache.
    """
    from rag.cli import evaluation_actions as actions

    file, more_settings = actions.split_arguments(pairs or [])
    if file:
        raise FundstelleError("Give either a question file or the folder of a retrieval set, not both.")
    fixed = [*(settings or []), *(() if swept else more_settings)]
    plan = actions.make_plan(fixed, [*(swept or []), *(more_settings if swept else ())], fast=fast)
    with actions.open_set(folder, plan, encoder, reranker) as evaluation:
        finished = actions.ask_questions(evaluation, plan, name)
    actions.print_and_write(finished, actions.Outputs(report, markdown, language, trec, misses=misses, as_json=as_json))


@evaluations.command(_IMPORT_TREC)
def import_trec(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A run in TREC format, from any program.")],
    folder: Annotated[
        Path | None, typer.Option("--beir", metavar="FOLDER", help="The retrieval set that was searched.")
    ] = None,
    name: NameOption = None,
    settings: SetOption = None,
    encoder: EncoderOption = None,
    reranker: RerankerOption = None,
    report: ReportOption = None,
    markdown: MarkdownOption = None,
    language: LanguageOption = ReportLanguage.EN,
    trec: TrecOption = None,
    misses: MissesOption = False,
    as_json: JsonOption = False,
    archive: UnusedArchiveOption = None,
) -> None:
    """Measure another program's run on a retrieval set.

    It is stored next to the runs of `eval beir` on that set.
    """
    from rag.cli import evaluation_actions as actions

    if folder is None:
        raise FundstelleError("Give the folder of the retrieval set with --beir.")
    plan = actions.make_plan(settings or [], (), fast=False)
    with actions.open_set(folder, plan, encoder, reranker) as evaluation:
        imported = actions.import_run(evaluation, file, name)
    actions.print_and_write(
        [imported], actions.Outputs(report, markdown, language, trec, misses=misses, as_json=as_json)
    )


@runs.command("list")
def list_runs(
    context: typer.Context,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the stored runs, the oldest first."""
    from rag.cli import evaluation_actions as actions

    with actions.open_runs(folder, server_asked(context, server)) as stored_runs:
        actions.list_runs(stored_runs, as_json=as_json)


@runs.command("show")
def show_run(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name of a run, or its exported file.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    report: ReportOption = None,
    markdown: MarkdownOption = None,
    language: LanguageOption = ReportLanguage.EN,
    trec: TrecOption = None,
    misses: MissesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print a run again, or write its report."""
    from rag.cli import evaluation_actions as actions

    with actions.open_runs(folder, server_asked(context, server)) as stored_runs:
        stored = actions.load_run(stored_runs, name)
    actions.print_and_write([stored], actions.Outputs(report, markdown, language, trec, misses=misses, as_json=as_json))


@runs.command("delete")
def delete_runs(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="The names of runs.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
) -> None:
    """Delete runs."""
    from rag.cli import evaluation_actions as actions

    with actions.open_runs(folder, server_asked(context, server)) as stored_runs:
        actions.delete_runs(stored_runs, names)


@runs.command("export")
def export_run(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name of a run.")],
    file: Annotated[Path, typer.Argument(help="The file to write, .json.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
) -> None:
    """Write a whole run as JSON, which `eval compare` and `runs show` read with any archive."""
    from rag.cli import evaluation_actions as actions

    with actions.open_runs(folder, server_asked(context, server)) as stored_runs:
        actions.export_run(stored_runs, name, file)


@questions.command("suggest")
def suggest(
    file: OutputArgument,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    limit: Annotated[int, typer.Option("--most", min=1, help="Maximum number of each kind, sampled at random.")] = 200,
) -> None:
    """Make test questions by rules, from headlines and attributed quotations. They are reported separately."""
    from rag.cli import evaluation_actions as actions

    with opened_archive(archive, create=False) as opened:
        actions.write_synthetic(opened, file, limit)


@questions.command("marked")
def write_marked(file: OutputArgument, archive: ArchiveOption = DEFAULT_ARCHIVE) -> None:
    """Write the questions that have a passage marked right."""
    from rag.cli import evaluation_actions as actions

    with opened_archive(archive, create=False) as opened:
        actions.write_marked(opened, file)


@questions.command("beir")
def export_beir(
    file: QuestionsArgument,
    folder: Annotated[Path, typer.Argument(help="The folder to write.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Write questions and articles as a retrieval set in BEIR layout, for other tools."""
    from rag.cli import evaluation_actions as actions

    with opened_archive(archive, create=False) as opened:
        actions.write_set(opened, file, folder)
