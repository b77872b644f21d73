"""The commands of the evaluation, eval, runs and questions: what can be said on the command line.

What they do is in `rag.cli.evaluation_actions`, which is imported when one of them runs, since it takes a while.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import ArchiveOption, JsonOption, RerankerOption, opened_archive
from rag.errors import FundstelleError
from rag.text.paths import DEFAULT_ARCHIVE

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.types import Answer

runs = typer.Typer(help="The evaluations that are kept in the archive.", no_args_is_help=True, rich_markup_mode=None)
questions = typer.Typer(help="Test questions from rules and marks.", no_args_is_help=True, rich_markup_mode=None)

ReportOption = Annotated[Path | None, typer.Option(metavar="FILE", help="Write a report as one HTML file.")]
MarkdownOption = Annotated[Path | None, typer.Option(metavar="FILE", help="Write a short report as Markdown.")]
TrecOption = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Write the run and its judgements in TREC's format.")
]
MissesOption = Annotated[bool, typer.Option("--misses", help="Print each question that went wrong, and why.")]
FileArgument = Annotated[Path, typer.Argument(help="The file to write, .jsonl.")]


def evaluate(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[QUESTIONS] [KEY=VALUE …]",
            help="Test questions, .jsonl or .csv; without, those that were marked. With --compare: names of runs.",
        ),
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    beir: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Evaluate a retrieval set in BEIR layout, in an archive of its own."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The name under which the run is kept.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Leave out re-ranking.")] = False,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting; more of them may follow.")
    ] = None,
    sweep: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=V,V,…", help="Try all combinations of several values; more settings may follow."),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Compare runs, by name or exported file, with the first one.")
    ] = False,
    report: ReportOption = None,
    markdown: MarkdownOption = None,
    trec: TrecOption = None,
    trec_run: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --beir: measure another program's run of the set.")
    ] = None,
    encoder: Annotated[
        str | None, typer.Option(metavar="MODEL", help="With --beir: a sentence-transformers model in place of ours.")
    ] = None,
    reranker: RerankerOption = None,
    misses: MissesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Ask test questions and print how good the answers are, with 95% intervals; the run is kept in the archive.

    `fundstelle eval QUESTIONS --sweep passage_tokens=120,180,240 lexical_weight=0,0.3` tries all combinations;
    `fundstelle eval --compare RUN RUN` tells whether a difference is more than chance.
    """
    from rag.cli import evaluation_actions as evaluating

    written = evaluating.Written(report, markdown, trec, misses=misses, as_json=as_json)
    if compare:
        with opened_archive(archive, create=False) as opened:
            evaluating.compare(opened, arguments or [], written)
        return
    settings = evaluating.chosen_settings(arguments or [], set_ or [], sweep or [], fast=fast)
    if trec_run and not beir:
        raise FundstelleError("--trec-run measures a run of a set: give its folder with --beir.")
    if encoder and not beir:
        raise FundstelleError("--encoder goes with --beir: an archive has its own, see `fundstelle index --encoder`.")
    if beir:
        if settings.file:
            raise FundstelleError("Give either a file of questions or a set with --beir.")
        opening = evaluating.opened_set(beir, settings, encoder, reranker)
    else:
        opening = evaluating.opened_questions(archive, settings, reranker)
    with opening as (session, judgements):
        if trec_run:
            found = [evaluating.imported_run(session, judgements, trec_run, str(beir))]
        else:
            source = str(beir or settings.file or evaluating.MARKED)
            found = evaluating.asked_runs(session, judgements, settings, name, source, operators=beir is None)
    evaluating.show(found, written)


@runs.command("list")
def list_runs(archive: ArchiveOption = DEFAULT_ARCHIVE, as_json: JsonOption = False) -> None:
    """List what there is, the oldest first."""
    from rag.cli import evaluation_actions as evaluating

    with opened_archive(archive, create=False) as opened:
        evaluating.list_runs(opened, as_json=as_json)


@runs.command("show")
def show_run(
    name: Annotated[str, typer.Argument(help="The name of a run, or its exported file.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    report: ReportOption = None,
    markdown: MarkdownOption = None,
    trec: TrecOption = None,
    misses: MissesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print a run again, or write its report."""
    from rag.cli import evaluation_actions as evaluating

    with opened_archive(archive, create=False) as opened:
        found = evaluating.run_named(opened, name)
    evaluating.show([found], evaluating.Written(report, markdown, trec, misses=misses, as_json=as_json))


@runs.command("delete")
def delete_runs(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="The names of runs.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Forget runs."""
    from rag.cli import evaluation_actions as evaluating

    with opened_archive(archive, create=False) as opened:
        evaluating.delete_runs(opened, names)


@runs.command("export")
def export_run(
    name: Annotated[str, typer.Argument(help="The name of a run.")],
    file: Annotated[Path, typer.Argument(help="The file to write, .json.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Write a whole run as JSON, which `eval --compare` and `runs show` read with any archive."""
    from rag.cli import evaluation_actions as evaluating

    with opened_archive(archive, create=False) as opened:
        evaluating.export_run(opened, name, file)


@questions.command("suggest")
def suggest(
    file: FileArgument,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    most: Annotated[int, typer.Option(min=1, help="So many of each kind at most, drawn at random.")] = 200,
) -> None:
    """Make test questions by a rule: headlines, and who said what is quoted. They are reported apart."""
    from rag.cli import evaluation_actions as evaluating

    with opened_archive(archive, create=False) as opened:
        evaluating.suggest(opened, file, most)


@questions.command("marked")
def marked(file: FileArgument, archive: ArchiveOption = DEFAULT_ARCHIVE) -> None:
    """Write the questions for which passages were marked right."""
    from rag.cli import evaluation_actions as evaluating

    with opened_archive(archive, create=False) as opened:
        evaluating.write_marked(opened, file)


@questions.command("beir")
def export_beir(
    file: Annotated[Path, typer.Argument(help="Test questions, .jsonl or .csv.")],
    folder: Annotated[Path, typer.Argument(help="The folder to write.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Write questions and articles as a retrieval set in BEIR layout, for other tools."""
    from rag.cli import evaluation_actions as evaluating

    with opened_archive(archive, create=False) as opened:
        evaluating.write_set(opened, file, folder)


def mark(archive: Archive, answer: Answer, right: str | None, wrong: str | None) -> int:
    """Note which passages of an answer are right or wrong, by their numbers; return how many were noted."""
    from rag.evaluation.session import EvaluationSession

    numbers = {number: said for written, said in ((right, True), (wrong, False)) for number in _numbers(written)}
    missing = [number for number in numbers if not 1 <= number <= len(answer.citations)]
    if missing:
        raise FundstelleError(f"There is no passage {missing[0]}: the answer has {len(answer.citations)}.")
    for number, said in numbers.items():
        EvaluationSession(archive).feedback.mark(answer.question, answer.citations[number - 1], answers=said)
    return len(numbers)


def _numbers(written: str | None) -> list[int]:
    try:
        return [int(one) for one in written.split(",")] if written else []
    except ValueError as error:
        raise FundstelleError(f"{written!r} are no numbers of passages: write them as 1,3.") from error
